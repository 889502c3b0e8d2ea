//! What each listing showed of its scope, and what follows for facts that were not seen.

use rusqlite::{OptionalExtension, params};
use std::collections::HashSet;

use super::dictionary::harness_scope;
use super::merge::Merge;
use crate::model::{Level, Listing, ListingKind, ListingState, ResourceId, ResourceType, Scope};
use crate::store::coverage::Completeness;
use crate::store::schema::live;

impl Merge<'_> {
    pub(super) fn merge_coverage(&mut self) -> rusqlite::Result<()> {
        self.forget_effort_of_older_snapshots()?;
        let listings = std::mem::take(&mut self.observation.listings);
        for listing in &listings {
            let scope = listing.scope.to_string();
            let key = self.dictionary.listing(listing.kind, &scope)?;
            self.record_coverage(key, listing)?;
            self.record_effort(key, listing)?;
        }
        for listing in supplied_by_harness(&listings) {
            let (level, listing) = listing;
            let scope = harness_scope(level);
            let key = self.dictionary.listing(listing.kind, &scope)?;
            self.record_coverage(key, &listing)?;
        }
        self.end_coverage_of_unlisted()
    }

    fn record_coverage(&mut self, key: i64, listing: &Listing) -> rusqlite::Result<()> {
        let whole_for = match &listing.state {
            ListingState::Partial { whole_for, .. } if !whole_for.is_empty() => {
                Some(joined(whole_for))
            }
            _ => None,
        };
        let same = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM _coverage WHERE listing = ?1 AND valid_until IS NULL AND state = ?2
                   AND reason IS ?3 AND whole_for IS ?4 AND endpoint = ?5 AND reported_total IS ?6
                   AND rows = ?7 AND pages = ?8 AND accepted IS ?9",
            )?
            .exists(params![
                key,
                listing.state.as_str(),
                listing.state.reason(),
                whole_for,
                listing.endpoint,
                listing.reported_total,
                listing.rows,
                listing.pages,
                listing.accepted
            ])?;
        if !same {
            self.connection
                .prepare_cached(
                    "UPDATE _coverage SET valid_until = ?1 WHERE listing = ?2 AND valid_until IS NULL",
                )?
                .execute([self.snapshot, key])?;
            self.connection
                .prepare_cached(
                    "INSERT INTO _coverage (listing, state, reason, whole_for, endpoint, reported_total,
                       rows, pages, valid_from, accepted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )?
                .execute(params![
                    key,
                    listing.state.as_str(),
                    listing.state.reason(),
                    whole_for,
                    listing.endpoint,
                    listing.reported_total,
                    listing.rows,
                    listing.pages,
                    self.snapshot,
                    listing.accepted
                ])?;
        }
        self.completeness.insert(key, self.learn(key, listing)?);
        Ok(())
    }

    /// Notes what was seen whole for the first time, and returns how much was seen now.
    fn learn(&self, key: i64, listing: &Listing) -> rusqlite::Result<Completeness> {
        if !self.is_known(key)?
            && let Some(since) = self.nowhere_since(&listing.scope)?
        {
            self.note_as_known(key, "", since)?;
        }
        match &listing.state {
            ListingState::Complete => {
                self.note_as_known(key, "", self.snapshot)?;
                Ok(Completeness::Complete)
            }
            ListingState::Partial { whole_for, .. } => {
                for kind in whole_for {
                    self.note_as_known(key, kind.as_str(), self.snapshot)?;
                }
                Ok(Completeness::CompleteFor(joined(whole_for)))
            }
            ListingState::Unread { .. } | ListingState::NotPermitted { .. } => {
                Ok(Completeness::CompleteFor(String::new()))
            }
        }
    }

    fn note_as_known(&self, key: i64, principal: &str, since: i64) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO _known VALUES (?1, ?2, ?3)")?
            .execute(params![key, principal, since])?;
        Ok(())
    }

    fn is_known(&self, key: i64) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM _known WHERE listing = ?1 AND principal_type = ''")?
            .exists([key])
    }

    /// Since when it was known, up to the snapshot before this one, that an organization or project did not exist.
    /// Asked before the resources of this one are merged.
    fn nowhere_since(&self, scope: &Scope) -> rusqlite::Result<Option<i64>> {
        let mut missing = self.connection.prepare_cached(
            "SELECT max(k.since, ifnull((SELECT max(v.valid_until) FROM _resource r
               JOIN _resource_version v ON v.resource = r.key WHERE r.id = ?3), 0))
             FROM _known k JOIN _listing l ON l.key = k.listing JOIN _scope s ON s.key = l.scope
             WHERE l.kind = ?1 AND s.path = ?2 AND k.principal_type = '' AND k.since < ?4
               AND NOT EXISTS (SELECT 1 FROM _resource r JOIN _resource_version v ON v.resource = r.key
                 WHERE r.id = ?3 AND v.valid_until IS NULL)",
        )?;
        let mut earliest = None;
        for id in ResourceId::containing(scope) {
            let parameters = params![
                ListingKind::of(&id.kind).map(ListingKind::as_str),
                id.scope.to_string(),
                id.to_string(),
                self.snapshot
            ];
            let since: Option<i64> = missing.query_row(parameters, |row| row.get(0)).optional()?;
            earliest = earliest.into_iter().chain(since).min();
        }
        Ok(earliest)
    }

    /// What listings of older snapshots cost would outgrow the access it is about. It is kept where one was not complete
    /// in a way in which it had been otherwise before.
    fn forget_effort_of_older_snapshots(&self) -> rusqlite::Result<()> {
        self.connection.execute(
            &format!(
                "DELETE FROM _effort WHERE EXISTS (SELECT 1 FROM _coverage c
                   WHERE c.listing = _effort.listing AND {}
                     AND (c.state = 'complete' OR c.valid_from < _effort.snapshot))",
                live("c", "_effort.snapshot")
            ),
            [],
        )?;
        Ok(())
    }

    fn record_effort(&self, key: i64, listing: &Listing) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT INTO _effort VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                self.snapshot,
                key,
                listing.requests,
                listing.retries,
                listing.started_at.to_string(),
                listing.finished_at.to_string()
            ])?;
        Ok(())
    }

    fn end_coverage_of_unlisted(&self) -> rusqlite::Result<()> {
        let mut live = self
            .connection
            .prepare("SELECT key, listing FROM _coverage WHERE valid_until IS NULL")?;
        let unlisted: Vec<i64> = live
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?
            .filter(
                |row| !matches!(row, Ok((_, listing)) if self.completeness.contains_key(listing)),
            )
            .map(|row| row.map(|(key, _)| key))
            .collect::<Result<_, _>>()?;
        self.close("_coverage", &unlisted)
    }

    /// An organization or project that a complete list no longer shows took everything in it along.
    pub(super) fn note_vanished_scopes(&mut self) {
        let there = self.scopes_there();
        let vanished: HashSet<i64> = self
            .dictionary
            .scopes
            .iter()
            .filter(|(path, _)| {
                Scope::parse(path).is_some_and(|scope| self.has_vanished(&scope, &there))
            })
            .map(|(_, key)| *key)
            .collect();
        for (&(_, scope), &listing) in &self.dictionary.listings {
            if vanished.contains(&scope) {
                self.completeness.insert(listing, Completeness::Complete);
            }
        }
    }

    /// The organizations and projects that were observed.
    pub(super) fn scopes_there(&self) -> HashSet<&ResourceId> {
        let resources = self.observation.resources.iter();
        resources
            .map(|resource| self.observation.directory.id(resource.id))
            .filter(|id| matches!(id.kind, ResourceType::Organization | ResourceType::Project))
            .collect()
    }

    pub(super) fn has_vanished(&self, scope: &Scope, there: &HashSet<&ResourceId>) -> bool {
        ResourceId::containing(scope).any(|id| {
            ListingKind::of(&id.kind)
                .is_some_and(|kind| self.lists_completely(kind, &id.scope.to_string()))
                && !there.contains(&id)
        })
    }

    fn lists_completely(&self, kind: ListingKind, scope: &str) -> bool {
        self.dictionary
            .known_listing(kind, scope)
            .and_then(|listing| self.completeness.get(&listing))
            .is_some_and(|completeness| matches!(completeness, Completeness::Complete))
    }

    /// Whether a fact that was not seen is known to be gone.
    pub(super) fn is_gone(&self, listing: Option<i64>, principal_type: Option<&str>) -> bool {
        let completeness = listing.and_then(|listing| self.completeness.get(&listing));
        completeness.is_some_and(|seen| seen.covers(principal_type))
    }
}

fn joined(types: &[ResourceType]) -> String {
    let names: Vec<&str> = types.iter().map(ResourceType::as_str).collect();
    format!(",{},", names.join(","))
}

/// What Harness supplies shows up in every list of its level, so one complete list of the level shows all of it.
fn supplied_by_harness(listings: &[Listing]) -> Vec<(Level, Listing)> {
    let mut supplied = Vec::new();
    for kind in [ListingKind::Roles, ListingKind::ResourceGroups] {
        for level in [Level::Account, Level::Organization, Level::Project] {
            let of_level = listings
                .iter()
                .filter(|listing| listing.kind == kind && listing.scope.level() == Some(level));
            let best = of_level.min_by_key(|listing| listing.state != ListingState::Complete);
            supplied.extend(best.map(|best| {
                (
                    level,
                    Listing {
                        scope: Scope::Harness,
                        reported_total: None,
                        rows: 0,
                        pages: 0,
                        ..best.clone()
                    },
                )
            }));
        }
    }
    supplied
}
