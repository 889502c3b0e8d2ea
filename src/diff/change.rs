//! One difference between two snapshots.

use crate::model::{GrantFact, ResourceFact, ResourceType};
use crate::worded::worded;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A resource that only the newer snapshot holds.
    ResourceAdded(Box<ResourceFact>),
    /// A resource that both hold, differently.
    ResourceChanged {
        /// As the older snapshot holds it.
        before: Box<ResourceFact>,
        /// As the newer snapshot holds it.
        after: Box<ResourceFact>,
    },
    /// A resource that only the older snapshot holds.
    ResourceRemoved(Box<ResourceFact>),
    /// A grant that only the newer snapshot holds.
    GrantAdded(GrantFact),
    /// A grant that only the older snapshot holds.
    GrantRemoved(GrantFact),
}

/// What a change is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A resource, as the newer snapshot holds it, else as the older one does.
    Resource(&'a ResourceFact),
    /// A grant.
    Grant(&'a GrantFact),
}

worded! {
    /// The kind of a difference.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Verb {
        /// Only the newer snapshot holds it.
        Added = "added",
        /// Both hold it, differently.
        Changed = "changed",
        /// Only the older snapshot holds it.
        Removed = "removed",
    }
}

impl Verb {
    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.as_str() == word)
    }
}

impl Change {
    /// A change of a resource from what the older snapshot holds, if it does, to what the newer one holds.
    #[must_use]
    pub fn of_resource(before: Option<ResourceFact>, after: ResourceFact) -> Self {
        let after = Box::new(after);
        match before.map(Box::new) {
            None => Self::ResourceAdded(after),
            Some(before) => Self::ResourceChanged { before, after },
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::ResourceAdded(fact)
            | Self::ResourceChanged { after: fact, .. }
            | Self::ResourceRemoved(fact) => Subject::Resource(fact),
            Self::GrantAdded(grant) | Self::GrantRemoved(grant) => Subject::Grant(grant),
        }
    }

    /// Whether it came, went or changed.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::ResourceAdded(_) | Self::GrantAdded(_) => Verb::Added,
            Self::ResourceChanged { .. } => Verb::Changed,
            Self::ResourceRemoved(_) | Self::GrantRemoved(_) => Verb::Removed,
        }
    }

    /// The resource; `None` for a grant.
    #[must_use]
    pub fn resource(&self) -> Option<&ResourceFact> {
        match self.subject() {
            Subject::Resource(fact) => Some(fact),
            Subject::Grant(_) => None,
        }
    }

    /// The grant; `None` for a resource.
    #[must_use]
    pub fn grant(&self) -> Option<&GrantFact> {
        match self.subject() {
            Subject::Resource(_) => None,
            Subject::Grant(grant) => Some(grant),
        }
    }

    /// `resource` or `grant`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.subject() {
            Subject::Resource(_) => "resource",
            Subject::Grant(_) => "grant",
        }
    }

    /// The type of the resource, or of what is held: a user group or a role.
    #[must_use]
    pub fn resource_type(&self) -> &ResourceType {
        match self.subject() {
            Subject::Resource(fact) => &fact.kind,
            Subject::Grant(grant) => &grant.target.kind,
        }
    }

    /// Path of the scope it belongs to.
    #[must_use]
    pub fn scope(&self) -> &str {
        match self.subject() {
            Subject::Resource(fact) => &fact.scope,
            Subject::Grant(grant) => &grant.report_scope,
        }
    }

    /// The text id of the resource or grant.
    #[must_use]
    pub fn id(&self) -> String {
        match self.subject() {
            Subject::Resource(fact) => fact.id.clone(),
            Subject::Grant(grant) => grant.id(),
        }
    }

    /// The text id of the resource, or of what is held.
    #[must_use]
    pub fn held_id(&self) -> String {
        match self.subject() {
            Subject::Resource(fact) => fact.id.clone(),
            Subject::Grant(grant) => grant.entitlement_id(),
        }
    }

    /// The name of the resource, or of the user group or role that is held.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self.subject() {
            Subject::Resource(fact) => fact.name.as_deref(),
            Subject::Grant(grant) => grant.target.name.as_deref(),
        }
    }
}
