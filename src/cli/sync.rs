//! The command line of `sync` and `doctor`.

use super::common::command_line;
use super::values::{
    Format, HALF_AN_HOUR, TWO_GIB, depth, duration, extra, jobs, memory, moment, number, percent,
    project, text_or_json,
};
use crate::model::{Depth, Extra, Timestamp};
use argh::{ArgsInfo, FromArgs};
use std::time::Duration;

command_line! {
[selection db connection color verbose quiet]
/// read the account and store a snapshot
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "sync",
    help_triggers("-h", "--help"),
    note = "Prints nothing when all went well and standard error is not a terminal, as cron wants it.",
    example = "{command_name} --api-key-file /run/secrets/harness --db access.db"
)]
pub struct Sync {
    /// with --with audit: read the audit trail from this date or time on (default: where the last sync ended; at first, from
    /// the oldest snapshot)
    #[argh(option, arg_name = "date", from_str_fn(moment))]
    pub audit_since: Option<Timestamp>,
    /// with --with audit: where several people did something that fits a change, ask what each did, for 20 events at most;
    /// the texts hold secrets, and nothing of them is kept but members, role and resource group
    #[argh(switch)]
    pub audit_details: bool,
    /// show which lists would be read, how, and why; store nothing
    #[argh(switch)]
    pub plan: bool,
    /// concurrent requests (default: 4)
    #[argh(option, arg_name = "n", default = "4", from_str_fn(jobs))]
    pub jobs: usize,
    /// requests a minute (default: 360; Harness allows about 400 for a key); 0 = no limit
    #[argh(option, arg_name = "n", default = "360", from_str_fn(number))]
    pub max_rate: u32,
    /// memory that the rows of the sync may take, such as 512M or 4G (default: 2G), without a letter in MB; a list that needs
    /// more is incomplete
    #[argh(option, arg_name = "size", default = "TWO_GIB", from_str_fn(memory))]
    pub max_memory: u64,
    /// store an incomplete snapshot when some lists cannot be read in full: it is marked partial, what was not seen is
    /// unverified, and the exit status is 2
    #[argh(switch)]
    pub allow_partial: bool,
    /// a file of gaps that are known and accepted (TOML): a sync whose other lists are complete ends with exit status 0
    #[argh(option, arg_name = "path")]
    pub gaps: Option<String>,
    /// print an entry for each gap of this sync that is not accepted, to be filled in by a reviewer
    #[argh(switch)]
    pub write_gaps: bool,
    /// refuse a sync that would remove more than this percentage of the grants or of a type of resource (default: 50;
    /// 100 = never refuse). Up to 20 of a type may always be removed, but not all of 5 or more
    #[argh(option, arg_name = "percent", default = "50", from_str_fn(percent))]
    pub max_removed: u8,
    /// time limit for the whole sync, such as 90s, 30m or 2h (default: 30m)
    #[argh(
        option,
        arg_name = "time",
        default = "HALF_AN_HOUR",
        from_str_fn(duration)
    )]
    pub timeout: Duration,
    /// store the snapshot although this computer's clock is more than an hour off, or behind the newest snapshot
    #[argh(switch)]
    pub allow_clock_skew: bool,
    /// a name for the snapshot, such as audit-2026q1; must be unique in the file
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
}
}

command_line! {
[selection connection color verbose silent]
/// check the base URL, the key, the account and every permission that a sync needs; store nothing
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "doctor",
    help_triggers("-h", "--help"),
    note = "Reads the lists as a sync does, for a minute and a half at most. Exit status 0: a sync would be complete; 2: it would
not, or cannot be foretold; 3: the clock is wrong; 4: the key is refused; 5: Harness cannot be reached, or something else
answers at its address."
)]
pub struct Doctor {
    /// write a report for whoever maintains this program: what Harness answers here, without secrets, names or addresses
    #[argh(option, arg_name = "path")]
    pub report: Option<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
}
}
