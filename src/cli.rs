//! What the user typed, and nothing more. `config` turns it into what the program needs.

use argh::FromArgs;

use crate::error::Error;

/// Who has access to what in a Harness account, why, and what changed.
#[derive(Debug, FromArgs)]
#[argh(
    help_triggers("-h", "--help"),
    note = "Exit status:
  0  done; for diff: no difference that counts
  1  diff: differences
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
            "a command is needed: sync, snapshots or diff".to_owned(),
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
