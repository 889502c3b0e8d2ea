//! Forgetting snapshots from the command line. That no answer changes is a property test beside the code.

use crate::support::Database;
use crate::support::account::Account;
use crate::support::{Outcome, Run, TempDir};

fn forty_days(folder: &TempDir) {
    let file = folder.file("a.db");
    let mut account = Account::default();
    account.group("user_group/account/g", "Operators");
    for day in 1..=40 {
        let user = format!("user/u{day}");
        account.user(&user["user/".len()..], "Somebody", "somebody@example.test");
        account.member(&user, "user_group/account/g");
        account.publish_as(&file, day, (day == 3).then_some("audit-q1"));
    }
}

fn prune(folder: &TempDir, arguments: &[&str]) -> Outcome {
    let mut all = vec!["prune", "--db", "a.db"];
    all.extend(arguments);
    Run::new(folder.path(), &all).run()
}

fn snapshots(folder: &TempDir) -> Vec<i64> {
    let ended = Run::new(
        folder.path(),
        &["snapshots", "--db", "a.db", "--format", "json"],
    )
    .exits(0);
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let snapshots = document["snapshots"].as_array().into_iter().flatten();
    snapshots
        .filter_map(|snapshot| snapshot["id"].as_i64())
        .collect()
}

#[test]
fn without_a_rule_nothing_is_forgotten() {
    let folder = TempDir::new();
    forty_days(&folder);
    for arguments in [&[][..], &["--keep-last", "0"], &["--dry-run"]] {
        let ended = prune(&folder, arguments).exits(3);
        assert!(
            ended.stderr.contains("nothing would be kept"),
            "{}",
            ended.stderr
        );
    }
    prune(&folder, &["--keep-last", "-1"]).exits(3);
    for more in [&[][..], &["--keep-last", "5"], &["--keep-label", "a*"]] {
        let ended = prune(&folder, &[&["--keep-label", ""], more].concat()).exits(3);
        assert!(
            ended.stderr.contains("--keep-label is empty"),
            "{}",
            ended.stderr
        );
    }
    assert_eq!(snapshots(&folder).len(), 40);
}

#[test]
fn a_dry_run_says_what_the_run_does() {
    let folder = TempDir::new();
    forty_days(&folder);
    let rules = [
        "--keep-last",
        "2",
        "--keep-weekly",
        "3",
        "--keep-monthly",
        "2",
        "--keep-label",
        "audit-*",
        "--forget-labelled",
    ];
    let dry = prune(&folder, &[&rules[..], &["--dry-run"]].concat()).exits(0);
    assert_eq!(dry.stderr, "would delete 35 snapshots, keeping 5\n");
    assert_eq!(snapshots(&folder).len(), 40);
    let run = prune(&folder, &rules).exits(0);
    assert_eq!(run.stdout, dry.stdout);
    // 2026-01-01 is a Thursday: weeks end on days 4, 11, 18, 25, 32 and 39.
    assert_eq!(snapshots(&folder), [3, 31, 32, 39, 40]);
    assert!(
        run.stderr.starts_with("deleted 35 snapshots, keeping 5; "),
        "{}",
        run.stderr
    );
}

#[test]
fn space_is_given_back_and_since_keeps_its_answer() {
    let folder = TempDir::new();
    forty_days(&folder);
    let before = std::fs::metadata(folder.file("a.db"))
        .expect("a file")
        .len();
    let history = Run::new(folder.path(), &["history", "--db", "a.db", "user/u20"]).exits(0);
    let ended = prune(
        &folder,
        &["--keep-last", "1", "--forget-labelled", "--format", "json"],
    )
    .exits(0);
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(document["forgotten"].as_array().map(Vec::len), Some(39));
    assert_eq!(document["bytes_before"].as_u64(), Some(before));
    let after = std::fs::metadata(folder.file("a.db"))
        .expect("a file")
        .len();
    assert_eq!(document["bytes_after"].as_u64(), Some(after));
    assert_eq!(document["compacted"].as_bool(), Some(after < before));
    // Whether the person was there before snapshot 20, under another name, nobody knows any more.
    let history = history.stdout.replacen("appeared", "seen like this", 1);
    let again = Run::new(folder.path(), &["history", "--db", "a.db", "user/u20"]);
    let again = again.exits(0).stdout;
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&history), words(&again), "{again}");
    // Nothing to forget any more.
    let ended = prune(&folder, &["--keep-last", "1", "--forget-labelled"]).exits(0);
    assert_eq!(ended.stderr, "deleted 0 snapshots, keeping 1\n");
}

