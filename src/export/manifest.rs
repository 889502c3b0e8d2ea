//! What an exported file is: evidence needs to say what it shows and what it could not see.

use serde::Serialize;

use crate::model::{Gap, SnapshotInfo};

/// The document beside an export.
#[derive(Debug, Serialize)]
pub struct Manifest<'a> {
    /// Grows when a field changes its meaning.
    pub format_version: u32,
    /// Program and release.
    pub tool: String,
    /// Of the export.
    pub format: &'a str,
    /// For CSV, what the rows are.
    pub preset: Option<&'a str>,
    /// Name of the file, without folders.
    pub file: &'a str,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: String,
    /// Rows, lines or grants in it.
    pub rows: u64,
    /// The snapshot, with its counts.
    pub snapshot: &'a SnapshotInfo,
    /// What could not be seen; empty = everything that was asked for was seen.
    pub coverage: &'a [Gap],
}
