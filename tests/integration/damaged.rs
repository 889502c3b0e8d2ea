//! A damaged file ends every command with exit status 6 and a word about the file, whatever the damage and the question.

use std::fs;

use rusqlite::Connection;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Outcome, Run, TempDir};

/// Every command that only reads.
const COMMANDS: [&[&str]; 17] = [
    &["snapshots"],
    &["snapshots", "verify"],
    &["diff", "1", "2"],
    &["who-can", "core_pipeline_execute"],
    &["what-can", "u3@example.test"],
    &["why", "u3@example.test", "core_pipeline_execute"],
    &["history", "u3@example.test"],
    &["findings"],
    &["findings", "--at", "1"],
    &["audit"],
    &["query", "SELECT * FROM effective_access"],
    &["export", "--format", "csv", "-o", "out"],
    &["export", "--format", "ndjson", "-o", "out"],
    &["export", "--format", "sqlite", "--at", "1", "-o", "out"],
    &["export", "--history", "--format", "ndjson", "-o", "out"],
    &["report", "-o", "out"],
    &["prune", "--keep-last", "1", "--dry-run"],
];

/// A file of two snapshots that takes a few hundred pages.
fn stage() -> (TempDir, Vec<u8>) {
    let folder = TempDir::new();
    let mut account = Account::example();
    account.group("user_group/account/ops", "Operators");
    account.role("role/account/r", "Deployer", &["core_pipeline_execute"]);
    for number in 0..300 {
        let (uuid, user) = (format!("u{number}"), format!("user/u{number}"));
        account.person(&uuid, "Somebody");
        account.assign(&user, "role/account/r", "account", EVERYTHING);
        account.member(&user, "user_group/account/ops");
    }
    account.publish(&folder.file("a.db"), 1);
    account.revoke("user/u7", "role/account/r");
    account.publish(&folder.file("a.db"), 2);
    let bytes = fs::read(folder.file("a.db")).unwrap();
    (folder, bytes)
}

fn ask(folder: &TempDir, command: &[&str]) -> Outcome {
    let outcome = Run::new(folder.path(), command)
        .args(&["--db", "a.db"])
        .run();
    for output in ["out", "out.manifest.json"] {
        let _ = fs::remove_file(folder.file(output));
    }
    outcome
}

/// The command ends as on the whole file, or says that this one is damaged.
#[track_caller]
fn tells_or_answers(outcome: &Outcome, whole: i32, damage: &str) -> bool {
    let context = format!(
        "{damage}: {} ended with {}: {}",
        outcome.command, outcome.status, outcome.stderr
    );
    assert!(!outcome.stderr.contains("panicked"), "{context}");
    if outcome.status == 6 {
        assert!(outcome.stderr.contains("a.db"), "{context}");
        return true;
    }
    assert_eq!(outcome.status, whole, "{context}");
    false
}

#[test]
fn a_file_of_which_nothing_is_left_is_damaged_to_every_command() {
    let (folder, ours) = stage();
    let page = usize::from(u16::from_be_bytes([ours[16], ours[17]]));
    let filled = |from: usize, byte: u8| {
        let mut bytes = ours.clone();
        bytes[from..].fill(byte);
        bytes
    };
    let mut shuffled = ours.clone();
    shuffled[page..].rotate_left(page * 7);
    let damages = [
        ("zeros", filled(page, 0)),
        ("ones", filled(page, 0xff)),
        ("no schema", filled(100, 0x5a)),
        ("cut", ours[..ours.len() - 1].to_vec()),
        ("half", ours[..ours.len() / 2].to_vec()),
        ("shuffled", shuffled),
    ];
    for (damage, bytes) in damages {
        folder.write("a.db", &bytes);
        for command in COMMANDS {
            let outcome = ask(&folder, command);
            assert!(tells_or_answers(&outcome, 6, damage));
            assert!(outcome.stdout.is_empty(), "{damage}: {}", outcome.command);
        }
        assert!(fs::read(folder.file("a.db")).unwrap() == bytes, "{damage}");
    }
}

#[test]
fn damage_to_any_page_is_told_or_not_met() {
    let (folder, ours) = stage();
    let page = usize::from(u16::from_be_bytes([ours[16], ours[17]]));
    let whole: Vec<i32> = COMMANDS
        .iter()
        .map(|command| ask(&folder, command).status)
        .collect();
    let mut told = 0;
    for number in (1..ours.len() / page).step_by(5) {
        let mut bytes = ours.clone();
        bytes[number * page..(number + 1) * page].fill(0xa5);
        folder.write("a.db", &bytes);
        for (command, whole) in COMMANDS.iter().zip(&whole) {
            let damage = format!("page {number}");
            told += usize::from(tells_or_answers(&ask(&folder, command), *whole, &damage));
        }
    }
    assert!(told > 0);
}

#[test]
fn values_of_another_type_are_damage() {
    let (folder, ours) = stage();
    let whole: Vec<i32> = COMMANDS
        .iter()
        .map(|command| ask(&folder, command).status)
        .collect();
    for change in [
        "UPDATE _resource_version SET name = CAST(x'ff41' AS TEXT)",
        "UPDATE _resource_version SET attributes = '{'",
        "UPDATE _resource_version SET attributes = '[]'",
        "UPDATE _resource_version SET since = 'x'",
        "UPDATE _grant SET principal = 99999, target = 'x'",
        "UPDATE _grant SET listing = 'x', since = x'00'",
        "UPDATE _resource SET type = x'ff', scope = 99999",
        "UPDATE _scope SET path = CAST(x'ff' AS TEXT) WHERE key = 1",
        "UPDATE _snapshot SET caller = CAST(x'ff' AS TEXT), scopes = x'ff'",
        "UPDATE _coverage SET endpoint = x'ff', reason = x'ff'",
        "DELETE FROM _account",
    ] {
        folder.write("a.db", &ours);
        let connection = Connection::open(folder.file("a.db")).unwrap();
        let settings = "PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on;";
        connection
            .execute_batch(&format!("{settings} {change}"))
            .unwrap();
        drop(connection);
        for (command, whole) in COMMANDS.iter().zip(&whole) {
            let outcome = ask(&folder, command);
            let unknown = matches!(command[0], "who-can" | "what-can" | "why" | "history");
            // A name that is gone is an unknown name.
            if !(unknown && outcome.status == 3) {
                tells_or_answers(&outcome, *whole, change);
            }
        }
        ask(&folder, &["snapshots", "verify"]).exits(6);
    }
}

/// The damage of the newer file was told of the older one.
#[test]
fn of_two_files_the_damaged_one_is_named() {
    let folder = TempDir::new();
    let (good, bad) = (folder.file("good.db"), folder.file("bad.db"));
    let mut account = Account::example();
    account
        .person("ada", "Ada")
        .group_of("user_group/account/team", "Team", &["ada"]);
    for file in [&good, &bad] {
        account.publish(file, 1);
    }
    let sql = "PRAGMA foreign_keys = off; UPDATE _grant SET target = 99999999999";
    Connection::open(&bad).unwrap().execute_batch(sql).unwrap();
    for pair in [["good.db", "bad.db"], ["bad.db", "good.db"]] {
        Run::new(folder.path(), &["diff", pair[0], pair[1]])
            .exits(6)
            .says("bad.db is damaged: the number 99999999999 is out of range");
    }
}
