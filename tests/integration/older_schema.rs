//! Files that version 0.1.0 wrote: read as they are, migrated by whoever writes, and the answers stay.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Database, Run, TempDir};
use crate::support::{all_answers, answers_until};

const SNAPSHOTS: i64 = 7;

fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema-1");
    folder.join(name)
}

/// A copy of the file of schema 1 in a folder.
fn old_file(folder: &TempDir) -> PathBuf {
    let file = folder.file("a.db");
    fs::copy(fixture("schema-1.db"), &file).unwrap();
    file
}

/// Labelling what has the label already writes nothing else.
fn migrate(folder: &TempDir) {
    Run::new(
        folder.path(),
        &["snapshots", "label", "1", "first", "--db", "a.db"],
    )
    .exits(0);
}

/// What version 0.1.0 said, but for the name of the file.
fn assert_same_answers(folder: &TempDir) {
    for pair in ["1-2", "2-3", "2-7", "3-4", "3-5", "4-5", "5-6", "6-7"] {
        let (older, newer) = pair.split_once('-').unwrap();
        let arguments = ["diff", "--db", "a.db", "--format", "json", older, newer];
        let told = Run::new(folder.path(), &arguments).run().stdout;
        let then = fs::read_to_string(fixture(&format!("diff-{pair}.json"))).unwrap();
        assert_contains(&json(&then), &json(&told), pair);
    }
    for at in ["1", "3", "4", "7"] {
        let arguments = ["export", "--db", "a.db", "--format", "ndjson", "--at", at];
        let told = Run::new(folder.path(), &arguments).exits(0).stdout;
        let then = fs::read_to_string(fixture(&format!("export-{at}.ndjson"))).unwrap();
        assert_eq!(then.lines().count(), told.lines().count(), "export {at}");
        for (then, told) in then.lines().zip(told.lines()) {
            assert_contains(&json(then), &json(told), at);
        }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Every field of then is there now; fields may have been added.
fn assert_contains(then: &Value, now: &Value, context: &str) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (name, then) in then.iter().filter(|(name, _)| *name != "file") {
                assert_contains(then, &now[name], &format!("{context}/{name}"));
            }
        }
        (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
            for (at, (then, now)) in then.iter().zip(now).enumerate() {
                assert_contains(then, now, &format!("{context}/{at}"));
            }
        }
        _ => assert_eq!(then, now, "{context}"),
    }
}

#[test]
fn a_file_of_schema_1_answers_as_it_did_and_stays_as_it_is() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    let bytes = fs::read(&file).unwrap();
    assert_same_answers(&folder);
    assert!(
        fs::read(&file).unwrap() == bytes,
        "reading changed the file"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_migrated_file_answers_as_it_did() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    let (all, each) = (all_answers(&file), answers_until(&file, SNAPSHOTS));
    migrate(&folder);
    assert_same_answers(&folder);
    assert_eq!(all_answers(&file), all);
    assert_eq!(answers_until(&file, SNAPSHOTS), each);
    let database = Database::open(&file);
    assert_eq!(database.ask("PRAGMA user_version"), "2");
    assert_eq!(database.ask("PRAGMA integrity_check"), "ok");
    assert_eq!(database.ask("PRAGMA foreign_key_check"), "");
}

#[test]
fn a_migrated_file_has_the_schema_of_a_new_one() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    migrate(&folder);
    let new = folder.file("new.db");
    crate::support::account::Account::default().publish(&new, 1);
    let schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name";
    assert_eq!(
        Database::open(&file).ask(schema),
        Database::open(&new).ask(schema)
    );
}

#[test]
fn files_of_both_schemas_are_compared() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    migrate(&folder);
    fs::copy(fixture("schema-1.db"), folder.file("old.db")).unwrap();
    for (older, newer) in [
        ("old.db@3", "a.db@5"),
        ("a.db@3", "old.db@5"),
        ("old.db@3", "old.db@5"),
    ] {
        let arguments = ["diff", "--format", "json", older, newer];
        let told = json(&Run::new(folder.path(), &arguments).run().stdout);
        let then = json(&fs::read_to_string(fixture("diff-3-5.json")).unwrap());
        assert_contains(
            &then["changes"],
            &told["changes"],
            &format!("{older} {newer}"),
        );
    }
    assert!(file.exists());
}

#[test]
fn a_snapshot_of_an_old_file_is_exported_as_a_new_one() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    let arguments = [
        "export", "--db", "a.db", "--format", "sqlite", "--at", "3", "-o", "b.db",
    ];
    Run::new(folder.path(), &arguments).exits(0);
    let copy = folder.file("b.db");
    let views = [
        "grants",
        "users",
        "effective_access",
        "access_in_scope",
        "roles",
    ];
    let (mut old, mut new) = (answers_until(&file, 3), answers_until(&copy, 3));
    for view in views {
        assert_eq!(
            new.get_mut(&3).unwrap().remove(view),
            old.get_mut(&3).unwrap().remove(view),
            "{view}"
        );
    }
}
