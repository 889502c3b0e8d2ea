//! What the user typed, and nothing more. `config` turns it into what the program needs.

use std::time::Duration;

use argh::FromArgs;

use crate::error::Error;
use crate::findings::Severity;
use crate::model::{Depth, Extra};

/// Who has access to what in a Harness account, why, and what changed.
#[derive(Debug, FromArgs)]
#[argh(
    help_triggers("-h", "--help"),
    note = "Exit status:
  0  done; for diff: no difference that counts
  1  diff: differences; questions with --exit-code: nothing found; findings with --fail-on: there are some
  2  could not tell: what was seen is not enough for the answer
  3  wrong usage or configuration
  4  the key was refused, or belongs to another account
  5  Harness could not be reached, or kept failing after the retries
  6  the database: locked, wrong account, not ours, newer, damaged; or a full disk, also under an output",
    note = "Environment:
  HARNESS_ACCESS_DB                        the database, as --db
  BATON_BASE_URL, then HARNESS_BASE_URL    as --base-url
  BATON_ACCOUNT_ID, then HARNESS_ACCOUNT_ID
  BATON_API_KEY, then HARNESS_API_KEY      the API key
  RUST_LOG, NO_COLOR, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE as usual"
)]
pub struct Cli {
    /// print the version and exit
    #[argh(switch, short = 'V')]
    pub version: bool,
    /// the command
    #[argh(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, FromArgs)]
#[argh(subcommand)]
pub enum Command {
    /// observe the account
    Sync(Sync),
    /// check key and permissions
    Doctor(Doctor),
    /// list snapshots
    Snapshots(Snapshots),
    /// compare snapshots
    Diff(Diff),
    /// the past of one thing
    History(History),
    /// forget snapshots
    Prune(Prune),
    /// who holds a permission or role
    WhoCan(WhoCan),
    /// what a principal can do
    WhatCan(WhatCan),
    /// by which paths
    Why(Why),
    /// what an auditor would ask about
    Findings(Findings),
    /// write a snapshot for other tools
    Export(Export),
}

/// observe the account and store a snapshot
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "sync",
    help_triggers("-h", "--help"),
    note = "Silent when all went well and standard error is no terminal, as cron wants it.",
    example = "{command_name} --api-key-file /run/secrets/harness --db access.db"
)]
pub struct Sync {
    /// the database file, created when missing (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// where Harness is (default: https://app.harness.io); a path such as /gateway is kept
    #[argh(option, arg_name = "url")]
    pub base_url: Option<String>,
    /// allow plain http to other hosts than this computer; the key then travels unencrypted
    #[argh(switch)]
    pub allow_http: bool,
    /// the account; taken from the key when that has four parts
    #[argh(option, arg_name = "id")]
    pub account_id: Option<String>,
    /// a file that holds the API key; `-` = standard input
    #[argh(option, arg_name = "path")]
    pub api_key_file: Option<String>,
    /// the API key itself; others on this computer can read it in the list of processes, so prefer --api-key-file or
    /// the environment
    #[argh(option, arg_name = "key")]
    pub api_key: Option<String>,
    /// how far down: account (default), organizations or all (with projects)
    #[argh(option, arg_name = "depth", from_str_fn(depth))]
    pub scopes: Option<Depth>,
    /// besides the account only this organization; may be repeated
    #[argh(option, arg_name = "id")]
    pub org: Vec<String>,
    /// besides the account only this project and its organization; may be repeated
    #[argh(option, arg_name = "org/project", from_str_fn(project))]
    pub project: Vec<(String, String)>,
    /// observe this too: tokens, auth-settings or project-users; may be repeated
    #[argh(option, arg_name = "what", from_str_fn(extra))]
    pub with: Vec<Extra>,
    /// say which walks would be made and why, and store nothing
    #[argh(switch)]
    pub plan: bool,
    /// requests under way at a time (default: 4)
    #[argh(option, arg_name = "n", default = "4", from_str_fn(jobs))]
    pub jobs: usize,
    /// requests a minute (default: 360; Harness allows about 400 for a key); 0 = as fast as it goes
    #[argh(option, arg_name = "n", default = "360")]
    pub max_rate: u32,
    /// store what can be seen when not everything can: the snapshot is then partial, what was not seen is unverified,
    /// and the exit status is 2
    #[argh(switch)]
    pub allow_partial: bool,
    /// refuse a sync that would remove more than this share, in percent, of the grants or of a type of resource (default:
    /// 50; 100 = never refuse). Up to 20 of a kind may go whatever their share, but not all of 5 or more
    #[argh(option, arg_name = "percent", default = "50", from_str_fn(percent))]
    pub max_removed: u8,
    /// time for the whole sync, such as 90s, 30m or 2h (default: 30m)
    #[argh(
        option,
        arg_name = "time",
        default = "HALF_AN_HOUR",
        from_str_fn(duration)
    )]
    pub timeout: Duration,
    /// a name for the snapshot, such as audit-2026q1; no other snapshot of the file may have it
    #[argh(option, arg_name = "name")]
    pub label: Option<String>,
    /// text (default), or json: what was stored, on standard output
    #[argh(
        option,
        arg_name = "format",
        default = "Format::Table",
        from_str_fn(text_or_json)
    )]
    pub format: Format,
    /// say more; -v -v says much more
    #[argh(switch, short = 'v')]
    pub verbose: u8,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// check base URL, key, account and every permission that a sync needs; store nothing
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "doctor",
    help_triggers("-h", "--help"),
    note = "Exit status 0: a sync will see everything; 2: a permission is missing; 4: the key is refused; 5: Harness cannot be
