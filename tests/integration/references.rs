//! Naming snapshots and files.

use crate::support::account::Account;
use crate::support::{Run, TempDir, Test};

fn three_days(folder: &TempDir, file: &str) -> Account {
    let file = folder.file(file);
    let mut account = Account::default();
    account.group("user_group/account/g", "Operators");
    account.publish_as(&file, 1, Some("audit"));
    account.user("u1", "Ada", "ada@example.test");
    account.publish(&file, 2);
    account.member("user/u1", "user_group/account/g");
    account.publish(&file, 3);
    account
}

fn changes(folder: &TempDir, arguments: &[&str]) -> (i32, Vec<String>) {
    let mut all = vec!["diff", "--db", "a.db", "--format", "json"];
    all.extend(arguments);
    let ended = Run::new(folder.path(), &all).run();
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap_or_default();
    let ids = document["changes"].as_array().into_iter().flatten();
    let ids = ids.map(|change| change["id"].as_str().unwrap_or_default().to_owned());
    (ended.status, ids.collect())
}

const ADA: &str = "user/u1";
const MEMBER: &str = "user/u1 user_group/account/g:member";

#[test]
fn every_way_of_naming_a_snapshot() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    for (arguments, expected) in [
        (&[][..], &[MEMBER][..]),
        (&["1", "2"], &[ADA]),
        (&["audit"], &[MEMBER, ADA]),
        (&["latest~2", "previous"], &[ADA]),
        (&["2026-01-01", "2026-01-02"], &[ADA]),
        (&["2026-01-01T00:01:00Z", "2026-01-02 00:01"], &[ADA]),
        (&["a.db@audit", "a.db"], &[MEMBER, ADA]),
        (&["a.db@2", "./a.db@latest"], &[MEMBER]),
    ] {
        let (status, mut ids) = changes(&folder, arguments);
        ids.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(
            (status, ids),
            (1, expected.iter().map(|id| (*id).to_owned()).collect()),
            "{arguments:?}"
        );
    }
}

/// restic 21956: one snapshot made while the clock was days behind must not answer for later dates.
#[test]
fn a_date_means_the_newest_time_whatever_the_number() {
    let folder = TempDir::new();
    let file = folder.file("a.db");
    let mut account = Account::default();
    account.publish(&file, 10);
    account
        .user("u1", "Ada", "ada@example.test")
        .publish(&file, 11);
    account
        .user("u2", "Bea", "bea@example.test")
        .publish(&file, 5);
    account
        .user("u3", "Cem", "cem@example.test")
        .publish(&file, 12);
    let at = |date: &str| {
        let arguments = ["export", "--db", "a.db", "--format", "ndjson", "--at", date];
        let told = Run::new(folder.path(), &arguments).exits(0).stdout;
        serde_json::from_str::<serde_json::Value>(told.lines().next().unwrap()).unwrap()["id"]
            .clone()
    };
    let asked = [
        "2026-01-05",
        "2026-01-10",
        "2026-01-11",
        "2026-01-12",
        "latest",
    ];
    assert_eq!(asked.map(at), [3, 1, 2, 4, 4]);
}

/// restic 21956: two dates between which nothing was stored compared a snapshot with itself, without a word.
#[test]
fn two_references_of_one_snapshot_are_said() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    for references in [
        ["2026-01-03", "2026-02"],
        ["3", "latest"],
        ["latest", "a.db@3"],
    ] {
        Run::new(folder.path(), &["diff", "--db", "a.db"])
            .args(&references)
            .exits(0)
            .says("both references name the same snapshot, so there is nothing to compare");
    }
}

#[test]
fn what_names_nothing_is_said() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    for (arguments, status, says) in [
        (&["nope", "latest"][..], 3, "there is no such label or file"),
        (&["no.db@1", "latest"], 6, "there is no file no.db"),
        (&["./no.db", "latest"], 6, "there is no file ./no.db"),
        (&["9", "latest"], 3, "no snapshot `9`"),
        (&["3", "1"], 3, "the older one comes first"),
        (&["1", "2", "3"], 3, "expected at most two snapshots"),
    ] {
        let mut all = vec!["diff", "--db", "a.db"];
        all.extend(arguments);
        let ended = Run::new(folder.path(), &all).exits(status);
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
}

