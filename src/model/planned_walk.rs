//! What `sync --plan` tells.

use std::fmt;

use super::ListingKind;

/// How one kind is observed, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedWalk {
    /// The kind.
    pub kind: ListingKind,
    /// The walk.
    pub walk: String,
    /// Why this one.
    pub why: &'static str,
    /// Requests it takes at least: one for each list, more where one has over 100 rows.
    pub requests: usize,
}

impl fmt::Display for PlannedWalk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.kind, self.walk, self.why)
    }
}
