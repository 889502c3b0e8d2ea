//! Opening a file: is it ours, is it whole, is it this account's, and may we write it now.

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::StoreError;
use super::schema;
use crate::model::{ResourceId, ResourceType, Scope};

/// How long a reader waits for the moment in which another process commits.
const READER_PATIENCE: Duration = Duration::from_secs(10);

/// How long a commit waits for readers to finish before it gives up; everything was fetched by then.
const COMMIT_PATIENCE: Duration = Duration::from_secs(60);

/// Page cache of a writer, in KiB, and memory for making an index. Rows come in the order of their keys, so a small one
/// serves, and what is sorted in parts that fit the processor's cache is sorted in half the time.
const WRITER_CACHE_KIB: i64 = 4 * 1024;

/// Page cache of a reader, in KiB, taken only as far as pages are read. SQLite's own 2 MB are read over and over by a
/// diff of distant snapshots.
const READER_CACHE_KIB: i64 = 64 * 1024;

/// The account a file belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's identifier.
    pub account_id: String,
    /// Where it was observed, such as `https://app.harness.io`.
    pub base_url: String,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "account {} at {}", self.account_id, self.base_url)
    }
}

/// A file opened for questions. It never writes.
#[derive(Debug)]
pub struct Reader {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
}

/// A file opened for one change, with the write lock held until it is published or dropped.
#[derive(Debug)]
pub struct Writer {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    pub(super) fresh: bool,
    pub(super) max_removed_percent: u8,
    created: bool,
}

