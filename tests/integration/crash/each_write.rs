//! Killed, or out of disk, at each single write of the commands that change a file.

use std::fs;

use crate::support::account::{Account, EVERYTHING};
use crate::support::traced::{Fate, traced};
use crate::support::{TempDir, all_answers};

use super::is_sound;

const COMMANDS: [&[&str]; 2] = [
    &["prune", "--keep-last", "1", "--db", "a.db"],
    &["snapshots", "label", "1", "first", "--db", "a.db"],
];

/// A file of three snapshots, the first of which holds most of it, and its bytes.
fn stage() -> (TempDir, Vec<u8>) {
    let folder = TempDir::new();
    let mut account = Account::example();
    account.role("role/account/r", "Deployer", &["core_pipeline_execute"]);
    for number in 0..200 {
        let (uuid, user) = (format!("u{number}"), format!("user/u{number}"));
        account.person(&uuid, "Somebody");
        account.assign(&user, "role/account/r", "account", EVERYTHING);
    }
    account.publish(&folder.file("a.db"), 1);
    for number in 0..190 {
        account.remove(&format!("user/u{number}"));
        account.revoke(&format!("user/u{number}"), "role/account/r");
    }
    account.publish(&folder.file("a.db"), 2);
    account.publish(&folder.file("a.db"), 3);
    let bytes = fs::read(folder.file("a.db")).unwrap();
    (folder, bytes)
}

fn put(folder: &TempDir, file: &[u8], journal: Option<&Vec<u8>>) {
    let _ = fs::remove_file(folder.file("a.db-journal"));
    folder.write("a.db", file);
    if let Some(journal) = journal {
        folder.write("a.db-journal", journal);
    }
}

#[test]
fn a_kill_before_any_write_leaves_all_or_nothing() {
    for command in COMMANDS {
        let (folder, ours) = stage();
        let old = all_answers(&folder.file("a.db"));
        let mut left = Vec::new();
        let ended = traced(folder.path(), command, |_| {
            let journal = fs::read(folder.file("a.db-journal")).ok();
            left.push((fs::read(folder.file("a.db")).unwrap(), journal));
            Fate::Goes
        });
        let Some(ended) = ended else {
            return; // not allowed here
        };
        ended.exits(0);
        let new = all_answers(&folder.file("a.db"));
        assert!(left.len() > 5, "{} writes", left.len());
        for (at, (file, journal)) in left.iter().enumerate() {
            put(&folder, file, journal.as_ref());
            is_sound(&folder.file("a.db"));
            let found = all_answers(&folder.file("a.db"));
            assert!(found == old || found == new, "{command:?}, write {at}");
        }
        put(&folder, &ours, None);
    }
}

#[test]
fn a_disk_that_is_full_from_any_write_on_is_told_and_loses_nothing() {
    for command in COMMANDS {
        let (folder, ours) = stage();
        let old = all_answers(&folder.file("a.db"));
        for from in 1.. {
            put(&folder, &ours, None);
            let mut calls = 0;
            let ended = traced(folder.path(), command, |number| {
                calls = number;
                if number < from {
                    Fate::Goes
                } else {
                    Fate::Fails(nix::libc::ENOSPC)
                }
            });
            let Some(ended) = ended else {
                return; // not allowed here
            };
            let context = format!("{command:?}, from write {from} on: {}", ended.stderr);
            assert!(matches!(ended.status, 0 | 6), "{context}");
            is_sound(&folder.file("a.db"));
            let is_old = all_answers(&folder.file("a.db")) == old;
            assert!(ended.status == 6 || !is_old, "{context}");
            if calls < from {
                break;
            }
        }
    }
}
