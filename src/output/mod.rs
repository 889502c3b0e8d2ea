//! Values to bytes. Every format treats names as what they are: text of strangers.

pub mod access;
pub mod access_words;
pub mod csv;
pub mod diff;
pub mod doctor;
pub mod documents;
pub mod findings;
pub mod history;
pub mod plan;
pub mod progress;
pub mod prune;
pub mod snapshots;
pub mod table;
pub mod text;

use serde::Serialize;
use std::io::{self, Write};

/// Writes one JSON document, indented, with a final newline. Fields come in the order in which they are declared.
///
/// # Errors
/// When the output fails.
pub fn write_json(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
