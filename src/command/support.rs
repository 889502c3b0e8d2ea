//! `doctor --report`: what a maintainer needs to know about a server, and nothing that a stranger must not see: no
//! secret, no name, no address, and identifiers only as numbers that differ from report to report.

use super::Context;
use crate::error::Error;
use crate::export::{Contents, Destination, ExportTarget};
use crate::output::support::SupportReport;
use crate::output::write_json;

/// Where the report goes, known before the first request.
pub(crate) fn destination(typed: &str) -> Result<Destination, Error> {
    let destination = Destination::of(Some(typed))?;
    destination.refuse_unknown("name another file with --report")?;
    Ok(destination)
}

/// Writes the report, whole or not at all.
pub(crate) fn write(
    report: &SupportReport,
    destination: Destination,
    context: &mut Context<'_>,
) -> Result<(), Error> {
    let mut target = ExportTarget::open(destination, context.out)?;
    write_json(report, &mut target)?;
    target.finish(&Contents {
        format: "json",
        preset: None,
        rows: report.answers() as u64,
        snapshots: &[],
        coverage: &[],
    })
}
