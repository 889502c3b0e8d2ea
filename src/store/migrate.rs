//! Bringing a file of an older schema up to this one.

use rusqlite::Connection;
use std::path::Path;

use super::commit::commit;
use super::derived::{Held, act_history, refresh_holders, refresh_moves, refresh_places};
use super::digest::{self, TableSums};
use super::schema;

/// From this size on it takes long enough to say so, in bytes.
const LARGE: u64 = 20_000_000;

/// Migrates the file inside the transaction that is open and commits it; whoever interrupts it finds the file as it was.
/// Returns whether there was anything to do; the transaction is still open when there was not.
pub(super) fn migrate(connection: &Connection, path: &Path) -> rusqlite::Result<bool> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == schema::VERSION {
        return Ok(false);
    }
    if let Ok(file) = std::fs::metadata(path)
        && file.len() >= LARGE
    {
        log::warn!(
            "converting {} to the current schema, once: {} MB, which takes about a second for each 50 MB",
            path.display(),
            file.len() / 1_000_000
        );
    }
    schema::create_tables(connection)?;
    schema::move_facts(connection)?;
    schema::index_facts(connection)?;
    act_history(connection)?;
    refresh_holders(connection, &Held::of(connection)?)?;
    refresh_places(connection, None)?;
    refresh_moves(connection)?;
    schema::index_derived(connection)?;
    digest::record_all(connection)?;
    TableSums::store(connection, None)?;
    commit(connection, path)?;
    // Without the space for a second copy the file merely stays large.
    let _ = connection.execute_batch("VACUUM");
    Ok(true)
}
