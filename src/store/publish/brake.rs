//! The brake: a sync that would take away most of what was there is likelier a mistake than the truth.

use rusqlite::{Connection, OptionalExtension};
use std::collections::HashSet;

use crate::model::ResourceType;

/// How much of one kind a sync would close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Such as `grant`, `role grant` or `user_group`.
    pub what: String,
    /// How many are gone.
    pub gone: u64,
    /// Of how many.
    pub of: u64,
    /// Whether another kind counts the same: only that none is left says more.
    pub is_part: bool,
}

/// What came of merging facts of one sort.
pub(super) struct Merged {
    pub(super) removals: Vec<Removal>,
    /// How many there must be now.
    pub(super) live: u64,
}

/// Counts, kind by kind, what was there and what is gone of it.
#[derive(Default)]
pub(super) struct Tally(Vec<Removal>);

impl Tally {
    pub(super) fn count(&mut self, what: &str, gone: bool) {
        self.add(what, gone, false);
    }

    /// Counts a part of another kind.
    pub(super) fn count_part(&mut self, what: &str, gone: bool) {
        self.add(what, gone, true);
    }

    fn add(&mut self, what: &str, gone: bool, is_part: bool) {
        let at = self.0.iter().position(|removal| removal.what == what);
        let at = at.unwrap_or_else(|| {
            self.0.push(Removal {
                what: what.to_owned(),
                gone: 0,
                of: 0,
                is_part,
            });
            self.0.len() - 1
        });
        self.0[at].of += 1;
        self.0[at].gone += u64::from(gone);
    }

    /// What must be there once so many have ended and so many have begun.
    pub(super) fn merged(self, ended: usize, begun: usize) -> Merged {
        let whole = self.0.iter().filter(|removal| !removal.is_part);
        let before: u64 = whole.map(|removal| removal.of).sum();
        Merged {
            live: before + begun as u64 - ended as u64,
            removals: self.0,
        }
    }
}

/// What the brake leaves out: it is elsewhere rather than gone.
#[derive(Default)]
pub(super) struct Moved {
    /// Listings of the scopes that moved, by `listing.key`.
    pub(super) listings: HashSet<i64>,
    /// The projects, by `resource.key`.
    pub(super) projects: HashSet<i64>,
}

/// Small accounts change by large shares.
const NEVER_TOO_MANY: u64 = 20;

/// A kind of which so many were there and none is left is likelier a list that came back empty.
const NOT_ALL_OF: u64 = 5;

/// Those beyond the limit, in percent of what was there. When the snapshot before did not see everything, only kinds
/// of which nothing is left are judged: part of what it held may have been gone for long.
pub(super) fn beyond(
    removals: Vec<Removal>,
    max_percent: u8,
    previous_is_complete: bool,
) -> Vec<Removal> {
    removals
        .into_iter()
        .filter(|removal| {
            if removal.what == ResourceType::Permission.as_str() {
                return false; // Harness changes its catalogue with its releases
            }
            let all = removal.gone >= NOT_ALL_OF && removal.gone == removal.of;
            let many = !removal.is_part
                && removal.gone > NEVER_TOO_MANY
                && removal.gone * 100 > removal.of * u64::from(max_percent);
            max_percent < 100 && (all || many && previous_is_complete)
        })
        .collect()
}

/// Whether the snapshot before this one saw everything it asked for.
pub(super) fn previous_is_complete(
    connection: &Connection,
    snapshot: i64,
) -> rusqlite::Result<bool> {
    let state: Option<String> = connection
        .query_row(
            "SELECT state FROM _snapshot WHERE id < ?1 AND state <> 'pruned' ORDER BY id DESC LIMIT 1",
            [snapshot],
            |row| row.get(0),
        )
        .optional()?;
    Ok(state.as_deref() == Some("complete"))
}

#[cfg(test)]
mod tests {
    use super::{Removal, beyond};

    fn stops(gone: u64, of: u64, max_percent: u8) -> bool {
        stops_after(true, gone, of, max_percent)
    }

    fn stops_after(complete: bool, gone: u64, of: u64, max_percent: u8) -> bool {
        let what = "grant".to_owned();
        !beyond(
            vec![Removal {
                what,
                gone,
                of,
                is_part: false,
            }],
            max_percent,
            complete,
        )
        .is_empty()
    }

    #[test]
    fn more_than_the_share_and_more_than_a_few() {
        assert!(stops(51, 100, 50));
        assert!(!stops(50, 100, 50));
        assert!(!stops(20, 21, 50));
        assert!(stops(21, 22, 50));
        assert!(!stops(1000, 1000, 100));
        assert!(stops(21, 1000, 0));
        assert!(!stops_after(false, 51, 100, 50));
    }

    #[test]
    fn all_of_a_kind_is_too_much() {
        for complete in [true, false] {
            assert!(stops_after(complete, 5, 5, 50));
            assert!(stops_after(complete, 20, 20, 99));
            assert!(!stops_after(complete, 4, 4, 0));
            assert!(!stops_after(complete, 4, 5, 0));
            assert!(!stops_after(complete, 5, 5, 100));
        }
    }
}
