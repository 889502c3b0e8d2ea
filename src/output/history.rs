//! `history`: what happened to one thing.

use serde::Serialize;
use std::io::{self, Write};

use super::by::{self, ByDoc};
use super::csv::row;
use super::diff::words::{sentence, symbol};
use super::documents::FORMAT_VERSION;
use super::table::{Align, Table};
use super::text::shortened;
use crate::diff::history::Event;
use crate::diff::{Change, Subject, Verb};
use crate::model::{Named, ResourceType, Thing};
use crate::output::Screen;

const NAME: usize = 60;
const DETAIL: usize = 120;

/// For people.
///
/// # Errors
/// When the output fails.
pub fn table(events: &[Event], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let tells_who = events.iter().any(|event| event.by.is_some());
    let mut columns = vec![
        ("AT", Align::Left),
        ("SNAPSHOT", Align::Right),
        ("CHANGE", Align::Left),
        ("WHAT", Align::Left),
    ];
    columns.extend(tells_who.then_some(("BY", Align::Left)));
    let mut table = Table::new(columns);
    let blank = |mut cells: Vec<String>| {
        cells.extend(tells_who.then(String::new));
        cells
    };
    for event in events {
        let sign = symbol(event.change.verb());
        let word = match (event.first_look, event.change.verb()) {
            _ if event.forgotten => "seen like this",
            (true, _) => "first seen",
            (_, Verb::Added) => "appeared",
            (_, Verb::Changed) => "changed",
            (_, Verb::Removed) => "disappeared",
        };
        let mut cells = vec![
            event.moment.at.clone(),
            event.moment.snapshot.to_string(),
            format!("{sign} {word}"),
            what(&event.change),
        ];
        cells.extend(tells_who.then(|| by::words(event.by.as_ref())));
        table.row(cells);
        if event.change.verb() == Verb::Changed {
            for detail in &event.details {
                let detail = format!("  {}", shortened(detail, DETAIL));
                table.row(blank(vec![
                    String::new(),
                    String::new(),
                    String::new(),
                    detail,
                ]));
            }
        }
    }
    table.write(screen, out)
}

/// In words; of an assignment also where it holds, since the same may be held in many scopes.
fn what(change: &Change) -> String {
    let sentence = sentence(change, NAME);
    match change.grant().and_then(|grant| grant.scope.as_deref()) {
        Some(scope) => format!("{sentence} in {scope}"),
        None => sentence,
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    of: &'a [Thing],
    events: Vec<EventDoc<'a>>,
}

#[derive(Serialize)]
struct EventDoc<'a> {
    snapshot: i64,
    at: &'a str,
    change: &'static str,
    first_look: bool,
    kind: &'static str,
    id: String,
    r#type: &'a ResourceType,
    name: Option<&'a str>,
    principal: Option<NamedDoc<'a>>,
    scope: Option<&'a str>,
    resource_group: Option<NamedDoc<'a>>,
    details: &'a [String],
    by: Option<ByDoc<'a>>,
}

#[derive(Serialize)]
struct NamedDoc<'a> {
    id: &'a str,
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

/// For programs.
///
/// # Errors
/// When the output fails.
pub fn json(of: &[Thing], events: &[Event], out: &mut dyn Write) -> io::Result<()> {
    let events = events.iter().map(event_doc).collect();
    super::write_json(
        &Document {
            format_version: FORMAT_VERSION,
            of,
            events,
        },
        out,
    )
}

fn event_doc(event: &Event) -> EventDoc<'_> {
    let change = &event.change;
    let grant = change.grant();
    EventDoc {
        snapshot: event.moment.snapshot,
        at: &event.moment.at,
        change: change.verb().as_str(),
        first_look: event.first_look,
        kind: change.kind(),
        id: change.id(),
        r#type: change.resource_type(),
        name: change.name(),
        principal: grant.map(|grant| named(&grant.principal)),
        scope: match change.subject() {
            Subject::Resource(fact) => Some(&fact.scope),
            Subject::Grant(grant) => grant.scope.as_deref(),
        },
        resource_group: grant
            .and_then(|grant| grant.resource_group.as_deref())
            .map(named),
        details: &event.details,
        by: event.by.as_ref().map(ByDoc::from),
    }
}

fn named(named: &Named) -> NamedDoc<'_> {
    NamedDoc {
        id: &named.id,
        name: named.name.as_deref(),
        email: named.email.as_deref(),
    }
}

/// For a spreadsheet.
///
/// # Errors
/// When the output fails.
pub fn csv(events: &[Event], out: &mut dyn Write) -> io::Result<()> {
    row(
        out,
        &[
            "at",
            "snapshot",
            "change",
            "first_look",
            "kind",
            "type",
            "id",
            "name",
            "principal_id",
            "principal_name",
            "principal_email",
            "scope",
            "resource_group_id",
            "details",
            "by",
            "by_certainty",
        ],
    )?;
    for event in events {
        let doc = event_doc(event);
        let principal = doc.principal.as_ref();
        row(
            out,
            &[
                doc.at,
                &doc.snapshot.to_string(),
                doc.change,
                if doc.first_look { "1" } else { "0" },
                doc.kind,
                doc.r#type.as_str(),
                &event.change.held_id(),
                doc.name.unwrap_or_default(),
                principal.map_or("", |principal| principal.id),
                principal
                    .and_then(|principal| principal.name)
                    .unwrap_or_default(),
                principal
                    .and_then(|principal| principal.email)
                    .unwrap_or_default(),
                doc.scope.unwrap_or_default(),
                doc.resource_group.as_ref().map_or("", |group| group.id),
                &event.details.join("; "),
                &by::words(event.by.as_ref()),
                event.by.as_ref().map_or("", |by| by.certainty.as_str()),
            ],
        )?;
    }
    Ok(())
}
