//! The command line of `query`.

use super::common::command_line;
use super::values::{duration, key_value};
use argh::{ArgsInfo, FromArgs};
use std::time::Duration;

const HALF_A_MINUTE: Duration = Duration::from_secs(30);

command_line! {
[at db color quiet]
/// ask the file in SQL, or a question of the cookbook
#[derive(Debug, FromArgs, ArgsInfo)]
#[argh(
    subcommand,
    name = "query",
    help_triggers("-h", "--help"),
    note = "For machines without a sqlite3 shell. The statement may only read the views and tables of the file, for a limited time
and with 256 MiB of memory. docs/cookbook.md shows the questions that --list names.",
    example = "{command_name} \"SELECT email, name FROM users WHERE disabled\"",
    example = "{command_name} --list",
    example = "{command_name} --name what-can-one-person-do --param person=ada@example.com"
)]
pub struct Query {
    /// one SELECT
    #[argh(positional, arg_name = "sql")]
    pub sql: Option<String>,
    /// list the questions of the cookbook
    #[argh(switch)]
    pub list: bool,
    /// run this question of the cookbook
    #[argh(option, arg_name = "question")]
    pub name: Option<String>,
    /// the value of a parameter, `:name` in the statement; may be repeated
    #[argh(option, arg_name = "name=value", from_str_fn(key_value))]
    pub param: Vec<(String, String)>,
    /// time for the statement, such as 90s or 5m (default: 30s)
    #[argh(option, arg_name = "time", default = "HALF_A_MINUTE", from_str_fn(duration))]
    pub timeout: Duration,
    /// table (default), csv, json or ndjson
    #[argh(option, arg_name = "format", default = "QueryFormat::Table")]
    pub format: QueryFormat,
}
}

/// How `query` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum QueryFormat {
    /// For people.
    Table,
    /// For a spreadsheet.
    Csv,
    /// One document.
    Json,
    /// One row a line.
    Ndjson,
}
