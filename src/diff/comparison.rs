//! Two snapshots side by side: what differs, what of it counts, and what could not be compared.

use serde::Serialize;

use super::approvals::Lapsed;
use super::{AssessedChange, FailOn, Subject, Verb};
use crate::model::{AuditEvent, Certainty, Gap, SnapshotInfo, Unread};

/// The differences between two snapshots, assessed.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The older snapshot.
    pub from: Side,
    /// The newer snapshot.
    pub to: Side,
    /// What of the changes counts.
    pub fail_on: FailOn,
    /// The differences, assessed, in fixed order.
    pub changes: Vec<AssessedChange>,
    /// As in [`Differences`](super::compare::Differences).
    pub newly_visible: u64,
    /// As in [`Differences`](super::compare::Differences).
    pub out_of_sight: u64,
    /// What the audit trail records between the two, and no change shows: it came and went, or snapshots do not hold it.
    pub unseen: Vec<AuditEvent>,
    /// The stretches in between of which the audit trail was not read whole; `None` = the file never read it.
    pub unread: Option<Vec<Unread>>,
    /// What expired approvals covered and the newer snapshot still holds.
    pub lapsed: Vec<Lapsed>,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
    /// The file it is in.
    pub file: String,
    /// What it did not see, although it or the other snapshot asked for it.
    pub gaps: Vec<Gap>,
    /// What it did not see either, as somebody accepted.
    pub accepted: Vec<Gap>,
}

impl Comparison {
    /// Whether both snapshots saw everything that either asked for.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        self.from.gaps.is_empty()
            && self.to.gaps.is_empty()
            && (self.leaves_out() || self.newly_visible == 0 && self.out_of_sight == 0)
    }

    /// How many changes that are not approved may be unexplained or not: the audit trail does not tell.
    #[must_use]
    pub fn undecided(&self) -> usize {
        let is_unknown = |assessed: &AssessedChange| match &assessed.by {
            None => true,
            Some(by) => by.certainty == Certainty::Unknown,
        };
        self.count(|assessed| assessed.approved.is_none() && is_unknown(assessed))
    }

    /// Whether the check asks for what the audit trail does not tell.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.fail_on == FailOn::Unexplained && self.undecided() > 0
    }

    /// Whether both sides are the same snapshot of the same file.
    #[must_use]
    pub fn is_of_one_snapshot(&self) -> bool {
        self.from.file == self.to.file && self.from.snapshot.id == self.to.snapshot.id
    }

    /// Whether accepted gaps are left out. What comes into sight or goes out of it without another gap is theirs.
    fn leaves_out(&self) -> bool {
        !self.from.accepted.is_empty() || !self.to.accepted.is_empty()
    }

    /// Everything that a check may fail on, and whether it does: the changes, then what an expired approval covered.
    pub fn checked(&self) -> impl Iterator<Item = (&AssessedChange, bool, Option<&Lapsed>)> {
        let changes = self.changes.iter();
        let changes = changes.map(|assessed| (assessed, self.fail_on.counts(assessed), None));
        let lapsed = self.lapsed.iter();
        changes.chain(
            lapsed.map(|lapsed| (&lapsed.access, lapsed.counts(&self.fail_on), Some(lapsed))),
        )
    }

    /// Counts of changed resources and of changed grants.
    #[must_use]
    pub fn tallies(&self) -> (Tally, Tally) {
        let (mut resources, mut grants) = (Tally::default(), Tally::default());
        for AssessedChange { change, .. } in &self.changes {
            match change.subject() {
                Subject::Resource(_) => resources.count(change.verb()),
                Subject::Grant(_) => grants.count(change.verb()),
            }
        }
        (resources, grants)
    }

    /// How many changes are of some kind.
    #[must_use]
    pub fn count(&self, wanted: impl Fn(&AssessedChange) -> bool) -> usize {
        self.changes
            .iter()
            .filter(|assessed| wanted(assessed))
            .count()
    }
}

/// How many of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Came.
    pub added: u64,
    /// Went.
    pub removed: u64,
    /// Changed.
    pub changed: u64,
}

impl Tally {
    fn count(&mut self, verb: Verb) {
        match verb {
            Verb::Added => self.added += 1,
            Verb::Removed => self.removed += 1,
            Verb::Changed => self.changed += 1,
        }
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.added + self.removed + self.changed
    }
}
