//! `diff --format csv`: one change a row, for a spreadsheet.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::diff::approvals::Lapsed;
use crate::diff::{AssessedChange, Comparison};
use crate::model::{AuditEvent, By, Certainty, Named};
use crate::output::csv::row;
use crate::output::{audit, by};

/// New columns go to the end: consumers may count.
const HEADING: [&str; 33] = [
    "change",
    "kind",
    "type",
    "cause",
    "scope",
    "id",
    "name",
    "principal_id",
    "principal_type",
    "principal_name",
    "principal_email",
    "resource_group_id",
    "resource_group_name",
    "details",
    "escalation",
    "reaches_users",
    "reaches_service_accounts",
    "built_in",
    "gone_with",
    "approved_by",
    "ticket",
    "counted",
    "from_snapshot",
    "to_snapshot",
    "by",
    "by_certainty",
    "by_at",
    "approval_expired",
    "by_actor_id",
    "by_actor_type",
    "by_impersonation",
    "by_through",
    "by_audit_id",
];

/// The cells of a row by the names of their columns; the others are empty.
type Cells = HashMap<&'static str, String>;

/// Writes heading and rows: a change each, then of kind `event` what the audit trail records and no change shows.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    row(out, &HEADING)?;
    for (assessed, counted, lapsed) in comparison.checked() {
        let mut cells = of_change(assessed);
        cells.extend(of_agreement(assessed, counted, lapsed));
        cells.extend(of_by(assessed.by.as_deref()));
        write_row(cells, comparison, out)?;
    }
    for event in &comparison.unseen {
        write_row(of_event(event), comparison, out)?;
    }
    Ok(())
}

fn write_row(mut cells: Cells, comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let (from, to) = (&comparison.from.snapshot, &comparison.to.snapshot);
    cells.insert("from_snapshot", from.id.to_string());
    cells.insert("to_snapshot", to.id.to_string());
    let cells = HEADING.map(|column| cells.remove(column).unwrap_or_default());
    row(out, &cells.each_ref().map(String::as_str))
}

fn of_change(assessed: &AssessedChange) -> Cells {
    let change = &assessed.change;
    let mut cells = Cells::from([
        ("change", change.verb().as_str().to_owned()),
        ("kind", change.kind().to_owned()),
        ("type", change.resource_type().to_string()),
        ("cause", assessed.cause.as_str().to_owned()),
        ("scope", change.scope().to_owned()),
        ("id", change.held_id()),
        ("name", change.name().unwrap_or_default().to_owned()),
        ("details", assessed.details.join("; ")),
        ("built_in", assessed.built_in.unwrap_or_default().to_owned()),
        ("gone_with", assessed.gone_with.clone().unwrap_or_default()),
    ]);
    if let Some(grant) = change.grant() {
        let principal = &grant.principal;
        cells.insert("principal_id", principal.id.clone());
        cells.insert("principal_type", principal.kind.to_string());
        cells.insert("principal_name", name(principal));
        cells.insert(
            "principal_email",
            principal.email.clone().unwrap_or_default(),
        );
        if let Some(over) = &grant.resource_group {
            cells.insert("resource_group_id", over.id.clone());
            cells.insert("resource_group_name", name(over));
        }
    }
    if let Some(escalation) = &assessed.escalation {
        cells.insert("escalation", escalation.code.to_owned());
    }
    if let Some(impact) = &assessed.impact {
        cells.insert("reaches_users", impact.users.to_string());
        cells.insert(
            "reaches_service_accounts",
            impact.service_accounts.to_string(),
        );
    }
    cells
}

fn name(named: &Named) -> String {
    named.name.clone().unwrap_or_default()
}

fn of_agreement(assessed: &AssessedChange, counted: bool, lapsed: Option<&Lapsed>) -> Cells {
    let mut cells = Cells::from([("counted", u8::from(counted).to_string())]);
    if let Some(approved) = &assessed.approved {
        cells.insert("approved_by", approved.approver.clone());
        cells.insert("ticket", approved.ticket.clone().unwrap_or_default());
    }
    let expires = lapsed.and_then(|lapsed| lapsed.agreement.expires.clone());
    cells.extend(expires.map(|expires| ("approval_expired", expires)));
    cells
}

fn of_by(by: Option<&By>) -> Cells {
    let Some(by) = by else {
        return Cells::new();
    };
    let mut cells = Cells::from([
        ("by", by::words(Some(by))),
        ("by_certainty", by.certainty.as_str().to_owned()),
        ("by_through", by.through.clone().unwrap_or_default()),
    ]);
    if let Some(event) = &by.event {
        cells.insert("by_at", event.at.to_string());
        // Of several, no single one is said to be it.
        if by.certainty != Certainty::OneOf {
            cells.extend(of_actor(event));
        }
    }
    cells
}

fn of_actor(event: &AuditEvent) -> Cells {
    let actor = &event.actor;
    let other = event.impersonation.as_ref();
    Cells::from([
        (
            "by_actor_id",
            actor.text_id().unwrap_or_else(|| actor.identifier.clone()),
        ),
        ("by_actor_type", actor.kind.as_str().to_owned()),
        (
            "by_impersonation",
            other
                .map(|other| other.identifier.clone())
                .unwrap_or_default(),
        ),
        ("by_audit_id", event.audit_id.clone()),
    ])
}

fn of_event(event: &AuditEvent) -> Cells {
    let thing = &event.acted_on;
    let mut cells = Cells::from([
        ("change", "unseen".to_owned()),
        ("kind", "event".to_owned()),
        ("type", thing.kind.to_ascii_lowercase()),
        ("scope", event.scope.to_string()),
        ("id", thing.identifier.clone()),
        ("name", thing.name.clone().unwrap_or_default()),
        ("details", audit::words(&event.action)),
        ("counted", "0".to_owned()),
        ("by", by::acting(event)),
        ("by_certainty", Certainty::Exact.as_str().to_owned()),
        ("by_at", event.at.to_string()),
    ]);
    cells.extend(of_actor(event));
    cells
}
