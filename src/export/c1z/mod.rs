//! A c1z file, as baton and ConductorOne read it: magic bytes and one zstd frame that holds a SQLite database, whose rows
//! carry protobuf messages of package `c1.connector.v2`.
//!
//! A Harness role is held at a scope over a resource group; baton knows no such triple. Each triple in use becomes a
//! resource of type `role_assignment` with one entitlement `assigned`, bound to its role and to a resource of type `scope`,
//! which is the resource group as it counts at that scope. Grants to user groups are marked as expandable through the
//! group's `member`; with `expanded` the members get grants of their own at once. The same snapshot gives the same bytes.

mod container;
mod messages;
mod protobuf;
mod rows;

use super::exporter::{ExportSource, Exporter};
use super::target::ExportTarget;
use crate::error::Error;
use rows::Content;

/// The format `c1z`.
#[derive(Clone, Copy, Debug)]
pub struct C1z {
    /// Write the grants of group members too, instead of leaving that to the reader.
    pub expanded: bool,
}

impl Exporter for C1z {
    fn format(&self) -> &'static str {
        "c1z"
    }

    fn is_text(&self) -> bool {
        false
    }

    fn write(
        &self,
        source: &ExportSource<'_>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let content = Content::load(source.reader)?;
        let scratch = target.scratch()?;
        let grants = container::build(&content, source.snapshot, self.expanded, scratch.path())
            .map_err(|error| scratch.failed(error.into()))?;
        container::pack(&scratch.read()?, target)?;
        Ok(grants)
    }
}
