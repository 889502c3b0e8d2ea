//! A row of a list, mapped: what every kind of row but role assignments becomes.

use serde::de::DeserializeOwned;
use std::hash::DefaultHasher;

use crate::model::{Details, Level, ResourceId, ResourceType, Scope};

/// A resource that a list showed.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) id: ResourceId,
    pub(super) name: Option<String>,
    pub(super) details: Details,
    /// Levels at which Harness offers it, if Harness supplies it.
    pub(super) supplied_at: Vec<Level>,
    /// Members of a user group; `None` when Harness did not say.
    pub(super) members: Option<Vec<String>>,
}

/// What a list was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// One scope: rows of another are a mistake.
    Only(Scope),
    /// The account and everything below it.
    Whole,
}

/// A kind of row that maps to a resource.
pub(super) trait Row: DeserializeOwned {
    /// Feeds what identifies the row in its list.
    fn key(&self, hasher: &mut DefaultHasher);

    /// Maps the row.
    fn found(self, asked: &Asked) -> Result<Found, String>;
}

impl Found {
    pub(super) fn new(
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
            supplied_at: Vec::new(),
            members: None,
        }
    }
}

impl Asked {
    /// The scope a row says it lives in, which must be one that was asked for or one above it.
    pub(super) fn scope_or_above(
        &self,
        org: Option<&str>,
        project: Option<&str>,
        what: &str,
    ) -> Result<Scope, String> {
        let own = Scope::from_parts(org, project);
        match (self, own) {
            (Self::Only(asked), Some(own)) if own.contains(asked) => Ok(own),
            _ => self.scope(org, project, what),
        }
    }

    /// The scope a row says it lives in, which must be one that was asked for.
    pub(super) fn scope(
        &self,
        org: Option<&str>,
        project: Option<&str>,
        what: &str,
    ) -> Result<Scope, String> {
        let scope = Scope::from_parts(org, project)
            .ok_or_else(|| format!("{what} is of a project without an organization"))?;
        match self {
            Self::Only(asked) if *asked != scope => {
                Err(format!("{what} is of {scope}, but {asked} was asked for"))
            }
            _ => Ok(scope),
        }
    }
}

/// Sorted, each once: Harness sends sets in any order.
pub(super) fn as_set(values: Option<Vec<String>>) -> Vec<String> {
    let mut values = values.unwrap_or_default();
    values.sort_unstable();
    values.dedup();
    values
}

/// Levels as Harness spells them, lower-cased and sorted.
pub(super) fn levels(values: Option<Vec<String>>) -> Vec<String> {
    let lower = |values: Vec<String>| values.iter().map(|v| v.to_ascii_lowercase()).collect();
    as_set(values.map(lower))
}

/// The levels this program knows among those given.
pub(super) fn known_levels(levels: &[String]) -> Vec<Level> {
    levels
        .iter()
        .filter_map(|level| Level::parse(level))
        .collect()
}
