//! What an observation is asked for.

use std::collections::HashSet;

use super::workers::Progress;
use crate::model::{ResourceId, ScopeSelection};

/// Uuids of the members that a user group had in the last snapshot, or why nobody knows.
pub type MembersBefore<'a> = dyn Fn(&ResourceId) -> Result<Vec<String>, String> + 'a;

/// What to observe.
pub struct ObservationRequest<'a> {
    /// Which scopes, and what besides.
    pub selection: &'a ScopeSelection,
    /// End at once when the key is known to lack a permission: what it can see would not be kept anyway.
    pub refuse_early: bool,
    /// What was known before.
    pub remembered: &'a Remembered,
    /// Who was in a group before; asked about groups that do not say who is in them.
    pub members_before: &'a MembersBefore<'a>,
    /// Concurrent requests, at least 1.
    pub jobs: usize,
    /// Told how far the work is.
    pub progress: &'a Progress,
}

/// Roles and resource groups as they were known before. Where no list shows one that a role assignment names, they tell a
/// custom one from one that Harness supplies: the name alone does not, and the grant must stay the same grant.
#[derive(Debug, Default)]
pub struct Remembered {
    /// Those of the last snapshot.
    pub held: HashSet<ResourceId>,
    /// Those that any list ever showed.
    pub ever: HashSet<ResourceId>,
}
