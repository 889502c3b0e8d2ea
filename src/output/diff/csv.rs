//! `diff --format csv`: one change a row, for a spreadsheet.

use std::io::{self, Write};

use crate::diff::Report;
use crate::model::Named;
use crate::output::csv::row;

const HEADING: [&str; 24] = [
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
];

/// Writes heading and rows.
///
/// # Errors
/// When the output fails.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    row(out, &HEADING)?;
    let (from, to) = (
        report.from.snapshot.id.to_string(),
        report.to.snapshot.id.to_string(),
    );
    for finding in &report.findings {
        let (fact, grant) = (finding.change.resource(), finding.change.grant());
        let principal = grant.map(|grant| &*grant.principal);
        let over = grant.and_then(|grant| grant.resource_group.as_deref());
        let name = |named: Option<&Named>| {
            named
                .and_then(|named| named.name.clone())
                .unwrap_or_default()
        };
        let id = |named: Option<&Named>| named.map(|named| named.id.clone()).unwrap_or_default();
        let reach = |number: fn(&crate::model::Reach) -> u64| {
            finding
                .reach
                .as_ref()
                .map(|reach| number(reach).to_string())
                .unwrap_or_default()
        };
        let cells: [String; 24] = [
            finding.change.verb().as_str().to_owned(),
            finding.change.kind().to_owned(),
            match grant {
                Some(grant) => grant.target.kind.clone(),
                None => fact.map(|fact| fact.kind.clone()).unwrap_or_default(),
            },
            finding.cause.as_str().to_owned(),
            finding.change.place().to_owned(),
            match grant {
                Some(grant) => grant.entitlement_id(),
                None => finding.change.id(),
            },
            match grant {
                Some(grant) => name(Some(&grant.target)),
                None => fact.and_then(|fact| fact.name.clone()).unwrap_or_default(),
            },
            id(principal),
            principal
                .map(|principal| principal.kind.clone())
                .unwrap_or_default(),
            name(principal),
            principal
                .and_then(|principal| principal.email.clone())
                .unwrap_or_default(),
            id(over),
            name(over),
            finding.details.join("\n"),
            finding
                .escalation
                .as_ref()
                .map(|escalation| escalation.code.to_owned())
                .unwrap_or_default(),
            reach(|reach| reach.users),
            reach(|reach| reach.service_accounts),
            finding.built_in.unwrap_or_default().to_owned(),
            finding.gone_with.clone().unwrap_or_default(),
            finding
                .approved
                .as_ref()
                .map(|approved| approved.approver.clone())
                .unwrap_or_default(),
            finding
                .approved
                .as_ref()
                .and_then(|approved| approved.ticket.clone())
                .unwrap_or_default(),
            u8::from(report.gate.counts(finding)).to_string(),
            from.clone(),
            to.clone(),
        ];
        row(out, &cells.each_ref().map(String::as_str))?;
    }
    Ok(())
}
