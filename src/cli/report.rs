//! The command line of `report`.

use argh::{ArgsInfo, FromArgs};

use super::common::command_line;
use super::values::number;

command_line! {
[at db quiet]
/// write one HTML file that people open, print and hand on
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "report",
    help_triggers("-h", "--help"),
    note = "The file needs nothing but a browser: no network, no other file. Its first page says whether everything was
seen, with numbers that reconcile and a checksum. It follows what changed, who is powerful, findings, a card for
each person, groups and roles, and the whole list with search, filters, sorting and copying.
Without a snapshot it is about the latest one, with the changes since the one before. With one or two, the changes
since the first are what it is for, marked as approved where a file of approvals is given.
--for auditor leaves out what the list of everything has anyway; --for owner is about one scope and needs --scope.
The same database gives the same file, byte for byte. A file appears under its name only when it is complete. Beside it,
PATH.manifest.json says which snapshot it shows, what could not be seen, and the SHA-256 of the file. An existing file is
replaced only when its manifest shows that it is an unchanged output, or with --force.",
    example = "{command_name} --output access.html",
    example = "{command_name} approved latest --approvals approvals.toml --output review.html",
    example = "{command_name} --at 2026-03-31 --scope org/pay --for owner --output pay.html"
)]
pub struct Report {
    /// the older and the newer snapshot of a comparison, as for diff
    #[argh(positional, arg_name = "snapshot")]
    pub snapshots: Vec<String>,
    /// the file to write; `-` = standard output, without a manifest
    #[argh(option, short = 'o', arg_name = "path")]
    pub output: String,
    /// only what reaches this scope, such as org/pay or org/pay/project/api
    #[argh(option, arg_name = "scope")]
    pub scope: Option<String>,
    /// auditor or owner (default: everybody)
    #[argh(option, long = "for", arg_name = "whom")]
    pub audience: Option<ReportAudience>,
    /// a file of changes that were agreed to (TOML), as for diff
    #[argh(option, arg_name = "path")]
    pub approvals: Option<String>,
    /// rows of the list of everything at most (default: 250000)
    #[argh(option, arg_name = "number", default = "250_000", from_str_fn(number))]
    pub max_rows: usize,
    /// replace the file even when it is not an unchanged output
    #[argh(switch)]
    pub force: bool,
}
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum ReportAudience {
    /// Who checks the account.
    Auditor,
    /// Who answers for a scope.
    Owner,
}
