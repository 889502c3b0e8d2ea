//! A snapshot is there whole, or not at all.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use harness_access::store::{Reader, Writer};

use crate::support::Test;
use fake_harness::{Fault, FaultKind};

/// Failures that are not tried again, so that the tests need not wait.
fn failures() -> [(FaultKind, i32); 3] {
    [
        (FaultKind::AccessDenied, 2),
        (FaultKind::GarbageRows, 2),
        (FaultKind::BareEnvelope, 2),
    ]
}

#[test]
fn cron_hears_nothing_when_all_went_well() {
    let test = Test::new();
    test.sync().exits(0).prints_nothing().says_nothing();
}

#[test]
fn who_asks_hears_what_was_stored() {
    let test = Test::new();
    test.sync()
        .args(&["-v"])
        .exits(0)
        .prints_nothing()
        .says("snapshot 1 in harness-access.db: ");
    let outcome = test.sync().args(&["--format", "json"]).exits(0);
    let document = outcome.json();
    assert_eq!(document["snapshot"], 2);
    assert_eq!(document["state"], "complete");
    assert_eq!(
        document["grants"].to_string(),
        test.ask("SELECT count(*) FROM grants")
    );
    assert_eq!(
        document["resources"].to_string(),
        test.ask("SELECT count(*) FROM resources")
    );
}

#[test]
fn the_file_is_its_owner_s_alone() {
    let test = Test::synced();
    let mode = std::fs::metadata(test.database())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(test.folder.names(), ["harness-access.db"]);
}

#[test]
fn an_empty_file_made_beforehand_becomes_its_owner_s_alone() {
    let test = Test::new();
    std::fs::write(test.database(), "").unwrap();
    let set = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(test.database(), mode).unwrap();
    };
    let mode = || test.database().metadata().unwrap().permissions().mode() & 0o777;
    set(0o644);
    test.fake
        .fault(Fault::on("roleassignments", FaultKind::AccessDenied));
    test.sync().exits(2);
    assert_eq!(mode(), 0o644, "nothing is in it yet");
    test.fake.clear_faults();
    test.observe();
    assert_eq!(mode(), 0o600);
    // What its owner does with a file that holds snapshots is the owner's business.
    set(0o640);
    test.observe();
    assert_eq!(mode(), 0o640);
}

#[test]
fn a_first_sync_that_fails_leaves_no_file() {
    let test = Test::new();
    for (kind, status) in failures() {
        test.fake.clear_faults();
        let fault = test.fake.fault(Fault::on("roleassignments", kind));
        test.sync().exits(status);
        assert!(fault.fired() > 0);
        assert!(test.folder.names().is_empty());
    }
}

#[test]
fn a_later_sync_that_fails_leaves_the_file_as_it_was() {
    let test = Test::synced();
    let before = std::fs::read(test.database()).unwrap();
    test.fake
        .change(|account| account.rename_user("uDANA00000000000000000", "Changed"));
    for (kind, status) in failures() {
        test.fake.clear_faults();
        let fault = test.fake.fault(Fault::on("roleassignments", kind));
        test.sync().exits(status);
        assert!(fault.fired() > 0);
        assert_eq!(std::fs::read(test.database()).unwrap(), before);
        assert_eq!(test.folder.names(), ["harness-access.db"]);
    }
    test.fake.clear_faults();
    test.observe();
    assert_eq!(
        test.changes(),
        ["changed resource user/uDANA00000000000000000"]
    );
}

#[test]
fn a_second_sync_on_the_same_file_is_refused_at_once() {
    let test = Test::synced();
    let met = Arc::new(Mutex::new(None));
    let second = test.sync();
    let reader = test.run(&["snapshots"]);
    let runs = Mutex::new(Some((second, reader)));
    let told = Arc::clone(&met);
    // The first sync waits for its first answer meanwhile; the second must not get as far as a request.
    test.fake.on_request(move |_, _| {
        if let Some((second, reader)) = runs.lock().unwrap().take() {
            *told.lock().unwrap() = Some((second.run(), reader.run()));
        }
    });
    test.observe();
    let (second, reader) = met.lock().unwrap().take().unwrap();
    second
        .exits(6)
        .says("is being written by another process")
        .says("wait for the other sync");
    reader.exits(0); // who only reads is not in the way
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "2");
}

#[test]
fn a_reader_beside_a_writer_leaves_it_its_lock() {
    let test = Test::synced();
    let writer = Writer::open_existing(&test.database()).unwrap();
    for _ in 0..2 {
        let reader = writer.reader().unwrap();
        assert_eq!(reader.snapshots().unwrap().len(), 1);
        drop(reader);
        // Another process still finds the lock.
        test.sync()
            .exits(6)
            .says("is being written by another process");
        test.run(&["snapshots", "label", "1", "x"]).exits(6);
    }
    drop(writer);
    test.observe();
}

/// `diff` said "no differences" when one of its snapshots was pruned between two of its statements.
#[test]
fn what_a_reader_sees_stays_until_it_is_done() {
    let test = Test::synced();
    let reader = Reader::open(&test.database()).unwrap();
    drop(Reader::open(&test.database()).unwrap()); // which gives up no lock of the first
    test.sync()
        .args(&["--timeout", "1s"])
        .exits(6)
        .says("was being read all the time by");
    assert_eq!(reader.snapshots().unwrap().len(), 1);
    reader.end_reading();
    test.observe();
    assert_eq!(reader.snapshots().unwrap().len(), 2);
}