impl Reader {
    /// Opens an existing file, of which this process has no [`Writer`]; see [`Writer::reader`].
    ///
    /// # Errors
    /// When it is missing, not ours, newer, damaged, or holds no snapshot.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if Header::read(path)? == Header::Empty {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        Self::of(path)
    }

    /// Leaves the header alone: it was read, or must not be.
    fn of(path: &Path) -> Result<Self, StoreError> {
        let connection = open_for_reading(path).map_err(|e| StoreError::from_sqlite(path, &e))?;
        let reader = Self {
            path: path.to_owned(),
            connection,
        };
        // Opening undoes what a process left that died while it wrote the first snapshot.
        if is_empty(path) || reader.snapshots()?.is_empty() {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        Ok(reader)
    }

    /// Whether replacing a file would lose history: it is one of ours and holds more than one snapshot, or nobody can
    /// tell how many. One alone may be what an export wrote before.
    #[must_use]
    pub fn holds_history(path: &Path) -> bool {
        match Header::read(path) {
            Ok(Header::Ours) => match Self::open(path).and_then(|reader| reader.snapshots()) {
                Ok(snapshots) => snapshots.len() > 1,
                Err(StoreError::Empty { .. }) => false,
                Err(_) => true,
            },
            Err(StoreError::Newer { .. } | StoreError::Damaged { .. }) => true,
            Ok(Header::Empty) | Err(_) => false,
        }
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
        schema::show_snapshot(&self.connection, id).map_err(|error| self.failed(&error))
    }

    /// Size of the file in bytes; 0 when the system does not say.
    #[must_use]
    pub fn size(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, error)
    }
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
        let connection = lock(path).map_err(|error| {
            let error = StoreError::from_sqlite(path, &error);
            // Whoever holds the lock is about to fill the file.
            if created && !matches!(error, StoreError::Locked { .. }) {
                remove_if_empty(path);
            }
            error
        })?;
        let writer = Self {
            path: path.to_owned(),
            connection,
            // Asked only now: taking the lock undoes what a process left that died while it wrote the first snapshot.
            fresh: is_empty(path),
            max_removed_percent: 100,
            created,
        };
        writer.belongs_to(identity)?;
        check(&writer.connection, path)?;
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
        let connection = lock(path).map_err(|e| StoreError::from_sqlite(path, &e))?;
        if is_empty(path) {
            return Err(StoreError::Empty {
                path: path.to_owned(),
            });
        }
        check(&connection, path)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            fresh: false,
            max_removed_percent: 100,
            created: false,
        })
    }

    /// A reader beside the writer, which still holds its lock. [`Reader::open`] would give that up: it reads the header
    /// itself, and whoever closes a file gives up every lock that his process has on it.
    ///
    /// # Errors
    /// When the file holds no snapshot, or cannot be read.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::of(&self.path)
    }

    /// Sets the brake: publishing is refused when it would close more than this share, in percent, of the grants or of
    /// a type of resource that a complete snapshot before held, or all of five or more. 100 switches the brake off, as
    /// it is at first.
    #[must_use]
    pub fn with_brake(mut self, max_removed_percent: u8) -> Self {
        self.max_removed_percent = max_removed_percent;
        self
    }

    /// What stops publishing from another thread; nothing is stored then.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let handle = self.connection.get_interrupt_handle();
        move || handle.interrupt()
    }

    /// Resources of some types that the latest snapshot holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn held(&self, kinds: &[ResourceType]) -> Result<HashSet<ResourceId>, StoreError> {
        self.listed(kinds, "v.valid_until IS NULL")
    }

    /// Resources of some types that any list ever showed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ever_listed(&self, kinds: &[ResourceType]) -> Result<HashSet<ResourceId>, StoreError> {
        self.listed(kinds, "1")
    }

    fn listed(
        &self,
        kinds: &[ResourceType],
        versions: &str,
    ) -> Result<HashSet<ResourceId>, StoreError> {
        let read = || -> rusqlite::Result<HashSet<ResourceId>> {
            let mut listed = HashSet::new();
            let mut statement = self.connection.prepare(&format!(
                "SELECT p.path, r.identifier FROM resource_version v JOIN resource r ON r.key = v.resource
                 JOIN scope p ON p.key = r.scope WHERE {versions} AND r.type = ?1"
            ))?;
            for kind in kinds {
                let mut rows = statement.query([kind.as_str()])?;
                while let Some(row) = rows.next()? {
                    let scope = Scope::parse(row.get_ref(0)?.as_str()?);
                    let identifier = row.get(1)?;
                    listed.extend(scope.map(|scope| ResourceId {
                        kind: kind.clone(),
                        scope,
                        identifier,
                    }));
                }
            }
            Ok(listed)
        };
        if self.fresh {
            return Ok(HashSet::new());
        }
        read().map_err(|error| self.failed(&error))
    }

    fn belongs_to(&self, wanted: &Identity) -> Result<(), StoreError> {
        if self.fresh {
            return Ok(());
        }
        match identity(&self.connection).map_err(|e| self.failed(&e))? {
            Some(holds) if holds != *wanted => Err(StoreError::OtherAccount {
                path: self.path.clone(),
                holds: holds.to_string(),
                wanted: wanted.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// An empty file that somebody made beforehand gets the mode of one that we make, before anything is in it. Some file
    /// systems know no modes; on those nothing is lost.
    pub(super) fn close_to_others(&self) {
        #[cfg(unix)]
        if fs::metadata(&self.path).is_ok_and(|file| file.is_file()) {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            let _ = fs::set_permissions(&self.path, mode);
        }
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> StoreError {
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

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() == 0)
}

fn identity(connection: &Connection) -> rusqlite::Result<Option<Identity>> {
    connection
        .query_row("SELECT account_id, base_url FROM account", [], |row| {
            Ok(Identity {
                account_id: row.get(0)?,
                base_url: row.get(1)?,
            })
        })
        .optional()
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
        Err(error) => Err(StoreError::Unwritable {
            path: path.to_owned(),
            detail: error.to_string(),
        }),
    }
}

/// SQLite takes `:memory:` and names that begin with `file:` for something else than files. Absolute paths are neither.
pub(super) fn plain(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
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
    connection.busy_timeout(Duration::ZERO)?;
    // References are resolved by construction; checking four of them on each of a million rows costs half a second.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.busy_timeout(COMMIT_PATIENCE)?;
    Ok(connection)
}

fn open_for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let path = &plain(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(READER_PATIENCE)?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(connection)
    };
    match open() {
        Err(error) if is_hot_journal(&error) => {
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

/// What the first bytes of a file say, read without SQLite so that a file that is not ours stays untouched. Not to be
/// read while this process holds a lock on the file: closing it would give the lock up.
#[derive(Debug, PartialEq, Eq)]
enum Header {
    Empty,
    Ours,
}

impl Header {
    fn read(path: &Path) -> Result<Self, StoreError> {
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound if fs::symlink_metadata(path).is_ok() => StoreError::DanglingLink {
                path: path.to_owned(),
            },
            ErrorKind::NotFound => StoreError::Missing {
                path: path.to_owned(),
            },
            _ => StoreError::Unreadable {
                path: path.to_owned(),
                detail: error.to_string(),
            },
        };
        if fs::metadata(path).map_err(unreadable)?.is_dir() {
            return Err(StoreError::Directory {
                path: path.to_owned(),
            });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(100);
        file.by_ref()
            .take(100)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        drop(file);
        Self::interpret(path, &bytes, length)
    }

    /// Offsets are those of the SQLite file format, section 1.3.
    fn interpret(path: &Path, bytes: &[u8], length: u64) -> Result<Self, StoreError> {
        let path = || path.to_owned();
        if bytes.is_empty() {
            return Ok(Self::Empty);
        }
        if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
            return Err(StoreError::NotSqlite { path: path() });
        }
        let word = |at: usize| {
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        if word(68) != schema::APPLICATION_ID.cast_unsigned() {
            return Err(StoreError::Foreign { path: path() });
        }
        let found = word(60).cast_signed();
        if found > schema::VERSION {
            return Err(StoreError::Newer {
                path: path(),
                found,
            });
        }
        let page = match u16::from_be_bytes([bytes[16], bytes[17]]) {
            1 => 65_536,
            size => u64::from(size),
        };
        let expected = u64::from(word(28)) * page;
        let journal = journal_of(&path());
        if length < expected && !journal.exists() {
            return Err(StoreError::Damaged {
                path: path(),
                detail: format!("it should be {expected} bytes long, but has {length}"),
            });
        }
        Ok(Self::Ours)
    }
}

fn journal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}
