//! Files of schema 1, which version 0.1.0 wrote: their facts as the tables of this schema hold them.
//!
//! The same statements serve both ways: a writer fills the tables of this schema with them and drops the old ones; a reader
//! of a file that stays as it is puts them before the old tables, as temporary tables and views.

use rusqlite::Connection;

use super::{COUNTED, VIEWS, expand, live_now, table};

const TABLES: &str = include_str!("tables.sql");
const INDEXES: &str = include_str!("indexes.sql");
const OLD_VIEWS: &str = include_str!("views.sql");
const FACTS: &str = include_str!("facts.sql");

/// Tables that are as large as the history; a reader must not copy them.
const LARGE: [&str; 2] = ["_resource_version", "_grant"];

/// Indexes of schema 1 that moving the facts needs.
const NEEDED: [&str; 2] = ["grant_version_of", "resource_version_of"];

/// Creates tables, views and indexes of schema 1, as version 0.1.0 did.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.execute_batch(&expand(OLD_VIEWS, live_now))?;
    connection.execute_batch(INDEXES)
}

/// Moves the facts of the old tables into the new ones, which are there and empty, and drops the old ones. What is dropped
/// early leaves its pages to what comes next, so that the file hardly grows.
pub(in crate::store) fn move_facts(connection: &Connection) -> rusqlite::Result<()> {
    for view in names(OLD_VIEWS, "CREATE VIEW ") {
        connection.execute_batch(&format!("DROP VIEW {view}"))?;
    }
    for index in names(INDEXES, "CREATE INDEX ").filter(|name| !NEEDED.contains(name)) {
        connection.execute_batch(&format!("DROP INDEX {index}"))?;
    }
    let mut old: Vec<&str> = names(TABLES, "CREATE TABLE ").collect();
    for (name, select) in facts() {
        connection.execute_batch(&format!("INSERT INTO main.{name} {select}"))?;
        if name == "_grant" {
            connection.execute_batch("DROP TABLE grant_version")?;
            old.retain(|table| *table != "grant_version");
        }
    }
    for table in old {
        connection.execute_batch(&format!("DROP TABLE {table}"))?;
    }
    connection.execute_batch(&expand(VIEWS, live_now))
}

/// Makes the tables of this schema appear in a connection to a file of schema 1, which stays as it is.
pub(in crate::store) fn overlay(connection: &Connection) -> rusqlite::Result<()> {
    let counted: Vec<&str> = names(COUNTED, "CREATE VIEW ").collect();
    let is_copied = |name: &&str| !LARGE.contains(name) && !counted.contains(name);
    for name in names(super::TABLES, "CREATE TABLE ").filter(is_copied) {
        let table = table(name).replacen("CREATE TABLE", "CREATE TEMP TABLE", 1);
        connection.execute_batch(&table)?;
    }
    for (name, select) in facts() {
        let sql = if LARGE.contains(&name) {
            format!("CREATE TEMP VIEW {name} AS {select}")
        } else {
            format!("INSERT INTO temp.{name} {select}")
        };
        connection.execute_batch(&sql)?;
    }
    connection.execute_batch(super::DERIVED_INDEXES)
}

/// Name and rows of each table, in an order in which one may be filled after the other.
fn facts() -> impl Iterator<Item = (&'static str, &'static str)> {
    FACTS.split("-- table: ").skip(1).filter_map(|part| {
        let (name, select) = part.split_once('\n')?;
        Some((name.trim(), select.trim().trim_end_matches(';')))
    })
}

/// What follows a keyword at the beginning of lines, up to the next blank.
fn names<'a>(sql: &'a str, keyword: &'a str) -> impl Iterator<Item = &'a str> {
    sql.lines()
        .filter_map(move |line| line.strip_prefix(keyword)?.split_whitespace().next())
}
