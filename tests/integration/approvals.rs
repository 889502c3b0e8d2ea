//! Changes that somebody agreed to.

use crate::support::account::Account;
use crate::support::{Outcome, Run, TempDir};

const ADMINS: &str = "user_group/account/admins";
const ALL: &str = "resource_group/account/all";

fn start(folder: &TempDir) -> Account {
    let mut account = Account::default();
    account
        .user("u1", "Ada\n[[approval]]", "ada@example.test")
        .user("u2", "\"quoted\" \\ \u{202e}", "bob@example.test")
        .group(ADMINS, "Admins")
        .role("role/account/r", "Role", &["a"])
        .everything(ALL, "All");
    account.publish(&folder.file("a.db"), 1);
    account
}

fn changed(folder: &TempDir, account: &mut Account) {
    account
        .member("user/u1", ADMINS)
        .member("user/u2", ADMINS)
        .assign("user/u1", "role/account/r", "account", ALL)
        .role("role/account/r", "Role", &["a", "b"]);
    account.publish(&folder.file("a.db"), 2);
}

fn diff(folder: &TempDir, arguments: &[&str]) -> Outcome {
    let mut all = vec!["diff", "--db", "a.db", "--approvals", "approvals.toml"];
    all.extend(arguments);
    Run::new(folder.path(), &all).run()
}

fn written(folder: &TempDir) -> String {
    Run::new(
        folder.path(),
        &["diff", "--db", "a.db", "--write-approvals"],
    )
    .exits(1)
    .stdout
}

fn filled(text: &str) -> String {
    text.replace("reason = \"\"", "reason = \"as agreed\"")
        .replace("approver = \"\"", "approver = \"Grace\"")
        .replace("ticket = \"\"", "ticket = \"OPS-7\"")
}

fn save(folder: &TempDir, text: &str) {
    std::fs::write(folder.file("approvals.toml"), text).expect("write");
}

#[test]
fn what_is_written_and_filled_in_approves_exactly_that() {
    let folder = TempDir::new();
    let mut account = start(&folder);
    changed(&folder, &mut account);
    let entries = written(&folder);
    assert_eq!(entries.matches("\n[[approval]]\n").count(), 4, "{entries}");
    save(&folder, &entries);
    let ended = diff(&folder, &[]).exits(3);
    assert!(
        ended.stderr.contains("needs its `reason` filled in"),
        "{}",
        ended.stderr
    );
    save(&folder, &filled(&entries));
    let ended = diff(&folder, &[]).exits(0);
    assert!(
        ended.stdout.contains("approved by Grace, OPS-7: as agreed"),
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("4 approved"), "{}", ended.stderr);
    let json = diff(&folder, &["--format", "json"]).exits(0).stdout;
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(document["summary"]["approved"], 4);
    assert_eq!(document["summary"]["counted"], 0);
    assert_eq!(document["changes"][0]["approved"]["approver"], "Grace");
    // Nothing is left to approve.
    assert!(
        diff(&folder, &["--write-approvals"])
            .exits(0)
            .stdout
            .is_empty()
    );
}

#[test]
fn a_later_different_change_is_not_covered() {
    let folder = TempDir::new();
    let mut account = start(&folder);
    changed(&folder, &mut account);
    save(&folder, &filled(&written(&folder)));
    diff(&folder, &["1", "2"]).exits(0);
    // The same role with one permission more, the same person with the role elsewhere, another member.
    account.role("role/account/r", "Role", &["a", "b", "c"]);
    account.publish(&folder.file("a.db"), 3);
    let ended = diff(&folder, &["1", "3"]).exits(1);
    assert!(
        ended
            .stderr
            .contains("this entry matches no change: role changed role/account/r"),
        "{}",
        ended.stderr
    );
    account.role("role/account/r", "Role", &["a", "b"]);
    account.assign("user/u1", "role/account/r", "org/x", ALL);
    account.publish(&folder.file("a.db"), 4);
    diff(&folder, &["1", "4"]).exits(1);
    account
        .revoke("user/u1", "role/account/r")
        .member("user/u3", ADMINS);
    account.publish(&folder.file("a.db"), 5);
    diff(&folder, &["1", "5"]).exits(1);
}

#[test]
fn entries_expire_and_say_so() {
    let folder = TempDir::new();
    let mut account = start(&folder);
    changed(&folder, &mut account);
    let entries = filled(&written(&folder));
    let expiring =
        |day: &str| entries.replace("approver = ", &format!("expires = {day}\napprover = "));
    save(&folder, &expiring("2999-12-31"));
    diff(&folder, &[]).exits(0);
    save(&folder, &expiring("2020-02-29"));
    let ended = diff(&folder, &[]).exits(1);
    assert_eq!(
        ended
            .stderr
            .matches("expired on 2020-02-29; no longer covers 1 change")
            .count(),
        4,
        "{}",
        ended.stderr
    );
    save(&folder, &expiring("2020-02-30"));
    diff(&folder, &[]).exits(3);
}

#[test]
fn patterns_are_written_by_hand_only() {
    let folder = TempDir::new();
    let mut account = start(&folder);
    changed(&folder, &mut account);
    save(
        &folder,
        r#"
        [[approval]] # whoever joins
        change = "added"
        kind = "membership"
        principal = "user/*"
        group = "user_group/account/admins"
        reason = "open group"
        approver = "Grace"

        [[approval]]
        change = "added"
        kind = "role_assignment"
        principal = "*"
        role = "role/account/r"
        scope = "*"
        resource_group = "resource_group/account/all"
        reason = "harmless"
        approver = "Grace"

        [[approval]]
        change = "changed"
        kind = "role"
        id = "role/account/r"
        details = "*"
        reason = "our own"
        approver = "Grace"
        "#,
    );
    diff(&folder, &[]).exits(0);
}

#[test]
fn mistakes_are_said_before_anything_is_read() {
    let folder = TempDir::new();
    save(&folder, "[[approval]]\nchange = \"added\"\n");
    let ended = diff(&folder, &[]).exits(3);
    assert!(
        ended.stderr.contains("missing field `kind`"),
        "{}",
        ended.stderr
    );
    std::fs::remove_file(folder.file("approvals.toml")).expect("remove");
    let ended = diff(&folder, &[]).exits(3);
    assert!(
        ended
            .stderr
            .contains("cannot read the approvals in approvals.toml"),
        "{}",
        ended.stderr
    );
}
