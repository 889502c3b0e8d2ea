//! `diff --format csv`: one change a row, for a spreadsheet.

use std::io::{self, Write};

use crate::diff::Comparison;
use crate::model::Named;
use crate::output::by;
use crate::output::csv::row;

const HEADING: [&str; 28] = [
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
];

/// Writes heading and rows.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    row(out, &HEADING)?;
    let (from, to) = (
        comparison.from.snapshot.id.to_string(),
        comparison.to.snapshot.id.to_string(),
    );
    for (assessed, counted, lapsed) in comparison.checked() {
        let change = &assessed.change;
        let grant = change.grant();
        let principal = grant.map(|grant| &*grant.principal);
        let over = grant.and_then(|grant| grant.resource_group.as_deref());
        let name = |named: Option<&Named>| {
            named
                .and_then(|named| named.name.clone())
                .unwrap_or_default()
        };
        let id = |named: Option<&Named>| named.map(|named| named.id.clone()).unwrap_or_default();
        let impact = |number: fn(&crate::model::Impact) -> u64| {
            assessed
                .impact
                .as_ref()
                .map(|impact| number(impact).to_string())
                .unwrap_or_default()
        };
        let cells: [String; 28] = [
            change.verb().as_str().to_owned(),
            change.kind().to_owned(),
            change.resource_type().to_string(),
            assessed.cause.as_str().to_owned(),
            change.scope().to_owned(),
            change.held_id(),
            change.name().unwrap_or_default().to_owned(),
            id(principal),
            principal.map_or_else(String::new, |principal| principal.kind.to_string()),
            name(principal),
            principal
                .and_then(|principal| principal.email.clone())
                .unwrap_or_default(),
            id(over),
            name(over),
            assessed.details.join("; "),
            assessed
                .escalation
                .as_ref()
                .map(|escalation| escalation.code.to_owned())
                .unwrap_or_default(),
            impact(|impact| impact.users),
            impact(|impact| impact.service_accounts),
            assessed.built_in.unwrap_or_default().to_owned(),
            assessed.gone_with.clone().unwrap_or_default(),
            assessed
                .approved
                .as_ref()
                .map(|approved| approved.approver.clone())
                .unwrap_or_default(),
            assessed
                .approved
                .as_ref()
                .and_then(|approved| approved.ticket.clone())
                .unwrap_or_default(),
            u8::from(counted).to_string(),
            from.clone(),
            to.clone(),
            by::words(assessed.by.as_deref()),
            assessed
                .by
                .as_ref()
                .map(|by| by.certainty.as_str().to_owned())
                .unwrap_or_default(),
            assessed
                .by
                .as_ref()
                .and_then(|by| by.event.as_ref())
                .map(|event| event.at.to_string())
                .unwrap_or_default(),
            lapsed
                .and_then(|lapsed| lapsed.agreement.expires.clone())
                .unwrap_or_default(),
        ];
        row(out, &cells.each_ref().map(String::as_str))?;
    }
    Ok(())
}
