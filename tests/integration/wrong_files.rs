//! Files that are not ours, or no longer whole: each says what it is, and stays as it is to the byte.

use std::fs;
use std::path::Path;

use harness_access::store::{Identity, Reader, StoreError, Writer};

use crate::support::Test;
use crate::support::account::Account;
use crate::support::{Run, TempDir};

/// What a wrong file is called, in text and as JSON.
struct Wrong {
    name: &'static str,
    content: Vec<u8>,
    says: &'static str,
    kind: &'static str,
}

fn wrong(name: &'static str, content: Vec<u8>, says: &'static str, kind: &'static str) -> Wrong {
    Wrong {
        name,
        content,
        says,
        kind,
    }
}

/// Runs SQL on a copy of a file.
fn altered(test: &Test, sql: &str) -> Vec<u8> {
    let path = test.folder.file("altered");
    let _ = fs::copy(test.database(), &path);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    bytes
}

fn of_others(test: &Test) -> Vec<Wrong> {
    let ours = fs::read(test.database()).unwrap();
    let foreign = {
        let path = test.folder.file("foreign");
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch("CREATE TABLE account (x); PRAGMA user_version = 1")
            .unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(path).unwrap();
        bytes
    };
    let no_sqlite = "is not a SQLite database";
    let another = "is a SQLite database of another program";
    vec![
        wrong(
            "text",
            "Not a database, but long enough to hold the header of one. "
                .repeat(9)
                .into_bytes(),
            no_sqlite,
            "db_not_sqlite",
        ),
        wrong("short", b"x".to_vec(), no_sqlite, "db_not_sqlite"),
        wrong("zeros", vec![0; 8192], no_sqlite, "db_not_sqlite"),
        wrong("header", ours[..99].to_vec(), no_sqlite, "db_not_sqlite"),
        wrong("foreign", foreign, another, "db_foreign"),
        wrong(
            "stamped",
            altered(test, "PRAGMA application_id = 252006675"),
            another,
            "db_foreign",
        ),
        wrong(
            "newer",
            altered(test, "PRAGMA user_version = 99"),
            "has schema version 99; this program knows versions up to 2",
            "db_newer",
        ),
    ]
}

/// The beginning of a file of ours, or the whole of it with a fault inside.
fn damaged(test: &Test) -> Vec<Wrong> {
    let ours = fs::read(test.database()).unwrap();
    let page = usize::from(u16::from_be_bytes([ours[16], ours[17]]));
    let pages = ours.len() / page;
    assert!(pages > 20, "{pages} pages");
    let with_page = |number: usize, fill: u8| {
        let mut bytes = ours.clone();
        bytes[number * page..(number + 1) * page].fill(fill);
        bytes
    };
    vec![
        wrong("page", ours[..page].to_vec(), "is damaged", "db_damaged"),
        wrong(
            "half",
            ours[..ours.len() / 2].to_vec(),
            "is damaged",
            "db_damaged",
        ),
        wrong(
            "cut",
            ours[..ours.len() - 1].to_vec(),
            "is damaged",
            "db_damaged",
        ),
        wrong("hole", with_page(pages / 2, 0), "is damaged", "db_damaged"),
        wrong(
            "scribble",
            with_page(pages / 3, 0xff),
            "is damaged",
            "db_damaged",
        ),
        wrong(
            "schema",
            {
                let mut bytes = ours.clone();
                bytes[100..page].fill(0x5a);
                bytes
            },
            "is damaged",
            "db_damaged",
        ),
    ]
}

fn wrong_files(test: &Test) -> Vec<Wrong> {
    let mut files = of_others(test);
    files.extend(damaged(test));
    files
}

/// Every command that writes the file, and one that only reads it.
const WRITE: [&[&str]; 3] = [
    &["sync"],
    &["snapshots", "label", "1", "audit"],
    &["prune", "--keep-last", "1"],
];
const READ: [&[&str]; 5] = [
    &["snapshots"],
    &["diff"],
    &["findings"],
    &["history", "user/uDANA00000000000000000"],
    &["what-can", "dana@example.test"],
];

#[test]
fn each_wrong_file_is_named_and_left_as_it_is() {
    let test = Test::synced();
    test.observe();
    let served = test.fake.served();
    for wrong in wrong_files(&test) {
        test.folder.write(wrong.name, &wrong.content);
        for command in WRITE.iter().chain(&READ) {
            // Damage that a question does not meet does not keep it from its answer.
            let may_answer = wrong.kind == "db_damaged" && READ.contains(command);
            let mut arguments = command.to_vec();
            arguments.extend(["--db", wrong.name]);
            let outcome = test
                .run(&arguments)
                .env("HARNESS_BASE_URL", &test.server.base_url())
                .env("HARNESS_API_KEY", &test.fake.api_key())
                .run();
            let context = format!("{}: {}{}", outcome.command, outcome.stdout, outcome.stderr);
            if !may_answer || outcome.status == 6 {
                assert_eq!(outcome.status, 6, "{context}");
                assert!(outcome.stderr.contains(wrong.says), "{context}");
                assert!(outcome.stdout.is_empty(), "{context}");
            }
            assert!(!outcome.stderr.contains("panicked"), "{context}");
            let now = fs::read(test.folder.file(wrong.name)).unwrap();
            assert!(now == wrong.content, "{context}");
        }
        let outcome = test
            .sync()
            .args(&["--format=json", "--db", wrong.name])
            .exits(6);
        assert_eq!(outcome.error()["kind"], wrong.kind, "{}", wrong.name);
        assert_eq!(outcome.error()["code"], 6);
        fs::remove_file(test.folder.file(wrong.name)).unwrap();
        assert_eq!(test.folder.names(), ["harness-access.db"], "{}", wrong.name);
    }
    assert_eq!(
        test.fake.served(),
        served,
        "refused before the first request"
    );
}

