//! Each call to the system that can fail, failing.

use std::fs;

use crate::support::traced::{Fate, traced_at_every_call};
use crate::support::{Test, all_answers};

use super::is_sound;

/// Only every seventh call: all of them take minutes.
const STEP: usize = 7;

/// Runs a command again and again, each time with another call failing, and wants a status of the documented table, no
/// panic, and the snapshot of before.
fn fails_at_every_call(arguments: &[&str], error: i32) {
    let test = Test::synced();
    let base = test.server.base_url();
    test.folder.write_private("key", test.fake.api_key());
    let database = test.database();
    let ours = fs::read(&database).unwrap();
    let old = all_answers(&database);
    let sync = ["--base-url", &base, "--api-key-file", "key"];
    let flags: &[&str] = if arguments[0] == "sync" { &sync } else { &[] };
    let arguments = [arguments, flags].concat();
    for nth in (1..).step_by(STEP) {
        fs::write(&database, &ours).unwrap();
        let _ = fs::remove_file(test.folder.file("out"));
        let mut calls = 0;
        let ended = traced_at_every_call(test.folder.path(), &arguments, |number| {
            calls = number;
            if number == nth {
                Fate::Fails(error)
            } else {
                Fate::Goes
            }
        });
        let Some(ended) = ended else {
            return; // not allowed here
        };
        let context = format!("{arguments:?}, call {nth}: {}", ended.stderr);
        assert!(
            (0..=6).contains(&ended.status),
            "{} {context}",
            ended.status
        );
        assert!(!ended.stderr.contains("panicked"), "{context}");
        is_sound(&database);
        let is_old = all_answers(&database) == old;
        assert!(is_old || ended.status == 0, "{context}");
        if calls < nth {
            break;
        }
    }
}

/// field report F45: what failed ended in a panic, a signal or a status of no table.
#[test]
fn a_sync_ends_in_a_documented_status_whatever_call_fails() {
    fails_at_every_call(&["sync", "-q"], nix::libc::EIO);
}

/// field report F45: an interrupted read made the decoder panic.
#[test]
fn what_reads_the_file_ends_in_a_documented_status_whatever_call_fails() {
    for arguments in [
        &["export", "--format", "c1z", "-o", "out"][..],
        &["report", "-o", "out"],
        &["findings"],
        &["snapshots", "label", "1", "first"],
    ] {
        fails_at_every_call(arguments, nix::libc::EIO);
    }
}
