//! What the first 100 bytes of a file say, before SQLite touches it.

use rusqlite::Connection;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::kept_open::first_bytes;
use crate::store::{StoreError, schema};

/// What the first bytes of a file say, read without SQLite so that a file that is not ours stays untouched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// No byte yet.
    Empty,
    /// One of ours, of this schema version.
    Ours(i32),
}

impl Header {
    pub(super) fn read(path: &Path) -> Result<Self, StoreError> {
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
        let found = fs::metadata(path).map_err(unreadable)?;
        if found.is_dir() {
            return Err(StoreError::Directory {
                path: path.to_owned(),
            });
        }
        // Opening a pipe would wait for somebody to write into it.
        if !found.is_file() {
            return Err(StoreError::NotSqlite {
                path: path.to_owned(),
            });
        }
        let (bytes, length) = first_bytes(path, 100).map_err(unreadable)?;
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
        if found < schema::OLDEST {
            return Err(StoreError::Foreign { path: path() });
        }
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
        let is_being_changed = || {
            ["-journal", "-wal"]
                .iter()
                .any(|ending| beside(&path(), ending).exists())
        };
        if length < expected && !is_being_changed() {
            return Err(StoreError::Damaged {
                path: path(),
                detail: format!("it should be {expected} bytes long, but has {length}"),
            });
        }
        Ok(Self::Ours(found))
    }
}

/// Whether a file says that its changes may lie beside it.
pub(super) fn is_in_wal_mode(path: &Path) -> bool {
    first_bytes(path, 20).is_ok_and(|(versions, _)| versions.ends_with(&[2, 2]))
}

/// What SQLite keeps beside a file under this ending; beside what a link leads to.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let target = path.is_symlink().then(|| fs::canonicalize(path).ok());
    let mut name = target
        .flatten()
        .unwrap_or_else(|| path.to_owned())
        .into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Sorting and rewriting take temporary files. They go beside the target: a container may have no other folder to write in,
/// and a temporary folder in memory no room.
pub(crate) fn keep_temporary_files_beside(connection: &Connection, path: &Path) {
    let folder = plain(path);
    if let Some(folder) = folder.parent().and_then(Path::to_str) {
        // Where SQLite does not take it, it looks for a folder itself.
        let _ = connection.pragma_update(None, "temp_store_directory", folder);
    }
}

pub(super) fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() == 0)
}

/// SQLite takes `:memory:` and names that begin with `file:` for something else than files. Absolute paths are neither.
pub(in crate::store) fn plain(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
