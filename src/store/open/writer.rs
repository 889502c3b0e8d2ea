//! A file opened for one change.

use rusqlite::{Connection, InterruptHandle, OpenFlags};
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::foreign::{refuse_altered, set_up};
use super::header::{Header, is_empty, keep_temporary_files_beside, plain};
use super::identity::{Identity, identity};
use super::interrupts::Interrupts;
use super::reader::Reader;
use super::readers::Readers;
use super::write_ahead::{LOOK_EVERY, SAY_AFTER, gather, is_busy, is_logged, leave};
use crate::model::{Converted, Timestamp};
use crate::store::StoreError;
use crate::store::commit::commit;
use crate::store::digest::{TableSums, damage};
use crate::store::migrate::migrate;

/// How long a commit waits for readers unless more or less is asked for.
const COMMIT_PATIENCE: Duration = Duration::from_secs(60);

/// How long a reader that came in the very moment of the commit may take.
const LAST_READER_PATIENCE: Duration = Duration::from_secs(10);

/// Page cache of a writer, in KiB, and memory for making an index. Rows come in the order of their keys, so a small one
/// serves, and what is sorted in parts that fit the processor's cache is sorted in half the time.
const WRITER_CACHE_KIB: i64 = 4 * 1024;

/// A file opened for one change, with the write lock held until it is published or dropped.
#[derive(Debug)]
pub struct Writer {
    pub(in crate::store) path: PathBuf,
    pub(in crate::store) connection: Connection,
    pub(in crate::store) fresh: bool,
    pub(in crate::store) max_removed_percent: u8,
    patience: Duration,
    interrupts: Interrupts,
    created: bool,
    /// The tables as they were found; `None` = there were none.
    found: Option<TableSums>,
    converted: Option<Converted>,
    readers: Readers,
}

impl Writer {
    /// Opens or creates the file of an account and takes the write lock.
    ///
    /// # Errors
    /// When the file is not ours, newer, damaged, of another account, not writable, or locked by another process.
    /// The file is left as it was.
    pub fn open(path: &Path, identity: &Identity) -> Result<Self, StoreError> {
        let created = create_if_missing(path)?;
        Header::read(path)?;
        let readers = Readers::of(path);
        let connection = lock(path).map_err(|error| {
            let error = StoreError::from_sqlite(path, &error);
            // Whoever holds the lock is about to fill the file.
            if created && !matches!(error, StoreError::Locked { .. }) {
                remove_if_empty(path);
            }
            error
        })?;
        let interrupts = Interrupts::default();
        interrupts.add(connection.get_interrupt_handle());
        let writer = Self {
            path: path.to_owned(),
            connection,
            // Asked only now: taking the lock undoes what a process left that died while it wrote the first snapshot.
            fresh: is_empty(path),
            max_removed_percent: 100,
            patience: COMMIT_PATIENCE,
            interrupts,
            created,
            found: None,
            converted: None,
            readers,
        };
        let writer = writer.with_current_schema()?;
        writer.belongs_to(identity)?;
        Ok(writer)
    }

    /// Opens the existing file of whatever account and takes the write lock.
    ///
    /// # Errors
    /// When the file is missing, empty, not ours, newer, damaged, not writable, or locked by another process.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        if Header::read(path)? == Header::Empty {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        let readers = Readers::of(path);
        let connection = lock(path).map_err(|e| StoreError::from_sqlite(path, &e))?;
        if is_empty(path) {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        let interrupts = Interrupts::default();
        interrupts.add(connection.get_interrupt_handle());
        let writer = Self {
            path: path.to_owned(),
            connection,
            fresh: false,
            max_removed_percent: 100,
            patience: COMMIT_PATIENCE,
            interrupts,
            created: false,
            found: None,
            converted: None,
            readers,
        };
        writer.with_current_schema()
    }

    /// Brings a file of an older schema up to this one, in one transaction, and takes the lock again.
    fn with_current_schema(mut self) -> Result<Self, StoreError> {
        if self.fresh {
            return Ok(self);
        }
        refuse_altered(&self.connection, &self.path)?;
        check(&self.connection, &self.path)?;
        let bytes_before = size(&self.path);
        let bring = || -> rusqlite::Result<bool> {
            let migrated = migrate(&self.connection, &self.path)?;
            if migrated {
                self.connection.execute_batch("BEGIN IMMEDIATE")?;
            }
            Ok(migrated)
        };
        let migrated = bring().map_err(|error| self.failed(&error))?;
        self.converted = migrated.then(|| Converted {
            bytes_before,
            bytes_after: size(&self.path),
        });
        let found = TableSums::read(&self.connection);
        self.found = Some(found.map_err(|error| self.failed(&error))?);
        Ok(self)
    }

    /// Compares the newest snapshot with what was stored, before a change: what is observed next is told as a change to that.
    /// What others changed does not keep an account from being observed, but is told, and stays to be told.
    pub(in crate::store) fn warn_of_damage(&self) -> Result<(), StoreError> {
        let Some(found) = &self.found else {
            return Ok(()); // nothing was stored
        };
        let damage = damage(&self.connection, found).map_err(|error| self.failed(&error))?;
        if let Some(detail) = damage {
            log::warn!(
                "{} is damaged: {detail}. Restore it from a backup: what is stored on top of it cannot be exported, and \
                 shows changes that nobody made",
                self.path.display()
            );
        }
        Ok(())
    }

    /// What opening did to a file of an older schema; `None` = it had this one.
    #[must_use]
    pub fn converted(&self) -> Option<Converted> {
        self.converted
    }

