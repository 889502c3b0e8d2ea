//! What each snapshot held when it was stored, as a digest: damage that SQLite does not notice gives other answers without
//! an error.
//!
//! Every fact that holds in a snapshot has a SHA-256 of its own, over what it says rather than over the keys by which it is
//! stored. Their sum, by kind of fact, is kept in `_seal`, so that a snapshot costs what it changes; the digest is the
//! SHA-256 of these sums, of the snapshot's own row and of the digest before. Deleting snapshots changes no sum of another
//! one, and the stubs of those that are deleted keep their digests, so the chain stays whole. Tables that hold no facts are
//! summed up whole with each change.
//!
//! It tells damage and changes by others. Who can write the file can write digests too: only a digest that was kept
//! elsewhere, such as in the manifest of an export, tells that.

mod facts;
mod first_grants;
mod row;
mod sum;
mod tables;
mod verify;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

use facts::{Changes, FACTS, Sums};

pub(super) use first_grants::FirstGrants;
pub(super) use sum::Sum;
pub(super) use tables::TableSums;
pub(super) use verify::damage;

/// Digests the first snapshot of a file, whose grants were summed up as they were written.
pub(super) fn record_first(
    connection: &Connection,
    snapshot: i64,
    grants: Sum,
) -> rusqlite::Result<()> {
    let changes = Changes::of_first(connection, snapshot, grants)?;
    store(connection, snapshot, &changes.at(snapshot))
}

/// Digests a snapshot that was merged just now, by what it changed; every snapshot where none has sums.
pub(super) fn record(connection: &Connection, snapshot: i64) -> rusqlite::Result<()> {
    let before: Option<i64> = connection.query_row(
        "SELECT max(id) FROM main._snapshot WHERE id < ?1 AND state <> 'pruned'",
        [snapshot],
        |row| row.get(0),
    )?;
    let is_first: bool = connection.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM main._seal WHERE snapshot > 0)",
        [],
        |row| row.get(0),
    )?;
    if is_first {
        return record_all(connection);
    }
    let before = before
        .map(|before| stored(connection, before))
        .transpose()?;
    let sums = match before.flatten() {
        Some(before) => Changes::of_one(connection, snapshot)?.after(&before, snapshot),
        // Damaged; those of other snapshots stay, so that it is told.
        None => Changes::of_all(connection)?.at(snapshot),
    };
    store(connection, snapshot, &sums)
}

/// Digests every snapshot anew, in their order.
pub(super) fn record_all(connection: &Connection) -> rusqlite::Result<()> {
    let changes = Changes::of_all(connection)?;
    for snapshot in kept(connection)? {
        store(connection, snapshot, &changes.at(snapshot))?;
    }
    Ok(())
}

/// Forgets the sums of every snapshot, so that the next [`record`] digests them all anew.
pub(super) fn forget_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("DELETE FROM main._seal WHERE snapshot > 0")
}

/// Forgets the sums of snapshots that were deleted.
pub(super) fn forget_deleted(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM main._seal WHERE snapshot IN (SELECT id FROM main._snapshot WHERE state = 'pruned')",
    )
}

fn kept(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare("SELECT id FROM main._snapshot WHERE state <> 'pruned' ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// The sums of a snapshot as they were stored; `None` = not all are there.
fn stored(connection: &Connection, snapshot: i64) -> rusqlite::Result<Option<Sums>> {
    let mut read = connection
        .prepare_cached("SELECT rows, sum FROM main._seal WHERE snapshot = ?1 AND name = ?2")?;
    let mut sums = Sums::default();
    for (sum, facts) in sums.iter_mut().zip(&FACTS) {
        let found: Option<(i64, String)> = read
            .query_row(params![snapshot, facts.name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match found.and_then(|(rows, hex)| Sum::parse(rows, &hex)) {
            Some(found) => *sum = found,
            None => return Ok(None),
        }
    }
    Ok(Some(sums))
}

fn store(connection: &Connection, snapshot: i64, sums: &Sums) -> rusqlite::Result<()> {
    let mut write = connection.prepare_cached("REPLACE INTO main._seal VALUES (?1, ?2, ?3, ?4)")?;
    for (sum, facts) in sums.iter().zip(&FACTS) {
        write.execute(params![snapshot, facts.name, sum.rows, sum.to_string()])?;
    }
    connection.execute(
        "UPDATE main._snapshot SET digest = ?2 WHERE id = ?1",
        params![snapshot, digest(connection, snapshot, sums)?],
    )?;
    Ok(())
}

/// The digest of a snapshot that holds these facts. Its label may change, so it is left out.
fn digest(connection: &Connection, snapshot: i64, sums: &Sums) -> rusqlite::Result<String> {
    let mut bytes = b"harness-access snapshot\n".to_vec();
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT p.digest FROM main._snapshot p
             WHERE p.id = (SELECT max(b.id) FROM main._snapshot b WHERE b.id < s.id)),
           a.account_id, s.id, s.state, s.started_at, s.finished_at, s.scopes, s.caller, s.tool_version, s.requests,
           s.users, s.service_accounts, s.user_groups, s.roles, s.resource_groups, s.grants, s.disabled_role_assignments,
           s.requested, s.notes
         FROM main._snapshot s, main._account a WHERE s.id = ?1",
    )?;
    let columns = statement.column_count();
    statement.query_row([snapshot], |row| {
        for at in 0..columns {
            row::put(&mut bytes, row.get_ref(at)?);
        }
        Ok(())
    })?;
    for (sum, facts) in sums.iter().zip(&FACTS) {
        bytes.extend(format!("\n{} {} {sum}", facts.name, sum.rows).bytes());
    }
    let hash = Sha256::digest(&bytes);
    Ok(hash.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    }))
}
