//! When something appeared, changed and disappeared.

use crate::support::account::Account;
use crate::support::{Outcome, Run, TempDir, matches_file};

const ADMINS: &str = "user_group/account/admins";
const ALL: &str = "resource_group/account/all";

fn a_week(folder: &TempDir) {
    let file = folder.file("a.db");
    let mut account = Account::default();
    account
        .group(ADMINS, "Admins")
        .role("role/account/r", "Role", &["a"])
        .everything(ALL, "All");
    account.user("u0", "Same Name", "first@example.test").user(
        "u9",
        "Same Name",
        "second@example.test",
    );
    account.assign(ADMINS, "role/account/r", "account", ALL);
    account.publish(&file, 1);
    account.user("u1", "=Ada\u{1b}[31m", "ada@example.test");
    account.publish(&file, 2);
    account
        .member("user/u1", ADMINS)
        .assign("user/u1", "role/account/r", "org/pay", ALL);
    account.publish(&file, 3);
    account
        .role("role/account/r", "Role", &["a", "b"])
        .user("u1", "Ada", "ada@example.test");
    account.publish(&file, 4);
    // Made anew: the same access under another identifier.
    for assignment in account.grants.values_mut() {
        assignment.push_str("-again");
    }
    account.publish(&file, 5);
    account.revoke("user/u1", ADMINS);
    account.publish(&file, 6);
    account
        .remove("user/u1")
        .revoke("user/u1", "role/account/r");
    account.publish(&file, 7);
}

fn history(folder: &TempDir, arguments: &[&str]) -> Outcome {
    let mut all = vec!["history", "--db", "a.db"];
    all.extend(arguments);
    Run::new(folder.path(), &all).run()
}

#[test]
fn every_format_is_as_reviewed() {
    let folder = TempDir::new();
    a_week(&folder);
    for (name, arguments) in [
        ("user.txt", &["ada@example.test"][..]),
        ("user.json", &["ada@example.test", "--format", "json"]),
        ("user.csv", &["ada@example.test", "--format", "csv"]),
        ("role.txt", &["role/account/r"]),
        ("group.txt", &["Admins"]),
    ] {
        let ended = history(&folder, arguments).exits(0);
        matches_file(&format!("history/{name}"), &ended.stdout);
    }
}

#[test]
fn the_same_thing_by_any_of_its_names() {
    let folder = TempDir::new();
    a_week(&folder);
    let by_id = history(&folder, &["user/u1"]).exits(0).stdout;
    for name in ["u1", "ada@example.test", "ADA@example.test", "Ada"] {
        assert_eq!(history(&folder, &[name]).exits(0).stdout, by_id, "{name}");
    }
}

#[test]
fn a_grant_by_its_parts_or_its_id() {
    let folder = TempDir::new();
    a_week(&folder);
    let parts = history(&folder, &["Ada", "Role"]).exits(0).stdout;
    assert_eq!(parts.lines().count(), 3, "{parts}");
    assert!(
        parts.contains("+ appeared") && parts.contains("- disappeared"),
        "{parts}"
    );
    for words in [
        &["user/u1", "role/account/r:assigned", "org/pay", ALL][..],
        &["user/u1 role/account/r:assigned org/pay resource_group/account/all"],
        &["u1", "r", "org/pay"],
    ] {
        assert_eq!(history(&folder, words).exits(0).stdout, parts);
    }
    let through = history(&folder, &["u1", "r", "account"]).exits(0);
    assert!(
        through
            .stderr
            .starts_with("not directly; through user_group/account/")
    );
    let none = history(&folder, &["u0", "r", "account"]).exits(0);
    assert_eq!(none.stdout, "");
    assert_eq!(
        none.stderr,
        "no snapshot in this file has a grant of role/account/r to user/u0 in account\n"
    );
}

#[test]
fn what_is_not_one_thing_is_asked_back() {
    let folder = TempDir::new();
    a_week(&folder);
    let ended = history(&folder, &["Same Name"]).exits(3);
    assert!(
        ended
            .stderr
            .contains("user/u0 (Same Name)\n  user/u9 (Same Name)"),
        "{}",
        ended.stderr
    );
    let ended = history(&folder, &["nobody"]).exits(3);
    assert!(
        ended
            .stderr
            .contains("no snapshot in this file has anything named `nobody`"),
        "{}",
        ended.stderr
    );
    history(&folder, &[]).exits(3);
    history(&folder, &["u1", "r", "nowhere"]).exits(3);
    history(&folder, &["u1", "r", "account", ALL, "more"]).exits(3);
}
