//! What the user typed, and nothing more. `config` turns it into what the program needs.

use argh::FromArgs;

use crate::error::Error;
use crate::findings::Severity;

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
  6  the database: locked, wrong account, not ours, newer, damaged, full disk",
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
    /// list snapshots
    Snapshots(Snapshots),
    /// compare snapshots
    Diff(Diff),
    /// who holds a permission or role
    WhoCan(WhoCan),
    /// what a principal can do
    WhatCan(WhatCan),
    /// by which paths
    Why(Why),
    /// what an auditor would ask about
    Findings(Findings),
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
    /// say nothing but errors
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// list what the file holds, with coverage
#[derive(Debug, FromArgs)]
#[argh(subcommand, name = "snapshots", help_triggers("-h", "--help"))]
pub struct Snapshots {
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
}

/// compare two snapshots
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "diff",
    help_triggers("-h", "--help"),
    note = "A snapshot is named by its number, `latest`, `previous`, `latest~N`, its label, or a date or time in UTC
(`2026-03-01` is the last snapshot of that day or before).

Exit status 0: no difference; 1: differences; 2: they cannot be compared well enough to tell.",
    example = "{command_name}",
    example = "{command_name} 2026-03-01 latest --format json"
)]
pub struct Diff {
    /// the older and the newer snapshot (default: previous latest)
    #[argh(positional, arg_name = "snapshot")]
    pub snapshots: Vec<String>,
    /// the database file (default: harness-access.db)
    #[argh(option, arg_name = "path")]
    pub db: Option<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
    /// say nothing but errors; the exit status tells
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

The table shows the shortest path of each principal and how many there are (`why` tells all); json and csv hold every
path. `depends` says why it is no plain yes. Disabled and locked users keep their grants and are marked. Exit status 2: nobody was found, but not everything was seen.",
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
    /// as of this snapshot: a number, a label, a date, latest~N (default: latest)
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
    /// no summary on standard error
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
    /// as of this snapshot: a number, a label, a date, latest~N (default: latest)
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
    /// no summary on standard error
    #[argh(switch, short = 'q')]
    pub quiet: bool,
}

/// every path by which a principal holds a permission or role
#[derive(Debug, FromArgs)]
#[argh(
    subcommand,
    name = "why",
    help_triggers("-h", "--help"),
    note = "One sentence a path, the shortest first, and what taking it away would leave.",
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
    /// as of this snapshot: a number, a label, a date, latest~N (default: latest)
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
    /// no summary on standard error
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
    /// as of this snapshot: a number, a label, a date, latest~N (default: latest)
    #[argh(option, arg_name = "snapshot")]
    pub at: Option<String>,
    /// table (default), json or sarif
    #[argh(option, arg_name = "format", default = "Report::Table")]
    pub format: Report,
    /// exit with status 1 for findings of this severity or worse: note, warning or error
    #[argh(option, arg_name = "severity")]
    pub fail_on: Option<Severity>,
    /// a folder with rules of your own, *.sql
    #[argh(option, arg_name = "folder")]
    pub rules: Option<String>,
    /// no summary on standard error
    #[argh(switch, short = 'q')]
    pub quiet: bool,
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
    Run(Command),
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
        }) => Ok(Request::Run(command)),
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
