//! The command line of `sync` and `doctor`.

use super::values::{
    Format, HALF_AN_HOUR, depth, duration, extra, jobs, percent, project, text_or_json,
};
use crate::model::{Depth, Extra};
use argh::FromArgs;
use std::time::Duration;

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
