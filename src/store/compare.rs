//! What may differ between two snapshots of a file: only the rows that begin or end between them are read.

use rusqlite::ToSql;
use std::collections::BTreeSet;

use super::judged::{Judge, Sights};
use super::names::Names;
use super::sight::Sight;
use super::{Reader, StoreError};
use crate::model::{DiffFacts, Gap, GrantFact, ListingKind, ResourceFact, ResourceType, Timestamp};

impl Reader {
    /// What may differ between two snapshots of this file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn diff_facts(&self, older: i64, newer: i64) -> Result<DiffFacts, StoreError> {
        let ended = "x.valid_until > :older AND x.valid_until <= :newer AND x.valid_from <= :older";
        // The first condition says nothing new, but lets SQLite use the index that leaves the first snapshot out.
        let begun = "x.valid_from > 1 AND x.valid_from > :older AND x.valid_from <= :newer
                     AND (x.valid_until IS NULL OR x.valid_until > :newer)";
        let read = || -> rusqlite::Result<DiffFacts> {
            let range: [(&'static str, Box<dyn ToSql>); 2] =
                [(":older", Box::new(older)), (":newer", Box::new(newer))];
            let resources = |rows| self.resource_facts(rows, &range);
            let grants = |rows, named| self.grant_facts(rows, named, &range);
            let sights = |snapshot| -> rusqlite::Result<Sights<'_>> {
                Ok(Sights {
                    of_old_facts: Sight::of(self, snapshot)?,
                    of_new_facts: Sight::of(self, snapshot)?,
                })
            };
            let judge = Judge {
                older: sights(older)?,
                newer: sights(newer)?,
                newest: newer,
            };
            judge.judge(
                (resources(ended)?, resources(begun)?),
                (
                    grants(ended, NamedAt::Snapshot(older))?,
                    grants(begun, NamedAt::Snapshot(newer))?,
                ),
            )
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Listings that another snapshot holds and this one does not, by scope and kind. What lies in an organization or
    /// project that does not exist is not missing, nor is the account itself, which is there whether or not the key may
    /// read it.
    ///
    /// # Errors
    /// When one of the files cannot be read.
    pub fn listings_missing(
        &self,
        snapshot: i64,
        other: &Self,
        other_snapshot: i64,
    ) -> Result<Vec<Gap>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Gap>> {
            let missing = if std::ptr::eq(self, other) {
                self.listings_only_in(other_snapshot, snapshot)?
            } else {
                let mine = self.listing_names(snapshot)?;
                let mut theirs = other.listing_names(other_snapshot)?;
                theirs.retain(|name| !mine.contains(name));
                theirs
            };
            let sight = Sight::of(self, snapshot)?;
            let mut gaps = Vec::new();
            let account = ListingKind::Accounts.as_str(); // a key need not be able to read its settings
            for (scope, kind) in missing {
                if kind != account && !sight.is_nowhere(&scope)? {
                    gaps.push(Gap {
                        scope,
                        kind,
                        state: "absent".to_owned(),
                        reason: Some("not asked for".to_owned()),
                    });
                }
            }
            Ok(gaps)
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Listings by scope and kind that one snapshot of this file holds and another does not.
    fn listings_only_in(
        &self,
        holds: i64,
        lacks: i64,
    ) -> rusqlite::Result<BTreeSet<(String, String)>> {
        let at = |alias, snapshot| {
            format!(
                "{alias}.valid_from <= {snapshot} AND ({alias}.valid_until IS NULL OR {alias}.valid_until > {snapshot})"
            )
        };
        self.connection
            .prepare(&format!(
                "SELECT p.path, l.kind FROM coverage c JOIN listing l ON l.key = c.listing
                 JOIN scope p ON p.key = l.scope
                 WHERE {} AND NOT ({}) AND p.path NOT LIKE 'harness/%'
                   AND NOT EXISTS (SELECT 1 FROM coverage o WHERE o.listing = c.listing AND {})",
                at("c", holds),
                at("c", lacks),
                at("o", lacks)
            ))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    fn listing_names(&self, snapshot: i64) -> rusqlite::Result<BTreeSet<(String, String)>> {
        self.connection
            .prepare_cached("SELECT scope, kind FROM listings WHERE snapshot_id = ?1")?
            .query_map([snapshot], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    /// Versions of resources, by a condition on `x`.
    pub(super) fn resource_facts(
        &self,
        rows: &str,
        parameters: &[(&'static str, Box<dyn ToSql>)],
    ) -> rusqlite::Result<Vec<Listed<ResourceFact>>> {
        self.connection
            .prepare(&format!(
                "SELECT p.path, r.type, r.id, x.name, x.attributes, r.listing, x.since, x.valid_until
                 FROM resource_version x JOIN resource r ON r.key = x.resource
                 JOIN scope p ON p.key = r.scope WHERE {rows}"
            ))?
            .query_map(&*bound(parameters), |row| {
                let fact = ResourceFact {
                    scope: row.get(0)?,
                    kind: ResourceType::parse(row.get_ref(1)?.as_str()?),
                    id: row.get(2)?,
                    name: row.get(3)?,
                    attributes: row.get(4)?,
                    known_to_older: true,
                };
                Ok(Listed {
                    fact,
                    listing: row.get(5)?,
                    since: row.get(6)?,
                    until: row.get(7)?,
                })
            })?
            .collect()
    }

    /// Grants, by a condition on `x`.
    pub(super) fn grant_facts(
        &self,
        rows: &str,
        named_at: NamedAt,
        parameters: &[(&'static str, Box<dyn ToSql>)],
    ) -> rusqlite::Result<Vec<Listed<GrantFact>>> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT x.target, x.principal, x.scope, x.resource_group, x.role_assignment, x.created_at,
               x.harness_managed, x.listing, x.since, x.valid_until
             FROM grant_version x WHERE {rows}"
        ))?;
        let mut rows = statement.query(&*bound(parameters))?;
        let mut names = Names::of(self)?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            let until: Option<i64> = row.get(9)?;
            let at = match (named_at, until) {
                (NamedAt::Snapshot(at), _) => at,
                (NamedAt::LastSeen, Some(until)) => until - 1,
                (NamedAt::LastSeen, None) => i64::MAX,
            };
            let held: i64 = row.get(0)?;
            let target = names.resource(held, at)?;
            let principal = names.resource(row.get(1)?, at)?;
            let (place, scope, resource_group) = match row.get(2)? {
                0 => (names.home(held, at)?, None, None),
                scope => {
                    let scope = names.scope(scope)?;
                    let group = names.resource(row.get(3)?, at)?;
                    (scope.clone(), Some(scope), Some(group))
                }
            };
            let fact = GrantFact {
                place,
                scope,
                target,
                principal,
                resource_group,
                role_assignment: row.get(4)?,
                created_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
                harness_managed: row.get(6)?,
                known_to_older: true,
            };
            facts.push(Listed {
                fact,
                listing: row.get(7)?,
                since: row.get(8)?,
                until,
            });
        }
        Ok(facts)
    }
}

/// As of which snapshot things are named.
#[derive(Clone, Copy)]
pub(super) enum NamedAt {
    Snapshot(i64),
    /// The last one that showed the grant.
    LastSeen,
}

/// A fact with the listing that shows it, and the snapshots since and until which it holds.
pub(super) struct Listed<T> {
    pub(super) fact: T,
    /// Its key in the fact's own file.
    pub(super) listing: Option<i64>,
    pub(super) since: i64,
    pub(super) until: Option<i64>,
}

/// A kind of fact.
pub(super) trait Fact {
    /// Whether its `since` is where it began. Otherwise it is where it became like this, and an earlier version of it may
    /// be forgotten together with the snapshots that held it.
    const SINCE_THE_BEGINNING: bool;

    /// The principal type that a partial list may show whole; empty for what is no grant.
    fn principal_type(&self) -> &str;

    fn set_known_to_older(&mut self, known: bool);
}

impl Fact for ResourceFact {
    const SINCE_THE_BEGINNING: bool = false;

    fn principal_type(&self) -> &'static str {
        ""
    }

    fn set_known_to_older(&mut self, known: bool) {
        self.known_to_older = known;
    }
}

impl Fact for GrantFact {
    const SINCE_THE_BEGINNING: bool = true;

    fn principal_type(&self) -> &str {
        self.principal.kind.as_str()
    }

    fn set_known_to_older(&mut self, known: bool) {
        self.known_to_older = known;
    }
}

// ---- rows -----------------------------------------------------------------------------------------------------------

fn bound<'a>(
    parameters: &'a [(&'static str, Box<dyn ToSql>)],
) -> Vec<(&'static str, &'a dyn ToSql)> {
    parameters
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect()
}
