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

/// A kind of row that maps to a resource.
pub(super) trait Row: DeserializeOwned {
    /// Feeds what identifies the row in its list.
    fn key(&self, hasher: &mut DefaultHasher);

    /// Maps the row, which was listed in `asked`.
    fn found(self, asked: &Scope) -> Result<Found, String>;
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

/// The scope a row says it lives in, which must be the one that was asked for.
pub(super) fn scope_as_asked(
    asked: &Scope,
    org: Option<&str>,
    project: Option<&str>,
    what: &str,
) -> Result<Scope, String> {
    match Scope::from_parts(org, project) {
        Some(scope) if scope == *asked => Ok(scope),
        Some(other) => Err(format!("{what} is of {other}, but {asked} was asked for")),
        None => Err(format!("{what} is of a project without an organization")),
    }
}

/// The scope a row says it lives in, which must be the one that was asked for or one above it.
pub(super) fn scope_on_the_way_up(
    asked: &Scope,
    org: Option<&str>,
    project: Option<&str>,
    what: &str,
) -> Result<Scope, String> {
    let own = Scope::from_parts(org, project);
    let above = own
        .as_ref()
        .and_then(Scope::level)
        .and_then(|level| asked.ancestor(level));
    match above {
        Some(above) if Some(&above) == own.as_ref() => Ok(above),
        _ => scope_as_asked(asked, org, project, what),
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
