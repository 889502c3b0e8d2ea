//! The command line of `export`.

use argh::FromArgs;

/// write a snapshot for other tools, with a manifest that proves what it is
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "export",
    help_triggers("-h", "--help"),
    note = "Formats:
  csv      --preset matrix: one row for each principal, role, scope, resource group and user group it comes through;
           --preset vanta: one row for each person, as Vanta's access reviews read it; a role that depends says so
  ndjson   the snapshot, every resource and every grant, one JSON document a line
  sqlite   this snapshot alone, as a database this program and sqlite3 read
  c1z      for baton and ConductorOne
  datasette-metadata
           what the views and columns of the database mean, for datasette --metadata

A file appears under its name only when it is whole; beside it PATH.manifest.json says which snapshot it holds, what could
not be seen, and the SHA-256 of the file. It never replaces the database it reads, nor another of several snapshots.",
    example = "{command_name} --format csv --preset matrix --output access.csv",
    example = "{command_name} --format sqlite --at 2026-03-31 --output evidence-q1.db"
)]
pub struct Export {
    /// csv, ndjson, sqlite, c1z or datasette-metadata
    #[argh(option, arg_name = "format")]
    pub format: ExportFormat,
    /// for csv: matrix (default) or vanta
    #[argh(option, arg_name = "preset")]
    pub preset: Option<Preset>,
    /// the file to write; `-` (default for csv and ndjson) = standard output, without a manifest
    #[argh(option, short = 'o', arg_name = "path")]
    pub output: Option<String>,
    /// as of this snapshot: a number, a label, a date, latest~N, FILE@... (default: latest)
    #[argh(option, arg_name = "snapshot")]
    pub at: Option<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
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
