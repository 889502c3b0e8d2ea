//! What an observation is asked for.

use std::collections::{HashMap, HashSet};

use super::workers::Progress;
use crate::model::{
    Details, HeldAssignment, Level, ListingKind, ResourceId, Scope, ScopeSelection,
};

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

/// Identifiers of resources that were held. Harness's own are apart from the account's: a list that lost all of the one and
/// none of the other lost most, however many there are of each.
#[derive(Debug, Default)]
pub struct HeldResources {
    /// By the list that showed them.
    pub own: HashMap<(ListingKind, Scope), Vec<String>>,
    /// What Harness supplies, by the level whose lists showed it.
    pub supplied: HashMap<(ListingKind, Level), Vec<String>>,
}

/// What was held before this observation, or why nobody knows.
pub trait Before {
    /// Whether removals need no second look.
    fn anything_may_go(&self) -> bool;

    /// Uuids of the members that a user group, organization or project had.
    ///
    /// # Errors
    /// Why nobody knows.
    fn members(&self, group: &ResourceId) -> Result<Vec<String>, String>;

    /// The resources that lists showed and nobody saw go.
    ///
    /// # Errors
    /// Why nobody knows.
    fn resources(&self) -> Result<HeldResources, String>;

    /// What roles and resource groups gave.
    ///
    /// # Errors
    /// Why nobody knows.
    fn details(&self) -> Result<HashMap<ResourceId, Details>, String>;

    /// How many role assignments each scope had when their list was last seen whole.
    ///
    /// # Errors
    /// Why nobody knows.
    fn assignment_counts(&self) -> Result<HashMap<Scope, i64>, String>;

    /// The role assignments of a scope.
    ///
    /// # Errors
    /// Why nobody knows.
    fn assignments(&self, scope: &Scope) -> Result<Vec<HeldAssignment>, String>;

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
    fn anything_may_go(&self) -> bool {
        true
    }

    fn members(&self, _group: &ResourceId) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn resources(&self) -> Result<HeldResources, String> {
        Ok(HeldResources::default())
    }

    fn details(&self) -> Result<HashMap<ResourceId, Details>, String> {
        Ok(HashMap::new())
    }

    fn assignment_counts(&self) -> Result<HashMap<Scope, i64>, String> {
        Ok(HashMap::new())
    }

    fn assignments(&self, _scope: &Scope) -> Result<Vec<HeldAssignment>, String> {
        Ok(Vec::new())
    }

    fn own_assignments(&self, _caller: &str) -> Result<Vec<(Scope, String)>, String> {
        Ok(Vec::new())
    }
}
