//! The rows of a list, mapped to the model.

use serde::de::DeserializeOwned;
use std::hash::Hash;

use crate::api::http::quote::quote;
use crate::api::page::RowKey;
use crate::api::wire::Said;
use crate::model::{Details, Level, ResourceId, ResourceType, Scope};

/// A resource that a list showed.
#[derive(Debug)]
pub(crate) struct ListedResource {
    pub(crate) id: ResourceId,
    pub(crate) name: Option<String>,
    pub(crate) details: Details,
    /// What of the name and the details could not be read.
    pub(crate) unread: Unread,
    /// Levels at which Harness offers it, if Harness supplies it.
    pub(crate) supplied_at: Vec<Level>,
    /// Members, of a user group.
    pub(crate) members: Members,
}

/// What of a resource could not be read, by the names of its attributes.
#[derive(Debug, Default)]
pub(crate) struct Unread(pub(crate) Vec<&'static str>);

impl Unread {
    /// What Harness always knows: where it does not say, that is unknown.
    pub(crate) fn always<T>(&mut self, attribute: &'static str, said: Said<T>) -> Option<T> {
        let known = said.known();
        if known.is_none() {
            self.0.push(attribute);
        }
        known
    }

    /// What a thing may have none of.
    pub(crate) fn maybe<T>(&mut self, attribute: &'static str, said: Said<T>) -> Option<T> {
        if matches!(said, Said::Odd) {
            self.0.push(attribute);
        }
        said.known()
    }
}

/// Who is in a user group, as far as Harness said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Members {
    /// Not said, which is not the same as nobody.
    Unsaid,
    /// Nobody asked.
    Unread,
    /// Uuids of all of them, sorted.
    All(Vec<String>),
    /// Uuids of those who belong to the group's scope, sorted.
    InScope(Vec<String>),
}

/// What a list was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListScope {
    /// One scope. Servers may show what a scope inherits as well; that keeps its own scope.
    Exactly(Scope),
    /// One scope, without the filter that keeps out what lies below: the server did not take it.
    Unfiltered(Scope),
    /// The account and everything below it.
    WholeAccount,
}

/// A kind of row that maps to a resource.
pub(crate) trait Row: DeserializeOwned + Hash {
    /// Feeds what identifies the row in its list.
    fn key(&self, key: &mut RowKey);

    /// The account that the row says it is of, where it says so. What Harness supplies is of none.
    fn account(&self) -> Option<&str> {
        None
    }

    /// Maps the row.
    fn listed(self, asked: &ListScope) -> Result<ListedResource, String>;
}

impl ListedResource {
    pub(crate) fn new(
        kind: ResourceType,
        scope: Scope,
        identifier: String,
        name: Option<String>,
        details: Details,
    ) -> Self {
        Self {
            id: ResourceId {
                kind,
                scope,
                identifier,
            },
            name,
            details,
            unread: Unread::default(),
            supplied_at: Vec::new(),
            members: Members::Unsaid,
        }
    }

    pub(crate) fn with_unread(self, unread: Unread) -> Self {
        Self { unread, ..self }
    }
}

impl ListedResource {
    /// Whether it is a group that does not say who is in it.
    pub(crate) fn is_silent(&self) -> bool {
        self.id.kind == ResourceType::UserGroup && self.members == Members::Unsaid
    }
}

impl ListScope {
    /// The scope that the request names.
    pub(crate) fn asked(&self) -> &Scope {
        match self {
            Self::Exactly(scope) | Self::Unfiltered(scope) => scope,
            Self::WholeAccount => &Scope::Account,
        }
    }

    /// Whether a list can show a resource at all. What lives neither in the scope asked for nor above it says that the
    /// server answered another question.
    pub(crate) fn may_hold(&self, resource: &ListedResource) -> bool {
        let Self::Exactly(asked) = self else {
            return true;
        };
        let lives_somewhere = matches!(
            resource.id.kind,
            ResourceType::Role
                | ResourceType::ResourceGroup
                | ResourceType::UserGroup
                | ResourceType::ServiceAccount
        );
        let own = &resource.id.scope;
        if resource.id.kind == ResourceType::Project {
            return own == asked;
        }
        !lives_somewhere || *own == Scope::Harness || own.contains(asked)
    }

    /// Whether a resource lives where the list was asked for. What Harness supplies is in every list of its level.
    pub(crate) fn is_own(&self, resource: &ListedResource) -> bool {
        let (Self::Exactly(asked) | Self::Unfiltered(asked)) = self else {
            return true;
        };
        match resource.id.kind {
            ResourceType::ServiceAccount | ResourceType::UserGroup | ResourceType::Project => {
                resource.id.scope == *asked
            }
            ResourceType::Role | ResourceType::ResourceGroup => {
                resource.id.scope == *asked
                    || asked
                        .level()
                        .is_some_and(|level| resource.supplied_at.contains(&level))
            }
            _ => true,
        }
    }
}

/// Why what is of another account is not taken for the account's own.
pub(crate) fn not_of(
    account: &str,
    said: Option<&str>,
    what: impl FnOnce() -> String,
) -> Result<(), String> {
    match said {
        Some(other) if other != account => Err(format!(
            "{} is of another account, {}",
            what(),
            quote(other)
        )),
        _ => Ok(()),
    }
}

/// The scope that a row says it lives in.
pub(crate) fn own_scope(
    org: Option<&str>,
    project: Option<&str>,
    what: &str,
) -> Result<Scope, String> {
    Scope::from_parts(org, project)
        .ok_or_else(|| format!("{what} is of a project without an organization"))
}

/// Sorted, each once: Harness sends sets in any order.
pub(crate) fn as_set(values: Option<Vec<String>>) -> Vec<String> {
    let mut values = values.unwrap_or_default();
    values.sort_unstable();
    values.dedup();
    values
}

/// Levels as Harness spells them, lower-cased and sorted.
pub(crate) fn levels(said: Option<Vec<String>>) -> Vec<String> {
    let lower = |values: Vec<String>| values.iter().map(|v| v.to_ascii_lowercase()).collect();
    as_set(said.map(lower))
}

/// The levels this program knows among those given.
pub(crate) fn known_levels(levels: &[String]) -> Vec<Level> {
    levels
        .iter()
        .filter_map(|level| Level::parse(level))
        .collect()
}
