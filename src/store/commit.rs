//! The end of a transaction, and what is so when the system fails at the very last step.

use std::fmt::Display;
use std::path::Path;

use rusqlite::{Connection, Error, ffi};

/// What can fail once the journal is gone, which is when a commit is done: writing the folder out to the disk, and giving
/// up locks.
const AFTERWARDS: [i32; 3] = [
    ffi::SQLITE_IOERR_DIR_FSYNC,
    ffi::SQLITE_IOERR_RDLOCK,
    ffi::SQLITE_IOERR_UNLOCK,
];

/// Commits. What fails after the commit undoes nothing, so it is told and is no failure: whoever reads the file sees what
/// was stored.
pub(super) fn commit(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    match connection.execute_batch("COMMIT") {
        Err(Error::SqliteFailure(error, detail)) if AFTERWARDS.contains(&error.extended_code) => {
            unconfirmed(path, &detail.unwrap_or_else(|| error.to_string()));
            Ok(())
        }
        result => result,
    }
}

/// Says that what is stored may not outlive a loss of power.
pub(super) fn unconfirmed(path: &Path, error: &dyn Display) {
    log::warn!(
        "{} is stored, but the disk did not confirm it ({error}): a loss of power now might undo it",
        path.display()
    );
}
