//! `findings --write-approvals`: entries for a file of approvals. They do not parse until somebody fills them in.

use std::io::{self, Write};

use super::RuleFindings;
use crate::agreed::Pattern;
use crate::findings::{Finding, Rule, Severity};
use crate::output::text::line;
use crate::output::toml::quoted;

/// Writes an entry for every finding that is not accepted and of this severity or worse.
///
/// # Errors
/// When the output fails.
pub fn write(found: &[RuleFindings], least: Severity, out: &mut dyn Write) -> io::Result<()> {
    for (rule, findings) in found.iter().filter(|(rule, _)| rule.severity >= least) {
        for finding in findings.iter().filter(|finding| finding.accepted.is_none()) {
            entry(rule, finding, out)?;
        }
    }
    Ok(())
}

fn entry(rule: &Rule, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let named =
        [&finding.name, &finding.email].map(|cell| cell.as_deref().map(|text| format!(": {text}")));
    let named = named.map(Option::unwrap_or_default).concat();
    writeln!(out, "# {}", line(&format!("{}{named}", rule.title)))?;
    writeln!(out, "[[finding]]")?;
    for (field, value) in [
        ("code", Some(rule.code.as_str())),
        ("subject", Some(finding.subject.as_str())),
        ("scope", finding.scope.as_deref()),
        ("detail", finding.detail.as_deref()),
    ] {
        let value = Pattern::quoting(value.unwrap_or_default());
        writeln!(out, "{field} = {}", quoted(&value))?;
    }
    writeln!(out, "reason = \"\"\nticket = \"\"\napprover = \"\"\n")
}
