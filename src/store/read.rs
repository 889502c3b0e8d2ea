//! Questions to the file. They see whole snapshots only: a sync in progress is invisible until it commits.

use rusqlite::{OptionalExtension, Row, named_params};

use super::{Reader, StoreError};
use crate::model::{DiffFacts, Gap, GrantFact, Named, ResourceFact, SnapshotInfo, SnapshotRef};

impl Reader {
    /// Every snapshot, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn snapshots(&self) -> Result<Vec<SnapshotInfo>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare(
                    "SELECT id, label, state, started_at, finished_at, account_id, base_url, scopes, caller,
                       tool_version, requests, users, service_accounts, user_groups, roles, resource_groups,
                       grants, disabled_role_assignments
                     FROM snapshots ORDER BY id",
                )?
                .query_map([], snapshot_row)?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// The snapshot a reference names.
    ///
    /// # Errors
    /// When there is none, or the file cannot be read.
    pub fn resolve(&self, reference: &SnapshotRef) -> Result<SnapshotInfo, StoreError> {
        let mut snapshots = self.snapshots()?;
        let at = match reference {
            SnapshotRef::Number(number) => snapshots.iter().position(|s| s.id == *number),
            SnapshotRef::Back(back) => usize::try_from(*back)
                .ok()
                .and_then(|back| snapshots.len().checked_sub(back.checked_add(1)?)),
            SnapshotRef::Label(label) => snapshots
                .iter()
                .position(|s| s.label.as_deref() == Some(label)),
            SnapshotRef::At(moment) => {
                let moment = moment.to_string();
                snapshots.iter().rposition(|s| s.finished_at <= moment)
            }
        };
        at.map(|at| snapshots.swap_remove(at))
            .ok_or_else(|| StoreError::NoSuchSnapshot {
                reference: reference.to_string(),
                available: available(&self.snapshots().unwrap_or_default()),
            })
    }

    /// Listings of a snapshot that were not complete, by scope and kind.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn incomplete_listings(&self, snapshot: i64) -> Result<Vec<Gap>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare(
                    "SELECT scope, kind, state, reason FROM listings
                     WHERE snapshot_id = ?1 AND state <> 'complete' ORDER BY scope, kind",
                )?
                .query_map([snapshot], listing_row)?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Listings that one snapshot holds and another does not, by scope and kind.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn listings_missing_from(&self, snapshot: i64, other: i64) -> Result<Vec<Gap>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare(
                    "SELECT o.scope, o.kind, 'absent', 'not asked for' FROM listings o
                     WHERE o.snapshot_id = ?2 AND NOT EXISTS (SELECT 1 FROM listings s
                       WHERE s.snapshot_id = ?1 AND s.kind = o.kind AND s.scope = o.scope)
                     ORDER BY o.scope, o.kind",
                )?
                .query_map([snapshot, other], listing_row)?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// What may differ between two snapshots: only rows that begin or end between them are read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn diff_facts(&self, older: i64, newer: i64) -> Result<DiffFacts, StoreError> {
        let ended = "x.valid_until > :older AND x.valid_until <= :newer AND x.valid_from <= :older";
        let begun = "x.valid_from > :older AND x.valid_from <= :newer
                     AND (x.valid_until IS NULL OR x.valid_until > :newer)";
        let read = || -> rusqlite::Result<DiffFacts> {
            Ok(DiffFacts {
                old_resources: self.resource_facts(ended, older, newer)?,
                new_resources: self.resource_facts(begun, older, newer)?,
                old_grants: self.grant_facts(ended, older, newer, older)?,
                new_grants: self.grant_facts(begun, older, newer, newer)?,
            })
        };
        read().map_err(|error| self.failed(&error))
    }

    fn resource_facts(
        &self,
        rows: &str,
        older: i64,
        newer: i64,
    ) -> rusqlite::Result<Vec<ResourceFact>> {
        self.connection
            .prepare(&format!(
                "SELECT p.path, r.type, r.id, x.name, x.attributes,
                   EXISTS (SELECT 1 FROM known k WHERE k.listing = r.listing AND k.since <= :older)
                 FROM resource_version x JOIN resource r ON r.key = x.resource
                 JOIN scope p ON p.key = r.scope WHERE {rows}"
            ))?
            .query_map(named_params! {":older": older, ":newer": newer}, |row| {
                Ok(ResourceFact {
                    scope: row.get(0)?,
                    kind: row.get(1)?,
                    id: row.get(2)?,
                    name: row.get(3)?,
                    attributes: row.get(4)?,
                    known_before: row.get(5)?,
                })
            })?
            .collect()
    }

    fn grant_facts(
        &self,
        rows: &str,
        older: i64,
        newer: i64,
        named_at: i64,
    ) -> rusqlite::Result<Vec<GrantFact>> {
        let name = |alias: &str, key: &str| {
            format!(
                "LEFT JOIN resource_version {alias} ON {alias}.resource = {key}
                   AND {alias}.valid_from <= :named
                   AND ({alias}.valid_until IS NULL OR {alias}.valid_until > :named)"
            )
        };
        let sql = format!(
            "SELECT s.path, t.id, t.type, tv.name, NULL, tv.key IS NOT NULL,
               p.id, p.type, pv.name, json_extract(pv.attributes, '$.email'), pv.key IS NOT NULL,
               rg.id, rg.type, rv.name, NULL, rv.key IS NOT NULL,
               x.role_assignment, strftime('%Y-%m-%dT%H:%M:%fZ', x.created_at / 1000.0, 'unixepoch'),
               x.harness_managed,
               EXISTS (SELECT 1 FROM known k WHERE k.listing = x.listing
                 AND k.principal_type IN ('', p.type) AND k.since <= :older),
               ifnull(s.path, ts.path)
             FROM grant_version x
             JOIN resource t ON t.key = x.target
             JOIN scope ts ON ts.key = t.scope
             JOIN resource p ON p.key = x.principal
             LEFT JOIN scope s ON s.key = x.scope
             LEFT JOIN resource rg ON rg.key = x.resource_group
             {} {} {} WHERE {rows}",
            name("tv", "x.target"),
            name("pv", "x.principal"),
            name("rv", "x.resource_group"),
        );
        self.connection
            .prepare(&sql)?
            .query_map(
                named_params! {":older": older, ":newer": newer, ":named": named_at},
                |row| {
                    let resource_group = row.get::<_, Option<String>>(11)?;
                    Ok(GrantFact {
                        place: row.get(20)?,
                        scope: row.get(0)?,
                        target: named(row, 1)?,
                        principal: named(row, 6)?,
                        resource_group: resource_group.map(|_| named(row, 11)).transpose()?,
                        role_assignment: row.get(16)?,
                        created_at: row.get(17)?,
                        harness_managed: row.get(18)?,
                        known_before: row.get(19)?,
                    })
                },
            )?
            .collect()
    }

    /// The newest snapshot, if the file holds one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn latest(&self) -> Result<Option<i64>, StoreError> {
        self.connection
            .query_row("SELECT max(id) FROM snapshots", [], |row| row.get(0))
            .optional()
            .map(Option::flatten)
            .map_err(|error| self.failed(&error))
    }
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

