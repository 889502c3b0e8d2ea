//! The past of one thing, or of the grants between several.

use rusqlite::ToSql;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::model::{GrantFact, Moment, MovedProject, ResourceFact, Span};
use crate::store::coverage::CoverageLookup;
use crate::store::facts::{Fact, Listed, NamedAt};
use crate::store::{Reader, StoreError};

/// Which grants: each part that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantParts {
    /// Text id of the holder.
    pub principal: Option<String>,
    /// Text id of the user group or role.
    pub target: Option<String>,
    /// Scope path.
    pub scope: Option<String>,
    /// Text id of the resource group.
    pub resource_group: Option<String>,
}

impl GrantParts {
    /// The same parts by other names.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(&str) -> String) -> Self {
        let part = |part: &Option<String>| part.as_deref().map(&name);
        Self {
            principal: part(&self.principal),
            target: part(&self.target),
            scope: part(&self.scope),
            resource_group: part(&self.resource_group),
        }
    }
}

impl Reader {
    /// The projects that ever moved to another organization, in order of time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn moved_projects(&self) -> Result<Vec<MovedProject>, StoreError> {
        let read = || -> rusqlite::Result<Vec<MovedProject>> {
            let versions: Vec<(i64, i64)> = self
                .connection
                .prepare(
                    "SELECT o.key, n.key FROM _moved m JOIN _resource r ON r.key = m.new AND r.type = 'project'
                     JOIN _resource_version o ON o.resource = m.old AND o.valid_until = m.snapshot
                     JOIN _resource_version n ON n.resource = m.new AND n.valid_from = m.snapshot
                     WHERE m.is_grant = 0 ORDER BY m.snapshot, r.id",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let version = |key: i64| {
                let parameters: [(&'static str, Box<dyn ToSql>); 1] = [(":key", Box::new(key))];
                self.spans(self.resource_facts("x.key = :key", &parameters)?)
            };
            let mut moved = Vec::new();
            for (before, after) in versions {
                for (before, after) in version(before)?.into_iter().zip(version(after)?) {
                    moved.extend(before.until.map(|moment| MovedProject {
                        moment,
                        before: before.fact,
                        after: after.fact,
                    }));
                }
            }
            Ok(moved)
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Every version of a resource, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn versions_of(&self, id: &str) -> Result<Vec<Span<ResourceFact>>, StoreError> {
        let read = || {
            let parameters: [(&'static str, Box<dyn ToSql>); 1] =
                [(":id", Box::new(id.to_owned()))];
            let rows =
                "x.resource = (SELECT key FROM _resource WHERE id = :id) ORDER BY x.valid_from";
            self.spans(self.resource_facts(rows, &parameters)?)
        };
        read().map_err(|error: rusqlite::Error| self.failed(&error))
    }

    /// Every grant of, to or over a resource, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn grants_around(&self, id: &str) -> Result<Vec<Span<GrantFact>>, StoreError> {
        let key = "(SELECT key FROM _resource WHERE id = :id)";
        self.grant_spans(
            &format!("x.target = {key} OR x.principal = {key} OR x.resource_group = {key}"),
            &[(":id", Box::new(id.to_owned()))],
        )
    }

    /// Every grant that fits, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn grants_with(&self, parts: &GrantParts) -> Result<Vec<Span<GrantFact>>, StoreError> {
        let mut conditions = vec!["1".to_owned()];
        let mut parameters: Vec<(&'static str, Box<dyn ToSql>)> = Vec::new();
        for (value, name, condition) in [
            (
                &parts.principal,
                ":principal",
                "x.principal = (SELECT key FROM _resource WHERE id = :principal)",
            ),
            (
                &parts.target,
                ":target",
                "x.target = (SELECT key FROM _resource WHERE id = :target)",
            ),
            (
                &parts.scope,
                ":scope",
                "x.scope = (SELECT key FROM _scope WHERE path = :scope)",
            ),
            (
                &parts.resource_group,
                ":group",
                "x.resource_group = (SELECT key FROM _resource WHERE id = :group)",
            ),
        ] {
            if let Some(value) = value {
                conditions.push(condition.to_owned());
                parameters.push((name, Box::new(value.clone())));
            }
        }
        self.grant_spans(&conditions.join(" AND "), &parameters)
    }

    fn grant_spans(
        &self,
        condition: &str,
        parameters: &[(&'static str, Box<dyn ToSql>)],
    ) -> Result<Vec<Span<GrantFact>>, StoreError> {
        let read = || {
            let rows = format!("({condition}) ORDER BY x.valid_from, x.key");
            let facts = self.grant_facts(&rows, NamedAt::LastSeen, parameters)?;
            self.spans(facts)
        };
        read().map_err(|error: rusqlite::Error| self.failed(&error))
    }

    fn spans<T: Fact>(&self, listed: Vec<Listed<T>>) -> rusqlite::Result<Vec<Span<T>>> {
        let snapshots: BTreeMap<i64, (String, bool)> = self
            .connection
            .prepare("SELECT id, finished_at, state <> 'pruned' FROM _snapshot")?
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
            .collect::<Result<_, _>>()?;
        let moment = |snapshot: i64| Moment {
            snapshot,
            at: snapshots
                .get(&snapshot)
                .map_or_else(String::new, |(at, _)| at.clone()),
        };
        // The last snapshot before one of which the file still holds what was there; 0 = none.
        let last_before = |snapshot: i64| {
            let before = snapshots.range(..snapshot).rev();
            let kept = before.filter(|(_, (_, kept))| *kept).map(|(id, _)| *id);
            kept.into_iter().next().unwrap_or(0)
        };
        let mut lookups: HashMap<i64, CoverageLookup<'_>> = HashMap::new();
        listed
            .into_iter()
            .map(|mut listed| {
                let before = if T::SINCE_THE_BEGINNING {
                    listed.since - 1
                } else {
                    last_before(listed.since)
                };
                let lookup = match lookups.entry(before) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => place.insert(CoverageLookup::of(self, before)?),
                };
                let known = lookup.knows(listed.listing, listed.fact.principal_type())?;
                listed.fact.set_newly_visible(!known);
                Ok(Span {
                    since: moment(listed.since),
                    forgotten: !known && before < listed.since - 1,
                    until: listed.until.map(moment),
                    fact: listed.fact,
                })
            })
            .collect()
    }
}
