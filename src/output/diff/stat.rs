//! `diff --stat`: how many changes of each kind, and nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diff::{Cause, Comparison, Verb};
use crate::output::Screen;
use crate::output::table::{Align, Table};

/// Writes the table; nothing when there is no change.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<Cause, [u64; 6]> = BTreeMap::new();
    for assessed in &comparison.changes {
        let of_cause = counts.entry(assessed.cause).or_default();
        let verb = match assessed.change.verb() {
            Verb::Added => 0,
            Verb::Removed => 1,
            Verb::Changed => 2,
        };
        of_cause[verb] += 1;
        of_cause[3] += u64::from(assessed.escalates());
        of_cause[4] += u64::from(assessed.built_in.is_some());
        of_cause[5] += u64::from(assessed.approved.is_some());
    }
    if counts.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(vec![
        ("WHAT", Align::Left),
        ("ADDED", Align::Right),
        ("REMOVED", Align::Right),
        ("CHANGED", Align::Right),
        ("ESCALATING", Align::Right),
        ("BY HARNESS", Align::Right),
        ("APPROVED", Align::Right),
    ]);
    for (cause, numbers) in &counts {
        let mut cells = vec![cause.words()];
        cells.extend(numbers.iter().map(u64::to_string));
        table.row(cells);
    }
    table.write(screen, out)
}
