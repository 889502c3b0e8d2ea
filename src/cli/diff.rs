//! The command line of `diff` and `history`.

use super::common::command_line;
use crate::diff::FailOn;
use argh::{ArgsInfo, FromArgs};

command_line! {
[db color silent]
/// compare two snapshots
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "diff",
    help_triggers("-h", "--help"),
    note = "A snapshot is named by its number, `latest`, `previous`, `latest~N`, its label, or a date or time in UTC
(`2026-03-01` is the last snapshot of that day or before). FILE is the latest snapshot of another file of
the same account, FILE@SNAPSHOT any other of its snapshots.

Formats: table (for people), json (one document), ndjson (one event a line, for a SIEM), csv (for a
spreadsheet), markdown (a comment for a pull request), github (annotations of a GitHub Actions run), html (the whole
report on these two snapshots, as the command report writes it).

--fail-on says which changes make the exit status 1; all changes are printed in any case:
  any                     every change (the default)
  escalation              somebody can do more than before: a membership or role was added, a role got more
                          permissions, a resource group got wider, a user was enabled or unlocked, an API key
                          was added; what Harness does by itself does not count
  unexplained             the audit trail was read whole for its time, and nobody is recorded (sync --with audit); where
                          it was not read whole, the exit status is 2
  none                    nothing
  added,removed,changed   changes of these kinds, any of the three

Exit status 0: no change that counts; 1: changes that count; 2: the snapshots are too incomplete to tell.",
    example = "{command_name}",
    example = "{command_name} 2026-03-01 latest --format json",
    example = "{command_name} baseline.db current.db --fail-on escalation --approvals approvals.toml"
)]
pub struct Diff {
    /// the older and the newer snapshot (default: previous latest)
    #[argh(positional, arg_name = "snapshot")]
    pub snapshots: Vec<String>,
    /// table (default), json, ndjson, csv, markdown, github or html
    #[argh(option, arg_name = "format", default = "DiffFormat::Table")]
    pub format: DiffFormat,
    /// counts only, as a table or json
    #[argh(switch)]
    pub stat: bool,
    /// any (default), escalation, unexplained, none, or a list of added, removed, changed
    #[argh(
        option,
        arg_name = "what",
        default = "FailOn::Any",
        from_str_fn(FailOn::parse)
    )]
    pub fail_on: FailOn,
    /// a file of approved changes (TOML); they do not count
    #[argh(option, arg_name = "path")]
    pub approvals: Option<String>,
    /// print an entry for that file for each change that counts, for a reviewer to fill in
    #[argh(switch)]
    pub write_approvals: bool,
    /// decide by what can be compared, even where something could not be seen
    #[argh(switch)]
    pub ignore_coverage: bool,
}
}

/// How `diff` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum DiffFormat {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One event a line.
    Ndjson,
    /// For a spreadsheet.
    Csv,
    /// A comment for a pull request.
    Markdown,
    /// Annotations of a GitHub Actions run.
    Github,
    /// The report.
    Html,
}

command_line! {
[db color quiet]
/// when a person, group, role or grant appeared, changed and disappeared
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "history",
    help_triggers("-h", "--help"),
    note = "One word names a user, service account, user group, role, resource group, organization or project: by its
text id, or, where only one thing has it, by uuid, identifier, e-mail address or name. What is shown is the
thing itself, its memberships, and the roles it holds or is held by.

Two to four words name grants: principal, then role or user group, then scope, then resource group. One word
may also be a grant's id as `diff --format json` prints it.

`first seen`: it was there the first time its list was complete; how long before that is unknown. `seen like this`: the
snapshots before were deleted by `prune`.",
    example = "{command_name} ada@example.com",
    example = "{command_name} ada@example.com role/harness/_account_admin --format json"
)]
pub struct History {
    /// the thing, or the parts of a grant
    #[argh(positional, arg_name = "what")]
    pub what: Vec<String>,
    /// table (default), json or csv
    #[argh(option, arg_name = "format", default = "HistoryFormat::Table")]
    pub format: HistoryFormat,
}
}

/// How `history` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum HistoryFormat {
    /// For people.
    Table,
    /// One document.
    Json,
    /// For a spreadsheet.
    Csv,
}