#[test]
fn two_files_say_what_one_file_says() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    // The same days in files of their own, where every number is another.
    let mut account = Account::default();
    account
        .group("user_group/account/g", "Operators")
        .user("zz", "Zoë", "z@example.test");
    account.publish(&folder.file("b.db"), 1);
    account
        .remove("user/zz")
        .user("u1", "Ada", "ada@example.test");
    account.member("user/u1", "user_group/account/g");
    account.publish(&folder.file("b.db"), 3);
    assert_eq!(
        changes(&folder, &["a.db@1", "b.db"]),
        (1, vec![MEMBER.to_owned(), ADA.to_owned()])
    );
    assert_eq!(
        changes(&folder, &["a.db@2", "b.db"]),
        (1, vec![MEMBER.to_owned()])
    );
    assert_eq!(changes(&folder, &["a.db@3", "b.db"]), (0, vec![]));
    assert_eq!(
        changes(&folder, &["b.db@1", "a.db@1"]),
        (1, vec!["user/zz".to_owned()])
    );
}

#[test]
fn two_accounts_are_not_compared() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    let other = Account {
        id: "other".to_owned(),
        ..Account::default()
    };
    other.publish(&folder.file("b.db"), 1);
    let ended = Run::new(folder.path(), &["diff", "a.db", "b.db"]).exits(6);
    assert!(
        ended.stderr.contains("a.db holds account acme"),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.is_empty());
}

