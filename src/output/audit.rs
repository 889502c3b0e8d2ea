//! `audit`: events of the audit trail.

use serde::Serialize;
use std::io::{self, Write};

use super::Screen;
use super::by::{ActorDoc, acting, minute};
use super::csv;
use super::documents::FORMAT_VERSION;
use super::table::{Align, Table};
use super::text::shortened;
use crate::model::{Actor, AuditEvent};

/// Writes a table.
///
/// # Errors
/// When the output fails.
pub fn table(events: &[AuditEvent], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("AT", Align::Left),
        ("ACTION", Align::Left),
        ("ON", Align::Left),
        ("SCOPE", Align::Left),
        ("BY", Align::Left),
    ]);
    for event in events {
        table.row(vec![
            minute(event.at),
            words(&event.action),
            acted_on(event, usize::MAX),
            event.scope.to_string(),
            acting(event),
        ]);
    }
    table.write(screen, out)
}

/// Writes one document.
///
/// # Errors
/// When the output fails.
pub fn json(events: &[AuditEvent], unread: &[String], out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        format_version: FORMAT_VERSION,
        events: events.iter().map(EventDoc::from).collect(),
        unread,
    };
    super::write_json(&document, out)
}

/// Writes one event a line.
///
/// # Errors
/// When the output fails.
pub fn ndjson(events: &[AuditEvent], out: &mut dyn Write) -> io::Result<()> {
    for event in events {
        serde_json::to_writer(&mut *out, &EventDoc::from(event))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes heading and rows.
///
/// # Errors
/// When the output fails.
pub fn csv(events: &[AuditEvent], out: &mut dyn Write) -> io::Result<()> {
    csv::row(
        out,
        &[
            "at",
            "action",
            "actor_type",
            "actor",
            "actor_name",
            "impersonation",
            "on_type",
            "on",
            "on_name",
            "scope",
            "audit_id",
        ],
    )?;
    for event in events {
        let other = event
            .impersonation
            .as_ref()
            .map(|other| other.identifier.as_str());
        csv::row(
            out,
            &[
                &event.at.to_string(),
                &event.action,
                event.actor.kind.as_str(),
                &event.actor.identifier,
                event.actor.name.as_deref().unwrap_or_default(),
                other.unwrap_or_default(),
                &event.acted_on.kind.to_ascii_lowercase(),
                &event.acted_on.identifier,
                event.acted_on.name.as_deref().unwrap_or_default(),
                &event.scope.to_string(),
                &event.audit_id,
            ],
        )?;
    }
    Ok(())
}

/// `role assignment created`.
pub(super) fn words(action: &str) -> String {
    action.to_ascii_lowercase().replace('_', " ")
}

/// What was acted on; its name takes up to so many columns, what Harness calls it stays whole.
pub(super) fn acted_on(event: &AuditEvent, columns: usize) -> String {
    let thing = &event.acted_on;
    let kind = words(&thing.kind);
    match &thing.name {
        Some(name) if *name != thing.identifier => {
            format!("{kind} {} ({})", shortened(name, columns), thing.identifier)
        }
        _ => format!("{kind} {}", thing.identifier),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    events: Vec<EventDoc<'a>>,
    /// Stretches of time that were not read whole.
    unread: &'a [String],
}

/// An event, in JSON.
#[derive(Serialize)]
pub(super) struct EventDoc<'a> {
    at: String,
    action: &'a str,
    actor: ActorDoc<'a>,
    impersonation: Option<ActorDoc<'a>>,
    on: ActedOnDoc<'a>,
    scope: String,
    source: Option<&'a str>,
    audit_id: &'a str,
}

#[derive(Serialize)]
struct ActedOnDoc<'a> {
    r#type: String,
    identifier: &'a str,
    name: Option<&'a str>,
    user_id: Option<&'a str>,
}

impl<'a> From<&'a AuditEvent> for EventDoc<'a> {
    fn from(event: &'a AuditEvent) -> Self {
        Self {
            at: event.at.to_string(),
            action: &event.action,
            actor: ActorDoc::from(&event.actor),
            impersonation: event
                .impersonation
                .as_ref()
                .map(|other: &Actor| ActorDoc::from(other)),
            on: ActedOnDoc {
                r#type: event.acted_on.kind.to_ascii_lowercase(),
                identifier: &event.acted_on.identifier,
                name: event.acted_on.name.as_deref(),
                user_id: event.acted_on.user_id.as_deref(),
            },
            scope: event.scope.to_string(),
            source: event.source.as_deref(),
            audit_id: &event.audit_id,
        }
    }
}
