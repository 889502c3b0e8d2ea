//! Questions to the file. They see whole snapshots only: a sync in progress is invisible until it commits.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::HashMap;

use crate::model::{
    Gap, GapState, ListingKind, SnapshotInfo, SnapshotRef, Unverified, canonical_json,
};
use crate::store::schema::{live, of_access};
use crate::store::{Reader, StoreError};

/// Every snapshot, oldest first.
pub(in crate::store) fn infos(connection: &Connection) -> rusqlite::Result<Vec<SnapshotInfo>> {
    connection
        .prepare(
            "SELECT id, label, state, started_at, finished_at, account_id, base_url, scopes, caller,
               tool_version, requests, users, service_accounts, user_groups, roles, resource_groups,
               grants, disabled_role_assignments, digest
             FROM snapshots ORDER BY id",
        )?
        .query_map([], snapshot_row)?
        .collect()
}

impl Reader {
    /// Every snapshot, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn snapshots(&self) -> Result<Vec<SnapshotInfo>, StoreError> {
        infos(&self.connection).map_err(|error| self.failed(&error))
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
            SnapshotRef::At { moment, typed } => {
                let moment = moment.to_string();
                // A label may be older than the rule that it cannot look like a month.
                let labelled = |s: &SnapshotInfo| s.label.as_deref() == Some(typed);
                // Time counts, not the number: a clock may have been wrong.
                let in_time =
                    (0..snapshots.len()).filter(|at| snapshots[*at].finished_at <= moment);
                let newest =
                    in_time.max_by_key(|at| (&snapshots[*at].finished_at, snapshots[*at].id));
                snapshots.iter().position(labelled).or(newest)
            }
        };
        at.map(|at| snapshots.swap_remove(at))
            .ok_or_else(|| StoreError::NoSuchSnapshot {
                reference: match reference {
                    SnapshotRef::At { typed, .. } => format!("on or before {typed}"),
                    other => format!("`{other}`"),
                },
                available: available(&self.snapshots().unwrap_or_default()),
            })
    }

    /// When each snapshot was finished, UTC; pruned ones, which things are still known since, included.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn moments(&self) -> Result<HashMap<i64, String>, StoreError> {
        let read = || -> rusqlite::Result<HashMap<_, _>> {
            self.connection
                .prepare("SELECT id, finished_at FROM _snapshot")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Listings of a snapshot that were not complete, by scope and kind.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn incomplete_listings(&self, snapshot: i64) -> Result<Vec<Gap>, StoreError> {
        self.gaps(snapshot, &of_access("kind"))
    }

    /// What a snapshot could not read of the audit trail, which is no part of any comparison.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn trail_gaps(&self, snapshot: i64) -> Result<Vec<Gap>, StoreError> {
        self.gaps(snapshot, &format!("NOT ({})", of_access("kind")))
    }

    fn gaps(&self, snapshot: i64, of: &str) -> Result<Vec<Gap>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare(&format!(
                    "SELECT scope, kind, state, reason, accepted FROM listings
                     WHERE snapshot_id = ?1 AND state <> 'complete' AND {of} ORDER BY scope, kind"
                ))?
                .query_map([snapshot], listing_row)?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// How many grants and resources of a snapshot come from lists that were not complete. Normally there are no such lists,
    /// so they come first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unverified(&self, snapshot: i64) -> Result<Unverified, StoreError> {
        let read = || -> rusqlite::Result<Unverified> {
            let incomplete: Vec<i64> = self
                .connection
                .prepare(&format!(
                    "SELECT l.key FROM _listing l WHERE NOT EXISTS (SELECT 1 FROM _coverage c
                       WHERE c.listing = l.key AND c.state = 'complete' AND {})",
                    live("c", snapshot)
                ))?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let count = |from: &str| {
                let sql = format!("SELECT count(*) FROM {from}");
                let incomplete = canonical_json(&incomplete);
                self.connection
                    .query_row(&sql, [incomplete], |row| row.get(0))
            };
            let grants = format!(
                "_grant g WHERE {} AND g.listing IN (SELECT value FROM json_each(?1))
                   AND NOT EXISTS (SELECT 1 FROM _coverage c JOIN _resource p ON p.key = g.principal
                     WHERE c.listing = g.listing AND {} AND c.whole_for LIKE '%,' || p.type || ',%')",
                live("g", snapshot),
                live("c", snapshot)
            );
            let resources = format!(
                "_resource r JOIN _resource_version v ON v.resource = r.key AND {}
                 WHERE r.listing IS NULL OR r.listing IN (SELECT value FROM json_each(?1))",
                live("v", snapshot)
            );
            Ok(Unverified {
                grants: if incomplete.is_empty() {
                    0
                } else {
                    count(&grants)?
                },
                resources: count(&resources)?,
            })
        };
        read().map_err(|error| self.failed(&error))
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

/// A word of a column that the program knows all words of.
fn parsed<T>(row: &Row<'_>, at: usize, parse: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let word = row.get_ref(at)?.as_str()?;
    parse(word).ok_or_else(|| {
        let unknown = format!("`{word}` is not known");
        rusqlite::Error::FromSqlConversionFailure(at, Type::Text, unknown.into())
    })
}

fn listing_row(row: &Row<'_>) -> rusqlite::Result<Gap> {
    Ok(Gap {
        scope: row.get(0)?,
        kind: parsed(row, 1, ListingKind::parse)?,
        state: parsed(row, 2, GapState::parse)?,
        reason: row.get(3)?,
        accepted: row.get(4)?,
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
        digest: row.get(18)?,
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
