//! Files that version 0.1.0 wrote: read as they are, migrated by whoever writes, and the answers stay.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Answers, Database, Run, TempDir};
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

/// Schema 1 had no digests; the migration makes them.
fn all_but_digests(file: &Path) -> Answers {
    let mut answers = all_answers(file);
    for snapshot in answers.get_mut("snapshots").unwrap() {
        snapshot.truncate(snapshot.rfind('|').unwrap());
    }
    answers
}

#[test]
fn a_migrated_file_answers_as_it_did() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    let (all, each) = (all_but_digests(&file), answers_until(&file, SNAPSHOTS));
    migrate(&folder);
    assert_same_answers(&folder);
    assert_eq!(all_but_digests(&file), all);
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

/// A copy of the file of schema 1 and its bytes, put back before each attempt.
struct Stage {
    folder: TempDir,
    file: PathBuf,
    bytes: Vec<u8>,
}

impl Stage {
    fn new() -> Self {
        let folder = TempDir::new();
        let file = old_file(&folder);
        let bytes = fs::read(&file).unwrap();
        Self {
            folder,
            file,
            bytes,
        }
    }

    fn reset(&self) {
        let _ = fs::remove_file(self.journal());
        fs::write(&self.file, &self.bytes).unwrap();
    }

    fn journal(&self) -> PathBuf {
        self.folder.file("a.db-journal")
    }

    fn migrating(&self) -> Run {
        let arguments = ["snapshots", "label", "1", "first", "--db", "a.db"];
        Run::new(self.folder.path(), &arguments)
    }

    /// The old file to the byte, once a journal that stayed behind is undone, or a whole new one. Returns whether new.
    fn is_old_or_new(&self, context: &str) -> bool {
        let connection = rusqlite::Connection::open(&self.file).unwrap();
        let ask = |sql: &str| {
            connection
                .query_row(sql, [], |row| row.get::<_, String>(0))
                .unwrap()
        };
        assert_eq!(ask("PRAGMA integrity_check"), "ok", "{context}");
        let version = ask("SELECT CAST(user_version AS TEXT) FROM pragma_user_version");
        drop(connection);
        if version == "1" {
            assert!(fs::read(&self.file).unwrap() == self.bytes, "{context}");
            return false;
        }
        assert_eq!(version, "2", "{context}");
        let reader = harness_access::store::Reader::open(&self.file).unwrap();
        assert_eq!(reader.snapshots().unwrap().len(), 7, "{context}");
        true
    }
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_of_a_migration() {
    let stage = Stage::new();
    let (mut old, mut new) = (0, 0);
    for nth in 0..60 {
        stage.reset();
        let mut child = stage.migrating().spawn();
        while !stage.journal().exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        for _ in 0..nth * 20 {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        if stage.is_old_or_new(&format!("kill {nth}")) {
            new += 1;
        } else {
            old += 1;
        }
    }
    assert!(old > 0, "{old} old, {new} new");
    stage.reset();
    stage.migrating().exits(0);
    assert!(stage.is_old_or_new("afterwards"));
}

/// What a kill before any write, sync, truncation or removal leaves, and after the last.
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#[test]
fn killed_at_every_write_of_a_migration() {
    use crate::support::traced::{Fate, traced};
    let stage = Stage::new();
    let mut left = Vec::new();
    let arguments = ["snapshots", "label", "1", "first", "--db", "a.db"];
    let traced = traced(stage.folder.path(), &arguments, |_| {
        left.push((
            fs::read(&stage.file).unwrap(),
            fs::read(stage.journal()).ok(),
        ));
        Fate::Goes
    });
    if traced.is_none() {
        return; // not allowed here
    }
    let states = left.len();
    let (mut old, mut new) = (0, 0);
    for (at, (file, journal)) in left.into_iter().enumerate() {
        stage.reset();
        fs::write(&stage.file, file).unwrap();
        if let Some(journal) = journal {
            fs::write(stage.journal(), journal).unwrap();
        }
        if stage.is_old_or_new(&format!("write {at} of {states}")) {
            new += 1;
        } else {
            old += 1;
        }
    }
    assert!(old > 100 && new > 10, "{old} old, {new} new");
}

/// The disk is full, or broken, from any write on.
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#[test]
fn a_migration_that_fails_at_any_write() {
    use crate::support::traced::{Fate, traced};
    let stage = Stage::new();
    let arguments = ["snapshots", "label", "1", "first", "--db", "a.db"];
    for (error, step) in [(nix::libc::ENOSPC, 1), (nix::libc::EIO, 9)] {
        let (mut from, mut last) = (1, u32::MAX);
        while from <= last {
            stage.reset();
            let mut calls = 0;
            let outcome = traced(stage.folder.path(), &arguments, |number| {
                calls = number;
                if number < from {
                    Fate::Goes
                } else {
                    Fate::Fails(error)
                }
            });
            let Some(outcome) = outcome else {
                return; // not allowed here
            };
            let context = format!("error {error} from write {from} on: {}", outcome.stderr);
            let is_new = stage.is_old_or_new(&context);
            // Once it is committed, what fails is at most the removal of what is no longer needed.
            assert!(
                outcome.status == 6 || is_new && outcome.status == 0,
                "{context}"
            );
            if calls < from {
                last = calls;
            }
            from += step;
        }
    }
}

#[cfg(unix)]
#[test]
fn a_migration_without_room_leaves_the_old_file() {
    let stage = Stage::new();
    let size = stage.bytes.len() / 1024;
    for kib in [0, 32, size, size + 16, size + 64] {
        stage.reset();
        let script = format!(
            r#"trap "" XFSZ; ulimit -f {kib}; exec "$0" snapshots label 1 first --db a.db"#
        );
        let output = std::process::Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_harness-access")])
            .current_dir(stage.folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(6), "{kib} KiB: {output:?}");
        assert!(!stage.is_old_or_new(&format!("{kib} KiB")), "{kib} KiB");
    }
}

#[test]
fn prune_says_that_it_converted_the_file() {
    let folder = TempDir::new();
    let file = old_file(&folder);
    let kilobytes = |bytes: u64| format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100);
    let before = kilobytes(fs::metadata(&file).unwrap().len());
    let prune = || {
        Run::new(
            folder.path(),
            &["prune", "--db", "a.db", "--keep-last", "7"],
        )
    };
    prune().exits(0).says(&format!(
        "converted the file to the current schema, from {before} to "
    ));
    prune().exits(0).hides("converted");
}
