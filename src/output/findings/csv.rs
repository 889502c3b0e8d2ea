//! Findings for spreadsheets, one a row.

use std::io::{self, Write};

use super::{Examined, RuleFindings, accepted};
use crate::output::csv::row;

const COLUMNS: [&str; 10] = [
    "code", "severity", "title", "subject", "name", "email", "scope", "detail", "accepted",
    "snapshot",
];

/// Writes them.
///
/// # Errors
/// When the output fails.
pub fn write(
    found: &[RuleFindings],
    examined: Examined<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let snapshot = examined.snapshot.id.to_string();
    row(out, &COLUMNS)?;
    for (rule, findings) in found {
        for finding in findings {
            let text = |cell: &'_ Option<String>| cell.clone().unwrap_or_default();
            let accepted = finding
                .accepted
                .as_deref()
                .map(accepted)
                .unwrap_or_default();
            row(
                out,
                &[
                    &rule.code,
                    rule.severity.as_str(),
                    &rule.title,
                    &finding.subject,
                    &text(&finding.name),
                    &text(&finding.email),
                    &text(&finding.scope),
                    &text(&finding.detail),
                    &accepted,
                    &snapshot,
                ],
            )?;
        }
    }
    Ok(())
}
