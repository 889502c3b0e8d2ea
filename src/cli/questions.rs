//! The command line of `who-can`, `what-can`, `why` and `findings`.

use super::common::command_line;
use crate::findings::Severity;
use argh::{ArgsInfo, FromArgs};

command_line! {
[at db exit_code color quiet]
/// which principals hold a permission or role, where, and through what
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "who-can",
    help_triggers("-h", "--help"),
    note = "A permission is named by its identifier (core_pipeline_execute) or Harness's plain name (\"Run Pipeline\"),
a role by its identifier, its name or its text id (role/harness/_account_admin).

The table shows one path of each principal, the shortest of the certain ones if there are any, and how many there are
(`why` shows all of them); json and csv hold every path. `depends` says why the answer is not a plain yes. Disabled and
locked users keep their grants and are marked. Exit status 2: nobody was found, but some lists are incomplete.",
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
    /// table (default), json or csv
    #[argh(option, arg_name = "format", default = "AnswerFormat::Table")]
    pub format: AnswerFormat,
}
}

command_line! {
[at db exit_code color quiet]
/// everything one principal can do, where, and through what
#[derive(Debug, ArgsInfo, FromArgs)]
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
    /// table (default), json or csv
    #[argh(option, arg_name = "format", default = "AnswerFormat::Table")]
    pub format: AnswerFormat,
}
}

command_line! {
[at db exit_code color quiet]
/// every path by which a principal holds a permission or role
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "why",
    help_triggers("-h", "--help"),
    note = "One sentence for each path, and what removing it would leave. Certain paths come first, then short ones.",
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
    /// text (default) or json
    #[argh(option, arg_name = "format", default = "SentenceFormat::Text")]
    pub format: SentenceFormat,
}
}

/// How to print rows of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum AnswerFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// How to print sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum SentenceFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

command_line! {
[at db color quiet]
/// what an auditor would question, each with a code, a severity and a remedy
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "findings",
    help_triggers("-h", "--help"),
    note = "A rule is a file with one SELECT over the views that gives the columns subject, name, email, scope and detail. It starts
with comment lines `-- code:`, `-- severity:` (note, warning or error), `-- title:` and `-- remedy:`.
A line `-- needs: audit` (or what else `sync --with` reads) says that it finds nothing without.

Exit status 1 with --fail-on: there are findings of that severity or worse that nobody accepted; 2: none, but some lists
are incomplete.",
    example = "{command_name} --fail-on error --approvals approvals.toml",
    example = "{command_name} --code HA005 --code HA010 --format csv",
    example = "{command_name} --format sarif --rules my-rules/"
)]
pub struct Findings {
    /// table (default), json, csv or sarif
    #[argh(option, arg_name = "format", default = "FindingsFormat::Table")]
    pub format: FindingsFormat,
    /// counts only, as a table or json
    #[argh(switch)]
    pub stat: bool,
    /// run only the rule with this code; may be repeated
    #[argh(option, arg_name = "code")]
    pub code: Vec<String>,
    /// exit with status 1 for findings of this severity or worse: note, warning or error
    #[argh(option, arg_name = "severity", from_str_fn(Severity::parse))]
    pub fail_on: Option<Severity>,
    /// a file of accepted findings (TOML); they do not count
    #[argh(option, arg_name = "path")]
    pub approvals: Option<String>,
    /// print an entry for that file for each finding that counts, for a reviewer to fill in
    #[argh(switch)]
    pub write_approvals: bool,
    /// a folder with your own rules, *.sql
    #[argh(option, arg_name = "folder")]
    pub rules: Option<String>,
}
}

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum FindingsFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For code scanners: SARIF 2.1.0.
    Sarif,
}
