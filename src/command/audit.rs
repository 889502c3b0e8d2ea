//! `audit`: who did what to access, as far as it was read.

use super::Context;
use super::open::open_database;
use crate::cli::{Audit, AuditFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{
    ActedOn, Actor, AuditEvent, SnapshotRef, Timestamp, Window, beginning, is_odd_date,
};
use crate::output;
use crate::output::text::line;
use crate::similar::{closest, did_you_mean};
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
    let first = arguments.since.as_ref().map(|_| from);
    let unread: Vec<String> = trail
        .holes(first, window.until)
        .iter()
        .map(|hole| format!("{} to {}", hole.from, hole.until))
        .collect();
    let events = wanted(&reader, trail.within(window), arguments)?;
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

/// The events that the flags ask for.
fn wanted(
    reader: &Reader,
    read: Vec<AuditEvent>,
    arguments: &Audit,
) -> Result<Vec<AuditEvent>, Error> {
    if let Some(who) = &arguments.actor {
        let actors = read.iter().flat_map(AuditEvent::who_acted);
        is_known(reader, "--actor", who, actors.map(named_actor))?;
    }
    if let Some(thing) = &arguments.on {
        let things = read.iter().map(|event| named_thing(&event.acted_on));
        is_known(reader, "--on", thing, things)?;
    }
    Ok(read
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
        .collect())
}

/// A date begins with its first moment here: what happened on that day is wanted too.
fn begin(reader: &Reader, since: &str) -> Result<Timestamp, Error> {
    let wrong = || {
        Error::Usage(format!(
            "--since: `{}` is neither a snapshot nor a date such as 2026-03-01",
            line(since)
        ))
    };
    if let Some(moment) = beginning(since) {
        return Ok(moment);
    }
    if is_odd_date(since) {
        return Err(wrong());
    }
    let snapshot = reader.resolve(&SnapshotRef::parse(since))?;
    Timestamp::parse_at_latest(&snapshot.started_at).ok_or_else(wrong)
}

fn acted(event: &AuditEvent, who: &str) -> bool {
    event
        .who_acted()
        .any(|actor| is_meant(named_actor(actor), who))
}

fn is_about(thing: &ActedOn, word: &str) -> bool {
    is_meant(named_thing(thing), word)
}

/// What an event calls somebody or something.
type Called<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

fn named_actor(actor: &Actor) -> Called<'_> {
    (
        &actor.identifier,
        actor.user_id.as_deref(),
        actor.name.as_deref(),
    )
}

fn named_thing(thing: &ActedOn) -> Called<'_> {
    (
        &thing.identifier,
        thing.user_id.as_deref(),
        thing.name.as_deref(),
    )
}

/// An identifier, address or uuid whole, or a part of a name; text ids by their last part.
fn is_meant((identifier, uuid, name): Called<'_>, word: &str) -> bool {
    let last = word.rsplit('/').next().unwrap_or(word);
    identifier.eq_ignore_ascii_case(last)
        || uuid == Some(last)
        || name.is_some_and(|name| name.to_lowercase().contains(&word.to_lowercase()))
}

/// Refuses a word that names nobody and nothing in the events or in any snapshot: no events would look like an answer.
fn is_known<'a>(
    reader: &Reader,
    flag: &str,
    word: &str,
    called: impl Iterator<Item = Called<'a>> + Clone,
) -> Result<(), Error> {
    if called.clone().any(|called| is_meant(called, word)) || !reader.find(word)?.is_empty() {
        return Ok(());
    }
    let candidates = called
        .map(|(identifier, _, name)| (identifier.to_owned(), name.unwrap_or_default().to_owned()));
    Err(Error::Unknown {
        message: format!(
            "{flag}: no event and no snapshot in this file names `{}`",
            line(word)
        ),
        hint: Some(did_you_mean(&closest(word, candidates)).unwrap_or_else(|| {
            "give an address, a uuid, an identifier or a part of a name".to_owned()
        })),
    })
}
