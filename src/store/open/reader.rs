//! A file opened for questions.

use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::foreign::{refuse_altered, set_up};
use super::header::{Header, beside, is_empty, is_in_wal_mode, plain};
use super::identity::{Identity, identity};
use super::readers::Readers;
use super::write_ahead::log_beside;
use crate::store::derived::{act_history, refresh_moves, refresh_places};
use crate::store::{StoreError, schema};

/// How long a reader waits for the moment in which another process commits.
const READER_PATIENCE: Duration = Duration::from_secs(10);

/// Page cache of a reader, in KiB, taken only as far as pages are read. SQLite's own 2 MB are read over and over by a
/// diff of distant snapshots.
const READER_CACHE_KIB: i64 = 64 * 1024;

/// The same while whole tables are read in their order: no page of them is read twice.
const PASSING_CACHE_KIB: i64 = 4 * 1024;

/// A file opened for questions. It never writes.
#[derive(Debug)]
pub struct Reader {
    pub(in crate::store) path: PathBuf,
    pub(in crate::store) connection: Connection,
}

impl Reader {
    /// Opens an existing file, of which this process has no [`Writer`](crate::store::Writer); see its `reader`. The file stays as it is to
    /// the byte, whatever lies beside it.
    ///
    /// # Errors
    /// When it is missing, not ours, newer, damaged, holds no snapshot, or SQLite would have to change it first.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_as(path, false)
    }

    /// Opens the database that syncs of this user write: what one of them left half-done when it was killed is undone.
    ///
    /// # Errors
    /// When it is missing, not ours, newer, damaged, or holds no snapshot.
    pub fn open_own(path: &Path) -> Result<Self, StoreError> {
        Self::open_as(path, true)
    }

    fn open_as(path: &Path, is_own: bool) -> Result<Self, StoreError> {
        if Header::read(path)? == Header::Empty {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        // This program leaves no such log, and reading would carry out what is in it. A program that has the file open does
        // that already.
        if !is_own
            && let Some(beside) = log_beside(path)
            && Readers::of(path).any().is_none()
        {
            return Err(unfinished(path, beside));
        }
        let opened = connect(path, is_own).and_then(|connection| {
            // An answer takes many statements, and all of them see the same: whoever changes the file waits, or is not seen.
            connection
                .execute_batch("BEGIN")
                .map_err(|error| StoreError::from_sqlite(path, &error))?;
            Self::of(path, connection)
        });
        opened.map_err(|error| match error {
            StoreError::Unwritable { path, .. } if is_in_wal_mode(&path) => {
                StoreError::WriteAhead { path }
            }
            error => error,
        })
    }

    /// Beside a writer of this process, which has read the header, and beside which nobody else can write.
    pub(super) fn beside_writer(path: &Path) -> Result<Self, StoreError> {
        Self::of(path, connect(path, true)?)
    }

    fn of(path: &Path, connection: Connection) -> Result<Self, StoreError> {
        let reader = Self {
            path: path.to_owned(),
            connection,
        };
        // Opening undoes what a process left that died while it wrote the first snapshot.
        if is_empty(path) {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        refuse_altered(&reader.connection, path)?;
        reader.overlay_older_schema()?;
        if reader.snapshots()?.is_empty() {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        Ok(reader)
    }

    /// The account the file belongs to.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn identity(&self) -> Result<Identity, StoreError> {
        identity(&self.connection)
            .and_then(|identity| identity.ok_or(rusqlite::Error::QueryReturnedNoRows))
            .map_err(|e| self.failed(&e))
    }

    /// Makes the views of this connection show an earlier snapshot instead of the latest.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn show_snapshot(&self, id: i64) -> Result<(), StoreError> {
        let show = || -> rusqlite::Result<()> {
            if self.shows(id)? {
                return Ok(());
            }
            schema::show_snapshot(&self.connection, id)?;
            refresh_places(&self.connection, Some(id))
        };
        show().map_err(|error| self.failed(&error))
    }

    /// Lets the views, which show this snapshot already, tell nothing of later ones.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn end_with(&self, id: i64) -> Result<(), StoreError> {
        schema::end_with(&self.connection, id).map_err(|error| self.failed(&error))
    }

    /// Whether the views show a snapshot already: the latest, as long as no other was asked for.
    pub(in crate::store) fn shows(&self, id: i64) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT ?1 = (SELECT max(id) FROM _snapshot)
               AND NOT EXISTS (SELECT 1 FROM temp.sqlite_master WHERE name = 'shown_email')",
            [id],
            |row| row.get(0),
        )
    }

    /// Reads whole tables, or long stretches of them, without keeping their pages: a million grants want the memory.
    pub(in crate::store) fn passing<T>(
        &self,
        read: impl FnOnce() -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.keep_pages(PASSING_CACHE_KIB)?;
        let read = read()?;
        self.keep_usual_pages()?;
        Ok(read)
    }

    /// Keeps at most so much of the file in memory, in KiB.
    pub(in crate::store) fn keep_pages(&self, kib: i64) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "cache_size", -kib)
    }

    /// Keeps as much again as questions are answered with.
    pub(in crate::store) fn keep_usual_pages(&self) -> rusqlite::Result<()> {
        self.keep_pages(READER_CACHE_KIB)
    }

    /// Everything is read that an answer takes. A sync need not wait until it is printed, which takes somebody who looks at it
    /// page by page as long as they like.
    pub fn end_reading(&self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("COMMIT"); // nothing was written that could fail
        }
    }

    /// Whether the file is of an older schema, which is read as if it were of this one and stays as it is.
    pub(in crate::store) fn is_older_schema(&self) -> rusqlite::Result<bool> {
        let version: i32 = self
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok(version < schema::VERSION)
    }

    fn overlay_older_schema(&self) -> Result<(), StoreError> {
        let overlay = || -> rusqlite::Result<()> {
            if !self.is_older_schema()? {
                return Ok(());
            }
            schema::overlay(&self.connection)?;
            act_history(&self.connection)?;
            refresh_places(&self.connection, None)?;
            refresh_moves(&self.connection)?;
            let latest = "SELECT ifnull(max(id), 0) FROM _snapshot";
            let latest: i64 = self.connection.query_row(latest, [], |row| row.get(0))?;
            schema::show_views(&self.connection, latest)
        };
        overlay().map_err(|error| self.failed(&error))
    }

    /// Size of the file in bytes; 0 when the system does not say.
    #[must_use]
    pub fn size(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    pub(in crate::store) fn failed(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, error)
    }
}

