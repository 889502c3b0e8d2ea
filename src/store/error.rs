//! What can go wrong with the file, as values.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Removal;

/// What to do where the system gives no more memory.
pub(crate) const MORE_MEMORY: &str =
    "give it more memory: the limit of the container or service, or `ulimit -v`";

/// A failure of the store. Every variant says what the user can do in [`StoreError::hint`].
#[derive(Debug)]
pub enum StoreError {
    /// There is no file.
    Missing {
        /// The path asked for.
        path: PathBuf,
    },
    /// The path is a link to something that is not there.
    DanglingLink {
        /// The path asked for.
        path: PathBuf,
    },
    /// The path is a directory.
    Directory {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file is not a SQLite database.
    NotSqlite {
        /// The path asked for.
        path: PathBuf,
    },
    /// A SQLite database of another application.
    Foreign {
        /// The path asked for.
        path: PathBuf,
    },
    /// Marked as ours, but its schema is not as this program makes it.
    Altered {
        /// The path asked for.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
    /// Written by a newer release of this program.
    Newer {
        /// The path asked for.
        path: PathBuf,
        /// The schema version in the file.
        found: i32,
    },
    /// The file belongs to another account.
    OtherAccount {
        /// The path asked for.
        path: PathBuf,
        /// Account and base URL of the file.
        holds: String,
        /// Account and base URL of this run.
        wanted: String,
    },
    /// Another program went on reading until there was no more time to wait.
    Read {
        /// The path asked for.
        path: PathBuf,
        /// Who reads.
        reader: String,
    },
    /// Another process is writing.
    Locked {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file is damaged.
    Damaged {
        /// The path asked for.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// A change that was not finished lies beside the file, and reading would carry it out or undo it.
    Unfinished {
        /// The path asked for.
        path: PathBuf,
        /// The journal beside it.
        beside: PathBuf,
    },
    /// The file is in WAL mode, and is to be read where SQLite cannot keep what that takes beside it.
    WriteAhead {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file or its folder may not be written, or the disk is full.
    Unwritable {
        /// The path asked for.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The folder of the file is not there.
    NoFolder {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file may not be read.
    Unreadable {
        /// The path asked for.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The file holds no snapshot yet.
    Empty {
        /// The path asked for.
        path: PathBuf,
    },
    /// A snapshot reference that matches no snapshot of the file.
    NoSuchSnapshot {
        /// The reference, as a message names it: `` `latest~3` `` or `on or before 2026-03-01`.
        reference: String,
        /// What there is instead.
        available: String,
    },
    /// Two files that were to be compared are of different accounts.
    DifferentAccounts {
        /// The older side: path, and account and base URL.
        older: (PathBuf, String),
        /// The newer side.
        newer: (PathBuf, String),
    },
    /// Snapshots were deleted, but the file could not be rewritten to free their space.
    NotCompacted {
        /// The path asked for.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// Another snapshot has the label.
    LabelTaken {
        /// The label.
        label: String,
        /// The snapshot that has it.
        snapshot: i64,
    },
    /// A sync would close more than the brake allows.
    TooMuchGone {
        /// The path asked for.
        path: PathBuf,
        /// What would be removed.
        removals: Vec<Removal>,
    },
    /// The system gives no more memory.
    NoMemory {
        /// The path asked for.
        path: PathBuf,
    },
    /// Stopped on request.
    Interrupted,
    /// Anything else SQLite says.
    Sqlite {
        /// The path asked for.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
}

impl StoreError {
    /// Sorts an error of SQLite into the kinds a user can act on.
    pub(crate) fn from_sqlite(path: &std::path::Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_owned();
        let detail = match error {
            rusqlite::Error::QueryReturnedNoRows => {
                "a row that another one names is missing".to_owned()
            }
            rusqlite::Error::IntegralValueOutOfRange(_, number) => {
                format!("the number {number} is out of range")
            }
            error => error.to_string(),
        };
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked { path },
            Some(Code::NotADatabase) => Self::NotSqlite { path },
            Some(Code::DatabaseCorrupt) => Self::Damaged { path, detail },
            Some(Code::DiskFull | Code::ReadOnly | Code::SystemIoFailure | Code::CannotOpen) => {
                Self::Unwritable { path, detail }
            }
            Some(Code::OutOfMemory) => Self::NoMemory { path },
            Some(Code::OperationInterrupted) => Self::Interrupted,
            Some(Code::PermissionDenied) => Self::Unreadable { path, detail },
            // What our own statements read has another type, or is not there at all.
            None if is_of_values(error) => Self::Damaged { path, detail },
            _ => Self::Sqlite { path, detail },
        }
    }

    /// A stable word for the kind, used in JSON errors.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "db_missing",
            Self::DanglingLink { .. } => "db_dangling_link",
            Self::Directory { .. } => "db_is_directory",
            Self::NotSqlite { .. } => "db_not_sqlite",
            Self::Foreign { .. } => "db_foreign",
            Self::Altered { .. } => "db_altered",
            Self::Newer { .. } => "db_newer",
            Self::OtherAccount { .. } => "db_other_account",
            Self::Read { .. } => "db_read",
            Self::Locked { .. } => "db_locked",
            Self::Damaged { .. } => "db_damaged",
            Self::Unfinished { .. } => "db_unfinished",
            Self::WriteAhead { .. } => "db_wal",
            Self::Unwritable { .. } => "db_unwritable",
            Self::NoFolder { .. } => "db_no_folder",
            Self::Unreadable { .. } => "db_unreadable",
            Self::Empty { .. } => "db_empty",
            Self::NoSuchSnapshot { .. } => "no_such_snapshot",
            Self::DifferentAccounts { .. } => "db_different_accounts",
            Self::NotCompacted { .. } => "db_not_compacted",
            Self::LabelTaken { .. } => "label_taken",
            Self::TooMuchGone { .. } => "too_much_gone",
            Self::NoMemory { .. } => "no_memory",
            Self::Interrupted => "stopped",
            Self::Sqlite { .. } => "db_error",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Missing { .. } | Self::Empty { .. } => Some(
                "run `harness-access sync` to make the first snapshot, or name another file with --db",
            ),
            Self::DanglingLink { .. } => {
                Some("name the file itself with --db, or create the file the link points to")
            }
            Self::Directory { .. } | Self::NotSqlite { .. } | Self::Foreign { .. } => {
                Some("name another file with --db; this one was left untouched")
            }
            Self::Altered { .. } => Some(
                "use a file that only harness-access has written; keep views and tables of your own in another file",
            ),
            Self::Newer { .. } => {
                Some("use the release of harness-access that wrote it, or a newer one")
            }
            Self::OtherAccount { .. } => {
                Some("one file holds one account; name another file with --db")
            }
            Self::Read { .. } => Some(
                "close that program, or end its query, and run again; `sync` waits as long as --timeout says. The file is unchanged",
            ),
            Self::Locked { .. } => Some("wait for the other sync or prune to end, then try again"),
            Self::Damaged { .. } => Some("restore the file from a backup; it was left untouched"),
            Self::Unfinished { .. } => Some(
                "your own database is put right by the next `harness-access sync`; where somebody gave you the file, move what \
                 lies beside it away and compare the file with its manifest",
            ),
            Self::WriteAhead { .. } => Some(
                "the next `harness-access sync` ends the mode; or copy the file, with its -wal file where there is one, into a \
                 folder that may be written, and read it there",
            ),
            Self::Unwritable { .. } => Some(
                "check free space and the permissions of the file and its folder; nothing was stored",
            ),
            Self::NoFolder { .. } => Some("create it, or mount the volume that should be there"),
            Self::Unreadable { .. } => Some("check the permissions of the file"),
            Self::NoSuchSnapshot { reference, .. } if is_range(reference) => {
                Some("two snapshots are two words: `harness-access diff 1 2`, not `1..2`")
            }
            Self::NoSuchSnapshot { .. } => Some(
                "`harness-access snapshots` lists what the file holds; `snapshots label latest NAME` gives one a name",
            ),
            Self::DifferentAccounts { .. } => Some("compare snapshots of one account"),
            Self::NotCompacted { .. } => Some(
                "the snapshots were deleted; free as much space as the file takes, then prune again to shrink it",
            ),
            Self::LabelTaken { .. } => {
                Some("choose another, or move it with `harness-access snapshots label`")
            }
            Self::TooMuchGone { .. } => Some(
                "if this is right, run again with --max-removed 100; the last snapshot is unchanged",
            ),
            Self::NoMemory { .. } => Some(MORE_MEMORY),
            Self::Interrupted | Self::Sqlite { .. } => None,
        }
    }
}

/// Whether a reference names two snapshots as git would: `1..2`.
fn is_range(reference: &str) -> bool {
    let inner = reference.trim_matches('`');
    inner.split_once("..").is_some_and(|(from, to)| {
        !from.is_empty() && !to.is_empty() && !inner.contains(['/', '\\'])
    })
}

fn is_of_values(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, QueryReturnedNoRows,
        Utf8Error,
    };
    matches!(
        error,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | QueryReturnedNoRows
            | Utf8Error(..)
    )
}

/// A path in a sentence: between backticks where a blank would hide its end.
fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    if path.contains(char::is_whitespace) {
        format!("`{path}`")
    } else {
        path
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "there is no file {}", shown(path)),
            Self::DanglingLink { path } => {
                write!(f, "{} is a link to a file that does not exist", shown(path))
            }
            Self::Directory { path } => write!(f, "{} is a directory, not a file", shown(path)),
            Self::NotSqlite { path } => write!(f, "{} is not a SQLite database", shown(path)),
            Self::Foreign { path } => {
                write!(f, "{} is a SQLite database of another program", shown(path))
            }
            Self::Altered { path, detail } => write!(
                f,
                "{} is not as harness-access makes it: {detail}",
                shown(path)
            ),
            Self::Newer { path, found } => write!(
                f,
                "{} has schema version {found}; this program knows versions up to {}",
                shown(path),
                super::schema::VERSION
            ),
            Self::OtherAccount {
                path,
                holds,
                wanted,
            } => write!(
                f,
                "{} holds {holds}, but this sync is of {wanted}",
                shown(path)
            ),
            Self::Read { path, reader } => write!(
                f,
                "nothing was stored, because {} was being read all the time by {reader}",
                shown(path)
            ),
            Self::Locked { path } => {
                write!(f, "{} is being written by another process", shown(path))
            }
            Self::Damaged { path, detail } => write!(f, "{} is damaged: {detail}", shown(path)),
            Self::Unfinished { path, beside } => write!(
                f,
                "{} was not read: {} beside it would change it",
                shown(path),
                shown(beside)
            ),
            Self::WriteAhead { path } => write!(
                f,
                "cannot read {}: another program set it to WAL mode, in which it is read only where its folder may be written",
                shown(path)
            ),
            Self::Unwritable { path, detail } => {
                write!(f, "cannot write {}: {detail}", shown(path))
            }
            Self::NoFolder { path } => write!(f, "cannot write {}: no such folder", shown(path)),
            Self::Unreadable { path, detail } => {
                write!(f, "cannot read {}: {detail}", shown(path))
            }
            Self::Empty { path } => write!(f, "{} holds no snapshot yet", shown(path)),
            Self::NoSuchSnapshot {
                reference,
                available,
            } => {
                write!(f, "no snapshot {reference}: {available}")
            }
            Self::DifferentAccounts { older, newer } => write!(
                f,
                "{} holds {}, but {} holds {}",
                older.0.display(),
                older.1,
                newer.0.display(),
                newer.1
            ),
            Self::NotCompacted { path, detail } => write!(
                f,
                "{} could not be rewritten, so its size stays: {detail}",
                shown(path)
            ),
            Self::LabelTaken { label, snapshot } => {
                write!(f, "snapshot {snapshot} already has the label `{label}`")
            }
            Self::TooMuchGone { path, removals } => {
                write!(
                    f,
                    "nothing was stored in {}: this sync would remove too much:",
                    shown(path)
                )?;
                removals.iter().try_for_each(|removal| {
                    let Removal { what, gone, of, .. } = removal;
                    write!(f, "\n{gone} of {of} {}s are gone", what.replace('_', " "))
                })
            }
            Self::NoMemory { path } => {
                write!(f, "not enough memory to work on {}", shown(path))
            }
            Self::Interrupted => f.write_str("stopped on request"),
            Self::Sqlite { path, detail } => write!(f, "{}: {detail}", shown(path)),
        }
    }
}

impl std::error::Error for StoreError {}
