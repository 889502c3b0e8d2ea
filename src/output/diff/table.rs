//! `diff` for people: grouped by scope, then by what was done, with names rather than ids.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::words::{expired, notes_besides_by, recorded, sentence, symbol};
use crate::diff::{AssessedChange, Cause, Comparison, Verb};
use crate::output::Screen;
use crate::output::by;
use crate::output::text::{line, shortened};

/// Names and notes longer than this are cut; the other formats hold them whole.
const NAME: usize = 60;
const NOTE: usize = 160;
/// What stands in front of a change.
const MARGIN: usize = 7;
/// What stands in front of what is said about a change below it.
const BELOW: &str = "         ";
/// Notes stand in a column of their own up to here.
const COLUMN: usize = 100;

/// Writes the changes; nothing when there are none.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(screen);
    let mut first = true;
    for of_scope in comparison
        .changes
        .chunk_by(|a, b| a.change.scope() == b.change.scope())
    {
        if !first {
            writeln!(out)?;
        }
        first = false;
        let scope = of_scope
            .first()
            .map_or("", |assessed| assessed.change.scope());
        for text in paint.0.folded(0, &line(scope)) {
            writeln!(out, "{}", paint.bold(text))?;
        }
        let mut of_scope: Vec<&AssessedChange> = of_scope.iter().collect();
        of_scope.sort_by_key(|assessed| assessed.cause); // stable: ids stay in order
        for of_cause in of_scope.chunk_by(|a, b| a.cause == b.cause) {
            write_cause(of_cause, &paint, out)?;
        }
    }
    write_lapsed(comparison, &paint, out)?;
    write_unseen(comparison, &paint, out)
}

/// What was approved until a day that is over.
fn write_lapsed(comparison: &Comparison, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if comparison.lapsed.is_empty() {
        return Ok(());
    }
    if !comparison.changes.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", paint.bold("approval expired, and still there"))?;
    for lapsed in &comparison.lapsed {
        let text = line(&sentence(&lapsed.access.change, NAME));
        for (at, text) in paint.0.folded(MARGIN, &text).iter().enumerate() {
            let margin = if at == 0 { "    !  " } else { BELOW };
            writeln!(out, "{margin}{}", paint.bold(text))?;
        }
        let scope = line(lapsed.access.change.scope());
        let said = line(&shortened(&expired(lapsed), NOTE));
        paint
            .0
            .write_folded(BELOW, &format!("in {scope}; {said}"), out)?;
        for detail in &lapsed.access.details {
            let detail = line(&shortened(detail, NOTE));
            paint.0.write_folded(BELOW, &detail, out)?;
        }
    }
    Ok(())
}

/// What the audit trail records and no change shows.
fn write_unseen(comparison: &Comparison, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if comparison.unseen.is_empty() {
        return Ok(());
    }
    if !comparison.changes.is_empty() || !comparison.lapsed.is_empty() {
        writeln!(out)?;
    }
    let heading =
        "recorded in between, but in no difference: it came and went, or snapshots do not hold it";
    for text in paint.0.folded(0, heading) {
        writeln!(out, "{}", paint.bold(text))?;
    }
    for event in &comparison.unseen {
        let text = line(&recorded(event, NAME));
        paint.0.write_folded("    ", &text, out)?;
    }
    Ok(())
}

fn write_cause(changes: &[&AssessedChange], paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let cause = changes
        .first()
        .map_or("", |assessed| heading(assessed.cause));
    writeln!(out, "  {cause}")?;
    let rows: Vec<(&AssessedChange, String)> = changes
        .iter()
        .map(|assessed| (*assessed, line(&sentence(&assessed.change, NAME))))
        .collect();
    let width = rows
        .iter()
        .map(|(_, text)| text.width())
        .filter(|width| *width <= COLUMN)
        .max()
        .unwrap_or_default();
    let bys: Vec<String> = changes
        .iter()
        .map(|assessed| line(&shortened(&by::words(assessed.by.as_deref()), NOTE)))
        .collect();
    let by_width = bys.iter().map(|by| by.width()).max().unwrap_or_default();
    for ((assessed, text), by) in rows.iter().zip(&bys) {
        let notes = line(&shortened(&notes_besides_by(assessed).join("; "), NOTE));
        let by_padding = " ".repeat(by_width - by.width() + if by_width > 0 { 2 } else { 0 });
        let padding = " ".repeat(width.saturating_sub(text.width()));
        let row = format!("{text}{padding}  {by}{by_padding}{notes}");
        let row = row.trim_end();
        if paint
            .0
            .width
            .is_some_and(|most| MARGIN + row.width() > most)
        {
            write_row(assessed, text, paint, out)?;
            let notes = [by.as_str(), notes.as_str()].into_iter();
            let notes: Vec<&str> = notes.filter(|note| !note.is_empty()).collect();
            if !notes.is_empty() {
                paint.0.write_folded(BELOW, &notes.join("; "), out)?;
            }
        } else {
            write_row(assessed, row, paint, out)?;
        }
        for detail in &assessed.details {
            let detail = line(&shortened(detail, NOTE));
            paint.0.write_folded(BELOW, &detail, out)?;
        }
    }
    Ok(())
}

/// A change behind its sign; what a terminal has no room for goes on below.
fn write_row(
    assessed: &AssessedChange,
    row: &str,
    paint: &Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mark = if counts_as_more(assessed) { '!' } else { ' ' };
    let sign = format!("{}{mark}", symbol(assessed.change.verb()));
    let sign = paint.sign(assessed, &sign);
    for (at, text) in paint.0.folded(MARGIN, row).iter().enumerate() {
        let text = paint.row(assessed, text);
        if at == 0 {
            writeln!(out, "    {sign} {text}")?;
        } else {
            writeln!(out, "{BELOW}{text}")?;
        }
    }
    Ok(())
}

fn counts_as_more(assessed: &AssessedChange) -> bool {
    assessed.escalates() && assessed.approved.is_none()
}

fn heading(cause: Cause) -> &'static str {
    match cause {
        Cause::Scope => "organizations and projects",
        Cause::Role => "roles",
        Cause::ResourceGroup => "resource groups",
        Cause::Principal => "users, service accounts and groups",
        Cause::Token => "tokens",
        Cause::SignIn => "sign-in settings",
        Cause::Catalogue => "permissions of Harness",
        Cause::Membership => "memberships",
        Cause::RoleAssignment => "role assignments",
    }
}

/// Colour, or none.
struct Paint(Screen);

impl Paint {
    fn bold(&self, text: &str) -> String {
        self.0.bold(text)
    }

    fn sign(&self, assessed: &AssessedChange, text: &str) -> String {
        let code = match assessed.change.verb() {
            Verb::Added => "32",
            Verb::Removed => "31",
            Verb::Changed => "33",
        };
        self.0.styled(code, text)
    }

    fn row(&self, assessed: &AssessedChange, text: &str) -> String {
        if counts_as_more(assessed) {
            self.bold(text)
        } else if assessed.approved.is_some() || assessed.built_in.is_some() {
            self.0.styled("2", text)
        } else {
            text.to_owned()
        }
    }
}
