//! `prune`: what stays, what goes, and what that gave back.

use serde::Serialize;
use std::io::{self, Write};

use super::table::{Align, Table};
use super::text::{bytes, count};
use crate::model::{Converted, Pruned};
use crate::output::Screen;
use crate::retention::Decision;

/// For people.
///
/// # Errors
/// When the output fails.
pub fn table(decisions: &[Decision], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("ID", Align::Right),
        ("FINISHED", Align::Left),
        ("LABEL", Align::Left),
        ("KEPT AS", Align::Left),
    ]);
    for Decision { snapshot, reasons } in decisions {
        table.row(vec![
            snapshot.id.to_string(),
            snapshot.finished_at.clone(),
            snapshot.label.clone().unwrap_or_default(),
            if reasons.is_empty() {
                "(deleted: no rule keeps it)".to_owned()
            } else {
                reasons.join(", ")
            },
        ]);
    }
    table.write(screen, out)
}

/// The closing line on standard error.
///
/// # Errors
/// When the output fails.
pub fn summary(
    decisions: &[Decision],
    dry_run: bool,
    pruned: Option<Pruned>,
    converted: Option<Converted>,
    err: &mut dyn Write,
) -> io::Result<()> {
    if let Some(converted) = converted {
        writeln!(
            err,
            "converted the file to the current schema, from {} to {}",
            bytes(converted.bytes_before),
            bytes(converted.bytes_after)
        )?;
    }
    let forgotten = forgotten(decisions);
    let kept = decisions.len() - forgotten;
    let number = |number: usize| count(i128::try_from(number).unwrap_or_default(), "snapshot");
    let Some(pruned) = pruned else {
        let would = if dry_run { "would delete" } else { "deleted" };
        return writeln!(err, "{would} {}, keeping {kept}", number(forgotten));
    };
    let space = if pruned.compacted {
        format!(
            "the file went from {} to {}",
            bytes(pruned.bytes_before),
            bytes(pruned.bytes_after)
        )
    } else {
        format!(
            "file size unchanged ({}); free pages will be reused",
            bytes(pruned.bytes_after)
        )
    };
    writeln!(
        err,
        "deleted {}, keeping {kept}; {space}",
        number(pruned.snapshots)
    )
}

fn forgotten(decisions: &[Decision]) -> usize {
    decisions
        .iter()
        .filter(|decision| decision.reasons.is_empty())
        .count()
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    dry_run: bool,
    kept: Vec<Kept<'a>>,
    forgotten: Vec<i64>,
    bytes_before: Option<u64>,
    bytes_after: Option<u64>,
    compacted: bool,
    converted: Option<Converted>,
}

#[derive(Serialize)]
struct Kept<'a> {
    snapshot: i64,
    reasons: &'a [&'static str],
}

/// For programs.
///
/// # Errors
/// When the output fails.
pub fn json(
    decisions: &[Decision],
    dry_run: bool,
    pruned: Option<Pruned>,
    converted: Option<Converted>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (forgotten, kept): (Vec<&Decision>, Vec<&Decision>) = decisions
        .iter()
        .partition(|decision| decision.reasons.is_empty());
    super::write_json(
        &Document {
            format_version: 1,
            dry_run,
            kept: kept
                .iter()
                .map(|decision| Kept {
                    snapshot: decision.snapshot.id,
                    reasons: &decision.reasons,
                })
                .collect(),
            forgotten: forgotten
                .iter()
                .map(|decision| decision.snapshot.id)
                .collect(),
            bytes_before: pruned.map(|pruned| pruned.bytes_before),
            bytes_after: pruned.map(|pruned| pruned.bytes_after),
            compacted: pruned.is_some_and(|pruned| pruned.compacted),
            converted,
        },
        out,
    )
}