    /// A reader beside the writer, which still holds its lock. Unlike one of [`Reader::open`] it keeps no commit waiting, since
    /// nobody but this writer can change what it reads.
    ///
    /// # Errors
    /// When the file holds no snapshot, or cannot be read.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::beside_writer(&self.path)
    }

    /// Sets the brake: publishing is refused when it would close more than this share, in percent, of the grants or of
    /// a type of resource that a complete snapshot before held, or all of five or more. 100 switches the brake off, as
    /// it is at first.
    #[must_use]
    pub fn with_brake(mut self, max_removed_percent: u8) -> Self {
        self.max_removed_percent = max_removed_percent;
        self
    }

    /// Sets how long publishing waits for other programs to end their reading; a minute, as it is at first.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Commits, and leaves one file.
    pub(in crate::store) fn commit(&self) -> Result<(), StoreError> {
        self.store()?;
        self.gather();
        Ok(())
    }

    /// Brings what is committed into the one file, where another program has it use a log beside it.
    pub(in crate::store) fn gather(&self) {
        gather(&self.connection, &self.path, &self.readers, self.patience);
    }

    /// Commits in a moment in which nobody reads, so that new readers are never kept waiting for old ones. In WAL mode they
    /// do not wait for each other.
    pub(in crate::store) fn store(&self) -> Result<(), StoreError> {
        TableSums::store(&self.connection, self.found.as_ref())
            .map_err(|error| self.failed(&error))?;
        let is_logged = is_logged(&self.connection).map_err(|error| self.failed(&error))?;
        let started = Instant::now();
        loop {
            if !is_logged {
                self.wait_for_readers(started)?;
            }
            match commit(&self.connection, &self.path) {
                // Somebody began to read just then.
                Err(error) if is_busy(&error) && started.elapsed() < self.patience => {}
                result => return result.map_err(|error| self.failed(&error)),
            }
        }
    }

    fn wait_for_readers(&self, started: Instant) -> Result<(), StoreError> {
        let mut said = false;
        while let Some(reader) = self.readers.any() {
            let waited = started.elapsed();
            if waited >= self.patience {
                return Err(StoreError::Read {
                    path: self.path.clone(),
                    reader,
                });
            }
            if self.connection.is_interrupted() {
                return Err(StoreError::Interrupted);
            }
            if waited >= SAY_AFTER && !said {
                said = true;
                log::warn!(
                    "waiting for {reader} to finish reading {}; what is to be stored is kept and will be stored then",
                    self.path.display()
                );
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// When the snapshot that is the newest in time was finished; `None` = there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest_time(&self) -> Result<Option<Timestamp>, StoreError> {
        let newest = "SELECT max(finished_at) FROM _snapshot WHERE state <> 'pruned'";
        let text: Option<String> =
            self.remembered(|connection| connection.query_row(newest, [], |row| row.get(0)))?;
        Ok(text.as_deref().and_then(Timestamp::parse_at_latest))
    }

    /// What stops publishing from another thread; nothing is stored then.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let interrupts = self.interrupts.clone();
        move || interrupts.interrupt()
    }

    /// Has another connection stopped too.
    pub(in crate::store) fn stopped_with(&self, handle: InterruptHandle) {
        self.interrupts.add(handle);
    }

    fn belongs_to(&self, wanted: &Identity) -> Result<(), StoreError> {
        if self.fresh {
            return Ok(());
        }
        match identity(&self.connection).map_err(|e| self.failed(&e))? {
            // The same account answers under several addresses.
            Some(holds) if holds.account_id != wanted.account_id => Err(StoreError::OtherAccount {
                path: self.path.clone(),
                holds: holds.to_string(),
                wanted: wanted.to_string(),
            }),
            _ => Ok(()),
        }
    }

    pub(in crate::store) fn failed(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, error)
    }
}

impl Drop for Writer {
    /// A first sync that failed leaves no empty file behind. The lock is still held here.
    fn drop(&mut self) {
        if self.created {
            remove_if_empty(&self.path);
        }
    }
}

fn remove_if_empty(path: &Path) {
    if is_empty(path) {
        let _ = fs::remove_file(path);
    }
}

/// Creates the file readable by its owner only: it is a map of who can do what.
fn create_if_missing(path: &Path) -> Result<bool, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::NoFolder {
            path: path.to_owned(),
        }),
        Err(error) => Err(StoreError::Unwritable {
            path: path.to_owned(),
            detail: error.to_string(),
        }),
    }
}

/// A damaged file must not be written on: most damage shows in a walk over its pages.
fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| StoreError::from_sqlite(path, &error))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.to_owned(),
        detail: verdict,
    })
}

/// Takes SQLite's write lock at once or fails: a second sync is refused, not queued.
fn lock(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(plain(path), flags)?;
    keep_temporary_files_beside(&connection, path);
    connection.busy_timeout(Duration::ZERO)?;
    set_up(&connection)?;
    // References are resolved by construction; checking four of them on each of a million rows costs half a second.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // Who was told that a snapshot is stored finds it, whatever happens to the machine.
    connection.pragma_update(None, "synchronous", "extra")?;
    // Some programs leave it in WAL mode, in which a copy of the one file is not all of it. While one of them has it open,
    // it is written in that mode.
    leave(&connection)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.busy_timeout(LAST_READER_PATIENCE)?;
    Ok(connection)
}

/// The size of a file, in bytes; 0 when it cannot be asked.
pub(in crate::store) fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}
