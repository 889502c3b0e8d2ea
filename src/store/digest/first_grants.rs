//! The grants of a first snapshot, summed up while they are written: to read a million of them again takes longer than to
//! hash them.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::facts::{FACTS, GRANTS};
use super::row::Meanings;
use super::sum::Sum;

/// Sums up grants as they are written.
pub(in crate::store) struct FirstGrants<'a> {
    meanings: Meanings<'a>,
    bytes: Vec<u8>,
    sum: Sum,
}

impl<'a> FirstGrants<'a> {
    pub(in crate::store) fn of(connection: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            meanings: Meanings::of(connection)?,
            bytes: Vec::new(),
            sum: Sum::default(),
        })
    }

    /// One more, by its columns in the order of [`FACTS`].
    pub(in crate::store) fn add(&mut self, row: &[ValueRef<'_>]) -> rusqlite::Result<()> {
        self.bytes.clear();
        for ((column, _), value) in FACTS[GRANTS].columns.iter().zip(row) {
            self.meanings.put(&mut self.bytes, *column, *value)?;
        }
        self.sum = self.sum.plus(Sum::of(&self.bytes));
        Ok(())
    }

    /// There are no more.
    pub(in crate::store) fn sum(self) -> Sum {
        self.sum
    }
}
