//! `diff` for people: grouped by scope, then by what was done, with names rather than ids.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::words::{notes, sentence, symbol};
use crate::diff::{Cause, Finding, Report, Verb};
use crate::output::text::{line, shortened};

/// Names and notes longer than this are cut; the other formats hold them whole.
const NAME: usize = 60;
const NOTE: usize = 160;
/// Notes stand in a column of their own up to here.
const COLUMN: usize = 100;

/// Writes the changes; nothing when there are none.
///
/// # Errors
/// When the output fails.
pub fn write(report: &Report, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(colour);
    let mut first = true;
    for of_scope in report
        .findings
        .chunk_by(|a, b| a.change.place() == b.change.place())
    {
        if !first {
            writeln!(out)?;
        }
        first = false;
        let place = of_scope
            .first()
            .map_or("", |finding| finding.change.place());
        writeln!(out, "{}", paint.bold(&line(place)))?;
        let mut of_scope: Vec<&Finding> = of_scope.iter().collect();
        of_scope.sort_by_key(|finding| finding.cause); // stable: ids stay in order
        for of_cause in of_scope.chunk_by(|a, b| a.cause == b.cause) {
            write_cause(of_cause, &paint, out)?;
        }
    }
    Ok(())
}

fn write_cause(findings: &[&Finding], paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let cause = findings
        .first()
        .map_or("", |finding| heading(finding.cause));
    writeln!(out, "  {cause}")?;
    let rows: Vec<(&Finding, String)> = findings
        .iter()
        .map(|finding| (*finding, line(&sentence(&finding.change, NAME))))
        .collect();
    let width = rows
        .iter()
        .map(|(_, text)| text.width())
        .filter(|width| *width <= COLUMN)
        .max()
        .unwrap_or_default();
    for (finding, text) in &rows {
        let notes = line(&shortened(&notes(finding).join("; "), NOTE));
        let mark = if counts_as_more(finding) { '!' } else { ' ' };
        let padding = " ".repeat(width.saturating_sub(text.width()));
        let sign = format!("{}{mark}", symbol(finding.change.verb()));
        let row = format!("{text}{padding}  {notes}");
        writeln!(
            out,
            "    {} {}",
            paint.sign(finding, &sign),
            paint.row(finding, row.trim_end())
        )?;
        for detail in &finding.details {
            writeln!(out, "         {}", line(&shortened(detail, NOTE)))?;
        }
    }
    Ok(())
}

fn counts_as_more(finding: &Finding) -> bool {
    finding.escalation.is_some() && finding.built_in.is_none() && finding.approved.is_none()
}

fn heading(cause: Cause) -> &'static str {
    match cause {
        Cause::Scope => "organizations and projects",
        Cause::Role => "roles",
        Cause::ResourceGroup => "resource groups",
        Cause::Principal => "users, service accounts and groups",
        Cause::Membership => "memberships",
        Cause::RoleAssignment => "role assignments",
    }
}

/// Colour, or none.
struct Paint(bool);

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn sign(&self, finding: &Finding, text: &str) -> String {
        let code = match finding.change.verb() {
            Verb::Added => "32",
            Verb::Removed => "31",
            Verb::Changed => "33",
        };
        self.with(code, text)
    }

    fn row(&self, finding: &Finding, text: &str) -> String {
        if counts_as_more(finding) {
            self.bold(text)
        } else if finding.approved.is_some() || finding.built_in.is_some() {
            self.with("2", text)
        } else {
            text.to_owned()
        }
    }
}
