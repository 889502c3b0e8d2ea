//! What may differ between two snapshots of a file: only the rows that begin or end between them are read.

mod comparable;
mod files;

use rusqlite::ToSql;
use std::collections::BTreeSet;

use crate::model::{DiffFacts, Gap, GapState, ListingKind};
use crate::store::coverage::CoverageLookup;
use crate::store::facts::NamedAt;
use crate::store::schema::{live, of_access};
use crate::store::{Reader, StoreError};
use comparable::{Comparability, SnapshotCoverage};

/// A key need not be able to read the account, and a server need not list its permissions.
const OPTIONAL: [ListingKind; 2] = [ListingKind::Accounts, ListingKind::Permissions];

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
            let coverage = |snapshot| -> rusqlite::Result<SnapshotCoverage<'_>> {
                Ok(SnapshotCoverage {
                    of_old_facts: CoverageLookup::of(self, snapshot)?,
                    of_new_facts: CoverageLookup::of(self, snapshot)?,
                })
            };
            let comparability = Comparability {
                older: coverage(older)?,
                newer: coverage(newer)?,
                newest: newer,
            };
            comparability.comparable_facts(
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
            let lookup = CoverageLookup::of(self, snapshot)?;
            let mut gaps = Vec::new();
            for (scope, kind) in missing {
                let kind = ListingKind::parse(&kind).filter(|kind| !OPTIONAL.contains(kind));
                if let Some(kind) = kind
                    && !lookup.is_nowhere(&scope)?
                {
                    gaps.push(Gap {
                        scope,
                        kind,
                        state: GapState::Absent,
                        reason: Some("not asked for".to_owned()),
                        accepted: None,
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
        self.connection
            .prepare(&format!(
                "SELECT p.path, l.kind FROM _coverage c JOIN _listing l ON l.key = c.listing
                 JOIN _scope p ON p.key = l.scope
                 WHERE {} AND NOT ({}) AND p.path NOT LIKE 'harness/%' AND {}
                   AND NOT EXISTS (SELECT 1 FROM _coverage o WHERE o.listing = c.listing AND {})",
                live("c", holds),
                live("c", lacks),
                of_access("l.kind"),
                live("o", lacks)
            ))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    fn listing_names(&self, snapshot: i64) -> rusqlite::Result<BTreeSet<(String, String)>> {
        self.connection
            .prepare_cached(&format!(
                "SELECT scope, kind FROM listings WHERE snapshot_id = ?1 AND {}",
                of_access("kind")
            ))?
            .query_map([snapshot], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }
}