#[test]
fn a_lock_is_held_from_the_decision_to_the_deed() {
    // Commands that write look at the file under their own lock, or another process could change it in between.
    for command in ["label", "prune"] {
        let code = std::fs::read_to_string(format!("src/command/{command}.rs")).unwrap();
        let locked = code.split("Writer::open_existing").nth(1).unwrap();
        assert!(locked.contains("writer.reader()"), "{command}");
    }
}

#[test]
fn questions_to_a_file_that_is_not_there_create_none() {
    let test = Test::new();
    for command in ["snapshots", "diff"] {
        test.run(&[command])
            .exits(6)
            .says("there is no file harness-access.db")
            .says("harness-access sync");
    }
    assert!(test.folder.names().is_empty());
}

#[test]
fn a_folder_that_is_not_there_is_said_before_the_first_request() {
    let test = Test::new();
    test.sync().args(&["--db", "no/such/folder.db"]).exits(6);
    assert_eq!(test.fake.served(), 0);
}

#[test]
fn names_that_sqlite_would_interpret_are_plain_files() {
    let test = Test::new();
    for name in [
        ":memory:",
        "file:a.db",
        "file::memory:?cache=shared",
        "50%20?mode=memory#.db",
    ] {
        for snapshot in 1..=2 {
            test.sync().args(&["--db", name]).exits(0);
            let db = test.folder.file(name);
            let bytes = std::fs::read(&db).unwrap();
            assert!(bytes.starts_with(b"SQLite format 3\0"), "{name}");
            assert_eq!(db.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            test.run(&["snapshots", "--db", name])
                .exits(0)
                .says(&format!("{snapshot} snapshot"));
        }
        for format in ["sqlite", "c1z"] {
            let output = format!("file:{format}?mode=memory");
            test.run(&["export", "--db", name, "--format", format, "-o", &output])
                .exits(0);
            test.run(&["prune", "--db", name, "--keep-last", "1"])
                .exits(0);
        }
        test.run(&["snapshots", "--db", "file:sqlite?mode=memory"])
            .exits(0)
            .says("1 snapshot");
    }
    let mut names = test.folder.names();
    names.retain(|name| !name.ends_with(".manifest.json"));
    assert_eq!(
        names,
        [
            "50%20?mode=memory#.db",
            ":memory:",
            "file::memory:?cache=shared",
            "file:a.db",
            "file:c1z?mode=memory",
            "file:sqlite?mode=memory",
        ]
    );
}

#[test]
fn a_kind_that_is_all_gone_stops_the_sync() {
    let test = Test::synced();
    let groups = test.ask("SELECT user_groups FROM snapshots");
    test.fake.change(|account| account.groups.clear());
    test.sync()
        .exits(2)
        .says(&format!("{groups} of {groups} user groups are gone"))
        .says("--max-removed 100");
    test.sync().args(&["--max-removed", "99"]).exits(2);
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "1");
    test.sync().args(&["--max-removed", "100"]).exits(0);
    assert_eq!(test.ask("SELECT count(*) FROM user_groups"), "0");
}

#[test]
fn a_link_that_leads_nowhere_is_named() {
    let test = Test::new();
    std::os::unix::fs::symlink(test.folder.file("gone.db"), test.database()).unwrap();
    for run in [test.sync(), test.run(&["snapshots"])] {
        run.exits(3)
            .says("harness-access.db is a link to a file that does not exist");
    }
    assert_eq!(test.fake.served(), 0);
    // One that leads somewhere is followed.
    std::fs::write(test.folder.file("gone.db"), "").unwrap();
    test.observe();
    assert!(test.database().is_symlink());
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "1");
}

#[test]
fn empty_names_are_wrong_usage() {
    let test = Test::synced();
    test.observe();
    test.sync()
        .args(&["--db", ""])
        .exits(3)
        .says("--db is empty");
    for arguments in [
        &["snapshots", "--db", ""][..],
        &["diff", "--db", ""],
        &["history", "x", "--db="],
        &["prune", "--db", "", "--keep-last", "1"],
        &["export", "--format", "csv", "--db", ""],
    ] {
        test.run(arguments).exits(3).says("--db is empty");
    }
    for (reference, lacks) in [
        ("@1", "file"),
        ("@", "file"),
        ("", "snapshot"),
        ("harness-access.db@", "snapshot"),
    ] {
        for arguments in [
            ["diff", reference, "latest"],
            ["diff", "latest", reference],
            ["findings", "--at", reference],
        ] {
            test.run(&arguments)
                .exits(3)
                .says(&format!("`{reference}` names no {lacks}: "));
        }
    }
}

/// restic 21956: time does not run backwards.
#[test]
fn a_clock_behind_the_newest_snapshot_is_said_or_refused() {
    let test = Test::synced();
    let newest = |modifier: &str| {
        let connection = rusqlite::Connection::open(test.database()).unwrap();
        let ahead = format!(
            "UPDATE _snapshot SET finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '{modifier}')"
        );
        connection.execute(&ahead, []).unwrap();
    };
    newest("+6 days");
    test.sync()
        .exits(3)
        .says(" behind the newest snapshot, of ")
        .says("--allow-clock-skew");
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "1");
    newest("+630 seconds");
    test.sync()
        .exits(0)
        .says(" min behind the newest snapshot, of ");
    newest("+6 days");
    test.sync().args(&["--allow-clock-skew"]).exits(0);
}
