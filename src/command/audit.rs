//! `audit`: who did what to access, as far as it was read.

use super::Context;
use super::open::open_database;
use crate::cli::{Audit, AuditFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{ActedOn, Actor, AuditEvent, SnapshotRef, Timestamp, Window};
use crate::output;
use crate::output::text::line;
use crate::store::Reader;

pub(crate) fn run(arguments: &Audit, context: &mut Context<'_>) -> Result<Exit, Error> {
    let reader = open_database(arguments.db.as_deref())?;
    let from = match &arguments.since {
        None => Timestamp::from_millis(0),
        Some(since) => begin(&reader, since)?,
    };
    let window = Window {
        from,
        until: Timestamp::now(),
    };
    let Some(trail) = reader.audit_trail(window)? else {
        return Err(Error::NotEnough {
            message: "this file holds nothing of the audit trail".to_owned(),
            hint: Some("read it with `harness-access sync --with audit`".to_owned()),
        });
    };
    let events: Vec<AuditEvent> = reader
        .audit_events(window)?
        .into_iter()
        .filter(|event| {
            arguments
                .actor
                .as_deref()
                .is_none_or(|who| acted(event, who))
        })
        .filter(|event| {
            arguments
                .on
                .as_deref()
                .is_none_or(|thing| is_about(&event.acted_on, thing))
        })
        .collect();
    let first = arguments.since.as_ref().map(|_| from);
    let unread: Vec<String> = trail
        .holes(first, window.until)
        .iter()
        .map(|hole| format!("{} to {}", hole.from, hole.until))
        .collect();
    match arguments.format {
        AuditFormat::Table => {
            output::audit::table(&events, context.screen(arguments.color), context.out)?;
        }
        AuditFormat::Json => output::audit::json(&events, &unread, context.out)?,
        AuditFormat::Ndjson => output::audit::ndjson(&events, context.out)?,
        AuditFormat::Csv => output::audit::csv(&events, context.out)?,
    }
    context.out.flush()?;
    if !arguments.quiet {
        for hole in &unread {
            writeln!(
                context.err,
                "not read: {hole}; what happened then is unknown"
            )?;
        }
    }
    Ok(Exit::Done)
}

/// A date begins with its first moment here: what happened on that day is wanted too.
fn begin(reader: &Reader, since: &str) -> Result<Timestamp, Error> {
    let wrong = || {
        Error::Usage(format!(
            "--since: `{}` is neither a snapshot nor a date such as 2026-03-01",
            line(since)
        ))
    };
    if let Some(moment) = Timestamp::parse_from(since) {
        return Ok(moment);
    }
    let snapshot = reader.resolve(&SnapshotRef::parse(since))?;
    Timestamp::parse_at_latest(&snapshot.started_at).ok_or_else(wrong)
}

fn acted(event: &AuditEvent, who: &str) -> bool {
    let is = |actor: &Actor| {
        named(
            &actor.identifier,
            actor.user_id.as_deref(),
            actor.name.as_deref(),
            who,
        )
    };
    is(&event.actor) || event.impersonation.as_ref().is_some_and(is)
}

fn is_about(thing: &ActedOn, word: &str) -> bool {
    named(
        &thing.identifier,
        thing.user_id.as_deref(),
        thing.name.as_deref(),
        word,
    )
}

/// An identifier, address or uuid whole, or a part of a name; text ids by their last part.
fn named(identifier: &str, uuid: Option<&str>, name: Option<&str>, word: &str) -> bool {
    let last = word.rsplit('/').next().unwrap_or(word);
    identifier.eq_ignore_ascii_case(last)
        || uuid == Some(last)
        || name.is_some_and(|name| name.to_lowercase().contains(&word.to_lowercase()))
}
