//! The command line of `audit`.

use super::common::command_line;
use argh::{ArgsInfo, FromArgs};

command_line! {
[db color quiet]
/// list who did what to access, as the audit trail records it
#[derive(Debug, FromArgs, ArgsInfo)]
#[argh(
    subcommand,
    name = "audit",
    help_triggers("-h", "--help"),
    note = "Reads only what `sync --with audit` stored. Impersonations show both people. Last come the stretches of time that
were not read whole: within them, silence means nothing.",
    example = "{command_name} --since 2026-03-01 --actor ada@example.com",
    example = "{command_name} --on \"Platform Admins\" --format csv"
)]
pub struct Audit {
    /// from this snapshot, date or time on (default: everything in the file)
    #[argh(option, arg_name = "when")]
    pub since: Option<String>,
    /// only what this person or service account did: address, uuid, identifier or part of the name
    #[argh(option, arg_name = "who")]
    pub actor: Option<String>,
    /// only what was done to this: address, uuid, identifier or part of the name
    #[argh(option, arg_name = "thing")]
    pub on: Option<String>,
    /// table (default), json, ndjson or csv
    #[argh(option, arg_name = "format", default = "AuditFormat::Table")]
    pub format: AuditFormat,
}
}

/// How `audit` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum AuditFormat {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One event a line.
    Ndjson,
    /// For a spreadsheet.
    Csv,
}