fn listing_row(row: &Row<'_>) -> rusqlite::Result<Gap> {
    Ok(Gap {
        scope: row.get(0)?,
        kind: row.get(1)?,
        state: row.get(2)?,
        reason: row.get(3)?,
    })
}

fn snapshot_row(row: &Row<'_>) -> rusqlite::Result<SnapshotInfo> {
    Ok(SnapshotInfo {
        id: row.get(0)?,
        label: row.get(1)?,
        state: row.get(2)?,
        started_at: row.get(3)?,
        finished_at: row.get(4)?,
        account_id: row.get(5)?,
        base_url: row.get(6)?,
        scopes: row.get(7)?,
        caller: row.get(8)?,
        tool_version: row.get(9)?,
        requests: row.get(10)?,
        users: row.get(11)?,
        service_accounts: row.get(12)?,
        user_groups: row.get(13)?,
        roles: row.get(14)?,
        resource_groups: row.get(15)?,
        grants: row.get(16)?,
        disabled_role_assignments: row.get(17)?,
    })
}

fn available(snapshots: &[SnapshotInfo]) -> String {
    match snapshots {
        [] => "the file holds none".to_owned(),
        [only] => format!(
            "the file holds only snapshot {}, of {}",
            only.id, only.finished_at
        ),
        [first, .., last] => format!(
            "the file holds {} snapshots, {} ({}) to {} ({})",
            snapshots.len(),
            first.id,
            first.finished_at,
            last.id,
            last.finished_at
        ),
    }
}
