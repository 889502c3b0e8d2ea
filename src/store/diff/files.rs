//! What differs between snapshots of two files.
//!
//! Two files share nothing but text ids. Their resources are walked side by side in the order of those ids; their grants
//! are compared as numbers, after the newer file's numbers were put into the older file's terms. Names are read for what
//! differs only, so memory is that of the differences and of 24 bytes for each grant.

use rusqlite::named_params;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::comparable::{Comparability, SnapshotCoverage};
use crate::model::{DiffFacts, GrantFact, ResourceFact, canonical_json};
use crate::store::coverage::CoverageLookup;
use crate::store::digest::{TableSums, damage};
use crate::store::facts::{Listed, NamedAt};
use crate::store::schema::live;
use crate::store::{Reader, StoreError};

/// Page cache while a file is read from end to end, in KiB.
const SCAN_CACHE_KIB: i64 = 8 * 1024;

impl Reader {
    /// What may differ between a snapshot of this file and one of another file of the same account.
    ///
    /// # Errors
    /// When one of the files cannot be read, or they are of different accounts.
    pub fn diff_facts_with(
        &self,
        older: i64,
        other: &Self,
        newer: i64,
    ) -> Result<DiffFacts, StoreError> {
        let (mine, theirs) = (self.identity()?, other.identity()?);
        if mine.account_id != theirs.account_id {
            return Err(StoreError::DifferentAccounts {
                older: (self.path.clone(), mine.to_string()),
                newer: (other.path.clone(), theirs.to_string()),
            });
        }
        let read = || -> rusqlite::Result<DiffFacts> {
            // Both are read from end to end, once: a cache would hold two files for nothing.
            for reader in [self, other] {
                reader
                    .connection
                    .pragma_update(None, "cache_size", -SCAN_CACHE_KIB)?;
            }
            let (old_resources, new_resources) = differing_resources(self, older, other, newer)?;
            let (old_grants, new_grants) = differing_grants(self, older, other, newer)?;
            let coverage = |reader, snapshot| -> rusqlite::Result<SnapshotCoverage<'_>> {
                Ok(SnapshotCoverage {
                    of_old_facts: CoverageLookup::for_facts_of(self, reader, snapshot)?,
                    of_new_facts: CoverageLookup::for_facts_of(other, reader, snapshot)?,
                })
            };
            let comparability = Comparability {
                older: coverage(self, older)?,
                newer: coverage(other, newer)?,
                newest: newer,
            };
            comparability.comparable_facts(
                (
                    self.resources_by_key(&old_resources)?,
                    other.resources_by_key(&new_resources)?,
                ),
                (
                    self.grants_by_key(&old_grants, older)?,
                    other.grants_by_key(&new_grants, newer)?,
                ),
            )
        };
        read().map_err(|error| {
            // The error does not say in which file it was: the one that is not as it was stored.
            let reader = if self.is_sound() { other } else { self };
            reader.failed(&error)
        })
    }

    /// Whether the file holds what was stored in it.
    fn is_sound(&self) -> bool {
        let found = TableSums::read(&self.connection);
        found.is_ok_and(|found| matches!(damage(&self.connection, &found), Ok(None)))
    }

    fn resources_by_key(&self, keys: &[i64]) -> rusqlite::Result<Vec<Listed<ResourceFact>>> {
        let keys = canonical_json(&keys);
        self.resource_facts(
            "x.key IN (SELECT value FROM json_each(:keys))",
            &[(":keys", Box::new(keys))],
        )
    }

    fn grants_by_key(&self, keys: &[i64], at: i64) -> rusqlite::Result<Vec<Listed<GrantFact>>> {
        let keys = canonical_json(&keys);
        self.grant_facts(
            "x.key IN (SELECT value FROM json_each(:keys))",
            NamedAt::Snapshot(at),
            &[(":keys", Box::new(keys))],
        )
    }
}

