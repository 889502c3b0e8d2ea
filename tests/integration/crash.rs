//! Killed, interrupted, out of space, not allowed to write: the last snapshot stays, and the next sync just works.

#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod each_call;
mod each_write;
mod kills;
mod merges;
mod no_room;
mod readers;
mod signals;
mod write_ahead;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;

use rusqlite::{Connection, OpenFlags};

use crate::support::{Answers, Run, Test, answers_at};
use fake_harness::{Account, Scope, User};

fn journal(test: &Test) -> PathBuf {
    test.folder.file("harness-access.db-journal")
}

/// As somebody who may write would find it: what a killed process left half-done is undone first.
fn is_sound(path: &Path) {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
}

/// 8,000 memberships in one page, for a merge and a commit that take their time.
fn crowd() -> Account {
    let mut account = Account::empty("Crowd000000000000000AA");
    account.users = (0..800)
        .map(|number| User {
            uuid: format!("u{number:021}"),
            email: format!("person{number}@example.test"),
            ..User::default()
        })
        .collect();
    for number in 0..20 {
        account.add_group(&Scope::account(), &format!("group_{number}"), "Group");
    }
    turn_over(&mut account, 0);
    account
}

/// Gives each group the other half of the people.
fn turn_over(account: &mut Account, half: usize) {
    let uuids: Vec<String> = account.users.iter().map(|user| user.uuid.clone()).collect();
    for (number, group) in account.groups.iter_mut().enumerate() {
        let of_half = uuids
            .iter()
            .enumerate()
            .filter(|(at, _)| (at + number) % 2 == half);
        group.users = Some(of_half.map(|(_, uuid)| uuid.clone()).collect());
    }
}

fn crowd_sync(test: &Test) -> Run {
    test.sync().args(&["--max-removed", "100"])
}

/// A file with one snapshot of the crowd, every membership of which the next sync will end.
struct Stage {
    test: Test,
    bytes: Vec<u8>,
    earlier: Answers,
}

impl Stage {
    fn new() -> Self {
        let test = Test::over(crowd());
        test.observe();
        test.fake.change(|account| turn_over(account, 1));
        Self {
            bytes: fs::read(test.database()).unwrap(),
            earlier: answers_at(&test.database(), 1),
            test,
        }
    }

    /// Puts the file back.
    fn reset(&self) {
        let _ = fs::remove_file(journal(&self.test));
        fs::write(self.test.database(), &self.bytes).unwrap();
    }

    /// Starts a sync and waits until it begins to write.
    fn merging(&self) -> Child {
        let mut child = crowd_sync(&self.test).spawn();
        while !journal(&self.test).exists() {
            assert!(child.try_wait().unwrap().is_none(), "ended before it wrote");
            thread::yield_now();
        }
        child
    }

    /// Whatever the moment of the end was: all or nothing. What is not stored is undone to the byte.
    #[track_caller]
    fn is_all_or_nothing(&self, context: &str) -> bool {
        let path = self.test.database();
        is_sound(&path);
        if fs::read(&path).unwrap() == self.bytes {
            return false;
        }
        assert_eq!(
            self.test.ask("SELECT count(*) FROM snapshots"),
            "2",
            "{context}"
        );
        assert_eq!(
            self.test.ask("SELECT count(*) FROM group_members"),
            "8000",
            "{context}"
        );
        true
    }

    #[track_caller]
    fn next_sync_works(&self) {
        crowd_sync(&self.test)
            .exits(0)
            .prints_nothing()
            .says_nothing();
        let path = self.test.database();
        is_sound(&path);
        assert!(answers_at(&path, 1) == self.earlier);
        assert_eq!(self.test.folder.names(), ["harness-access.db"]);
        assert_eq!(self.test.ask("SELECT count(*) FROM group_members"), "8000");
        assert_eq!(
            self.test.ask("SELECT DISTINCT state FROM snapshots"),
            "complete"
        );
    }
}
