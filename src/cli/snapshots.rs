//! The command line of `snapshots` and `prune`.

use super::common::command_line;
use super::values::{Format, number};
use argh::{ArgsInfo, FromArgs};

command_line! {
[db color quiet]
/// list the snapshots in the file, and what each could not see
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "snapshots",
    help_triggers("-h", "--help"),
    example = "{command_name}",
    example = "{command_name} label latest audit-2026q1",
    example = "{command_name} verify"
)]
pub struct Snapshots {
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
    /// name a snapshot, or verify some
    #[argh(subcommand)]
    pub command: Option<SnapshotsCommand>,
}
}

/// What can be done with snapshots.
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(subcommand)]
pub enum SnapshotsCommand {
    /// Name one.
    Label(SetLabel),
    /// Compare them with their digests.
    Verify(Verify),
}

command_line! {
[db color quiet]
/// compare snapshots with the digests that were made when they were stored
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "verify",
    help_triggers("-h", "--help"),
    note = "Without a snapshot, every snapshot of the file is verified. Exit status 6 means that something is not as it was
stored: restore the file from a backup. Exports and reports verify what they show by themselves.",
    example = "{command_name}",
    example = "{command_name} 2026-03-01",
    example = "{command_name} evidence.db@latest --format json"
)]
pub struct Verify {
    /// the snapshots: numbers, labels, dates, latest~N, FILE@... (default: all)
    #[argh(positional, arg_name = "snapshot")]
    pub snapshots: Vec<String>,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
}
}

command_line! {
[db quiet]
/// name a snapshot, or remove a name; a name in use moves to the new snapshot
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "label",
    help_triggers("-h", "--help"),
    note = "A label is unique in its file. It cannot look like a number, a date, `latest`, `previous` or `latest~N`, and cannot hold
/ \\ @ or control characters.",
    example = "{command_name} latest audit-2026q1",
    example = "{command_name} --remove audit-2026q1"
)]
pub struct SetLabel {
    /// the snapshot, then its name
    #[argh(positional, arg_name = "snapshot name")]
    pub words: Vec<String>,
    /// remove this label
    #[argh(option, arg_name = "name")]
    pub remove: Option<String>,
}
}

command_line! {
[db color silent]
/// delete old snapshots; the rest stay unchanged
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "prune",
    help_triggers("-h", "--help"),
    note = "A snapshot is kept when any rule keeps it, as in restic; the newest is always kept. Days, weeks (Monday to Sunday) and
months are UTC and count only when they have a snapshot; the newest of each is kept. A label protects its snapshot unless
--forget-labelled says otherwise.

What is lost is the state between the snapshots that are kept; `since` does not change. The file is rewritten to give the
space back when a tenth of it or more is free.",
    example = "{command_name} --keep-daily 30 --keep-monthly 24 --dry-run"
)]
pub struct Prune {
    /// keep the n newest snapshots
    #[argh(option, arg_name = "n", from_str_fn(number))]
    pub keep_last: Option<u64>,
    /// keep the newest snapshot of each of the last n days
    #[argh(option, arg_name = "n", from_str_fn(number))]
    pub keep_daily: Option<u64>,
    /// keep the newest snapshot of each of the last n weeks
    #[argh(option, arg_name = "n", from_str_fn(number))]
    pub keep_weekly: Option<u64>,
    /// keep the newest snapshot of each of the last n months
    #[argh(option, arg_name = "n", from_str_fn(number))]
    pub keep_monthly: Option<u64>,
    /// with --forget-labelled: keep snapshots with a label like this; `*` stands for anything; may be repeated
    #[argh(option, arg_name = "glob")]
    pub keep_label: Vec<String>,
    /// delete labelled snapshots too, unless --keep-label or another rule keeps them
    #[argh(switch)]
    pub forget_labelled: bool,
    /// show what would be deleted, and delete nothing
    #[argh(switch)]
    pub dry_run: bool,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
}
}
