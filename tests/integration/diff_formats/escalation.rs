//! Which changes are escalations, and so end `--fail-on escalation` with 1.

use super::{ADMINS, ALL, ORG_RESOURCES, VIEWER, diff};
use crate::support::TempDir;
use crate::support::account::{Account, user};

/// What is done to [`before_the_change`], and whether that is an escalation.
const ESCALATIONS: [(&str, bool, Change); 16] = [
    ("member joins", true, |a| a.member("user/u1", ADMINS)),
    ("role assigned", true, |a| {
        a.assign("user/u1", "role/account/r", "org/pay", ALL)
    }),
    ("permission more", true, |a| {
        a.role("role/account/r", "Role", &["a", "b", "c"])
    }),
    ("permission swapped", true, |a| {
        a.role("role/account/r", "Role", &["a", "c"])
    }),
    ("permission less", false, |a| {
        a.role("role/account/r", "Role", &["a"])
    }),
    ("role renamed", false, |a| {
        a.role("role/account/r", "Other", &["a", "b"])
    }),
    ("every pipeline", true, |a| {
        a.pipelines("resource_group/account/some", "Some", &[])
    }),
    ("everything", true, |a| {
        a.everything("resource_group/account/some", "Some")
    }),
    ("another pipeline", true, |a| {
        a.pipelines("resource_group/account/some", "Some", &["other"])
    }),
    ("enabled again", true, |a| {
        a.resource("user/u2", Some("Off"), user("off@example.test", false))
    }),
    ("disabled", false, |a| {
        a.resource("user/u1", Some("Ada"), user("ada@example.test", true))
    }),
    ("an empty group", false, |a| {
        a.group("user_group/account/new", "New")
    }),
    ("a role nobody holds", false, |a| {
        a.role("role/account/new", "New", &["a"])
    }),
    ("a role that was held while missing", true, |a| {
        a.role("role/account/dangling", "Back", &["a"])
    }),
    ("a Harness release", false, |a| {
        a.role(
            "role/harness/_account_viewer",
            "Account Viewer",
            &["a", "z"],
        )
    }),
    ("Harness makes a viewer", false, |a| {
        a.assign(ADMINS, VIEWER, "org/pay", ORG_RESOURCES)
    }),
];

fn before_the_change() -> Account {
    let mut account = Account::default();
    account
        .user("u1", "Ada", "ada@example.test")
        .resource("user/u2", Some("Off"), user("off@example.test", true))
        .group(ADMINS, "Admins")
        .role("role/account/r", "Role", &["a", "b"])
        .role("role/harness/_account_viewer", "Account Viewer", &["a"])
        .role(VIEWER, "Organization Viewer", &["a"])
        .everything(ALL, "All")
        .everything(ORG_RESOURCES, "All of the organization")
        .pipelines("resource_group/account/some", "Some", &["build"])
        .project("pay", "shop")
        .assign(ADMINS, "role/account/r", "account", ALL)
        .assign("user/u1", "role/account/dangling", "account", ALL);
    account
}

type Change = fn(&mut Account) -> &mut Account;

/// Each change alone: does it count as more access?
#[test]
fn what_is_an_escalation_and_what_is_not() {
    let folder = TempDir::new();
    for (name, escalates, change) in ESCALATIONS {
        let file = folder.file("a.db");
        let _ = std::fs::remove_file(&file);
        let mut account = before_the_change();
        account.publish(&file, 1);
        change(&mut account);
        account.publish(&file, 2);
        let any = diff(&folder, &[]);
        assert_eq!(any.status, 1, "{name}: {}", any.stderr);
        let gate = diff(&folder, &["--fail-on", "escalation"]);
        assert_eq!(gate.status, i32::from(escalates), "{name}: {}", gate.stdout);
    }
}
