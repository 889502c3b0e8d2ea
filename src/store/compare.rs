//! What may differ between two snapshots of a file: only the rows that begin or end between them are read.

use rusqlite::{Row, ToSql};
use std::collections::BTreeSet;

use super::sight::{ListingName, Sight};
use super::{Reader, StoreError};
use crate::model::{DiffFacts, Gap, GrantFact, Named, ResourceFact};

impl Reader {
    /// What may differ between two snapshots of this file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn diff_facts(&self, older: i64, newer: i64) -> Result<DiffFacts, StoreError> {
        let ended = "x.valid_until > :older AND x.valid_until <= :newer AND x.valid_from <= :older";
        let begun = "x.valid_from > :older AND x.valid_from <= :newer
                     AND (x.valid_until IS NULL OR x.valid_until > :newer)";
        let read = || -> rusqlite::Result<DiffFacts> {
            let range = |named: &i64| -> Vec<(&'static str, Box<dyn ToSql>)> {
                vec![
                    (":older", Box::new(older)),
                    (":newer", Box::new(newer)),
                    (":named", Box::new(*named)),
                ]
            };
            let resources = |rows| self.resource_facts(rows, &range(&newer)[..2]);
            let mut facts = DiffFacts {
                old_resources: facts_of(resources(ended)?),
                new_resources: Vec::new(),
                old_grants: facts_of(self.grant_facts(ended, ":named", &range(&older))?),
                new_grants: Vec::new(),
            };
            // A fact ends only where its listing was seen whole; one that begins may have been there unseen.
            let mut sight = Sight::of(self, older);
            facts.new_resources = judged_resources(resources(begun)?, &mut sight)?;
            facts.new_grants = judged_grants(
                self.grant_facts(begun, ":named", &range(&newer))?,
                &mut sight,
            )?;
            Ok(facts)
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Listings that another snapshot holds and this one does not, by scope and kind. What lies in an organization or
    /// project that does not exist is not missing.
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
            let mine = self.listing_names(snapshot)?;
            let mut sight = Sight::of(self, snapshot);
            let mut missing = Vec::new();
            for (scope, kind) in other.listing_names(other_snapshot)? {
                if mine.contains(&(scope.clone(), kind.clone())) || sight.is_nowhere(&scope)? {
                    continue;
                }
                missing.push(Gap {
                    scope,
                    kind,
                    state: "absent".to_owned(),
                    reason: Some("not asked for".to_owned()),
                });
            }
            Ok(missing)
        };
        read().map_err(|error| self.failed(&error))
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
                "SELECT p.path, r.type, r.id, x.name, x.attributes, l.kind, lp.path, x.since, x.valid_until
                 FROM resource_version x JOIN resource r ON r.key = x.resource
                 JOIN scope p ON p.key = r.scope
                 LEFT JOIN listing l ON l.key = r.listing LEFT JOIN scope lp ON lp.key = l.scope
                 WHERE {rows}"
            ))?
            .query_map(&*bound(parameters), |row| {
                let fact = ResourceFact {
                    scope: row.get(0)?,
                    kind: row.get(1)?,
                    id: row.get(2)?,
                    name: row.get(3)?,
                    attributes: row.get(4)?,
                    known_to_other: true,
                };
                Ok(Listed {
                    fact,
                    listing: listing_name(row, 5)?,
                    since: row.get(7)?,
                    until: row.get(8)?,
                })
            })?
            .collect()
    }

    /// Grants, by a condition on `x`, with names as of the snapshot that `named` gives for each row.
    pub(super) fn grant_facts(
        &self,
        rows: &str,
        named_at: &str,
        parameters: &[(&'static str, Box<dyn ToSql>)],
    ) -> rusqlite::Result<Vec<Listed<GrantFact>>> {
        let name = |alias: &str, key: &str| {
            format!(
                "LEFT JOIN resource_version {alias} ON {alias}.resource = {key}
                   AND {alias}.valid_from <= {named_at}
                   AND ({alias}.valid_until IS NULL OR {alias}.valid_until > {named_at})"
            )
        };
        let sql = format!(
            "SELECT s.path, t.id, t.type, tv.name, NULL, tv.key IS NOT NULL,
               p.id, p.type, pv.name, json_extract(pv.attributes, '$.email'), pv.key IS NOT NULL,
               rg.id, rg.type, rv.name, NULL, rv.key IS NOT NULL,
               x.role_assignment, strftime('%Y-%m-%dT%H:%M:%fZ', x.created_at / 1000.0, 'unixepoch'),
               x.harness_managed, ifnull(s.path, ts.path), l.kind, lp.path, x.since, x.valid_until
             FROM grant_version x
             JOIN resource t ON t.key = x.target
             JOIN scope ts ON ts.key = t.scope
             JOIN resource p ON p.key = x.principal
             JOIN listing l ON l.key = x.listing
             JOIN scope lp ON lp.key = l.scope
             LEFT JOIN scope s ON s.key = x.scope
             LEFT JOIN resource rg ON rg.key = x.resource_group
             {} {} {} WHERE {rows}",
            name("tv", "x.target"),
            name("pv", "x.principal"),
            name("rv", "x.resource_group"),
        );
        self.connection
            .prepare(&sql)?
            .query_map(&*bound(parameters), |row| {
                let resource_group = row.get::<_, Option<String>>(11)?;
                let fact = GrantFact {
                    place: row.get(19)?,
                    scope: row.get(0)?,
                    target: named(row, 1)?,
                    principal: named(row, 6)?,
                    resource_group: resource_group.map(|_| named(row, 11)).transpose()?,
                    role_assignment: row.get(16)?,
                    created_at: row.get(17)?,
                    harness_managed: row.get(18)?,
                    known_to_other: true,
                };
                Ok(Listed {
                    fact,
                    listing: listing_name(row, 20)?,
                    since: row.get(22)?,
                    until: row.get(23)?,
                })
            })?
            .collect()
    }
}

/// A fact with the listing that shows it, and the snapshots since and until which it holds.
pub(super) struct Listed<T> {
    pub(super) fact: T,
    pub(super) listing: Option<ListingName>,
    pub(super) since: i64,
    pub(super) until: Option<i64>,
}

fn facts_of<T>(listed: Vec<Listed<T>>) -> Vec<T> {
    listed.into_iter().map(|listed| listed.fact).collect()
}

pub(super) fn judged_resources(
    listed: Vec<Listed<ResourceFact>>,
    sight: &mut Sight<'_>,
) -> rusqlite::Result<Vec<ResourceFact>> {
    listed
        .into_iter()
        .map(
            |Listed {
                 mut fact, listing, ..
             }| {
                fact.known_to_other = sight.knows(listing.as_ref(), "")?;
                Ok(fact)
            },
        )
        .collect()
}

pub(super) fn judged_grants(
    listed: Vec<Listed<GrantFact>>,
    sight: &mut Sight<'_>,
) -> rusqlite::Result<Vec<GrantFact>> {
    listed
        .into_iter()
        .map(
            |Listed {
                 mut fact, listing, ..
             }| {
                fact.known_to_other = sight.knows(listing.as_ref(), &fact.principal.kind)?;
                Ok(fact)
            },
        )
        .collect()
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

fn named(row: &Row<'_>, at: usize) -> rusqlite::Result<Named> {
    Ok(Named {
        id: row.get(at)?,
        kind: row.get(at + 1)?,
        name: row.get(at + 2)?,
        email: row.get(at + 3)?,
        resolved: row.get(at + 4)?,
    })
}

fn listing_name(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<ListingName>> {
    let kind: Option<String> = row.get(at)?;
    let scope: Option<String> = row.get(at + 1)?;
    Ok(kind
        .zip(scope)
        .map(|(kind, scope)| ListingName { kind, scope }))
}
