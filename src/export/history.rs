//! The facts of a whole file, with their beginning and end, for warehouses: one flat table for any number of accounts.
//!
//! A fact is a version of a resource or a period of a grant. `account_id`, `id` and `since_snapshot` name it. Columns are
//! only ever added, at the end.

use std::io::{self, Write};

use super::target::ExportTarget;
use crate::error::Error;
use crate::store::{GRANT_ID, Reader};

/// How the facts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFormat {
    /// RFC 4180, with a heading. For databases, not for spreadsheets: no value is changed. NULL is empty, an empty text
    /// is `""`.
    Csv,
    /// One JSON document a line.
    Ndjson,
}

/// What a value is in JSON.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Boolean,
    /// JSON already.
    Document,
}

/// Name, kind, and what it is read from in `resource_history` and in `grant_history`.
const COLUMNS: [(&str, Kind, &str, &str); 25] = [
    ("account_id", Kind::Text, "NULL", "NULL"),
    ("kind", Kind::Text, "'resource'", "'grant'"),
    ("id", Kind::Text, "id", GRANT_ID),
    ("slug", Kind::Text, "NULL", "slug"),
    ("resource_id", Kind::Text, "id", "resource_id"),
    (
        "resource_type",
        Kind::Text,
        "type",
        "CASE slug WHEN 'member' THEN 'user_group' ELSE 'role' END",
    ),
    ("resource_name", Kind::Text, "name", "resource_name"),
    ("scope", Kind::Text, "scope", "scope"),
    ("attributes", Kind::Document, "attributes", "NULL"),
    ("principal_id", Kind::Text, "NULL", "principal_id"),
    ("principal_type", Kind::Text, "NULL", "principal_type"),
    ("principal_name", Kind::Text, "NULL", "principal_name"),
    (
        "email",
        Kind::Text,
        "json_extract(attributes, '$.email')",
        "email",
    ),
    ("resource_group_id", Kind::Text, "NULL", "resource_group_id"),
    ("role_assignment", Kind::Text, "NULL", "role_assignment"),
    ("harness_managed", Kind::Boolean, "NULL", "harness_managed"),
    ("created_at", Kind::Text, "NULL", "created_at"),
    ("unresolved", Kind::Text, "NULL", "unresolved"),
    ("unverified", Kind::Boolean, "unverified", "unverified"),
    ("first_seen", Kind::Text, "first_seen", "first_seen"),
    (
        "since_snapshot",
        Kind::Number,
        "since_snapshot",
        "since_snapshot",
    ),
    ("since", Kind::Text, "since", "since"),
    (
        "until_snapshot",
        Kind::Number,
        "until_snapshot",
        "until_snapshot",
    ),
    ("until", Kind::Text, "until", "until"),
    (
        "is_current",
        Kind::Boolean,
        "until_snapshot IS NULL",
        "until_snapshot IS NULL",
    ),
];

impl HistoryFormat {
    /// Its name in the manifest.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// What comes before the facts of the first file.
    ///
    /// # Errors
    /// When the output fails.
    pub fn begin(self, target: &mut ExportTarget<'_>) -> Result<(), Error> {
        if self == Self::Csv {
            let names: Vec<Option<&str>> = COLUMNS.iter().map(|column| Some(column.0)).collect();
            csv_row(&names, target)?;
        }
        Ok(())
    }

    /// The facts of a file in a fixed order, and how many there were: all, or those that began or ended after a snapshot.
    ///
    /// # Errors
    /// When the database cannot be read or the output fails.
    pub fn write(
        self,
        reader: &Reader,
        account: &str,
        after: Option<i64>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let mut rows = 0;
        let mut write = |row: &[Option<&str>]| -> Result<(), Error> {
            let mut cells = row.to_vec();
            cells[0] = Some(account);
            rows += 1;
            match self {
                Self::Csv => csv_row(&cells, target)?,
                Self::Ndjson => json_row(&cells, target)?,
            }
            Ok(())
        };
        let wanted = after.map_or_else(
            || "1".to_owned(),
            |after| format!("since_snapshot > {after} OR until_snapshot > {after}"),
        );
        let resources = COLUMNS.map(|column| column.2).join(", ");
        reader.each_past_resource(&resources, &wanted, &mut write)?;
        let grants = COLUMNS.map(|column| column.3).join(", ");
        reader.each_past_grant(&grants, &wanted, &mut write)?;
        Ok(rows)
    }
}

fn csv_row(cells: &[Option<&str>], out: &mut dyn Write) -> io::Result<()> {
    for (at, (cell, column)) in cells.iter().zip(COLUMNS).enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        match (cell, column.1) {
            (None, _) => {}
            (Some("0"), Kind::Boolean) => out.write_all(b"false")?,
            (Some("1"), Kind::Boolean) => out.write_all(b"true")?,
            (Some(text), _)
                if text.is_empty() || text.contains([',', '"', '\n', '\r', '\\', ' ']) =>
            {
                write!(out, "\"{}\"", text.replace('"', "\"\""))?;
            }
            (Some(text), _) => out.write_all(text.as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

fn json_row(cells: &[Option<&str>], out: &mut dyn Write) -> io::Result<()> {
    for (at, (cell, (name, kind, ..))) in cells.iter().zip(COLUMNS).enumerate() {
        let before = if at == 0 { '{' } else { ',' };
        write!(out, "{before}\"{name}\":")?;
        match (cell, kind) {
            (None, _) => out.write_all(b"null")?,
            (Some(text), Kind::Text) => serde_json::to_writer(&mut *out, text)?,
            (Some(text), Kind::Boolean) => write!(out, "{}", *text == "1")?,
            (Some(text), Kind::Number | Kind::Document) => out.write_all(text.as_bytes())?,
        }
    }
    out.write_all(b"}\n")
}
