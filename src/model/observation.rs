//! What one run saw of an account, ready to be stored.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::{
    AssignmentIds, Details, Grant, Level, Listing, ResourceId, ResourceType, Scope, Timestamp,
    TrailRead,
};

/// A resource id kept in a [`Directory`]; four bytes where the id itself is three strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(NonZeroU32);

impl Ref {
    /// Position in the directory, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A scope kept in a [`Directory`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeRef(NonZeroU32);

impl ScopeRef {
    /// Position in the directory, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A resource as one listing showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its identity, kept in the observation's directory.
    pub id: Ref,
    /// Its name; `None` when Harness has none (users without a name).
    pub name: Option<String>,
    /// What is known of it besides, by type.
    pub details: Details,
}

/// Every resource id an observation speaks of, each once, whether or not a listing showed the resource.
#[derive(Debug, Default)]
pub struct Directory {
    ids: Vec<ResourceId>,
    places: HashMap<(ResourceType, Scope), HashMap<String, Ref>>,
    scopes: Vec<Scope>,
    scope_places: HashMap<Scope, ScopeRef>,
}

fn number(count: usize) -> NonZeroU32 {
    let number = u32::try_from(count).ok().and_then(NonZeroU32::new);
    number.expect("under 2^32 entries, far beyond any account")
}

impl Directory {
    /// The reference of an id, new or known.
    ///
    /// # Panics
    /// After 2^32 ids, far beyond any account.
    pub fn intern(&mut self, id: ResourceId) -> Ref {
        if let Some(found) = self.find(&id) {
            return found;
        }
        self.ids.push(id.clone());
        let reference = Ref(number(self.ids.len()));
        self.places
            .entry((id.kind, id.scope))
            .or_default()
            .insert(id.identifier, reference);
        reference
    }

    /// The reference of an id, if it is here.
    #[must_use]
    pub fn find(&self, id: &ResourceId) -> Option<Ref> {
        let place = (id.kind.clone(), id.scope.clone());
        self.places.get(&place)?.get(&id.identifier).copied()
    }

    /// The reference of a scope, new or known.
    pub fn intern_scope(&mut self, scope: &Scope) -> ScopeRef {
        if let Some(found) = self.scope_places.get(scope) {
            return *found;
        }
        self.scopes.push(scope.clone());
        let reference = ScopeRef(number(self.scopes.len()));
        self.scope_places.insert(scope.clone(), reference);
        reference
    }

    /// All scopes, in the order of their references.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// The id behind a reference given by this directory.
    #[must_use]
    pub fn id(&self, reference: Ref) -> &ResourceId {
        &self.ids[reference.index()]
    }

    /// All ids, in the order of their references.
    #[must_use]
    pub fn ids(&self) -> &[ResourceId] {
        &self.ids
    }
}

/// One complete or partial look at an account.
#[derive(Debug)]
pub struct Observation {
    /// When the first request was sent.
    pub started_at: Timestamp,
    /// When the last answer was read.
    pub finished_at: Timestamp,
    /// Who the key belongs to, as a text id; `None` when Harness does not say.
    pub caller: Option<String>,
    /// What was asked for, such as `account`.
    pub scopes: String,
    /// Remarks on the whole snapshot, such as that access control is off.
    pub notes: Vec<String>,
    /// Requests sent in all, the access check included.
    pub requests: i64,
    /// The ids that `resources` and `grants` refer to.
    pub directory: Directory,
    /// What the listings showed, each resource once.
    pub resources: Vec<Resource>,
    /// Levels at which Harness offers each of its own roles and resource groups, by reference. They tell which listing
    /// would have shown one that is missing.
    pub supplied_levels: HashMap<Ref, Vec<Level>>,
    /// Every grant, each natural key once.
    pub grants: Vec<Grant>,
    /// Identifiers of the role assignments behind the grants.
    pub assignment_ids: AssignmentIds,
    /// Role assignments that are disabled and therefore grant nothing.
    pub disabled_role_assignments: i64,
    /// The record of every listing.
    pub listings: Vec<Listing>,
    /// What was read of the audit trail; `None` = not asked for.
    pub trail: Option<TrailRead>,
}