reached, or what answers is not Harness."
)]
pub struct Doctor {
    /// where Harness is (default: https://app.harness.io); a path such as /gateway is kept
    #[argh(option, arg_name = "url")]
    pub base_url: Option<String>,
    /// allow plain http to other hosts than this computer; the key then travels unencrypted
    #[argh(switch)]
    pub allow_http: bool,
    /// the account; taken from the key when that has four parts
    #[argh(option, arg_name = "id")]
    pub account_id: Option<String>,
    /// a file that holds the API key; `-` = standard input
    #[argh(option, arg_name = "path")]
    pub api_key_file: Option<String>,
    /// the API key itself; others on this computer can read it in the list of processes, so prefer --api-key-file or
    /// the environment
    #[argh(option, arg_name = "key")]
    pub api_key: Option<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
    /// say more; -v -v says much more
    #[argh(switch, short = 'v')]
    pub verbose: u8,
    /// no words on standard error but errors, and no table: the exit status tells
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// list what the file holds, with coverage
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "snapshots",
    help_triggers("-h", "--help"),
    example = "{command_name}",
    example = "{command_name} label latest audit-2026q1"
)]
pub struct Snapshots {
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
    /// name a snapshot
    #[argh(subcommand)]
    pub command: Option<SnapshotsCommand>,
}

/// What can be done with snapshots.
#[derive(Debug, FromArgs)]
#[argh(subcommand)]
pub enum SnapshotsCommand {
    /// Name one.
    Label(SetLabel),
}

/// name a snapshot, or take its name away; a name that another snapshot has moves
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "label",
    help_triggers("-h", "--help"),
    note = "A label is unique in its file. It cannot look like a number, a date, `latest`, `previous` or `latest~N`, and has no
/ \\ @ or control characters.",
    example = "{command_name} latest audit-2026q1",
    example = "{command_name} --remove audit-2026q1"
)]
pub struct SetLabel {
    /// the snapshot, then its name
    #[argh(positional, arg_name = "snapshot name")]
    pub words: Vec<String>,
    /// take this label away from the snapshot that has it
    #[argh(option, arg_name = "name")]
    pub remove: Option<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

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
spreadsheet), markdown (a comment for a pull request), github (annotations of a GitHub Actions run).

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
    /// table (default), json, ndjson, csv, markdown or github
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

/// forget old snapshots; no answer about the others changes
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "prune",
    help_triggers("-h", "--help"),
    note = "A snapshot stays when any rule keeps it, as in restic; the newest always stays. Days, weeks (Monday to Sunday) and
months are UTC and count only when they have a snapshot; the newest of each stays. Labels protect nothing unless
--keep-label names them.

