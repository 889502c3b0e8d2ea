//! The list of snapshots.

use serde::Serialize;
use std::io::{self, Write};

use super::table::{Align, Table};
use crate::model::{Gap, SnapshotInfo};
use crate::output::Screen;

/// A snapshot and what it did not see.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The snapshot.
    #[serde(flatten)]
    pub info: SnapshotInfo,
    /// Its lists that were not complete.
    pub gaps: Vec<Gap>,
    /// What of the audit trail it could not read; the snapshot is whole without.
    pub trail_gaps: Vec<Gap>,
}

/// For people.
///
/// # Errors
/// When the output fails.
pub fn table(snapshots: &[Entry], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("ID", Align::Right),
        ("FINISHED", Align::Left),
        ("STATE", Align::Left),
        ("SCOPES", Align::Left),
        ("USERS", Align::Right),
        ("SERVICE ACCOUNTS", Align::Right),
        ("GROUPS", Align::Right),
        ("ROLES", Align::Right),
        ("RESOURCE GROUPS", Align::Right),
        ("GRANTS", Align::Right),
        ("DISABLED", Align::Right),
        ("REQUESTS", Align::Right),
        ("LABEL", Align::Left),
    ])
    .sparing(&[
        "REQUESTS",
        "DISABLED",
        "RESOURCE GROUPS",
        "ROLES",
        "SERVICE ACCOUNTS",
    ]);
    for entry in snapshots {
        let snapshot = &entry.info;
        let mut state = match entry.gaps.len() {
            0 => snapshot.state.clone(),
            1 => format!("{}: 1 gap", snapshot.state),
            gaps => format!("{}: {gaps} gaps", snapshot.state),
        };
        if !entry.trail_gaps.is_empty() {
            state.push_str(", trail not read");
        }
        table.row(vec![
            snapshot.id.to_string(),
            snapshot.finished_at.clone(),
            state,
            snapshot.scopes.clone(),
            snapshot.users.to_string(),
            snapshot.service_accounts.to_string(),
            snapshot.user_groups.to_string(),
            snapshot.roles.to_string(),
            snapshot.resource_groups.to_string(),
            snapshot.grants.to_string(),
            snapshot.disabled_role_assignments.to_string(),
            snapshot.requests.to_string(),
            snapshot.label.clone().unwrap_or_default(),
        ]);
    }
    table.write(screen, out)
}

/// For programs: the columns of the view `snapshots`, and the gaps.
///
/// # Errors
/// When the output fails.
pub fn json(snapshots: &[Entry], file_bytes: u64, out: &mut dyn Write) -> io::Result<()> {
    super::write_json(
        &Document {
            format_version: 1,
            file_bytes,
            snapshots,
        },
        out,
    )
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    file_bytes: u64,
    snapshots: &'a [Entry],
}
