//! CSV: one row for each principal, role, scope, resource group and user group it comes through.

use super::exporter::{Exporter, Source};
use super::target::Target;
use crate::access::Access;
use crate::error::Error;
use crate::output;

/// The preset `matrix`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix;

impl Exporter for Matrix {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn preset(&self) -> Option<&'static str> {
        Some("matrix")
    }

    fn write(&self, source: &Source<'_>, target: &mut Target<'_>) -> Result<u64, Error> {
        let access = Access::new(source.reader.access_facts(source.snapshot.id)?);
        let mut count = 0;
        let paths = access.everything_held().flatten();
        let rows = paths.inspect(|_| count += 1).map(|path| (None, path));
        output::access::csv(&access, source.snapshot, rows, target)?;
        Ok(count)
    }
}
