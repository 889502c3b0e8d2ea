//! `sync --plan`: which walks, and why.

use std::io::{self, Write};

use super::table::{Align, Table};
use super::text::count;
use crate::model::PlannedWalk;
use crate::output::Screen;

/// Writes the plan.
///
/// # Errors
/// When the output fails.
pub fn write(
    walks: &[PlannedWalk],
    scopes: usize,
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("LISTING", Align::Left),
        ("REQUESTS", Align::Right),
        ("WALK", Align::Left),
        ("WHY", Align::Left),
    ]);
    for choice in walks {
        table.row(vec![
            choice.kind.to_string(),
            format!(">= {}", choice.requests),
            choice.walk.clone(),
            choice.why.to_owned(),
        ]);
    }
    table.write(screen, out)?;
    let requests = walks.iter().map(|walk| walk.requests as u64).sum::<u64>();
    let closing = format!(
        "{}, at least {}: a list takes one for every 100 rows. Besides these, the last access check.",
        count(scopes as u64, "scope"),
        count(requests, "request"),
    );
    writeln!(out)?;
    screen.write_folded("", &closing, out)
}
