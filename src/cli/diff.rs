//! The command line of `diff` and `history`.

use argh::FromArgs;

/// compare two snapshots
#[derive(Debug, FromArgs)]
#[expect(clippy::struct_excessive_bools, reason = "switches, as typed")]
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

--fail-on says what makes the exit status 1; everything is printed all the same:
  any                     every change (the default)
  escalation              somebody can do more than before: a membership or role added, a role with more
                          permissions, a wider resource group, a user enabled or unlocked, an API key more;
                          not what Harness does by itself
  none                    nothing
  added,removed,changed   changes of these kinds, any of the three

Exit status 0: nothing that counts; 1: differences that count; 2: the snapshots cannot be compared well
enough to tell.",
    example = "{command_name}",
    example = "{command_name} 2026-03-01 latest --format json",
    example = "{command_name} baseline.db current.db --fail-on escalation --approvals approvals.toml"
)]
pub struct Diff {
    /// the older and the newer snapshot (default: previous latest)
    #[argh(positional, arg_name = "snapshot")]
    pub snapshots: Vec<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default), json, ndjson, csv, markdown, github or html
    #[argh(option, arg_name = "format", default = "DiffFormat::Table")]
    pub format: DiffFormat,
    /// counts only, as a table or json
    #[argh(switch)]
    pub stat: bool,
    /// any (default), escalation, none, or a list of added, removed, changed
    #[argh(option, arg_name = "what")]
    pub fail_on: Option<String>,
    /// a file of changes that were agreed to (TOML); they do not count
    #[argh(option, arg_name = "path")]
    pub approvals: Option<String>,
    /// print entries for that file, one for each change that counts, to be filled in by a reviewer
    #[argh(switch)]
    pub write_approvals: bool,
    /// tell by what can be compared, even where something could not be seen
    #[argh(switch)]
    pub ignore_coverage: bool,
    /// no words on standard error but errors, and no table: the exit status tells
    #[argh(switch, short = 'q')]
    pub quiet: bool,
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

/// when something appeared, changed and disappeared
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "history",
    help_triggers("-h", "--help"),
    note = "One word names a user, service account, user group, role, resource group, organization or project: by its
text id, or, where only one thing has it, by uuid, identifier, e-mail address or name. What is shown is the
thing itself, its memberships, and the roles it holds or is held by.

Two to four words name grants: principal, then role or user group, then scope, then resource group. One word
may also be a grant's id as `diff --format json` prints it.

`first seen` says that something was there at the first complete look: nobody knows since when. `seen like this` says the
same of what snapshots that `prune` forgot may have shown before.",
    example = "{command_name} ada@example.com",
    example = "{command_name} ada@example.com role/harness/_account_admin --format json"
)]
pub struct History {
    /// the thing, or the parts of a grant
    #[argh(positional, arg_name = "what")]
    pub what: Vec<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default), json or csv
    #[argh(option, arg_name = "format", default = "HistoryFormat::Table")]
    pub format: HistoryFormat,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
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
