//! A file still holds what was stored in it, or says that it does not.

use std::fs;
use std::path::Path;

use harness_access::store::{Reader, StoreError};
use rusqlite::Connection;
use serde_json::Value;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Run, TempDir, Test, all_answers, answers_until};

const ADMIN: &str = "role/harness/_account_admin";

/// People in groups, roles, and something in each table.
fn account(people: usize) -> Account {
    let mut account = Account::example();
    account.group("user_group/account/ops", "Operators");
    account.role("role/account/r", "Deployer", &["core_pipeline_execute"]);
    for number in 0..people {
        let (uuid, user) = (format!("u{number}"), format!("user/u{number}"));
        account.person(&uuid, &format!("Person {number}"));
        account.assign(&user, "role/account/r", "account", EVERYTHING);
        if number % 3 == 0 {
            account.member(&user, "user_group/account/ops");
        }
    }
    account.assign("user_group/account/ops", ADMIN, "account", EVERYTHING);
    account
}

/// Four days, on each of which something begins and ends.
fn history(file: &Path, people: usize) {
    let mut account = account(people);
    for day in 1..=4 {
        account.publish(file, day);
        account.revoke(&format!("user/u{day}"), "role/account/r");
        account.person(&format!("new{day}"), "Somebody new");
        account.member(&format!("user/new{day}"), "user_group/account/ops");
        account.remove(&format!("user/u{}", 10 + day));
    }
}

fn problems(file: &Path) -> Result<Vec<String>, StoreError> {
    let reader = Reader::open(file)?;
    let ids: Vec<i64> = reader.snapshots()?.iter().map(|one| one.id).collect();
    Ok(reader.verify(&ids)?.problems())
}

#[track_caller]
fn is_unchanged(file: &Path) {
    assert_eq!(problems(file).unwrap(), Vec::<String>::new());
}

fn digests(file: &Path) -> Vec<Option<String>> {
    let snapshots = Reader::open(file).unwrap().snapshots().unwrap();
    snapshots.into_iter().map(|one| one.digest).collect()
}

fn run(folder: &TempDir, arguments: &[&str]) -> Run {
    Run::new(folder.path(), arguments).args(&["--db", "a.db"])
}

#[test]
fn what_each_command_writes_is_as_stored() {
    let folder = TempDir::new();
    let file = folder.file("a.db");
    history(&file, 40);
    is_unchanged(&file);
    let before = digests(&file);
    run(&folder, &["snapshots", "label", "2", "audit"]).exits(0);
    is_unchanged(&file);
    run(&folder, &["prune", "--keep-last", "1"]).exits(0);
    is_unchanged(&file);
    assert_eq!(digests(&file), [before[1].clone(), before[3].clone()]);
    account(30).publish(&file, 5);
    is_unchanged(&file);
    run(&folder, &["snapshots", "verify", "latest"])
        .exits(0)
        .prints("unchanged");
}

#[test]
fn a_sync_with_everything_is_as_stored() {
    let test = Test::new();
    let with = ["tokens", "auth-settings", "audit", "logins"].map(|what| ["--with", what]);
    for name in ["First", "Second"] {
        test.fake
            .change(|account| account.rename_user("uDANA00000000000000000", name));
        test.sync()
            .args(with.as_flattened())
            .args(&["--allow-partial"])
            .run();
        is_unchanged(&test.database());
    }
}

#[test]
fn digests_depend_on_facts_and_on_the_digest_before() {
    let folder = TempDir::new();
    let (one, other) = (folder.file("a.db"), folder.file("b.db"));
    history(&one, 40);
    history(&other, 40);
    assert_eq!(digests(&one), digests(&other));
    let mut changed = account(40);
    changed
        .person("u7", "Another name")
        .publish(&folder.file("c.db"), 1);
    assert_ne!(digests(&folder.file("c.db"))[0], digests(&one)[0]);
    let same_facts = account(40);
    same_facts.publish(&one, 9);
    same_facts.publish(&folder.file("c.db"), 9);
    assert_ne!(digests(&folder.file("c.db")).last(), digests(&one).last());
}

