//! The kinds of entries, and the fields that name a change of each.

use std::borrow::Cow;

use crate::diff::{Change, Subject, Verb};
use crate::model::ResourceType;
use crate::worded::worded;

/// What an entry approves a change of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Somebody in a user group.
    Membership,
    /// A role that somebody holds.
    RoleAssignment,
    /// A resource.
    Resource(ResourceType),
}

worded! {
    /// A field that names what an entry is about.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Field {
        /// Who holds the grant.
        Principal = "principal",
        /// The user group.
        Group = "group",
        /// The role.
        Role = "role",
        /// Where the role is held.
        Scope = "scope",
        /// What the role covers.
        ResourceGroup = "resource_group",
        /// The resource itself.
        Id = "id",
    }
}

impl EntryKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Membership, Self::RoleAssignment]
            .into_iter()
            .chain(ResourceType::ALL.map(Self::Resource))
    }

    /// Reads a kind.
    ///
    /// # Errors
    /// What is wrong, and the kinds there are.
    pub fn parse(name: &str) -> Result<Self, String> {
        Self::all()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| {
                let known: Vec<String> = Self::all().map(|kind| kind.as_str().to_owned()).collect();
                format!("has the kind `{name}`: use one of {}", known.join(", "))
            })
    }

    /// Its name in the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Membership => "membership",
            Self::RoleAssignment => "role_assignment",
            Self::Resource(kind) => kind.as_str(),
        }
    }

    /// The kind of entry that a change needs.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        match change.subject() {
            Subject::Resource(fact) => Self::Resource(fact.kind.clone()),
            Subject::Grant(grant) => match grant.scope {
                None => Self::Membership,
                Some(_) => Self::RoleAssignment,
            },
        }
    }

    /// The fields that name what it is about, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        match self {
            Self::Membership => &[Field::Principal, Field::Group],
            Self::RoleAssignment => &[
                Field::Principal,
                Field::Role,
                Field::Scope,
                Field::ResourceGroup,
            ],
            Self::Resource(_) => &[Field::Id],
        }
    }

    /// Whether an entry quotes the differences: wherever a later change of the same thing would look the same without.
    #[must_use]
    pub fn quotes_details(&self, verb: Verb) -> bool {
        match (self, verb) {
            (Self::Membership | Self::RoleAssignment, _) | (_, Verb::Removed) => false,
            (Self::Resource(_), Verb::Changed) => true,
            (Self::Resource(kind), Verb::Added) => kind.defines_access(),
        }
    }
}

/// What a change has in a field; `None` when it has no such field.
#[must_use]
pub fn value(change: &Change, field: Field) -> Option<Cow<'_, str>> {
    let grant = change.grant();
    match field {
        Field::Principal => grant.map(|grant| Cow::Borrowed(grant.principal.id.as_str())),
        Field::Group | Field::Role => grant.map(|grant| Cow::Borrowed(grant.target.id.as_str())),
        Field::Scope => grant?.scope.as_deref().map(Cow::Borrowed),
        Field::ResourceGroup => {
            let group = grant?.resource_group.as_ref()?;
            Some(Cow::Borrowed(&group.id))
        }
        Field::Id => Some(Cow::Owned(change.id())),
    }
}
