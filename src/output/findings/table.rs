//! Findings for people: a heading, the remedy and a table for each rule that found something.

use std::io::{self, Write};

use super::{RuleFindings, accepted};
use crate::output::Screen;
use crate::output::table::{Align, Table};
use crate::output::text::{count, line};

/// Writes them.
///
/// # Errors
/// When the output fails.
pub fn write(found: &[RuleFindings], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for (rule, findings) in found.iter().filter(|(_, findings)| !findings.is_empty()) {
        if !std::mem::replace(&mut first, false) {
            writeln!(out)?;
        }
        let number = count(findings.len() as u64, "finding");
        let (code, severity) = (&rule.code, rule.severity.as_str());
        let heading = format!(
            "{} {severity}: {} ({number})",
            line(code),
            line(&rule.title)
        );
        for text in screen.folded(0, &heading) {
            writeln!(out, "{}", screen.bold(text))?;
        }
        screen.write_folded("", &line(&rule.remedy), out)?;
        let mut table = Table::new(COLUMNS.map(|name| (name, Align::Left)).to_vec());
        for finding in findings {
            let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
            table.row(vec![
                finding.subject.clone(),
                text(&finding.name),
                text(&finding.email),
                text(&finding.scope),
                text(&finding.detail),
                finding
                    .accepted
                    .as_deref()
                    .map(accepted)
                    .unwrap_or_default(),
            ]);
        }
        table.without_empty_columns().write(screen, out)?;
    }
    Ok(())
}

const COLUMNS: [&str; 6] = ["SUBJECT", "NAME", "EMAIL", "SCOPE", "DETAIL", "ACCEPTED"];
