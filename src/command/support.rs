//! `doctor --report`: what a maintainer needs to know about a server, and nothing that a stranger must not see: no
//! secret, no name, no address, and identifiers only as numbers that differ from report to report.

use std::fs::{self, OpenOptions};
use std::io::Write;

use crate::error::{Error, OutputFailed};
use crate::model::Diagnosis;
use crate::output::support::SupportReport;
use crate::output::write_json;
use crate::store::Identity;

/// Writes the report to a new file.
pub(crate) fn write(
    path: &str,
    diagnosis: &Diagnosis,
    identity: &Identity,
    requests: u64,
) -> Result<(), Error> {
    let report = SupportReport::new(diagnosis, &identity.base_url, requests, crate::VERSION);
    let failed = |error| Error::from(OutputFailed::mark(path, error));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    let written = write_json(&report, &mut file).and_then(|()| file.flush());
    if written.is_err() {
        let _ = fs::remove_file(path); // half a report is worse than none
    }
    written.map_err(failed)
}
