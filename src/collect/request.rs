//! What an observation is asked for.

use std::collections::{HashMap, HashSet};

use super::workers::Progress;
use crate::model::{ListingKind, ResourceId, Scope, ScopeSelection};

/// What to observe.
pub struct ObservationRequest<'a> {
    /// Which scopes, and what besides.
    pub selection: &'a ScopeSelection,
    /// End at once when the key is known to lack a permission: what it can see would not be kept anyway.
    pub refuse_early: bool,
    /// What was known before.
    pub remembered: &'a Remembered,
    /// What was held before; asked where a list shows much less.
    pub before: &'a dyn Before,
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

/// What was held before this observation, or why nobody knows.
pub trait Before {
    /// Uuids of the members that a user group had.
    ///
    /// # Errors
    /// Why nobody knows.
    fn members(&self, group: &ResourceId) -> Result<Vec<String>, String>;

    /// Rows of each list when it was last seen whole.
    ///
    /// # Errors
    /// Why nobody knows.
    fn rows(&self) -> Result<HashMap<(ListingKind, Scope), i64>, String>;

    /// Identifiers of what a list showed and nobody saw go, in sorts that may be missing as a whole: role assignments by
    /// the type of their principal.
    ///
    /// # Errors
    /// Why nobody knows.
    fn held(&self, kind: ListingKind, scope: &Scope) -> Result<Vec<Vec<String>>, String>;

    /// Role assignments of the caller, by scope and identifier.
    ///
    /// # Errors
    /// Why nobody knows.
    fn own_assignments(&self, caller: &str) -> Result<Vec<(Scope, String)>, String>;
}

/// Nothing was held: there is no file, or what is missing from it does not matter.
#[derive(Debug, Default)]
pub struct NothingBefore;

impl Before for NothingBefore {
    fn members(&self, _group: &ResourceId) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn rows(&self) -> Result<HashMap<(ListingKind, Scope), i64>, String> {
        Ok(HashMap::new())
    }

    fn held(&self, _kind: ListingKind, _scope: &Scope) -> Result<Vec<Vec<String>>, String> {
        Ok(Vec::new())
    }

    fn own_assignments(&self, _caller: &str) -> Result<Vec<(Scope, String)>, String> {
        Ok(Vec::new())
    }
}
