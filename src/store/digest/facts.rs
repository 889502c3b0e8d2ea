//! The facts of snapshots, summed up.

use rusqlite::Connection;
use std::collections::BTreeMap;

use super::row::{Column, Meanings};
use super::sum::Sum;
use Column::{Listing, Resource, Scope, Value};

/// A table of facts: intervals, whose columns besides key and interval are what is summed up.
pub(super) struct Facts {
    /// For people, and in `_seal`.
    pub(super) name: &'static str,
    pub(super) table: &'static str,
    pub(super) columns: &'static [(Column, &'static str)],
}

/// The position of the grants in [`FACTS`].
pub(super) const GRANTS: usize = 1;

/// Every table of facts.
pub(super) const FACTS: [Facts; 4] = [
    Facts {
        name: "resources",
        table: "_resource_version",
        columns: &[
            (Resource, "resource"),
            (Value, "name"),
            (Value, "attributes"),
            (Value, "since"),
            (
                Value,
                "(SELECT r.first_seen FROM main._resource r WHERE r.key = x.resource)",
            ),
        ],
    },
    Facts {
        name: "grants",
        table: "_grant",
        columns: &[
            // As `publish::grants` hands them over.
            (Resource, "target"),
            (Resource, "principal"),
            (Resource, "resource_group"),
            (Scope, "scope"),
            (Listing, "listing"),
            (Value, "role_assignment"),
            (Value, "created_at"),
            (Value, "harness_managed"),
            (Value, "since"),
            (Value, "first_seen"),
        ],
    },
    Facts {
        name: "listings",
        table: "_coverage",
        columns: &[
            (Listing, "listing"),
            (Value, "state"),
            (Value, "reason"),
            (Value, "whole_for"),
            (Value, "accepted"),
            (Value, "endpoint"),
            (Value, "reported_total"),
            (Value, "rows"),
            (Value, "pages"),
        ],
    },
    Facts {
        name: "who acts with whose grants",
        table: "_acts",
        columns: &[
            (Resource, "actor"),
            (Resource, "holder"),
            (Resource, "via"),
            (Value, "since"),
            (Value, "first_seen"),
        ],
    },
];

/// The sums of one snapshot, in the order of [`FACTS`].
pub(super) type Sums = [Sum; FACTS.len()];

/// What snapshots began and ended, by number.
#[derive(Default)]
pub(super) struct Changes {
    begun: BTreeMap<i64, Sums>,
    ended: BTreeMap<i64, Sums>,
}

impl Changes {
    /// Of every snapshot of the file, in one pass over each table.
    pub(super) fn of_all(connection: &Connection) -> rusqlite::Result<Self> {
        Self::read(connection, |_| vec!["1".to_owned()])
    }

    /// Of the only snapshot of the file, whose grants were summed up already.
    pub(super) fn of_first(
        connection: &Connection,
        snapshot: i64,
        grants: Sum,
    ) -> rusqlite::Result<Self> {
        let mut changes = Self::read(connection, |table| match table {
            "_grant" => Vec::new(),
            _ => vec!["1".to_owned()],
        })?;
        changes.begun.entry(snapshot).or_default()[GRANTS] = grants;
        Ok(changes)
    }

    /// Of what the newest snapshot holds, as far as it began.
    pub(super) fn of_newest(connection: &Connection) -> rusqlite::Result<Self> {
        Self::read(connection, |_| vec!["x.valid_until IS NULL".to_owned()])
    }

    /// Of one snapshot, by the indexes of what began and ended.
    pub(super) fn of_one(connection: &Connection, snapshot: i64) -> rusqlite::Result<Self> {
        Self::read(connection, |table| {
            let began = match table {
                "_grant" => format!("x.valid_from = {snapshot} AND x.valid_from > 1"), // says nothing new, see the index
                _ => format!("x.valid_from = {snapshot}"),
            };
            vec![began, format!("x.valid_until = {snapshot}")]
        })
    }

    /// Reads the rows that fit any of the conditions; none may fit two.
    fn read(
        connection: &Connection,
        conditions: impl Fn(&str) -> Vec<String>,
    ) -> rusqlite::Result<Self> {
        let mut meanings = Meanings::of(connection)?;
        let mut changes = Self::default();
        let mut bytes = Vec::new();
        for (kind, facts) in FACTS.iter().enumerate() {
            let names: Vec<&str> = facts.columns.iter().map(|(_, name)| *name).collect();
            let columns: Vec<Column> = facts.columns.iter().map(|(column, _)| *column).collect();
            for condition in conditions(facts.table) {
                let mut statement = connection.prepare(&format!(
                    "SELECT {}, x.valid_from, x.valid_until FROM main.{} x WHERE {condition}",
                    names.join(", "),
                    facts.table
                ))?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    bytes.clear();
                    meanings.put_row(&mut bytes, row, &columns)?;
                    let sum = Sum::of(&bytes);
                    let begun = changes.begun.entry(row.get(columns.len())?).or_default();
                    begun[kind] = begun[kind].plus(sum);
                    if let Some(until) = row.get(columns.len() + 1)? {
                        let ended = changes.ended.entry(until).or_default();
                        ended[kind] = ended[kind].plus(sum);
                    }
                }
            }
        }
        Ok(changes)
    }

    /// Snapshots with which something begins.
    pub(super) fn begun(&self) -> impl Iterator<Item = i64> {
        self.begun.keys().copied()
    }

    /// Snapshots with which something ends.
    pub(super) fn ended(&self) -> impl Iterator<Item = i64> {
        self.ended.keys().copied()
    }

    /// What a snapshot holds, all changes known.
    pub(super) fn at(&self, snapshot: i64) -> Sums {
        let none = Sums::default();
        let begun = self.begun.range(..=snapshot).map(|(_, sums)| sums);
        let begun = begun.fold(none, |all, sums| added(&all, sums));
        let ended = self.ended.range(..=snapshot).map(|(_, sums)| sums);
        ended.fold(begun, |all, sums| removed(&all, sums))
    }

    /// What a snapshot holds, by what the one before held.
    pub(super) fn after(&self, before: &Sums, snapshot: i64) -> Sums {
        let none = Sums::default();
        let begun = self.begun.get(&snapshot).unwrap_or(&none);
        let ended = self.ended.get(&snapshot).unwrap_or(&none);
        removed(&added(before, begun), ended)
    }
}

fn added(left: &Sums, right: &Sums) -> Sums {
    std::array::from_fn(|at| left[at].plus(right[at]))
}

fn removed(left: &Sums, right: &Sums) -> Sums {
    std::array::from_fn(|at| left[at].minus(right[at]))
}
