//! What every export has in common: a snapshot goes in, bytes come out.

use super::target::ExportTarget;
use crate::error::Error;
use crate::model::{Gap, SnapshotInfo};
use crate::store::Reader;

/// A snapshot on its way out.
#[derive(Debug)]
pub struct ExportSource<'a> {
    /// The open database, whose views show the snapshot.
    pub reader: &'a Reader,
    /// The database's name without folder and ending, as Datasette calls it.
    pub database: &'a str,
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// What could not be seen.
    pub gaps: &'a [Gap],
}

/// A format of other tools.
pub trait Exporter {
    /// Its name in the manifest.
    fn format(&self) -> &'static str;

    /// For CSV, what the rows are.
    fn preset(&self) -> Option<&'static str> {
        None
    }

    /// Whether a terminal can show it.
    fn is_text(&self) -> bool {
        true
    }

    /// Writes the snapshot and says how many rows, lines or grants it has.
    ///
    /// # Errors
    /// When the database cannot be read or the output fails.
    fn write(&self, source: &ExportSource<'_>, target: &mut ExportTarget<'_>)
    -> Result<u64, Error>;
}
