//! The file of the first snapshot, while it is built.

use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::store::commit::unconfirmed;
use crate::store::open::{keep_temporary_files_beside, plain, set_up};

/// Page cache, in KiB: rows come in the order of their keys.
const CACHE_KIB: i64 = 4 * 1024;

/// A file beside the one that it becomes. Who builds holds the lock of that one, so there is one builder, and what an
/// earlier one left is overwritten.
pub(super) struct First {
    part: PathBuf,
    target: PathBuf,
}

impl First {
    /// Makes the file, readable by its owner only: it is a map of who can do what.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path)?; // a link stays, and leads to the new file
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push("-first");
        let part = target.with_file_name(name);
        let _ = fs::remove_file(&part);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&part)?;
        Ok(Self { part, target })
    }

    /// Opens it, in a transaction. No journal and no waiting for the disk: until it is put in its place it is nothing.
    pub(super) fn open(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(plain(&self.part), flags)?;
        keep_temporary_files_beside(&connection, &self.part);
        set_up(&connection)?;
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(connection)
    }

    /// Writes it to the disk and gives it its name.
    pub(super) fn put(self) -> io::Result<()> {
        File::open(&self.part)?.sync_all()?;
        fs::rename(&self.part, &self.target)?;
        if let Some(folder) = self.target.parent()
            && cfg!(unix)
            && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
        {
            unconfirmed(&self.target, &error);
        }
        Ok(())
    }
}

impl Drop for First {
    /// What was not put in its place goes.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.part);
    }
}
