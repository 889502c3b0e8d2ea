//! What is done about files that others made or changed: SQL of theirs must not run with ours.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;

use crate::store::{StoreError, schema};

/// Refuses a file whose schema is not ours, before anything else is read from it.
pub(super) fn refuse_altered(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    match schema::difference(connection) {
        Ok(None) => Ok(()),
        Ok(Some(detail)) => Err(StoreError::Altered {
            path: path.to_owned(),
            detail,
        }),
        Err(error) => Err(StoreError::from_sqlite(path, &error)),
    }
}

/// Functions with effects are not for the schema's use, no trigger runs, and nobody writes SQLite's own tables.
pub(in crate::store) fn distrust(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    Ok(())
}
