//! `diff --write-approvals`: entries for a file of approvals. They do not parse until somebody fills them in.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::words::{expired, notes, sentence};
use crate::agreed::Pattern;
use crate::diff::approvals::{EntryKind, value};
use crate::diff::{AssessedChange, Comparison, FailOn, Verb};
use crate::output::text::{line, shortened};
use crate::output::toml::quoted;

const NAME: usize = 80;
const NOTE: usize = 300;

/// Writes an entry for every change that counts and is not approved, and for what an expired approval covered; where nothing
/// counts, for every change.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let wanted = |assessed: &&AssessedChange| {
        comparison.fail_on.counts(assessed)
            || comparison.fail_on == FailOn::None && assessed.approved.is_none()
    };
    for assessed in comparison.changes.iter().filter(wanted) {
        out.write_all(entry(assessed, assessed.change.verb()).as_bytes())?;
    }
    let lapsed = comparison.lapsed.iter();
    for lapsed in lapsed.filter(|lapsed| lapsed.counts(&comparison.fail_on)) {
        writeln!(out, "# {}", line(&shortened(&expired(lapsed), NOTE)))?;
        out.write_all(entry(&lapsed.access, lapsed.verb).as_bytes())?;
    }
    Ok(())
}

fn entry(assessed: &AssessedChange, verb: Verb) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "# {}", line(&sentence(&assessed.change, NAME)));
    let notes = notes(assessed).join("; ");
    if !notes.is_empty() {
        let _ = writeln!(text, "# {}", line(&shortened(&notes, NOTE)));
    }
    let (change, kind) = (&assessed.change, EntryKind::of(&assessed.change));
    let _ = writeln!(text, "[[approval]]");
    let _ = writeln!(text, "change = {}", quoted(verb.as_str()));
    let _ = writeln!(text, "kind = {}", quoted(kind.as_str()));
    for field in kind.fields() {
        let value = value(change, *field).unwrap_or_default();
        let value = quoted(&Pattern::quoting(&value));
        let _ = writeln!(text, "{} = {value}", field.as_str());
    }
    if kind.quotes_details(verb) {
        let _ = writeln!(text, "details = [");
        for detail in &assessed.details {
            let _ = writeln!(text, "  {},", quoted(detail));
        }
        let _ = writeln!(text, "]");
    }
    text.push_str("reason = \"\"\nticket = \"\"\napprover = \"\"\n\n");
    text
}
