//! The file as the sqlite3 shell would see it.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// Opened read-only.
pub(crate) struct Database(Connection);

impl Database {
    pub(crate) fn open(path: &Path) -> Self {
        Self(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap())
    }

    /// The answer as the shell prints it: a line for each row, cells parted by `|`, nothing for NULL.
    #[track_caller]
    pub(crate) fn ask(&self, sql: &str) -> String {
        let lines: Vec<String> = self.rows(sql).iter().map(|row| row.join("|")).collect();
        lines.join("\n")
    }

    #[track_caller]
    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let mut statement = self
            .0
            .prepare(sql)
            .unwrap_or_else(|error| panic!("{error} in: {sql}"));
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows
            .next()
            .unwrap_or_else(|error| panic!("{error} in: {sql}"))
        {
            found.push(
                (0..columns)
                    .map(|at| text(row.get_ref(at).unwrap()))
                    .collect(),
            );
        }
        found
    }

    #[track_caller]
    pub(crate) fn columns(&self, view: &str) -> Vec<String> {
        let statement = self
            .0
            .prepare(&format!("SELECT * FROM {view}"))
            .unwrap_or_else(|error| panic!("{view}: {error}"));
        statement.column_names().map(str::to_owned).collect()
    }

    /// Everything in the tables behind the views, by table.
    pub(crate) fn tables(&self) -> BTreeMap<String, Vec<Vec<String>>> {
        let names = self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        );
        names
            .into_iter()
            .map(|mut name| {
                let name = name.remove(0);
                let rows = self.rows(&format!("SELECT * FROM {name} ORDER BY 1, 2"));
                (name, rows)
            })
            .collect()
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}
