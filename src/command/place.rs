//! From what the user typed to an open file and a snapshot in it.

use std::path::{Path, PathBuf};

use crate::config;
use crate::error::Error;
use crate::model::{Place, SnapshotInfo, SnapshotRef};
use crate::run::Context;
use crate::store::{Reader, StoreError};

/// The file a reference points into, and the snapshot asked for.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) path: PathBuf,
    pub(crate) snapshot: SnapshotRef,
}

/// Reads `REF`, `FILE` or `FILE@REF`.
///
/// # Errors
/// When one of them is empty.
pub(crate) fn locate(
    typed: &str,
    db: Option<&str>,
    context: &Context<'_>,
) -> Result<Located, Error> {
    let place = Place::parse(typed, Path::is_file);
    let no_file = place
        .file
        .as_ref()
        .is_some_and(|file| file.as_os_str().is_empty());
    if no_file || place.snapshot == SnapshotRef::Label(String::new()) {
        let lacks = if no_file { "file" } else { "snapshot" };
        return Err(Error::Usage(format!(
            "`{typed}` names no {lacks}: a snapshot is a number, latest, previous, latest~N, a label, a date, FILE or \
             FILE@SNAPSHOT"
        )));
    }
    Ok(Located {
        path: match place.file {
            Some(file) => file,
            None => config::database(db, context.env)?,
        },
        snapshot: place.snapshot,
    })
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
