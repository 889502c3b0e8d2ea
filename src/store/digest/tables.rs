//! Tables that hold no intervals, summed up whole: what the program stored last is what must be found.

use rusqlite::{Connection, params};
use std::collections::BTreeMap;

use super::facts::FACTS;
use super::row::put;
use super::sum::Sum;

/// Where the sums of whole tables stand in `_seal`, which otherwise goes by snapshot.
const WHOLE: i64 = 0;

/// The sum of each table, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct TableSums(BTreeMap<String, Sum>);

impl TableSums {
    /// Of the tables as they are now.
    pub(in crate::store) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let names: Vec<String> = connection
            .prepare("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name LIKE '\\_%' ESCAPE '\\'")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut sums = BTreeMap::new();
        for name in names {
            let is_fact = FACTS.iter().any(|facts| facts.table == name);
            if !is_fact && name != "_seal" {
                let sum = sum(connection, &name)?;
                sums.insert(name, sum);
            }
        }
        Ok(Self(sums))
    }

    /// As they were stored.
    pub(in crate::store) fn stored(connection: &Connection) -> rusqlite::Result<Self> {
        let mut sums = BTreeMap::new();
        let mut statement =
            connection.prepare("SELECT name, rows, sum FROM main._seal WHERE snapshot = ?1")?;
        let mut rows = statement.query([WHOLE])?;
        while let Some(row) = rows.next()? {
            let sum = Sum::parse(row.get(1)?, row.get_ref(2)?.as_str()?);
            sums.insert(row.get(0)?, sum.unwrap_or_default());
        }
        Ok(Self(sums))
    }

    /// Tables that differ.
    pub(in crate::store) fn differing<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        let names = self.0.keys().chain(other.0.keys());
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| self.0.get(*name) != other.0.get(*name));
        names
    }

    /// Stores the sums of the tables as they are now, at the end of a change. What differed `before` it differs still, so
    /// that nothing that was damaged becomes right by being written beside.
    pub(in crate::store) fn store(
        connection: &Connection,
        before: Option<&Self>,
    ) -> rusqlite::Result<()> {
        let stored = Self::stored(connection)?;
        let mut write = connection.prepare("REPLACE INTO main._seal VALUES (?1, ?2, ?3, ?4)")?;
        for (name, now) in Self::read(connection)?.0 {
            let held = stored.0.get(&name);
            let was = before.and_then(|before| before.0.get(&name));
            let sum = match (held, was) {
                (Some(held), Some(was)) => held.plus(now.minus(*was)),
                _ => now,
            };
            if held != Some(&sum) {
                write.execute(params![WHOLE, name, sum.rows, sum.to_string()])?;
            }
        }
        Ok(())
    }
}

fn sum(connection: &Connection, table: &str) -> rusqlite::Result<Sum> {
    let mut statement = connection.prepare(&format!("SELECT * FROM main.{table}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let (mut all, mut bytes) = (Sum::default(), Vec::new());
    while let Some(row) = rows.next()? {
        bytes.clear();
        for at in 0..columns {
            put(&mut bytes, row.get_ref(at)?);
        }
        all = all.plus(Sum::of(&bytes));
    }
    Ok(all)
}
