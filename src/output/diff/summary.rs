//! The closing lines on standard error: what was compared, what cannot be, what was agreed to, and the counts.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::words::snapshots;
use crate::agreed::Notice;
use crate::diff::{AssessedChange, Comparison};
use crate::model::Gap;
use crate::output::gaps::{lines, not_compared};
use crate::output::text::{count, line};

/// Writes them.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, err: &mut dyn Write) -> io::Result<()> {
    for side in [&comparison.from, &comparison.to] {
        for said in not_compared(side.snapshot.id, &side.gaps) {
            writeln!(err, "{}", line(&said))?;
        }
    }
    let accepted: Vec<Gap> = [&comparison.from, &comparison.to]
        .into_iter()
        .flat_map(|side| side.accepted.iter().cloned())
        .collect();
    if !accepted.is_empty() {
        let left_out = lines(&accepted).join("; ");
        writeln!(
            err,
            "left out, because these gaps are accepted: {}",
            line(&left_out)
        )?;
    }
    for (number, what) in [
        (
            comparison.newly_visible,
            "listed completely for the first time; how long they have existed is unknown",
        ),
        (
            comparison.out_of_sight,
            "in lists that the newer snapshot did not see; whether they still exist is unknown",
        ),
    ] {
        if number > 0 {
            writeln!(err, "{} {what}", count(number, "item"))?;
        }
    }
    let [older, newer] = snapshots(comparison);
    if comparison.is_of_one_snapshot() {
        let text = "both references name the same snapshot, so there is nothing to compare";
        return writeln!(err, "{}: {text}", line(&older));
    }
    writeln!(
        err,
        "{} -> {}: {}",
        line(&older),
        line(&newer),
        totals(comparison)
    )
}

/// What is to be said about entries of the file of approvals.
///
/// # Errors
/// When the output fails.
pub fn notices(file: &str, notices: &[Notice], err: &mut dyn Write) -> io::Result<()> {
    for notice in notices {
        let text = match notice {
            Notice::Unused { line, entry } => {
                format!("{file}:{line}: this approval matches no change: {entry}")
            }
            Notice::Expired {
                line,
                entry,
                on,
                covers,
            } => format!(
                "{file}:{line}: this approval expired on {on}; no longer covers {}: {entry}",
                count(i128::try_from(*covers).unwrap_or_default(), "change")
            ),
        };
        writeln!(err, "{}", line(&text))?;
    }
    Ok(())
}

fn totals(comparison: &Comparison) -> String {
    if comparison.changes.is_empty() {
        let seen = if comparison.is_comparable() {
            ""
        } else {
            " in what both saw"
        };
        return format!("no differences{seen}");
    }
    let (resources, grants) = comparison.tallies();
    let mut text = format!(
        "resources +{} -{} ~{}, grants +{} -{}",
        resources.added, resources.removed, resources.changed, grants.added, grants.removed
    );
    for (number, word) in [
        (comparison.count(AssessedChange::escalates), "escalating"),
        (comparison.count(|f| f.built_in.is_some()), "by Harness"),
        (comparison.count(|f| f.approved.is_some()), "approved"),
    ] {
        if number > 0 {
            let _ = write!(text, ", {number} {word}");
        }
    }
    text
}
