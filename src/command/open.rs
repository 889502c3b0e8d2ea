//! From what the user typed to an open file and a snapshot in it.

use std::path::{Path, PathBuf};

use crate::connection;
use crate::error::Error;
use crate::model::{Gap, SnapshotInfo, SnapshotLocator, SnapshotRef, is_odd_date};
use crate::store::{Reader, StoreError};

/// The file a reference points into, and the snapshot asked for.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) path: PathBuf,
    pub(crate) snapshot: SnapshotRef,
    /// Nobody named the file, so it is the user's own database.
    is_own: bool,
}

impl Located {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is not a database of ours.
    pub(crate) fn reader(&self) -> Result<Reader, Error> {
        Ok(reader(&self.path, self.is_own)?)
    }

    /// Opens the file and looks the snapshot up.
    ///
    /// # Errors
    /// When the file is not a database of ours, or has no such snapshot.
    pub(crate) fn open(self) -> Result<OpenSnapshot, Error> {
        let reader = self.reader()?;
        let snapshot = resolve(&reader, &self.snapshot)?;
        Ok(OpenSnapshot {
            path: self.path,
            reader,
            snapshot,
        })
    }
}

/// Opens the database of `--db`, or the user's own.
///
/// # Errors
/// When it is not a database of ours.
pub(crate) fn open_database(db: Option<&str>) -> Result<Reader, Error> {
    Ok(reader(&connection::database(db)?, db.is_none())?)
}

fn reader(path: &Path, is_own: bool) -> Result<Reader, StoreError> {
    if is_own {
        Reader::open_own(path)
    } else {
        Reader::open(path)
    }
}

/// A snapshot of an open file.
pub(crate) struct OpenSnapshot {
    pub(crate) path: PathBuf,
    pub(crate) reader: Reader,
    pub(crate) snapshot: SnapshotInfo,
}

impl OpenSnapshot {
    /// Makes the views show this snapshot instead of the latest.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn show(&self) -> Result<(), Error> {
        if self.reader.latest()? != Some(self.snapshot.id) {
            self.reader.show_snapshot(self.snapshot.id)?;
        }
        Ok(())
    }

    /// Makes the views show the file as it was when this snapshot was the latest, those that tell the past too.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn show_as_of(&self) -> Result<(), Error> {
        self.show()?;
        if self.reader.latest()? != Some(self.snapshot.id) {
            self.reader.end_with(self.snapshot.id)?;
        }
        Ok(())
    }

    /// Makes sure that the snapshot is still what was stored: evidence must not be made of a damaged file.
    ///
    /// # Errors
    /// When the file is damaged, or cannot be read.
    pub(crate) fn refuse_damaged(&self) -> Result<(), Error> {
        Ok(self.reader.refuse_damaged(&[self.snapshot.id])?)
    }

    /// The listings of the snapshot that were not complete.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn gaps(&self) -> Result<Vec<Gap>, Error> {
        Ok(self.reader.incomplete_listings(self.snapshot.id)?)
    }

    /// The file, as text for documents and messages.
    pub(crate) fn file(&self) -> String {
        self.path.display().to_string()
    }
}

/// Reads `REF`, `FILE` or `FILE@REF`.
///
/// # Errors
/// When the file or the snapshot is empty.
pub(crate) fn locate(typed: &str, db: Option<&str>) -> Result<Located, Error> {
    let locator = SnapshotLocator::parse(typed, Path::is_file);
    let no_file = locator
        .file
        .as_ref()
        .is_some_and(|file| file.as_os_str().is_empty());
    if no_file || locator.snapshot == SnapshotRef::Label(String::new()) {
        let lacks = if no_file { "file" } else { "snapshot" };
        return Err(Error::Usage(format!(
            "`{typed}` names no {lacks}: a snapshot is a number, latest, previous, latest~N, a label, a date, FILE or \
             FILE@SNAPSHOT"
        )));
    }
    if is_odd_date(typed) && !Path::new(typed).is_file() {
        return Err(Error::Usage(format!(
            "`{typed}` is not a date; write year, month and day as in 2026-03-01"
        )));
    }
    Ok(Located {
        is_own: locator.file.is_none() && db.is_none(),
        path: match locator.file {
            Some(file) => file,
            None => connection::database(db)?,
        },
        snapshot: locator.snapshot,
    })
}

/// The snapshot of `--at`, the latest when that is missing.
///
/// # Errors
/// When the reference is malformed.
pub(crate) fn locate_at(at: Option<&str>, db: Option<&str>) -> Result<Located, Error> {
    locate(at.unwrap_or("latest"), db)
}

/// The snapshot a reference names.
pub(crate) fn resolve(reader: &Reader, snapshot: &SnapshotRef) -> Result<SnapshotInfo, Error> {
    reader.resolve(snapshot).map_err(|error| match error {
        StoreError::NoSuchSnapshot {
            reference,
            available,
        } if matches!(snapshot, SnapshotRef::Label(_)) => StoreError::NoSuchSnapshot {
            reference,
            available: format!("there is no such label or file; {available}"),
        }
        .into(),
        error => error.into(),
    })
}