#[test]
fn evidence_carries_its_digest_and_is_verified_by_itself() {
    let folder = TempDir::new();
    history(&folder.file("a.db"), 40);
    let arguments = [
        "export",
        "--format",
        "sqlite",
        "--at",
        "3",
        "-o",
        "evidence.db",
    ];
    run(&folder, &arguments).exits(0);
    let digest = digests(&folder.file("a.db"))[2].clone();
    assert_eq!(
        digests(&folder.file("evidence.db")),
        std::slice::from_ref(&digest)
    );
    is_unchanged(&folder.file("evidence.db"));
    let manifest = fs::read_to_string(folder.file("evidence.db.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["snapshot"]["digest"].as_str(), digest.as_deref());
}

/// A role that no list showed is found later to be the scope's own: then the past says so too.
#[test]
fn a_role_that_is_listed_later_keeps_every_snapshot_verifiable() {
    let folder = TempDir::new();
    let file = folder.file("a.db");
    let mut account = Account::example();
    account.person("ada", "Ada");
    account.assign("user/ada", "role/harness/hidden", "account", EVERYTHING);
    account.publish(&file, 1);
    account.publish(&file, 2);
    account.revoke("user/ada", "role/harness/hidden");
    account.role("role/account/hidden", "Hidden", &["core_account_view"]);
    account.assign("user/ada", "role/account/hidden", "account", EVERYTHING);
    account.publish(&file, 3);
    is_unchanged(&file);
}

fn alter(file: &Path, sql: &str) {
    let connection = Connection::open(file).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn what_was_changed_is_named_with_its_snapshots() {
    for (sql, says) in [
        ("UPDATE _grant SET created_at = 1 WHERE key = 1", "grants"),
        (
            "UPDATE _resource_version SET name = 'Eve' WHERE key = 9",
            "resources",
        ),
        ("UPDATE _coverage SET rows = 7 WHERE key = 1", "listings"),
        (
            "DELETE FROM _acts WHERE key = 2",
            "who acts with whose grants",
        ),
        (
            "UPDATE _grant SET valid_until = 99 WHERE key = 3",
            "snapshots that it does not hold",
        ),
        ("UPDATE _covers SET children = 0", "`_covers`"),
        ("DELETE FROM _above", "`_above`"),
        (
            "UPDATE _resource SET known_name = 'Eve' WHERE key = 9",
            "`_resource`",
        ),
        ("UPDATE _known SET since = 4", "`_known`"),
        (
            "UPDATE _snapshot SET finished_at = started_at",
            "its digest",
        ),
        ("UPDATE _snapshot SET digest = NULL", "its digest"),
        (
            "DELETE FROM _seal WHERE snapshot = 3",
            "its sums are missing",
        ),
        ("UPDATE _account SET base_url = 'https://b'", "`_account`"),
    ] {
        let folder = TempDir::new();
        history(&folder.file("a.db"), 40);
        alter(&folder.file("a.db"), sql);
        let outcome = run(&folder, &["snapshots", "verify"]).exits(6);
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(told.contains(says), "{sql}: {told}");
        outcome.says("a.db is damaged");
    }
}

/// Damage is not made right by writing beside it.
#[test]
fn a_later_sync_leaves_damage_to_be_seen() {
    for sql in [
        "UPDATE _grant SET created_at = 1 WHERE key = 1",
        "UPDATE _resource SET known_name = 'Eve' WHERE key = 9",
        "DELETE FROM _seal WHERE snapshot = 4",
    ] {
        let folder = TempDir::new();
        let file = folder.file("a.db");
        history(&file, 40);
        alter(&file, sql);
        account(41).publish(&file, 5);
        run(&folder, &["snapshots", "label", "1", "first"]).exits(0);
        assert!(!problems(&file).unwrap().is_empty(), "{sql}");
    }
}

#[test]
fn evidence_is_not_made_of_a_damaged_file() {
    let folder = TempDir::new();
    history(&folder.file("a.db"), 40);
    alter(
        &folder.file("a.db"),
        "UPDATE _grant SET created_at = 1 WHERE key = 1",
    );
    let formats = ["csv", "ndjson", "sqlite", "c1z", "datasette-metadata"];
    for format in formats {
        run(&folder, &["export", "--format", format, "-o", "out"])
            .exits(6)
            .says("a.db is damaged: snapshot ")
            .says("is not as it was stored: grants");
    }
    run(&folder, &["report", "-o", "out"]).exits(6);
    run(
        &folder,
        &["export", "--history", "--format", "ndjson", "-o", "out"],
    )
    .exits(6);
    assert_eq!(folder.names(), ["a.db"]);
}

#[test]
fn a_file_of_schema_1_gets_its_digests_when_it_is_converted() {
    let folder = TempDir::new();
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-1/schema-1.db");
    fs::copy(old, folder.file("a.db")).unwrap();
    run(&folder, &["snapshots", "verify"])
        .exits(2)
        .says("without a digest to compare with");
    run(&folder, &["snapshots", "label", "1", "first"]).exits(0);
    is_unchanged(&folder.file("a.db"));
    run(&folder, &["snapshots", "verify"])
        .exits(0)
        .prints("unchanged since the file was converted from schema 1");
}

#[test]
fn evidence_of_a_file_without_digests_has_none_and_is_no_damage() {
    let folder = TempDir::new();
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-1/schema-1.db");
    fs::copy(old, folder.file("a.db")).unwrap();
    let evidence = ["export", "--format", "sqlite", "-o", "b.db"];
    run(&folder, &evidence).exits(0);
    let of_evidence =
        |arguments: &[&str]| Run::new(folder.path(), arguments).args(&["--db", "b.db"]);
    of_evidence(&["snapshots", "verify"])
        .exits(2)
        .says("1 snapshot without a digest to compare with");
    of_evidence(&["export", "--format", "ndjson", "-o", "out"]).exits(0);
    of_evidence(&["report", "-o", "report.html"]).exits(0);
    alter(&folder.file("b.db"), "UPDATE _snapshot SET digest = 'x'");
    of_evidence(&["snapshots", "verify"]).exits(6);
}

/// What is stored next is told as a change to what was found, so damage is told before.
#[test]
fn each_command_that_writes_tells_of_damage_once() {
    let commands: [&[&str]; 4] = [
        &["sync"],
        &["prune", "--keep-last", "1"],
        &["snapshots", "label", "1", "first"],
        &["snapshots", "label", "--remove", "audit"],
    ];
    for (sql, says) in [
        ("DELETE FROM _grant WHERE key = 5", "grants"),
        (
            "UPDATE _resource_version SET attributes = '{}' WHERE key = 9",
            "resources",
        ),
        ("UPDATE _coverage SET rows = 7 WHERE key = 1", "listings"),
        ("UPDATE _known SET since = 4", "`_known`"),
    ] {
        for command in commands {
            let test = Test::synced();
            test.sync().args(&["--label", "audit"]).run();
            alter(&test.database(), sql);
            let run = match command {
                ["sync"] => test.sync(),
                others => test.run(others),
            };
            let outcome = run.exits(0);
            let told: Vec<&str> = outcome.stderr.matches("is damaged: ").collect();
            assert_eq!(told.len(), 1, "{command:?}: {}", outcome.stderr);
            outcome.says(says);
        }
    }
}

#[test]
fn the_document_says_which_snapshot_differs() {
    let folder = TempDir::new();
    history(&folder.file("a.db"), 40);
    alter(
        &folder.file("a.db"),
        "UPDATE _grant SET created_at = 1 WHERE valid_from = 3",
    );
    let arguments = ["snapshots", "verify", "--format", "json"];
    let told = run(&folder, &arguments).exits(6).json();
    let unchanged: Vec<&Value> = told["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["unchanged"])
        .collect();
    assert_eq!(unchanged, [true, true, false, false]);
    assert_eq!(told["snapshots"][2]["differs"][0], "grants");
}

/// Every flipped byte is told, or changes no answer.
#[test]
fn bit_rot_is_told_or_harmless() {
    let folder = TempDir::new();
    let file = folder.file("a.db");
    history(&file, 200);
    let ours = fs::read(&file).unwrap();
    let answers = (all_answers(&file), answers_until(&file, 4));
    let flips = std::env::var("HARNESS_ACCESS_FLIPS").map_or(240, |text| text.parse().unwrap());
    let (mut told, mut harmless, mut seed) = (0, 0, 1_u64);
    for _ in 0..flips {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let at = usize::try_from(seed >> 33).unwrap() % ours.len();
        let bit = 1 << (seed >> 20 & 7);
        let mut bytes = ours.clone();
        bytes[at] ^= bit;
        fs::write(&file, &bytes).unwrap();
        match problems(&file) {
            Ok(problems) if problems.is_empty() => {
                harmless += 1;
                assert!(all_answers(&file) == answers.0, "byte {at}, bit {bit}");
                assert!(answers_until(&file, 4) == answers.1, "byte {at}, bit {bit}");
            }
            _ => told += 1,
        }
    }
    assert!(told > flips / 3, "{told} told, {harmless} harmless"); // the rest are free bytes
}

/// One-time access to the file is enough to plant one.
#[test]
fn a_planted_trigger_is_named() {
    let test = Test::synced();
    alter(
        &test.database(),
        "CREATE TRIGGER hide AFTER INSERT ON _grant BEGIN DELETE FROM _grant WHERE principal = 2; END",
    );
    let bytes = fs::read(test.database()).unwrap();
    test.sync().exits(6).says("it has the trigger `hide`");
    assert!(fs::read(test.database()).unwrap() == bytes);
}

/// The bytes of a journal that puts other pages into a file, and the file.
fn crafted_journal(folder: &TempDir) -> (Vec<u8>, Vec<u8>) {
    let file = folder.file("a.db");
    history(&file, 40);
    let bytes = fs::read(&file).unwrap();
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE _resource_version SET attributes = attributes || ' ';
             UPDATE _grant SET created_at = 1;")
        .unwrap();
    let journal = fs::read(folder.file("a.db-journal")).unwrap();
    drop(connection);
    fs::write(&file, &bytes).unwrap();
    (bytes, journal)
}

#[test]
fn reading_does_not_carry_out_what_lies_beside_evidence() {
    let folder = TempDir::new();
    let (bytes, journal) = crafted_journal(&folder);
    let commands: [&[&str]; 7] = [
        &["snapshots", "--db", "a.db"],
        &["diff", "a.db@1", "a.db@2"],
        &["query", "SELECT 1", "--db", "a.db"],
        &["findings", "--db", "a.db"],
        &["export", "--format", "ndjson", "--at", "a.db@2"],
        &["snapshots", "verify", "a.db"],
        &["who-can", "core_account_view", "--db", "a.db"],
    ];
    for (name, content) in [
        ("a.db-journal", &journal),
        ("a.db-wal", &b"frames".to_vec()),
    ] {
        folder.write(name, content);
        for command in commands {
            Run::new(folder.path(), command)
                .exits(6)
                .says(&format!("a.db was not read: a.db{}", &name[4..]))
                .says("manifest");
            assert!(
                fs::read(folder.file("a.db")).unwrap() == bytes,
                "{command:?}"
            );
            assert!(
                &fs::read(folder.file(name)).unwrap() == content,
                "{command:?}"
            );
        }
        fs::remove_file(folder.file(name)).unwrap();
    }
    assert_eq!(folder.names(), ["a.db"]);
}
