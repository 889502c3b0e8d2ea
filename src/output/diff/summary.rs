//! The closing lines on standard error: what was compared, what cannot be, what was agreed to, and the counts.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::unread;
use super::words::{sentence, snapshots};
use crate::agreed::Notice;
use crate::diff::{AssessedChange, Comparison};
use crate::model::Gap;
use crate::output::gaps::{lines, not_compared};
use crate::output::notices;
use crate::output::text::{count, line};

const NAME: usize = 80;

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
    if let Some(unknown) = unread::sentence(comparison) {
        writeln!(err, "{}", line(&unknown))?;
    }
    let [older, newer] = snapshots(comparison);
    if comparison.is_of_one_snapshot() {
        let text = "both references name the same snapshot, so there is nothing to compare";
        return writeln!(err, "{}: {text}{}", line(&older), lapsed(comparison));
    }
    writeln!(
        err,
        "{} -> {}: {}",
        line(&older),
        line(&newer),
        totals(comparison)
    )
}

/// What is to be said about entries of the file of approvals: those without effect, and what expired and is still there.
///
/// # Errors
/// When the output fails.
pub fn agreements(
    file: &str,
    notices: &[Notice],
    comparison: &Comparison,
    err: &mut dyn Write,
) -> io::Result<()> {
    let is_lapsed = |at: usize| comparison.lapsed.iter().any(|lapsed| lapsed.line == at);
    let others: Vec<Notice> = notices
        .iter()
        .filter(
            |notice| !matches!(notice, Notice::Expired { line, covers: 0, .. } if is_lapsed(*line)),
        )
        .cloned()
        .collect();
    notices::write(file, &others, "change", err)?;
    for lapsed in &comparison.lapsed {
        let said = format!(
            "{file}:{}: this entry expired on {}, and what it approved is still there: {}",
            lapsed.line,
            lapsed.agreement.expires.as_deref().unwrap_or_default(),
            sentence(&lapsed.access.change, NAME)
        );
        writeln!(err, "{}", line(&said))?;
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
        return format!("no differences{seen}{}", lapsed(comparison));
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
    text.push_str(&lapsed(comparison));
    text
}

fn lapsed(comparison: &Comparison) -> String {
    match comparison.lapsed.len() {
        0 => String::new(),
        number => format!(
            ", {number} still there after {} approval",
            if number == 1 { "its" } else { "their" }
        ),
    }
}
