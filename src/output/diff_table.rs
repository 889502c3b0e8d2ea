//! `diff` for people: grouped by scope, with names rather than ids.

use serde_json::{Map, Value};
use std::io::{self, Write};

use super::text::{count, line};
use crate::diff::{Change, Report, Side, Verb};
use crate::model::{GrantFact, Named, ResourceFact};

/// Writes the changes; nothing when there are none.
///
/// # Errors
/// When the output fails.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut place = None;
    for change in &report.comparison.changes {
        if place != Some(change.place()) {
            if place.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{}", line(change.place()))?;
            place = Some(change.place());
        }
        let symbol = match change.verb() {
            Verb::Added => '+',
            Verb::Removed => '-',
            Verb::Changed => '~',
        };
        writeln!(out, "  {symbol} {}", line(&sentence(change)))?;
        if let Change::Resource {
            before: Some(before),
            after: Some(after),
        } = change
        {
            for detail in details(before, after) {
                writeln!(out, "      {}", line(&detail))?;
            }
        }
    }
    Ok(())
}

/// The closing lines on standard error: what was compared, what cannot be, and the counts.
///
/// # Errors
/// When the output fails.
pub fn summary(report: &Report, err: &mut dyn Write) -> io::Result<()> {
    for (name, side) in [("older", &report.from), ("newer", &report.to)] {
        for gap in &side.gaps {
            writeln!(
                err,
                "cannot compare {} in {}: the {name} snapshot {} is {}{}",
                gap.kind,
                line(&gap.scope),
                side.snapshot.id,
                gap.state,
                gap.reason
                    .as_ref()
                    .map(|reason| format!(" ({})", line(reason)))
                    .unwrap_or_default(),
            )?;
        }
    }
    if report.comparison.newly_visible > 0 {
        writeln!(
            err,
            "{} came into sight with the first complete look at their listing; nobody knows since when they are there",
            count(report.comparison.newly_visible, "fact")
        )?;
    }
    writeln!(
        err,
        "{} -> {}: {}",
        label(&report.from),
        label(&report.to),
        totals(report)
    )
}

fn label(side: &Side) -> String {
    format!(
        "snapshot {} ({})",
        side.snapshot.id, side.snapshot.finished_at
    )
}

fn totals(report: &Report) -> String {
    let (resources, grants) = report.comparison.tallies();
    if resources.total() + grants.total() == 0 {
        return "no differences".to_owned();
    }
    format!(
        "resources +{} -{} ~{}, grants +{} -{}",
        resources.added, resources.removed, resources.changed, grants.added, grants.removed
    )
}

fn sentence(change: &Change) -> String {
    match change {
        Change::Resource { before, after } => after
            .as_ref()
            .or(before.as_ref())
            .map(resource)
            .unwrap_or_default(),
        Change::GrantAdded(grant) | Change::GrantRemoved(grant) => grant_sentence(grant),
    }
}

fn resource(fact: &ResourceFact) -> String {
    let email = serde_json::from_str::<Value>(&fact.attributes)
        .ok()
        .and_then(|attributes| Some(attributes.get("email")?.as_str()?.to_owned()));
    let named = Named {
        id: fact.id.clone(),
        kind: fact.kind.clone(),
        name: fact.name.clone(),
        email,
        resolved: true,
    };
    who(&named)
}

fn grant_sentence(grant: &GrantFact) -> String {
    let principal = who(&grant.principal);
    let held = who(&grant.target);
    match &grant.resource_group {
        None => format!("{principal} is a member of {held}"),
        Some(over) => format!("{principal} holds {held} over {}", who(over)),
    }
}

/// `user Ada Example <ada@example.test>`; the id where there is no name.
fn who(named: &Named) -> String {
    let kind = named.kind.replace('_', " ");
    let unresolved = if named.resolved { "" } else { " (in no list)" };
    match (&named.name, &named.email) {
        (Some(name), Some(email)) if name != email => {
            format!("{kind} {name} <{email}>{unresolved}")
        }
        (Some(text), _) | (None, Some(text)) => format!("{kind} {text}{unresolved}"),
        (None, None) => format!("{}{unresolved}", named.id),
    }
}

/// What differs, one line an attribute; of lists only what came and went.
fn details(before: &ResourceFact, after: &ResourceFact) -> Vec<String> {
    let mut lines = Vec::new();
    if before.name != after.name {
        lines.push(format!(
            "name: {} -> {}",
            shown_name(before),
            shown_name(after)
        ));
    }
    let (old, new) = (attributes(before), attributes(after));
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (old, new) if old == new => {}
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                let came = new
                    .iter()
                    .filter(|item| !old.contains(item))
                    .map(|item| ('+', item));
                let went = old
                    .iter()
                    .filter(|item| !new.contains(item))
                    .map(|item| ('-', item));
                let items: Vec<String> = came
                    .chain(went)
                    .map(|(sign, item)| format!("{sign}{}", shown(Some(item))))
                    .collect();
                lines.push(format!("{key}: {}", items.join(" ")));
            }
            (old, new) => lines.push(format!("{key}: {} -> {}", shown(old), shown(new))),
        }
    }
    lines
}

fn attributes(fact: &ResourceFact) -> Map<String, Value> {
    serde_json::from_str(&fact.attributes).unwrap_or_default()
}

fn shown_name(fact: &ResourceFact) -> &str {
    fact.name.as_deref().unwrap_or("(none)")
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "(none)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