What is forgotten is the state between the snapshots that stay. `since` keeps its answer. The file is rewritten to give
the space back when a tenth of it or more is free.",
    example = "{command_name} --keep-daily 30 --keep-monthly 24 --keep-label 'audit-*' --dry-run"
)]
pub struct Prune {
    /// keep so many newest snapshots
    #[argh(option, arg_name = "n")]
    pub keep_last: Option<u64>,
    /// keep the newest snapshot of each of the last n days
    #[argh(option, arg_name = "n")]
    pub keep_daily: Option<u64>,
    /// keep the newest snapshot of each of the last n weeks
    #[argh(option, arg_name = "n")]
    pub keep_weekly: Option<u64>,
    /// keep the newest snapshot of each of the last n months
    #[argh(option, arg_name = "n")]
    pub keep_monthly: Option<u64>,
    /// keep snapshots with a label like this; `*` stands for anything; may be repeated
    #[argh(option, arg_name = "glob")]
    pub keep_label: Vec<String>,
    /// say what would be forgotten, and forget nothing
    #[argh(switch)]
    pub dry_run: bool,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
    /// no words on standard error but errors, and no table
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// which principals hold a permission or role, where, and through what
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "who-can",
    help_triggers("-h", "--help"),
    note = "A permission is named by its identifier (core_pipeline_execute) or Harness's plain name (\"Execute a Pipeline\"),
a role by its identifier, its name or its text id (role/harness/_account_admin).

The table shows one path of each principal, the shortest of the certain ones if there are any, and how many there are
(`why` tells all); json and csv hold every path. `depends` says why it is no plain yes. Disabled and locked users keep their grants and are marked. Exit status 2: nobody was found, but not everything was seen.",
    example = "{command_name} core_secret_access --in org/default/project/shop",
    example = "{command_name} core_pipeline_execute --resource PIPELINE/deploy --format csv",
    example = "{command_name} _account_admin --at 2026-03-01"
)]
pub struct WhoCan {
    /// the permission or role
    #[argh(positional, arg_name = "permission-or-role")]
    pub what: String,
    /// in this scope: account, org/<org> or org/<org>/project/<project> (default: anywhere)
    #[argh(option, arg_name = "scope")]
    pub r#in: Option<String>,
    /// on this type of resource, or on one of them: TYPE or TYPE/ID
    #[argh(option, arg_name = "resource")]
    pub resource: Option<String>,
    /// as of this snapshot: a number, a label, a date, latest~N, FILE@... (default: latest)
    #[argh(option, arg_name = "snapshot")]
    pub at: Option<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default), json or csv
    #[argh(option, arg_name = "format", default = "Answer::Table")]
    pub format: Answer,
    /// exit with status 1 when nobody holds it
    #[argh(switch)]
    pub exit_code: bool,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// everything one principal can do, where, and through what
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "what-can",
    help_triggers("-h", "--help"),
    note = "A principal is named by uuid, e-mail address, text id (user_group/account/ops) or a part of the name that only one