fn connect(path: &Path, is_own: bool) -> Result<Connection, StoreError> {
    open_for_reading(path, is_own).map_err(|error| {
        if is_hot_journal(&error) {
            return unfinished(path, beside(path, "-journal"));
        }
        StoreError::from_sqlite(path, &error)
    })
}

fn unfinished(path: &Path, beside: PathBuf) -> StoreError {
    StoreError::Unfinished {
        path: path.to_owned(),
        beside,
    }
}

fn open_for_reading(path: &Path, is_own: bool) -> rusqlite::Result<Connection> {
    let path = &plain(path);
    // Who only reads leaves the files of a log behind, in which another user could not write. Who may write takes them away
    // in the end, and an empty log changes nothing in the file.
    let access = if is_in_wal_mode(path) && log_beside(path).is_none() {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(READER_PATIENCE)?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        set_up(&connection)?;
        // Nothing is checked by it here, and temporary tables would have to bring the tables that they refer to.
        connection.pragma_update(None, "foreign_keys", false)?;
        // What is made for one question alone needs no folder for temporary files.
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(connection)
    };
    match open() {
        Err(error) if is_own && is_hot_journal(&error) => {
            // A process died while committing. Whoever may write puts the last snapshot back.
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(path, flags)?.query_row(
                "SELECT count(*) FROM sqlite_master",
                [],
                |_| Ok(()),
            )?;
            open()
        }
        result => result,
    }
}

fn is_hot_journal(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_READONLY_ROLLBACK)
}
