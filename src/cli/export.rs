//! The command line of `export`.

use super::common::command_line;
use argh::{ArgsInfo, FromArgs};

command_line! {
[at quiet]
/// write a snapshot for other tools, with a manifest that says what it is
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "export",
    help_triggers("-h", "--help"),
    note = "Formats:
  csv      --preset matrix: one row for each principal, role, scope, resource group and user group it comes through;
           --preset vanta: one row for each person, as Vanta's access reviews read it; uncertain roles are marked
  ndjson   the snapshot, every resource and every grant, one JSON document a line
  sqlite   this snapshot alone, as a database this program and sqlite3 read
  c1z      for baton and ConductorOne
  datasette-metadata
           what the views and columns of the database mean, for datasette --metadata

A file appears under its name only when it is complete. Beside it, PATH.manifest.json says which snapshot it holds, what
could not be seen, and the SHA-256 of the file. An existing file is replaced only when its manifest shows that it is an
unchanged export, or with --force; never the database that is read. Devices and pipes are written to like standard
output, without a manifest.",
    example = "{command_name} --format csv --preset matrix --output access.csv",
    example = "{command_name} --history --format ndjson --db one.db --db two.db --output history.ndjson",
    example = "{command_name} --format sqlite --at 2026-03-31 --output evidence-q1.db"
)]
pub struct Export {
    /// csv, ndjson, sqlite, c1z or datasette-metadata
    #[argh(option, arg_name = "format")]
    pub format: ExportFormat,
    /// for csv: matrix (default) or vanta
    #[argh(option, arg_name = "preset")]
    pub preset: Option<Preset>,
    /// the file to write; `-` (default for text formats) = standard output, without a manifest
    #[argh(option, short = 'o', arg_name = "path")]
    pub output: Option<String>,
    /// replace the file even when it is not an unchanged export
    #[argh(switch)]
    pub force: bool,
    /// for csv: begin with a byte order mark, by which Excel knows UTF-8 (default for files of the preset matrix)
    #[argh(switch)]
    pub bom: bool,
    /// for csv: begin without a byte order mark
    #[argh(switch)]
    pub no_bom: bool,
    /// the database file (default: harness-access.db); with --history it may be repeated, one file for each account
    #[argh(option, arg_name = "path")]
    pub db: Vec<String>,
    /// instead of a snapshot the facts of all snapshots, each with its beginning and end, for a warehouse (ndjson or csv)
    #[argh(switch)]
    pub history: bool,
    /// with --history: only facts that began or ended after this snapshot
    #[argh(option, arg_name = "snapshot")]
    pub since: Option<String>,
    /// for c1z: write the grants of group members too, instead of marking them for the reader to expand
    #[argh(switch)]
    pub expanded: bool,
}
}

/// Formats of other tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum ExportFormat {
    /// Spreadsheets.
    Csv,
    /// One JSON document a line.
    Ndjson,
    /// A database of one snapshot.
    Sqlite,
    /// baton.
    C1z,
    /// Datasette, which reads the database itself.
    #[argh(name = "datasette-metadata")]
    DatasetteMetadata,
}

/// What the rows of a CSV export are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Preset {
    /// Every effective role.
    Matrix,
    /// Every person, in Vanta's columns.
    Vanta,
}
