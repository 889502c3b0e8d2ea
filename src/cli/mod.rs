//! What the user typed, and nothing more. `config` completes it, and `connection` turns it into how Harness is reached.

mod audit;
mod common;
pub mod completions;
mod config;
pub(crate) mod declared;
mod diff;
mod export;
pub mod man;
mod query;
mod questions;
mod report;
mod shell;
mod snapshots;
mod sync;
mod typed;
mod values;
mod verify;
mod wording;

use argh::{ArgsInfo, FromArgs};

use crate::error::Error;

pub use audit::{Audit, AuditFormat};
pub use common::{ConnectionFlags, SelectionFlags};
pub use config::Config;
pub use diff::{Diff, DiffFormat, History, HistoryFormat};
pub use export::{Export, ExportFormat, Preset};
pub use query::{Query, QueryFormat};
pub use questions::{AnswerFormat, Findings, FindingsFormat, SentenceFormat, WhatCan, WhoCan, Why};
pub use report::{Report, ReportAudience};
pub use shell::{CompletedNames, Completions, Man, Shell};
pub use snapshots::{Prune, SetLabel, Snapshots, SnapshotsCommand, Verify};
pub use sync::{Doctor, Sync};
pub use values::{Color, Format};
pub use verify::VerifyAccess;

/// Who has access to what in a Harness account, why, and what changed.
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    help_triggers("-h", "--help"),
    note = "Exit status:
  0  done; for diff: no difference that counts
  1  diff, verify: differences; questions with --exit-code: nothing found; findings with --fail-on: there are some
  2  could not tell: not enough was seen for an answer; the message says what to do
  3  wrong usage or configuration
  4  the key was refused, or belongs to another account
  5  Harness could not be reached, or kept failing after the retries
  6  the database is locked, damaged, of another account, of a newer release or not ours; or the disk or memory is full
  129, 130, 143  stopped by SIGHUP, SIGINT or SIGTERM",
    note = "Environment:
  HARNESS_ACCESS_DB                        the database, as --db
  HARNESS_ACCESS_...                       every other flag; the help of a command lists them
  HARNESS_ACCESS_CONFIG                    the configuration file, as --config
  BATON_BASE_URL, then HARNESS_BASE_URL    as --base-url
  BATON_ACCOUNT_ID, then HARNESS_ACCOUNT_ID  as --account-id
  BATON_API_KEY, then HARNESS_API_KEY      as --api-key
  RUST_LOG, NO_COLOR, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE  as usual",
    note = "Files:
  harness-access.db                        the database, unless --db names another
  ~/.config/harness-access/config.toml     settings of the user; in $XDG_CONFIG_HOME when that is set
  /etc/harness-access.toml                 settings for everybody; those of the user come first"
)]
pub struct Cli {
    /// read settings from this file instead of the usual ones; may stand after the command too
    #[argh(option, arg_name = "path")]
    pub config: Option<String>,
    /// print the version and exit
    #[argh(switch, short = 'V')]
    pub version: bool,
    /// the command
    #[argh(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(subcommand)]
pub enum Command {
    /// read the account
    Sync(Sync),
    /// check key and permissions
    Doctor(Doctor),
    /// list snapshots
    Snapshots(Snapshots),
    /// compare snapshots
    Diff(Diff),
    /// the past of one thing
    History(History),
    /// delete snapshots
    Prune(Prune),
    /// who holds a permission or role
    WhoCan(WhoCan),
    /// what a principal can do
    WhatCan(WhatCan),
    /// by which paths a principal holds something
    Why(Why),
    /// who did what to access
    Audit(Audit),
    /// ask Harness the same
    Verify(VerifyAccess),
    /// what an auditor would question
    Findings(Findings),
    /// one HTML file for people
    Report(Report),
    /// ask in SQL
    Query(Query),
    /// write a snapshot for other tools
    Export(Export),
    /// complete the command line
    Completions(Completions),
    /// the manual page
    Man(Man),
    /// the settings in force
    Config(Config),
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
    parse_normalized(&normalized(arguments)?)
}

/// The command line in the forms that the parser knows.
///
/// # Errors
/// `Usage` for what is no command or flag.
pub(crate) fn normalized(arguments: &[String]) -> Result<Vec<String>, Error> {
    typed::normalized(&Cli::get_args_info(), arguments)
}

/// Reads a command line that is in these forms.
pub(crate) fn parse_normalized(arguments: &[String]) -> Result<Request, Error> {
    let borrowed: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match Cli::from_args(&[crate::NAME], &borrowed) {
        Err(exit) if exit.status.is_ok() => Ok(Request::Help(exit.output)),
        Err(exit) => Err(Error::Usage(wording::reworded(&exit.output))),
        Ok(Cli { version: true, .. }) => Ok(Request::Version),
        Ok(Cli {
            command: Some(command),
            ..
        }) => Ok(Request::Run(Box::new(command))),
        Ok(_) => Err(Error::Usage(
            "no command given, such as sync, diff or who-can".to_owned(),
        )),
    }
}

/// The name of the command that is asked for, for hints.
pub(crate) fn command_in(arguments: &[String]) -> Option<&'static str> {
    typed::command_in(&Cli::get_args_info(), arguments)
}
