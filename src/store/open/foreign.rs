//! What is done about files that others made or changed: SQL of theirs must not run with ours.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;

use crate::store::{StoreError, schema};

/// Refuses a file whose schema is not ours, before anything else is read from it.
pub(super) fn refuse_altered(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    match schema::difference(connection) {
        Ok(None) => refuse_keys(connection, path),
        Ok(Some(detail)) => Err(StoreError::Altered {
            path: path.to_owned(),
            detail,
        }),
        Err(error) => Err(StoreError::from_sqlite(path, &error)),
    }
}

/// Keys count up from 1, so one beyond this was not given by this program; whoever makes room by key would take all memory.
const MOST_KEYS: i64 = 1 << 26;

/// Refuses a file whose keys cannot be ours.
fn refuse_keys(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let range = |table: &str| {
        // Apart, each is one step into the table; together they read all of it.
        let sql = format!(
            "SELECT ifnull((SELECT min(key) FROM {table}), 0), ifnull((SELECT max(key) FROM {table}), 0)"
        );
        connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    };
    for table in schema::keyed_tables(connection).map_err(|e| StoreError::from_sqlite(path, &e))? {
        let (least, most): (i64, i64) =
            range(table).map_err(|e| StoreError::from_sqlite(path, &e))?;
        if least < 0 || most > MOST_KEYS {
            return Err(StoreError::Altered {
                path: path.to_owned(),
                detail: format!("its table `{table}` has keys out of range"),
            });
        }
    }
    Ok(())
}

/// What holds for every connection. Functions with effects are not for the schema's use, no trigger runs, and nobody writes
/// SQLite's own tables. A statement keeps its plan: SQLite would look whether the value of a parameter allows for an index
/// of some rows only, and make a new plan for each value.
pub(in crate::store) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}