#[test]
fn a_directory_is_no_file() {
    let test = Test::synced();
    fs::create_dir(test.folder.file("folder")).unwrap();
    let served = test.fake.served();
    for command in WRITE.iter().chain(&READ) {
        let mut arguments = command.to_vec();
        arguments.extend(["--db", "folder"]);
        test.run(&arguments)
            .env("HARNESS_BASE_URL", &test.server.base_url())
            .env("HARNESS_API_KEY", &test.fake.api_key())
            .exits(6)
            .says("folder is a directory, not a file");
    }
    assert_eq!(test.fake.served(), served);
    assert_eq!(fs::read_dir(test.folder.file("folder")).unwrap().count(), 0);
}

fn identity() -> Identity {
    Identity {
        account_id: "acme".to_owned(),
        base_url: "https://app.harness.io".to_owned(),
    }
}

fn account(people: usize) -> Account {
    let mut account = Account::default();
    account
        .group("user_group/account/g", "Operators")
        .role("role/account/r", "Deployer", &["core_pipeline_execute"])
        .everything("resource_group/account/all", "All");
    for number in 0..people {
        let (uuid, email) = (format!("u{number}"), format!("u{number}@example.test"));
        let user = format!("user/{uuid}");
        account
            .user(&uuid, "Somebody", &email)
            .member(&user, "user_group/account/g")
            .assign(
                &user,
                "role/account/r",
                "account",
                "resource_group/account/all",
            );
    }
    account
}

/// Asks everything of a file; whatever comes of it, it must not be a panic.
fn ask_everything(path: &Path) {
    let Ok(reader) = Reader::open(path) else {
        return;
    };
    let views = reader.select("SELECT name FROM main.sqlite_master WHERE type = 'view'");
    for view in views.unwrap_or_default().rows {
        let view = view[0].as_deref().unwrap_or_default();
        let _ = reader.select(&format!("SELECT * FROM {view}"));
    }
    let _ = reader.diff_facts(1, 2);
    let _ = reader.identity();
}

#[test]
fn no_damage_to_any_page_is_written_on_or_makes_it_panic() {
    let folder = TempDir::new();
    let path = folder.file("access.db");
    account(40).publish(&path, 1);
    account(60).publish(&path, 2);
    let ours = fs::read(&path).unwrap();
    let page = usize::from(u16::from_be_bytes([ours[16], ours[17]]));
    let third = account(50);
    let (mut refused, mut published) = (0, 0);
    for number in 0..ours.len() / page {
        let whole = number * page..(number + 1) * page;
        let start = whole.start + if number == 0 { 100 } else { 0 };
        let mut damaged: Vec<Vec<u8>> = Vec::new();
        for fill in [0x00, 0xff] {
            let mut bytes = ours.clone();
            bytes[start..whole.end].fill(fill);
            damaged.push(bytes);
        }
        // The head of the page, a cell pointer, the middle, the end.
        for at in [start, start + 3, start + 9, start + page / 2, whole.end - 9] {
            let mut bytes = ours.clone();
            bytes[at.min(whole.end - 1)] ^= 0x55;
            damaged.push(bytes);
        }
        for bytes in damaged {
            fs::write(&path, &bytes).unwrap();
            ask_everything(&path);
            assert!(
                fs::read(&path).unwrap() == bytes,
                "page {number}: read only"
            );
            match Writer::open(&path, &identity())
                .and_then(|writer| writer.publish(&identity(), third.observe(3), "0.0.0", None))
            {
                Ok(_) => published += 1,
                Err(error) => {
                    refused += 1;
                    assert!(
                        matches!(
                            error,
                            StoreError::Damaged { .. }
                                | StoreError::Altered { .. }
                                | StoreError::NotSqlite { .. }
                                | StoreError::OtherAccount { .. }
                                | StoreError::Sqlite { .. }
                        ),
                        "page {number}: {error:?}"
                    );
                    assert!(fs::read(&path).unwrap() == bytes, "page {number}: {error}");
                }
            }
        }
    }
    // Damage inside a text or to a free byte is not seen; most is.
    assert!(
        refused > 2 * published,
        "{refused} refused, {published} published"
    );
}

/// Keys beyond those that were given once took all memory.
#[test]
fn keys_out_of_range_are_named() {
    let folder = crate::support::TempDir::new();
    let file = folder.file("a.db");
    crate::support::account::Account::example().publish(&file, 1);
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = off; UPDATE _resource SET key = 5000000000 WHERE key = 2",
        )
        .unwrap();
    drop(connection);
    crate::support::Run::new(folder.path(), &["what-can", "x", "--db", "a.db"])
        .exits(6)
        .says("`_resource` has keys out of range");
}

/// A pipe has nothing to read until somebody writes into it.
#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = crate::support::TempDir::new();
    let pipe = folder.file("a.db");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    crate::support::Run::new(folder.path(), &["snapshots", "--db", "a.db"])
        .exits(6)
        .says("a.db is not a SQLite database");
}

#[test]
fn a_path_with_blanks_is_told_as_one() {
    let folder = TempDir::new();
    Run::new(folder.path(), &["snapshots", "--db", "my access.db"])
        .exits(6)
        .says("there is no file `my access.db`");
}
