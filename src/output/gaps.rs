//! Lists that were not seen completely, in few words: hundreds of scopes have the same gap for the same reason.

use std::collections::BTreeSet;

use super::text::count;
use crate::model::{Gap, GapState, SnapshotInfo};

/// Gaps in a few lines: one a kind and reason, with the scopes counted when there are many.
#[must_use]
pub fn lines(gaps: &[Gap]) -> Vec<String> {
    let mut groups: Vec<(&Gap, Vec<&str>)> = Vec::new();
    for gap in gaps {
        let same = |(first, _): &&mut (&Gap, _)| {
            (&first.kind, &first.state, &first.reason) == (&gap.kind, &gap.state, &gap.reason)
        };
        match groups.iter_mut().find(same) {
            Some((_, scopes)) => scopes.push(&gap.scope),
            None => groups.push((gap, vec![&gap.scope])),
        }
    }
    let line = |(gap, scopes): &(&Gap, Vec<&str>)| {
        let place = match scopes.as_slice() {
            [first, second, third, _, ..] => {
                format!("{first}, {second}, {third} and {} more", scopes.len() - 3)
            }
            few => few.join(", "),
        };
        let reason = gap.reason.as_deref().unwrap_or(gap.state.as_str());
        format!("{} of {place}: {reason}", gap.kind.words())
    };
    groups.iter().map(line).collect()
}

/// Says that the account was left out on purpose; `None` = it was not.
#[must_use]
pub fn left_out(snapshot: &SnapshotInfo) -> Option<String> {
    const NOTE: &str = "note: this snapshot leaves the account out, as it was asked to: groups, roles and resource groups of \
                        the account are named where they are used, and were not looked at";
    snapshot.leaves_account_out().then(|| NOTE.to_owned())
}

/// What one snapshot of a comparison did not see, in a few lines.
#[must_use]
pub fn not_compared(snapshot: i64, gaps: &[Gap]) -> Vec<String> {
    let (absent, incomplete): (Vec<Gap>, Vec<Gap>) = gaps
        .iter()
        .cloned()
        .partition(|gap| gap.state == GapState::Absent);
    let mut said: Vec<String> = lines(&incomplete)
        .iter()
        .map(|gap| format!("cannot compare {gap} (snapshot {snapshot})"))
        .collect();
    if let [gap] = &*absent {
        said.push(format!(
            "cannot compare {} of {}: snapshot {snapshot} did not include this list",
            gap.kind.words(),
            gap.scope
        ));
    } else if !absent.is_empty() {
        let scopes: BTreeSet<&str> = absent.iter().map(|gap| gap.scope.as_str()).collect();
        let kinds: BTreeSet<String> = absent.iter().map(|gap| gap.kind.words()).collect();
        said.push(format!(
            "cannot compare {} in {}: snapshot {snapshot} did not include them ({})",
            count(absent.len() as u64, "list"),
            count(scopes.len() as u64, "scope"),
            Vec::from_iter(kinds).join(", ")
        ));
    }
    if !absent.is_empty() {
        said.push(
            "compare snapshots of the same scopes, or judge only what both hold with --ignore-coverage"
                .to_owned(),
        );
    }
    said
}
