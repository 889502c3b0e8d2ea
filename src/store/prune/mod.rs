//! Deleting snapshots without changing an answer about the others.
//!
//! A fact's row names the snapshot from which it holds and the one from which it no longer holds. Where such a snapshot is
//! deleted, the row names the next one that is kept; a row that then covers no snapshot is deleted. A row from before the
//! oldest snapshot that is kept may stay as it is, so that the many rows of the first snapshot are not rewritten each time.
//! `since` and `known` keep their numbers, and deleted snapshots stay as stubs with their times only, so that "since when"
//! keeps its answer.

use rusqlite::Connection;

use super::derived::refresh_moves;
use super::open::size;
use super::{StoreError, Writer, digest};
use crate::model::Pruned;

/// Rewriting the file reads and writes all of it, so at least this share of it must be free: one part in ten.
const WORTH_REWRITING: i64 = 10;

/// The tables of intervals.
const TABLES: [&str; 4] = ["_resource_version", "_grant", "_coverage", "_acts"];

impl Writer {
    /// Deletes snapshots by number, except the newest.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn prune(self, forget: &[i64]) -> Result<Pruned, StoreError> {
        self.warn_of_damage()?;
        let bytes_before = size(&self.path);
        let snapshots = self.forget(forget).map_err(|error| self.failed(&error))?;
        self.store()?;
        let compacted = self.compact_where_it_pays();
        self.gather();
        let compacted = compacted?;
        Ok(Pruned {
            snapshots,
            bytes_before,
            bytes_after: size(&self.path),
            compacted,
        })
    }

    fn forget(&self, forget: &[i64]) -> rusqlite::Result<usize> {
        let connection = &self.connection;
        connection.pragma_update(None, "cache_spill", false)?;
        let mut stub = connection.prepare(
            "UPDATE _snapshot SET state = 'pruned', label = NULL
             WHERE id = ?1 AND state <> 'pruned' AND id <> (SELECT max(id) FROM _snapshot)",
        )?;
        let mut forgotten = 0;
        for snapshot in forget {
            forgotten += stub.execute([snapshot])?;
        }
        forget_who_made(connection, forget)?;
        if forgotten > 0 {
            map_intervals(connection)?;
            connection.execute_batch(
                "DELETE FROM _effort WHERE snapshot IN (SELECT id FROM _snapshot WHERE state = 'pruned');
                 DELETE FROM _resource WHERE key > 0 AND NOT EXISTS (SELECT 1 FROM _resource_version v WHERE v.resource = _resource.key)
                   AND NOT EXISTS (SELECT 1 FROM _grant g WHERE g.target = _resource.key)
                   AND NOT EXISTS (SELECT 1 FROM _grant g WHERE g.principal = _resource.key)
                   AND NOT EXISTS (SELECT 1 FROM _grant g WHERE g.resource_group = _resource.key);
                 DELETE FROM _login WHERE resource NOT IN (SELECT key FROM _resource);
                 DELETE FROM _made_by WHERE is_grant AND fact NOT IN (SELECT key FROM _grant)
                   OR NOT is_grant AND fact NOT IN (SELECT key FROM _resource);
                 -- What happened before the oldest snapshot that is kept explains nothing any more.
                 DELETE FROM _audit_event WHERE key NOT IN (SELECT event FROM _made_by WHERE event IS NOT NULL)
                   AND key NOT IN (SELECT event FROM _unseen)
                   AND at < (SELECT (julianday(min(started_at)) - 2440588.5) * 86400000 FROM _snapshot
                             WHERE state <> 'pruned');
                 DELETE FROM _audit_party WHERE key NOT IN (SELECT actor FROM _audit_event UNION SELECT thing FROM _audit_event
                   UNION SELECT other FROM _audit_event WHERE other IS NOT NULL);
                 DELETE FROM _audit_window WHERE ends < (SELECT (julianday(min(started_at)) - 2440588.5) * 86400000
                   FROM _snapshot WHERE state <> 'pruned');",
            )?;
            refresh_moves(connection)?;
            digest::forget_deleted(connection)?;
        }
        Ok(forgotten)
    }

    fn compact_where_it_pays(&self) -> Result<bool, StoreError> {
        let count = |pragma| {
            self.connection
                .pragma_query_value(None, pragma, |row| row.get::<_, i64>(0))
        };
        let read = || -> rusqlite::Result<bool> {
            Ok(count("freelist_count")? * WORTH_REWRITING >= count("page_count")?)
        };
        let pays = read().map_err(|error| self.failed(&error))?;
        if pays {
            // The snapshots are gone already; without the space for a second copy the file merely stays large.
            self.connection
                .execute_batch("VACUUM")
                .map_err(|error| StoreError::NotCompacted {
                    path: self.path.clone(),
                    detail: error.to_string(),
                })?;
        }
        Ok(pays)
    }
}

/// The next snapshot that is kept shows the changes of all before it as one, which others may have made. Who brought about
/// what is still there stays told, beside the snapshot since which it is there.
fn forget_who_made(connection: &Connection, forgotten: &[i64]) -> rusqlite::Result<()> {
    let next = "(SELECT min(id) FROM _snapshot WHERE id > ?1 AND state <> 'pruned')";
    let mut merged =
        connection.prepare(&format!("DELETE FROM _made_by WHERE snapshot = {next}"))?;
    let mut gone = connection.prepare(
        "DELETE FROM _made_by WHERE snapshot = ?1 AND NOT CASE WHEN is_grant
           THEN EXISTS (SELECT 1 FROM _grant g WHERE g.key = fact AND g.since = ?1)
           ELSE EXISTS (SELECT 1 FROM _resource_version v WHERE v.resource = fact AND v.since = ?1) END",
    )?;
    let mut unseen = connection.prepare(&format!(
        "DELETE FROM _unseen WHERE snapshot IN (?1, {next})"
    ))?;
    for snapshot in forgotten {
        merged.execute([snapshot])?;
        gone.execute([snapshot])?;
        unseen.execute([snapshot])?;
    }
    Ok(())
}

fn map_intervals(connection: &Connection) -> rusqlite::Result<()> {
    // For each forgotten snapshot the next one that stays; the newest always stays.
    connection.execute_batch(
        "CREATE TEMP TABLE forgotten (id INTEGER PRIMARY KEY, next INTEGER NOT NULL);
         INSERT INTO forgotten
           SELECT id, (SELECT min(k.id) FROM _snapshot k WHERE k.id > s.id AND k.state <> 'pruned')
           FROM _snapshot s WHERE state = 'pruned';",
    )?;
    for table in TABLES {
        // What began with a forgotten snapshot and ended at the latest with the next one that stays covers none.
        // `IS NOT NULL` and `> 1` say nothing new: the indexes of what ended and began leave out the rest.
        connection.execute_batch(&format!(
            "DELETE FROM {table} WHERE valid_until IS NOT NULL AND valid_from IN (SELECT id FROM forgotten)
               AND valid_until <= (SELECT next FROM forgotten WHERE id = valid_from);
             UPDATE {table} SET valid_until = (SELECT next FROM forgotten WHERE id = valid_until)
               WHERE valid_until IN (SELECT id FROM forgotten);
             UPDATE {table} SET valid_from = (SELECT next FROM forgotten WHERE id = valid_from)
               WHERE valid_from > 1 AND valid_from IN (SELECT id FROM forgotten)
                 AND valid_from > (SELECT min(id) FROM _snapshot WHERE state <> 'pruned');"
        ))?;
    }
    connection.execute_batch("DROP TABLE forgotten")
}

#[cfg(test)]
mod tests;
