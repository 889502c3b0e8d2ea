//! SQLite: one snapshot as a database of its own, for evidence.

use std::io;

use super::exporter::{ExportSource, Exporter};
use super::target::ExportTarget;
use crate::error::Error;

/// The format `sqlite`.
#[derive(Clone, Copy, Debug)]
pub struct Sqlite;

impl Exporter for Sqlite {
    fn format(&self) -> &'static str {
        "sqlite"
    }

    fn is_text(&self) -> bool {
        false
    }

    fn write(
        &self,
        source: &ExportSource<'_>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let scratch = target.scratch()?;
        source
            .reader
            .write_evidence(source.snapshot.id, scratch.path())
            .map_err(|error| scratch.failed(error.into()))?;
        io::copy(&mut scratch.read()?, target)?;
        Ok(u64::try_from(source.snapshot.grants).unwrap_or_default())
    }
}
