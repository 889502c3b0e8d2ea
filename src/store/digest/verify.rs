//! Comparing a file with what was stored in it.

use rusqlite::Connection;
use std::collections::BTreeSet;

use super::facts::{Changes, FACTS};
use super::tables::TableSums;
use super::{digest, kept, stored};
use crate::model::{SnapshotInfo, Verified, VerifiedSnapshot};
use crate::store::questions::infos;
use crate::store::{Reader, StoreError};

impl Reader {
    /// Compares the file and some of its snapshots with what was stored. Reads every row once.
    ///
    /// # Errors
    /// When the file cannot be read, or is so damaged that nothing can be compared.
    pub fn verify(&self, snapshots: &[i64]) -> Result<Verified, StoreError> {
        let structure = structure(&self.connection).map_err(|error| self.failed(&error))?;
        let mut infos = self.snapshots()?;
        infos.retain(|info| snapshots.contains(&info.id));
        self.compared(infos, structure)
    }

    /// Adds what differs to what is wrong with the file already.
    fn compared(
        &self,
        infos: Vec<SnapshotInfo>,
        mut file: Vec<String>,
    ) -> Result<Verified, StoreError> {
        let compare = || -> rusqlite::Result<Verified> {
            if self.is_older_schema()? {
                let snapshots = infos.into_iter().map(unchanged).collect();
                return Ok(Verified { snapshots, file });
            }
            file.extend(tables(
                &self.connection,
                &TableSums::read(&self.connection)?,
            )?);
            facts(&self.connection, infos, file, Changes::of_all)
        };
        self.passing(compare).map_err(|error| self.failed(&error))
    }

    /// Refuses a file or snapshots that are not as they were stored. Snapshots without a digest pass.
    ///
    /// # Errors
    /// When anything differs, or the file cannot be read.
    pub fn refuse_damaged(&self, snapshots: &[i64]) -> Result<(), StoreError> {
        match self.verify(snapshots)?.summary() {
            None => Ok(()),
            Some(detail) => Err(StoreError::Damaged {
                path: self.path.clone(),
                detail,
            }),
        }
    }
}

/// What differs in what a change goes by, in one sentence: the newest snapshot, and the tables, as they were found. `None` =
/// nothing. Older snapshots are what `snapshots verify` is for: no change makes their damage right.
pub(in crate::store) fn damage(
    connection: &Connection,
    found: &TableSums,
) -> rusqlite::Result<Option<String>> {
    let file = tables(connection, found)?;
    let newest = infos(connection)?.pop();
    let newest = newest.into_iter().collect();
    Ok(facts(connection, newest, file, Changes::of_newest)?.summary())
}

/// Compares the facts of snapshots, of which all changes must be read that they need.
fn facts(
    connection: &Connection,
    infos: Vec<SnapshotInfo>,
    mut file: Vec<String>,
    read: impl FnOnce(&Connection) -> rusqlite::Result<Changes>,
) -> rusqlite::Result<Verified> {
    if is_undigested(connection)? {
        let snapshots = infos.into_iter().map(unchanged).collect();
        return Ok(Verified { snapshots, file });
    }
    let changes = read(connection)?;
    file.extend(intervals(connection, &changes)?);
    let snapshots = infos.into_iter().map(|info| {
        let differs = differences(connection, &info, &changes)?;
        Ok(VerifiedSnapshot { info, differs })
    });
    let snapshots = snapshots.collect::<rusqlite::Result<_>>()?;
    Ok(Verified { snapshots, file })
}

fn unchanged(info: SnapshotInfo) -> VerifiedSnapshot {
    VerifiedSnapshot {
        info,
        differs: Vec::new(),
    }
}

/// Evidence made of a file of version 0.1.0 has no more digests than that file had.
fn is_undigested(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM main._seal WHERE snapshot > 0)
           AND NOT EXISTS (SELECT 1 FROM main._snapshot WHERE digest IS NOT NULL)",
        [],
        |row| row.get(0),
    )
}

/// What SQLite itself finds: pages, and indexes that do not fit their tables.
fn structure(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let verdict: String =
        connection.query_row("PRAGMA main.integrity_check(1)", [], |row| row.get(0))?;
    Ok(match verdict.as_str() {
        "ok" => Vec::new(),
        _ => vec![verdict.replace('\n', " ")],
    })
}

fn tables(connection: &Connection, now: &TableSums) -> rusqlite::Result<Vec<String>> {
    let stored = TableSums::stored(connection)?;
    let differing = stored.differing(now).into_iter();
    Ok(differing
        .map(|table| format!("its table `{table}` is not as it was stored"))
        .collect())
}

/// Facts begin and end with snapshots that are kept; those that began before the oldest may name one that was deleted.
fn intervals(connection: &Connection, changes: &Changes) -> rusqlite::Result<Vec<String>> {
    let kept: BTreeSet<i64> = kept(connection)?.into_iter().collect();
    let is_odd = changes.begun().any(|from| {
        let is_old = kept.first().is_some_and(|oldest| from < *oldest);
        !is_old && !kept.contains(&from)
    }) || changes.ended().any(|until| !kept.contains(&until));
    Ok(is_odd
        .then(|| "facts begin or end with snapshots that it does not hold".to_owned())
        .into_iter()
        .collect())
}

fn differences(
    connection: &Connection,
    info: &SnapshotInfo,
    changes: &Changes,
) -> rusqlite::Result<Vec<&'static str>> {
    let now = changes.at(info.id);
    let Some(then) = stored(connection, info.id)? else {
        return Ok(vec!["its sums are missing"]);
    };
    let pairs = FACTS.iter().zip(now.iter().zip(&then));
    let mut differs: Vec<&str> = pairs
        .filter(|(_, (now, then))| now != then)
        .map(|(facts, _)| facts.name)
        .collect();
    if info.digest.as_deref() != Some(digest(connection, info.id, &then)?.as_str()) {
        differs.push("its digest");
    }
    Ok(differs)
}