#[test]
fn what_one_file_never_saw_is_neither_added_nor_removed() {
    let folder = TempDir::new();
    let mut account = three_days(&folder, "a.db");
    account.hidden = vec![(
        harness_access::model::ListingKind::UserGroups,
        "account".to_owned(),
    )];
    account
        .remove("user_group/account/g")
        .revoke("user/u1", "user_group/account/g");
    account.publish(&folder.file("b.db"), 3);
    let ended = Run::new(folder.path(), &["diff", "a.db", "b.db"]).exits(2);
    assert!(
        ended.stderr.contains("2 items in lists"),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
    let ended = Run::new(folder.path(), &["diff", "b.db", "a.db"]).exits(2);
    assert!(
        ended
            .stderr
            .contains("2 items listed completely for the first time"),
        "{}",
        ended.stderr
    );
    Run::new(
        folder.path(),
        &["diff", "b.db", "a.db", "--ignore-coverage"],
    )
    .exits(0);
}

#[test]
fn a_new_project_and_one_that_is_gone_are_no_gap() {
    let folder = TempDir::new();
    let mut account = Account::default();
    account
        .project("o", "old")
        .user("u1", "Ada", "ada@example.test");
    account
        .role("role/account/r", "Deployer", &["p"])
        .everything("resource_group/account/all", "All");
    account.assign(
        "user/u1",
        "role/account/r",
        "org/o/project/old",
        "resource_group/account/all",
    );
    account.publish(&folder.file("a.db"), 1);
    account
        .revoke("user/u1", "role/account/r")
        .remove("project/o/old")
        .project("o", "new");
    account.assign(
        "user/u1",
        "role/account/r",
        "org/o/project/new",
        "resource_group/account/all",
    );
    account.publish(&folder.file("a.db"), 2);
    account.publish(&folder.file("b.db"), 2);
    let expected = [
        "project/o/new",
        "project/o/old",
        "user/u1 role/account/r:assigned org/o/project/new resource_group/account/all",
        "user/u1 role/account/r:assigned org/o/project/old resource_group/account/all",
    ];
    for arguments in [&["1", "2"][..], &["a.db@1", "b.db"]] {
        let (status, ids) = changes(&folder, arguments);
        assert_eq!(
            (status, &ids[..]),
            (1, &expected.map(str::to_owned)[..]),
            "{arguments:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_only_be_read_is_enough() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    three_days(&folder, "b.db");
    let allow = |file, folder_mode| {
        for name in ["a.db", "b.db"] {
            let mode = std::fs::Permissions::from_mode(file);
            std::fs::set_permissions(folder.file(name), mode).expect("permissions");
        }
        let mode = std::fs::Permissions::from_mode(folder_mode);
        std::fs::set_permissions(folder.path(), mode).expect("permissions");
    };
    allow(0o444, 0o555);
    let one = Run::new(folder.path(), &["diff", "--db", "a.db", "1", "3"])
        .without_privileges()
        .run();
    let two = Run::new(folder.path(), &["diff", "a.db@1", "b.db"])
        .without_privileges()
        .run();
    let label = Run::new(
        folder.path(),
        &["snapshots", "label", "--db", "a.db", "1", "x"],
    )
    .without_privileges()
    .run();
    allow(0o600, 0o700);
    label.exits(6);
    assert_eq!(one.exits(1).stdout, two.exits(1).stdout);
    let files = std::fs::read_dir(folder.path()).expect("folder").count();
    assert_eq!(files, 2, "nothing is left beside the files");
}

#[test]
fn labels_are_set_moved_and_removed() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    let label = |arguments: &[&str]| {
        let mut all = vec!["snapshots", "label", "--db", "a.db"];
        all.extend(arguments);
        Run::new(folder.path(), &all).run()
    };
    let holder = |name: &str| {
        let ended = Run::new(
            folder.path(),
            &["diff", "--db", "a.db", "--format", "json", name, "latest"],
        )
        .run();
        let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap_or_default();
        document["from"]["snapshot"].as_i64()
    };
    assert_eq!(holder("audit"), Some(1));
    let moved = label(&["latest", "audit"]).exits(0);
    assert_eq!(
        moved.stderr,
        "the label moved from snapshot 1 to snapshot 3\n"
    );
    assert_eq!(holder("audit"), Some(3));
    label(&["2", "second"]).exits(0);
    assert_eq!(holder("second"), Some(2));
    label(&["--remove", "audit"]).exits(0);
    assert_eq!(holder("audit"), None);
    label(&["--remove", "audit"]).exits(3);
    label(&["1", "2026-01-01"]).exits(3);
    label(&["1"]).exits(3);
}

#[test]
fn a_comparison_of_two_files_names_them() {
    let folder = TempDir::new();
    let mut account = Account::default();
    account.user("u1", "Ada", "ada@example.test");
    account.publish(&folder.file("a.db"), 1);
    account.publish(&folder.file("a.db"), 2);
    account.user("u2", "Bob", "bob@example.test");
    account.publish(&folder.file("b.db"), 3);
    let ended = Run::new(folder.path(), &["diff", "a.db@1", "b.db"]).exits(1);
    let (first, second) = (
        "snapshot 1 (2026-01-01T00:01:00.000Z)",
        "snapshot 1 (2026-01-03T00:01:00.000Z)",
    );
    assert!(
        ended
            .stderr
            .contains(&format!("{first} of a.db -> {second} of b.db: ")),
        "{}",
        ended.stderr
    );
    let arguments = ["diff", "a.db@1", "b.db", "--format", "markdown"];
    let ended = Run::new(folder.path(), &arguments).exits(1);
    assert!(
        ended
            .stdout
            .contains(&format!("`{first} of a.db` → `{second} of b.db`")),
        "{}",
        ended.stdout
    );
    let ended = Run::new(folder.path(), &["diff", "--db", "a.db"]).exits(0);
    assert!(!ended.stderr.contains("a.db"), "{}", ended.stderr);
}

/// field report A3: a day without a snapshot was answered with a time nobody typed.
#[test]
fn days_are_named_as_they_were_typed() {
    let folder = TempDir::new();
    three_days(&folder, "a.db");
    for (reference, says) in [
        ("2020-11-25", "no snapshot on or before 2020-11-25:"),
        ("2020-11", "no snapshot on or before 2020-11:"),
        (
            "2020-11-25T10:00+02:00",
            "no snapshot on or before 2020-11-25T10:00+02:00:",
        ),
        ("01/03/2026", "`01/03/2026` is not a date"),
        ("2026-02-30", "`2026-02-30` is not a date"),
    ] {
        Run::new(folder.path(), &["diff", "--db", "a.db", reference])
            .exits(3)
            .says(says);
    }
    for reference in ["today", "2999-12", "2999-12-31T23:59+02:00"] {
        Run::new(
            folder.path(),
            &[
                "who-can",
                "nobody_has_this_role",
                "--db",
                "a.db",
                "--at",
                reference,
            ],
        )
        .exits(3)
        .says("no permission and no role");
    }
}

#[test]
fn what_was_recorded_is_told_from_a_day_on() {
    let test = Test::new();
    test.fake.caller(fake_harness::Caller::everything());
    test.sync().args(&["--with", "audit", "-q"]).exits(0);
    for day in ["today", "yesterday", "2026-02-28"] {
        test.run(&["audit", "--since", day]).exits(0);
    }
    test.run(&["audit", "--since", "2026-02-30"])
        .exits(3)
        .says("`2026-02-30` is neither a snapshot nor a date");
}
