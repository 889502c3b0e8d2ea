//! The command line of `snapshots` and `prune`.

use super::values::Format;
use argh::FromArgs;

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
