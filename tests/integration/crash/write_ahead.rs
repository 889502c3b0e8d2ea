//! Files that another program set to WAL mode: nothing that lies in the log is lost or overlooked, and who has the file open
//! does not make a sync fail.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::support::{Database, Run, TempDir, Test};

/// Another program with the file open, as SQLite browsers leave it.
fn browser(path: &Path) -> Connection {
    let browser = Connection::open(path).unwrap();
    browser
        .execute_batch(
            "PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0; SELECT * FROM snapshots",
        )
        .unwrap();
    browser
}

fn has_file_open(connection: &Connection) -> i64 {
    let count = "SELECT count(*) FROM snapshots";
    connection.query_row(count, [], |row| row.get(0)).unwrap()
}

fn is_one_file(test: &Test) {
    assert_eq!(test.folder.names(), ["harness-access.db"]);
    assert_eq!(test.ask("PRAGMA journal_mode"), "delete");
}

/// What somebody gets who copies the one file only. Another process copies it: this one would lose its locks.
fn snapshots_of_a_copy(test: &Test) -> String {
    let folder = TempDir::new();
    let copied = Command::new("cp")
        .args([test.database(), folder.file("copy.db")])
        .status();
    assert!(copied.unwrap().success());
    Database::open(&folder.file("copy.db")).ask("SELECT count(*) FROM snapshots")
}

/// The file and its log, as a program leaves them that is killed after this statement.
fn killed_after(statement: &str) -> Test {
    let test = Test::synced();
    let browser = browser(&test.database());
    browser.execute_batch(statement).unwrap();
    let beside = |ending: &str| test.folder.file(&format!("harness-access.db{ending}"));
    let left = ["", "-wal"].map(|ending| (beside(ending), fs::read(beside(ending)).unwrap()));
    drop(browser);
    for (path, content) in left {
        fs::write(path, content).unwrap();
    }
    test
}

#[test]
fn a_program_that_has_the_file_open_does_not_stop_a_sync() {
    let test = Test::synced();
    let browser = browser(&test.database());
    assert_eq!(has_file_open(&browser), 1);
    test.sync()
        .exits(0)
        .says("harness-access.db stays in WAL mode, which another program set, because ")
        .says(&format!("(process {}) has it open", std::process::id()))
        .says("everything is in the one file");
    assert_eq!(snapshots_of_a_copy(&test), "2");
    drop(browser);
    test.observe();
    is_one_file(&test);
}

#[test]
fn an_open_query_delays_the_one_file_only() {
    let test = Test::synced();
    let browser = browser(&test.database());
    let mut statement = browser.prepare("SELECT * FROM grants").unwrap();
    let mut rows = statement.query([]).unwrap();
    rows.next().unwrap().unwrap();
    let mut child = test.sync().spawn();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let waiting = told.next().unwrap().unwrap();
    let reader = format!("(process {}) to finish reading", std::process::id());
    assert!(waiting.contains(&reader), "{waiting}");
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "2");
    drop(rows);
    drop(statement);
    drop(browser);
    assert!(child.wait().unwrap().success());
    is_one_file(&test);
}

#[test]
fn a_query_that_never_ends_is_named_and_everything_is_stored() {
    let test = Test::synced();
    let browser = browser(&test.database());
    let mut statement = browser.prepare("SELECT * FROM grants").unwrap();
    let mut rows = statement.query([]).unwrap();
    rows.next().unwrap().unwrap();
    test.sync()
        .args(&["--timeout", "5s"])
        .exits(0)
        .says("part of it lies in its -wal file, because ")
        .says(&format!(
            "(process {}) was reading all the time",
            std::process::id()
        ));
    assert_eq!(snapshots_of_a_copy(&test), "1");
    // What is stored is read all the same, also where the file is named.
    test.run(&["snapshots", "--db", "harness-access.db"])
        .exits(0)
        .says("2 snapshots");
    drop(rows);
    drop(statement);
    drop(browser);
    test.observe();
    is_one_file(&test);
}

#[test]
fn another_writer_is_one_in_wal_mode_too() {
    let test = Test::synced();
    let browser = browser(&test.database());
    browser.execute_batch("BEGIN IMMEDIATE").unwrap();
    test.sync()
        .exits(6)
        .says("is being written by another process");
    browser.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn prune_and_label_work_beside_a_program_that_has_the_file_open() {
    let test = Test::synced();
    test.observe();
    let browser = browser(&test.database());
    test.run(&["snapshots", "label", "2", "second"]).exits(0);
    test.run(&["prune", "--keep-last", "1"]).exits(0);
    assert_eq!(has_file_open(&browser), 1);
    assert_eq!(snapshots_of_a_copy(&test), "1");
    drop(browser);
    assert_eq!(test.ask("SELECT label FROM snapshots"), "second");
}

#[test]
fn what_a_killed_program_committed_is_seen_and_kept() {
    let test = killed_after("UPDATE _snapshot SET label = 'committed'");
    test.run(&["snapshots", "--format", "json"])
        .exits(0)
        .prints("\"label\": \"committed\"");
    // Somebody else's file might be made to say something by what lies beside it.
    test.run(&["snapshots", "--db", "harness-access.db"])
        .exits(6)
        .says("harness-access.db was not read: harness-access.db-wal beside it would change it");
    test.sync().exits(0);
    is_one_file(&test);
    let labels = "SELECT group_concat(ifnull(label, '-')) FROM snapshots";
    assert_eq!(test.ask(labels), "committed,-");
}

#[test]
fn what_a_killed_program_did_not_commit_is_not_there() {
    let test = killed_after(
        "PRAGMA cache_size = 1; BEGIN; UPDATE _grant SET created_at = 1; UPDATE _snapshot SET label = 'x'",
    );
    test.run(&["snapshots", "--format", "json"])
        .exits(0)
        .prints("\"label\": null");
    test.observe();
    is_one_file(&test);
}

#[test]
fn a_file_that_is_shorter_than_it_says_is_whole_with_its_log() {
    let test = killed_after("VACUUM");
    let file = fs::OpenOptions::new().write(true).open(test.database());
    file.unwrap().set_len(8192).unwrap();
    test.run(&["snapshots"]).exits(0).says("1 snapshot");
    test.observe();
    is_one_file(&test);
}

/// What one user left beside the file kept another one, whose file it is, from every sync.
#[test]
fn who_reads_leaves_nothing_beside_the_file() {
    let test = Test::synced();
    drop(browser(&test.database()));
    for command in [
        &["snapshots"][..],
        &["findings", "--db", "harness-access.db"],
    ] {
        test.run(command).exits(0);
        assert_eq!(test.folder.names(), ["harness-access.db"]);
    }
    assert_eq!(test.ask("PRAGMA journal_mode"), "wal");
}

#[test]
fn the_log_of_a_file_that_is_gone_is_no_part_of_the_next_one() {
    let test = killed_after("UPDATE _snapshot SET label = 'gone'");
    fs::remove_file(test.database()).unwrap();
    test.observe();
    is_one_file(&test);
    assert_eq!(test.ask("SELECT count(label) FROM snapshots"), "0");
}

#[test]
fn a_folder_in_which_wal_mode_cannot_be_read_is_explained() {
    let test = Test::synced();
    drop(browser(&test.database()));
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(&test.database(), 0o444);
    allow(test.folder.path(), 0o555);
    let outcome = Run::new(test.folder.path(), &["snapshots"])
        .without_privileges()
        .run();
    allow(test.folder.path(), 0o755);
    outcome
        .exits(6)
        .says("cannot read harness-access.db: another program set it to WAL mode")
        .says("a folder that may be written");
}