/// Keys of the versions that one file has and the other has not, or otherwise.
fn differing_resources(
    older: &Reader,
    at: i64,
    newer: &Reader,
    then: i64,
) -> rusqlite::Result<(Vec<i64>, Vec<i64>)> {
    let sql = format!(
        "SELECT r.id, x.key, x.name, x.attributes FROM _resource r
         CROSS JOIN _resource_version x ON x.resource = r.key WHERE {} ORDER BY r.id",
        live("x", ":at")
    );
    let (mut mine, mut theirs) = (
        older.connection.prepare(&sql)?,
        newer.connection.prepare(&sql)?,
    );
    let mut mine = mine.query(named_params! {":at": at})?;
    let mut theirs = theirs.query(named_params! {":at": then})?;
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut left, mut right) = (mine.next()?, theirs.next()?);
    loop {
        let side = match (left, right) {
            (None, None) => return Ok((removed, added)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left
                .get_ref(0)?
                .as_bytes()?
                .cmp(right.get_ref(0)?.as_bytes()?),
        };
        let same = side == Ordering::Equal
            && match (left, right) {
                (Some(left), Some(right)) => {
                    left.get_ref(2)? == right.get_ref(2)? && left.get_ref(3)? == right.get_ref(3)?
                }
                _ => false,
            };
        if let Some(row) = left.filter(|_| side != Ordering::Greater && !same) {
            removed.push(row.get(1)?);
        }
        if let Some(row) = right.filter(|_| side != Ordering::Less && !same) {
            added.push(row.get(1)?);
        }
        if side != Ordering::Greater {
            left = mine.next()?;
        }
        if side != Ordering::Less {
            right = theirs.next()?;
        }
    }
}

/// Keys of the grants that only one of the files has. Grants of both are sorted in memory by the older file's numbers:
/// 24 bytes each, and no text is compared.
fn differing_grants(
    older: &Reader,
    at: i64,
    newer: &Reader,
    then: i64,
) -> rusqlite::Result<(Vec<i64>, Vec<i64>)> {
    let resources = renumbered(
        older,
        newer,
        "SELECT id, key FROM _resource WHERE key > 0 ORDER BY id",
    )?;
    let scopes = renumbered(
        older,
        newer,
        "SELECT path, key FROM _scope WHERE key > 0 ORDER BY path",
    )?;
    let mine = numbered_grants(older, at, |_, key| Ok(key))?;
    let theirs = numbered_grants(newer, then, |column, key| {
        let map = if column == 3 { &scopes } else { &resources };
        Ok(map.get(&key).copied().unwrap_or_default())
    })?;
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut left, mut right) = (mine.iter().peekable(), theirs.iter().peekable());
    loop {
        let side = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.0.cmp(&right.0),
        };
        match side {
            Ordering::Less => removed.extend(left.next().map(|grant| grant.1)),
            Ordering::Greater => added.extend(right.next().map(|grant| grant.1)),
            Ordering::Equal => {
                left.next();
                right.next();
            }
        }
    }
    Ok((removed, added))
}

/// The older file's number for each number of the newer file; what the older file does not know gets a number that it
/// does not use.
fn renumbered(older: &Reader, newer: &Reader, sql: &str) -> rusqlite::Result<HashMap<u32, u32>> {
    let (mut mine, mut theirs) = (
        older.connection.prepare(sql)?,
        newer.connection.prepare(sql)?,
    );
    let (mut mine, mut theirs) = (mine.query([])?, theirs.query([])?);
    let mut map = HashMap::from([(0, 0)]);
    let mut unused = u32::MAX;
    let mut left = mine.next()?;
    while let Some(right) = theirs.next()? {
        let id = right.get_ref(0)?.as_bytes()?;
        while let Some(row) = left
            && row.get_ref(0)?.as_bytes()? < id
        {
            left = mine.next()?;
        }
        let number = match left {
            Some(row) if row.get_ref(0)?.as_bytes()? == id => row.get(1)?,
            _ => {
                unused -= 1;
                unused
            }
        };
        map.insert(right.get(1)?, number);
    }
    Ok(map)
}

type NumberedGrant = ([u32; 4], i64);

fn numbered_grants(
    reader: &Reader,
    at: i64,
    number: impl Fn(usize, u32) -> rusqlite::Result<u32>,
) -> rusqlite::Result<Vec<NumberedGrant>> {
    let mut statement = reader.connection.prepare(&format!(
        "SELECT x.key, x.target, x.principal, x.scope, x.resource_group FROM _grant x WHERE {}",
        live("x", ":at")
    ))?;
    let mut rows = statement.query(named_params! {":at": at})?;
    let mut grants = Vec::new();
    while let Some(row) = rows.next()? {
        let mut key = [0; 4];
        for (at, part) in key.iter_mut().enumerate() {
            *part = number(at + 1, row.get(at + 1)?)?;
        }
        grants.push((key, row.get(0)?));
    }
    grants.sort_unstable();
    Ok(grants)
}