#[test]
fn the_label_of_a_forgotten_snapshot_is_free() {
    let folder = TempDir::new();
    forty_days(&folder);
    prune(&folder, &["--keep-last", "5", "--forget-labelled"]).exits(0);
    Run::new(
        folder.path(),
        &["snapshots", "label", "--db", "a.db", "latest", "audit-q1"],
    )
    .exits(0);
    Run::new(folder.path(), &["diff", "--db", "a.db", "3", "latest"]).exits(3);
}

#[test]
fn only_our_files_are_pruned() {
    let folder = TempDir::new();
    std::fs::write(folder.file("a.db"), "not a database").expect("write");
    prune(&folder, &["--keep-last", "5"]).exits(6);
    std::fs::remove_file(folder.file("a.db")).expect("remove");
    prune(&folder, &["--keep-last", "5"]).exits(6);
    assert!(!folder.file("a.db").exists());
}

fn changes(folder: &TempDir) -> Vec<String> {
    let database = Database::open(&folder.file("a.db"));
    let rows = database.rows("SELECT snapshot_id, change, id FROM changes ORDER BY 1, 3, 2");
    rows.iter().map(|row| row.join(" ")).collect()
}

#[test]
fn what_was_there_before_the_oldest_snapshot_was_not_added_by_it() {
    let folder = TempDir::new();
    forty_days(&folder);
    prune(&folder, &["--keep-last", "2", "--forget-labelled"]).exits(0);
    let member = "user_group/account/g:member";
    let found = ["40 added user/u40".to_owned(), format!("40 added {member}")];
    let mut expected = found.to_vec();
    expected.sort_by_key(|line| !line.contains("user/"));
    let mut actual = changes(&folder);
    actual.sort_by_key(|line| !line.contains("user/"));
    assert_eq!(actual, expected);
    prune(&folder, &["--keep-last", "1", "--forget-labelled"]).exits(0);
    assert_eq!(changes(&folder), [""; 0]);
}

#[test]
fn what_changed_before_the_oldest_snapshot_did_not_appear() {
    let folder = TempDir::new();
    let file = folder.file("a.db");
    let mut account = Account::default();
    account.user("ada", "Ada", "ada@example.test");
    account.publish(&file, 1);
    account.publish(&file, 2);
    account.user("ada", "Ada L.", "ada@example.test");
    account.user("bob", "Bob", "bob@example.test");
    account.publish(&file, 3);
    account.publish(&file, 4);
    account.user("eve", "Eve", "eve@example.test");
    account.publish(&file, 5);
    prune(&folder, &["--keep-last", "2", "--forget-labelled"]).exits(0);
    let history = |who: &str, format: &str| {
        let arguments = ["history", "--db", "a.db", who, "--format", format];
        Run::new(folder.path(), &arguments).exits(0).stdout
    };
    for who in ["user/ada", "user/bob"] {
        let text = history(who, "table");
        assert!(text.contains("  3  + seen like this  user"), "{text}");
        assert!(history(who, "json").contains("\"first_look\": true"));
    }
    let text = history("user/eve", "table");
    assert!(text.contains("  5  + appeared"), "{text}");
}

/// field report B6: `--keep-last 1` deleted labelled snapshots.
#[test]
fn a_label_protects_its_snapshot() {
    let folder = TempDir::new();
    forty_days(&folder);
    prune(&folder, &["--keep-last", "1"])
        .exits(0)
        .prints("label");
    let kept = snapshots(&folder);
    assert!(kept.len() > 1, "{kept:?}");
    prune(&folder, &["--keep-last", "1", "--forget-labelled"])
        .exits(0)
        .prints("(deleted: no rule keeps it)");
    assert_eq!(snapshots(&folder), [40]);
}

/// A misspelt label kept the newest snapshot alone.
#[test]
fn a_label_that_no_snapshot_has_keeps_nothing_by_itself() {
    let folder = TempDir::new();
    forty_days(&folder);
    for more in [
        &[][..],
        &["--dry-run"],
        &["--forget-labelled"],
        &["--keep-label", "q?"],
    ] {
        prune(&folder, &[&["--keep-label", "audit-q2"], more].concat())
            .exits(3)
            .says("no snapshot has a label like `audit-q2`")
            .says("there is audit-q1");
    }
    assert_eq!(snapshots(&folder).len(), 40);
    let with_another = ["--keep-label", "audit-q2", "--keep-last", "2"];
    prune(&folder, &with_another)
        .exits(0)
        .says("no snapshot has a label like `audit-q2`");
    assert_eq!(snapshots(&folder), [3, 39, 40]);
}