has; otherwise the candidates are listed.",
    example = "{command_name} zoe@example.com",
    example = "{command_name} service_account/account/ci --permissions --in account"
)]
pub struct WhatCan {
    /// user, service account or user group
    #[argh(positional, arg_name = "principal")]
    pub principal: String,
    /// one row for each permission instead of each role
    #[argh(switch)]
    pub permissions: bool,
    /// in this scope (default: anywhere)
    #[argh(option, arg_name = "scope")]
    pub r#in: Option<String>,
    /// as of this snapshot: a number, a label, a date, latest~N, FILE@... (default: latest)
    #[argh(option, arg_name = "snapshot")]
    pub at: Option<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default), json or csv
    #[argh(option, arg_name = "format", default = "Answer::Table")]
    pub format: Answer,
    /// exit with status 1 when there is nothing
    #[argh(switch)]
    pub exit_code: bool,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// every path by which a principal holds a permission or role
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "why",
    help_triggers("-h", "--help"),
    note = "One sentence a path, and what taking it away would leave. What is certain comes first, then the shortest.",
    example = "{command_name} zoe@example.com core_secret_access --in org/default/project/shop"
)]
pub struct Why {
    /// user, service account or user group, named as for what-can
    #[argh(positional, arg_name = "principal")]
    pub principal: String,
    /// the permission or role, named as for who-can
    #[argh(positional, arg_name = "permission-or-role")]
    pub what: String,
    /// in this scope (default: anywhere)
    #[argh(option, arg_name = "scope")]
    pub r#in: Option<String>,
    /// on this type of resource, or on one of them: TYPE or TYPE/ID
    #[argh(option, arg_name = "resource")]
    pub resource: Option<String>,
    /// as of this snapshot: a number, a label, a date, latest~N, FILE@... (default: latest)
    #[argh(option, arg_name = "snapshot")]
    pub at: Option<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// text (default) or json
    #[argh(option, arg_name = "format", default = "Words::Text")]
    pub format: Words,
    /// exit with status 1 when there is no path
    #[argh(switch)]
    pub exit_code: bool,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// what an auditor would ask about, each with a code, a severity and a remedy
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "findings",
    help_triggers("-h", "--help"),
    note = "A rule is a file with one SELECT over the views that gives the columns subject, name, scope and detail. It starts with
comment lines `-- code:`, `-- severity:` (note, warning or error), `-- title:` and `-- remedy:`.

Exit status 1 with --fail-on: there are findings of that severity or worse; 2: none, but not everything was seen.",
    example = "{command_name} --fail-on error",
    example = "{command_name} --format sarif --rules my-rules/"
)]
pub struct Findings {
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// as of this snapshot: a number, a label, a date, latest~N, FILE@... (default: latest)
    #[argh(option, arg_name = "snapshot")]
    pub at: Option<String>,
    /// table (default), json or sarif
    #[argh(option, arg_name = "format", default = "Report::Table")]
    pub format: Report,
    /// exit with status 1 for findings of this severity or worse: note, warning or error
    #[argh(option, arg_name = "severity", from_str_fn(Severity::parse))]
    pub fail_on: Option<Severity>,
    /// a folder with rules of your own, *.sql
    #[argh(option, arg_name = "folder")]
    pub rules: Option<String>,
    /// no words on standard error but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

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

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Report {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For code scanners: SARIF 2.1.0.
    Sarif,
}

/// How to print rows of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Answer {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// How to print sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Words {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

fn depth(value: &str) -> Result<Depth, String> {
    [Depth::Account, Depth::Organizations, Depth::All]
        .into_iter()
        .find(|depth| depth.to_string() == value)
        .ok_or_else(|| "expected \"account\", \"organizations\" or \"all\"".to_owned())
}

fn extra(value: &str) -> Result<Extra, String> {
    Extra::ALL
        .into_iter()
        .find(|extra| extra.as_str() == value)
        .ok_or_else(|| "expected \"tokens\", \"auth-settings\" or \"project-users\"".to_owned())
}

fn project(value: &str) -> Result<(String, String), String> {
    match value.split_once('/') {
        Some((org, project))
            if !org.is_empty() && !project.is_empty() && !project.contains('/') =>
        {
            Ok((org.to_owned(), project.to_owned()))
        }
        _ => Err("expected ORGANIZATION/PROJECT".to_owned()),
    }
}

fn jobs(value: &str) -> Result<usize, String> {
    match value.parse() {
        Ok(jobs @ 1..=64) => Ok(jobs),
        _ => Err("expected a number from 1 to 64".to_owned()),
    }
}

fn percent(value: &str) -> Result<u8, String> {
    match value.trim_end_matches('%').parse() {
        Ok(percent @ 0..=100) => Ok(percent),
        _ => Err("expected a number from 0 to 100".to_owned()),
    }
}

/// `90s`, `30m`, `2h`; a bare number is seconds.
fn duration(value: &str) -> Result<Duration, String> {
    let (number, unit) = match value.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, &value[number.len()..]),
        None => (value, "s"),
    };
    let seconds = match unit {
        "h" => 3600,
        "m" => 60,
        _ => 1,
    };
    number
        .parse::<u32>()
        .ok()
        .filter(|number| *number > 0)
        .map(|number| Duration::from_secs(u64::from(number) * seconds))
        .ok_or_else(|| "expected a time such as 90s, 30m or 2h".to_owned())
}

fn text_or_json(value: &str) -> Result<Format, String> {
    match value {
        "text" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        _ => Err("expected \"text\" or \"json\"".to_owned()),
    }
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Request {
    /// Print this and exit with status 0.
    Help(String),
    /// Print the version.
    Version,
    /// Run a command.
    Run(Box<Command>),
}

/// Reads the command line, without the program's name.
///
/// # Errors
/// `Usage` with the parser's words.
pub fn parse(arguments: &[String]) -> Result<Request, Error> {
    let arguments = normalized(arguments);
    let borrowed: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match Cli::from_args(&[crate::NAME], &borrowed) {
        Err(exit) if exit.status.is_ok() => Ok(Request::Help(exit.output)),
        Err(exit) => Err(Error::Usage(exit.output.trim_end().to_owned())),
        Ok(Cli { version: true, .. }) => Ok(Request::Version),
        Ok(Cli {
            command: Some(command),
            ..
        }) => Ok(Request::Run(Box::new(command))),
        Ok(_) => Err(Error::Usage(
            "a command is needed, such as sync, diff or who-can".to_owned(),
        )),
    }
}

/// The forms that people expect and the parser does not know: `--name=value`, and `help`.
fn normalized(arguments: &[String]) -> Vec<String> {
    let mut normal = Vec::with_capacity(arguments.len() + 1);
    let mut options = true;
    for argument in arguments {
        options = options && argument != "--";
        match argument.split_once('=') {
            Some((name, value)) if options && name.starts_with("--") => {
                normal.extend([name.to_owned(), value.to_owned()]);
            }
            _ => normal.push(argument.clone()),
        }
    }
    if normal.first().is_some_and(|first| first == "help") {
        normal.remove(0);
        normal.truncate(1);
        normal.push("--help".to_owned());
    }
    normal
}
