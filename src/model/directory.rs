//! Ids and scopes, each kept once: an observation refers to them by numbers.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::{ResourceId, ResourceType, Scope};

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
