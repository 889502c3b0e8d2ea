//! The time in which a change can have happened, and when two times are one.

use crate::model::{AuditEvent, Timestamp};

/// Clocks of servers and of the machine that syncs may differ by this.
const SKEW_MS: i64 = 120_000;

/// A role assignment is recorded in the transaction that makes it, so its own time of creation tells its record.
pub(super) const SAME_MOMENT_MS: i64 = 5_000;

/// Whether an event records that a role assignment was made.
pub(super) fn is_creation(event: &AuditEvent) -> bool {
    event.action.eq_ignore_ascii_case("ROLE_ASSIGNMENT_CREATED")
}

/// Whether a record can be that of a creation.
pub(super) fn is_same_moment(made: Timestamp, recorded: Timestamp) -> bool {
    made.moved(-SAME_MOMENT_MS) <= recorded && recorded <= made.moved(SAME_MOMENT_MS)
}

/// The time between two looks, as far as clocks can be trusted.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// When the older snapshot began to look.
    pub from: Timestamp,
    /// When the newer snapshot had looked.
    pub until: Timestamp,
}

impl Interval {
    /// The moments at which a change between the two looks may be recorded: clocks differ.
    #[must_use]
    pub fn with_skew(self) -> (Timestamp, Timestamp) {
        (self.from.moved(-SKEW_MS), self.until.moved(SKEW_MS))
    }
}
