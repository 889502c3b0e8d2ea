//! `diff --write-approvals`: entries for a file of approvals. They do not parse until somebody fills them in.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::words::{notes, sentence};
use crate::characters::is_hidden;
use crate::diff::approvals::fields;
use crate::diff::{Finding, Gate, Report};
use crate::output::text::{line, shortened};

const NAME: usize = 80;
const NOTE: usize = 300;

/// Writes an entry for every change that counts and is not approved; with a gate that counts nothing, for every one.
///
/// # Errors
/// When the output fails.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let wanted = |finding: &&Finding| {
        report.gate.counts(finding) || report.gate == Gate::None && finding.approved.is_none()
    };
    for finding in report.findings.iter().filter(wanted) {
        out.write_all(entry(finding).as_bytes())?;
    }
    Ok(())
}

fn entry(finding: &Finding) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "# {}", line(&sentence(&finding.change, NAME)));
    let notes = notes(finding).join("; ");
    if !notes.is_empty() {
        let _ = writeln!(text, "# {}", line(&shortened(&notes, NOTE)));
    }
    let (kind, fields) = fields(&finding.change);
    let _ = writeln!(text, "[[approval]]");
    let _ = writeln!(text, "change = {}", quoted(finding.change.verb().as_str()));
    let _ = writeln!(text, "kind = {}", quoted(&kind));
    for (name, value) in fields {
        let _ = writeln!(text, "{name} = {}", quoted(&value));
    }
    if !finding.details.is_empty() {
        let _ = writeln!(text, "details = [");
        for detail in &finding.details {
            let _ = writeln!(text, "  {},", quoted(detail));
        }
        let _ = writeln!(text, "]");
    }
    text.push_str("reason = \"\"\nticket = \"\"\napprover = \"\"\n\n");
    text
}

/// A TOML string on one line. What a reviewer could not see is written as an escape.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if !is_hidden(c) => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
        }
    }
    quoted.push('"');
    quoted
}
