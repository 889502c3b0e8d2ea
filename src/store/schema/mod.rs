//! Tables, views and the version of both.

mod as_of;
mod compare;
mod version_1;

use crate::model::ListingKind;
use rusqlite::Connection;
use std::fmt::Display;

pub(super) use as_of::end_with;
pub(super) use compare::difference;
pub(super) use version_1::{move_facts, overlay};

const TABLES: &str = include_str!("tables.sql");
const INDEXES: &str = include_str!("indexes.sql");
const DERIVED_INDEXES: &str = include_str!("derived_indexes.sql");
const VIEWS: &str = include_str!("views.sql");
const COUNTED: &str = include_str!("counted.sql");

/// The rows that stand for "none"; see `tables.sql`.
const NONE: &str = "INSERT INTO _scope (key) VALUES (0);
  INSERT INTO _resource (key, type, scope, identifier) VALUES (0, '', 0, '');";

/// Marks the file as ours in its header: `HrnA` in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x4872_6e41;

/// The schema this program writes, in the header's `user_version`.
pub(super) const VERSION: i32 = 2;

/// The oldest schema this program reads, and migrates before it writes.
pub(super) const OLDEST: i32 = 1;

/// Creates tables and views in an empty file; the caller's transaction makes it all or nothing.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    create_tables(connection)?;
    connection.execute_batch(NONE)?;
    connection.execute_batch(&expand(VIEWS, live_now))
}

/// Creates the tables alone, without a row, and marks the file.
pub(super) fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// Creates the indexes of the facts, which [`create`] leaves out, once the first rows are in.
pub(super) fn index_facts(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(INDEXES)
}

/// Creates the indexes of what is derived, likewise.
pub(super) fn index_derived(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(DERIVED_INDEXES)
}

/// Tables whose keys facts refer to, in a file of this schema or an older one.
pub(super) fn keyed_tables(connection: &Connection) -> rusqlite::Result<[&'static str; 3]> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(match version {
        VERSION => ["_resource", "_scope", "_listing"],
        _ => ["resource", "scope", "listing"],
    })
}

/// The statement that creates a table.
fn table(name: &str) -> &'static str {
    let start = TABLES
        .find(&format!("CREATE TABLE {name} ("))
        .expect("a table of this schema");
    let rest = &TABLES[start..];
    let close = rest.find("\n)").unwrap_or_default();
    let end = rest[close..]
        .find(';')
        .map_or(rest.len(), |end| close + end);
    &rest[..end]
}

/// The condition that a row of intervals holds in a snapshot, given by number or as a parameter.
pub(super) fn live(alias: &str, at: impl Display) -> String {
    format!(
        "{alias}.valid_from <= {at} AND ({alias}.valid_until IS NULL OR {alias}.valid_until > {at})"
    )
}

/// The condition that a column names a listing of access: what the audit trail tells is no part of any comparison.
pub(super) fn of_access(column: &str) -> String {
    let others: Vec<String> = ListingKind::ALL
        .into_iter()
        .filter(|kind| !kind.is_of_access())
        .map(|kind| format!("'{kind}'"))
        .collect();
    format!("{column} NOT IN ({})", others.join(", "))
}

/// The condition that a row of intervals still holds.
pub(super) fn live_now(alias: &str) -> String {
    format!("{alias}.valid_until IS NULL")
}

/// Replaces each `{live alias}` of a statement by [`live`].
pub(super) fn live_at(template: &str, at: impl Display) -> String {
    expand(template, |alias| live(alias, &at))
}

/// Hides stored tables and views behind temporary ones that show an earlier snapshot, so that every question asked of the
/// views can be asked of any snapshot. What is derived of that snapshot is left to be filled.
pub(super) fn show_snapshot(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    let resources = format!(
        "SELECT r.key, r.id, r.type, r.scope, r.identifier, r.listing, v.key, v.name,
           CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
           CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.disabled') END,
           CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.locked') END,
           CASE r.type WHEN 'user_group' THEN json_extract(v.attributes, '$.sso_linked') END,
           r.known_name, r.known_email, r.first_seen
         FROM _resource r LEFT JOIN _resource_version v ON v.resource = r.key AND {}",
        live("v", id)
    );
    connection.execute_batch(&format!("CREATE TEMP TABLE shown AS {resources}"))?;
    for name in ["_resource", "_above", "_covers"] {
        let table = table(name).replacen("CREATE TABLE", "CREATE TEMP TABLE IF NOT EXISTS", 1);
        connection.execute_batch(&format!("{table}; DELETE FROM temp.{name}"))?;
    }
    connection.execute_batch(
        "INSERT INTO temp._resource SELECT * FROM shown; DROP TABLE shown;
         CREATE INDEX IF NOT EXISTS temp.shown_email ON _resource (email) WHERE email IS NOT NULL;",
    )?;
    show_views(connection, id)
}

/// Removes everything temporary, so that names mean what is stored.
pub(super) fn drop_temporary(connection: &Connection) -> rusqlite::Result<()> {
    let named: Vec<(String, String)> = connection
        .prepare(
            "SELECT type, name FROM temp.sqlite_master WHERE type IN ('view', 'table') ORDER BY type DESC",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (kind, name) in named {
        connection.execute_batch(&format!("DROP {kind} temp.{name}"))?;
    }
    Ok(())
}

/// Puts the views of a snapshot before the stored ones.
pub(super) fn show_views(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    for views in [COUNTED, VIEWS] {
        for (name, rest) in each_view(&live_at(views, id)) {
            connection.execute_batch(&format!(
                "DROP VIEW IF EXISTS temp.{name}; CREATE TEMP VIEW {name} {rest}"
            ))?;
        }
    }
    Ok(())
}

/// The name of each view, and what follows it in its statement.
fn each_view(views: &str) -> impl Iterator<Item = (&str, &str)> {
    let statements = views.split("CREATE VIEW ").skip(1);
    statements.filter_map(|statement| statement.split_once(char::is_whitespace))
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
    use super::{create, expand, index_derived, index_facts, show_snapshot};
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
        connection
            .pragma_update(None, "foreign_keys", false)
            .expect("as readers have it");
        create(&connection).expect("schema");
        index_facts(&connection).expect("indexes");
        index_derived(&connection).expect("indexes");
        show_snapshot(&connection, 7).expect("temporary views");
        for schema in ["main", "temp"] {
            let mut names = connection
                .prepare(&format!(
                    "SELECT name FROM {schema}.sqlite_master WHERE type = 'view' AND name NOT GLOB '_*'"
                ))
                .expect("names");
            let names: Vec<String> = names
                .query_map([], |row| row.get(0))
                .expect("query")
                .collect::<Result<_, _>>()
                .expect("names");
            assert_eq!(names.len(), 28);
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
