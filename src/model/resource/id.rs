//! What names a resource for ever, and the text ids that people and files use.

use std::fmt;

use super::ResourceType;
use crate::model::{Level, Scope};

/// What names a resource for ever: type, scope and identifier (for a user, the uuid).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId {
    /// Its type.
    pub kind: ResourceType,
    /// Where it lives. A user lives in the account, a project in its organization.
    pub scope: Scope,
    /// Harness's identifier; unique inside the scope and type only.
    pub identifier: String,
}

impl ResourceId {
    /// The organization or project that a scope is.
    #[must_use]
    pub fn of_scope(scope: &Scope) -> Option<Self> {
        let (org, project) = (scope.org()?.to_owned(), scope.project());
        Some(match project {
            None => Self {
                kind: ResourceType::Organization,
                scope: Scope::Account,
                identifier: org,
            },
            Some(project) => Self {
                kind: ResourceType::Project,
                scope: Scope::Organization { org },
                identifier: project.to_owned(),
            },
        })
    }

    /// The organization, and the project if it is one, that a scope lies in or is.
    pub fn containing(scope: &Scope) -> impl Iterator<Item = Self> {
        [Level::Organization, Level::Project]
            .into_iter()
            .filter_map(|level| Self::of_scope(&scope.ancestor(level)?))
    }

    /// The scope that an account, organization or project is.
    #[must_use]
    pub fn as_scope(&self) -> Option<Scope> {
        match self.kind {
            ResourceType::Account => Some(Scope::Account),
            ResourceType::Organization => Scope::from_parts(Some(&self.identifier), None),
            ResourceType::Project => Scope::from_parts(self.scope.org(), Some(&self.identifier)),
            ResourceType::User
            | ResourceType::ServiceAccount
            | ResourceType::UserGroup
            | ResourceType::Role
            | ResourceType::ResourceGroup
            | ResourceType::ServiceAccountToken
            | ResourceType::PersonalToken
            | ResourceType::AuthSetting
            | ResourceType::Permission
            | ResourceType::Other(_) => None,
        }
    }
}

impl ResourceId {
    /// Reads a public text id; `None` for a type that this program does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, inside) = text.split_once('/')?;
        let kind = ResourceType::known(kind)?;
        let (scope, identifier) = match kind {
            ResourceType::User
            | ResourceType::Account
            | ResourceType::AuthSetting
            | ResourceType::Permission
            | ResourceType::Organization => (Scope::Account, inside),
            ResourceType::Project => {
                let (org, project) = inside.split_once('/')?;
                (Scope::from_parts(Some(org), None)?, project)
            }
            ResourceType::ServiceAccount
            | ResourceType::UserGroup
            | ResourceType::Role
            | ResourceType::ResourceGroup
            | ResourceType::ServiceAccountToken
            | ResourceType::PersonalToken
            | ResourceType::Other(_) => Scope::parse_start(inside)?,
        };
        Some(Self {
            kind,
            scope,
            identifier: identifier.to_owned(),
        })
    }
}

impl fmt::Display for ResourceId {
    /// The public text id. What can be in one scope only does not name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            scope,
            identifier,
        } = self;
        match (kind, scope) {
            (
                ResourceType::User
                | ResourceType::Account
                | ResourceType::AuthSetting
                | ResourceType::Permission
                | ResourceType::Organization,
                _,
            ) => write!(f, "{kind}/{identifier}"),
            (ResourceType::Project, Scope::Organization { org }) => {
                write!(f, "{kind}/{org}/{identifier}")
            }
            (
                ResourceType::Project
                | ResourceType::ServiceAccount
                | ResourceType::UserGroup
                | ResourceType::Role
                | ResourceType::ResourceGroup
                | ResourceType::ServiceAccountToken
                | ResourceType::PersonalToken
                | ResourceType::Other(_),
                _,
            ) => write!(f, "{kind}/{scope}/{identifier}"),
        }
    }
}
