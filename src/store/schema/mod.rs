//! Tables, views and the version of both.

use rusqlite::Connection;
use std::fmt::Display;

const TABLES: &str = include_str!("tables.sql");
const INDEXES: &str = include_str!("indexes.sql");
const VIEWS: &str = include_str!("views.sql");

/// Marks the file as ours in its header: `HrnA` in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x4872_6e41;

/// The schema this program writes, in the header's `user_version`.
pub(super) const VERSION: i32 = 1;

/// Creates tables and views in an empty file; the caller's transaction makes it all or nothing.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.execute_batch(&expand(VIEWS, live_now))?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// Creates the indexes that [`create`] leaves out, once the first rows are in.
pub(super) fn index(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(INDEXES)
}

/// The condition that a row of intervals holds in a snapshot, given by number or as a parameter.
pub(super) fn live(alias: &str, at: impl Display) -> String {
    format!(
        "{alias}.valid_from <= {at} AND ({alias}.valid_until IS NULL OR {alias}.valid_until > {at})"
    )
}

/// The condition that a row of intervals still holds.
fn live_now(alias: &str) -> String {
    format!("{alias}.valid_until IS NULL")
}

/// Replaces each `{live alias}` of a statement by [`live`].
pub(super) fn live_at(template: &str, at: impl Display) -> String {
    expand(template, |alias| live(alias, &at))
}

/// Hides the stored views behind temporary ones that show an earlier snapshot, so that every question asked of the
/// views can be asked of any snapshot.
pub(super) fn show_snapshot(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.execute_batch(&live_at(VIEWS, id).replace("CREATE VIEW", "CREATE TEMP VIEW"))
}

/// Replaces each `{live alias}` by the condition that the aliased row holds.
fn expand(template: &str, condition: impl Fn(&str) -> String) -> String {
    let mut parts = template.split("{live ");
    let mut sql = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (alias, rest) = part.split_once('}').unwrap_or((part, ""));
        sql.push_str(&condition(alias));
        sql.push_str(rest);
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::{create, expand, show_snapshot};
    use rusqlite::Connection;

    #[test]
    fn every_placeholder_is_replaced() {
        assert_eq!(
            expand("a {live v} b {live w}", |alias| format!("<{alias}>")),
            "a <v> b <w>"
        );
    }

    #[test]
    fn schema_and_both_kinds_of_views_are_valid() {
        let connection = Connection::open_in_memory().expect("memory");
        create(&connection).expect("schema");
        show_snapshot(&connection, 7).expect("temporary views");
        for schema in ["main", "temp"] {
            let mut names = connection
                .prepare(&format!(
                    "SELECT name FROM {schema}.sqlite_master WHERE type = 'view'"
                ))
                .expect("names");
            let names: Vec<String> = names
                .query_map([], |row| row.get(0))
                .expect("query")
                .collect::<Result<_, _>>()
                .expect("names");
            assert_eq!(names.len(), 19);
            for name in names {
                connection
                    .query_row(
                        &format!("SELECT count(*) FROM {schema}.{name}"),
                        [],
                        |row| row.get::<_, i64>(0),
                    )
                    .unwrap_or_else(|error| panic!("{schema}.{name}: {error}"));
            }
        }
    }
}
