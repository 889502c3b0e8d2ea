//! `why` through the program.

#![allow(clippy::unwrap_used)]

use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{TempDir, run};

const ADMIN: &str = "role/harness/_account_admin";

fn story() -> Account {
    Account::example()
        .person("ada", "Ada")
        .person("bob", "Bob")
        .group_of("user_group/account/ops", "Ops", &["ada"])
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign("user_group/account/ops", ADMIN, "account", ACCOUNT_ONLY)
        .assign("user/ada", ADMIN, "account", ACCOUNT_ONLY)
        .clone()
}

#[test]
fn every_path_is_a_sentence_the_shortest_first() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["why", "ada", "core_secret_access"]);
    assert_eq!(ran.status, 0);
    assert_eq!(
        ran.stdout,
        "1. ada@example.test holds role \"Account Admin\" at account over \"Account only\": everything in account.
   Without this role assignment: 2 other paths.
2. ada@example.test is a member of the user group \"Ops\" (account), which holds role \"Account Admin\" at account over \"Account only\": everything in account.
   Without this role assignment: 2 other paths; without the membership: 1 other path.
3. ada@example.test is a member of the user group \"Ops\" (account), which holds role \"Account Admin\" at account over \"Everything\": everything in account and below.
   Without this role assignment: 2 other paths; without the membership: 1 other path.
"
    );
    assert_eq!(ran.stderr, "ada@example.test: yes, by 3 paths\n");
}

#[test]
fn no_path_is_no() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["why", "bob", "core_secret_access"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (0, "bob@example.test: no\n")
    );
    assert_eq!(run(&db, &["why", "bob", ADMIN, "--exit-code"]).status, 1);
    let answer = run(&db, &["why", "bob", ADMIN, "--format", "json"]).json();
    assert_eq!(answer["verdict"], "no");
}

#[test]
fn json_tells_what_would_be_left() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let answer = run(
        &db,
        &["why", "ada", "core_secret_access", "--format", "json"],
    )
    .json();
    assert_eq!(answer["verdict"], "yes");
    assert_eq!(answer["paths"][1]["without_membership"]["paths"], 1);
    assert_eq!(answer["paths"][1]["without_membership"]["verdict"], "yes");
    assert_eq!(
        answer["paths"][0]["role_assignment"],
        "ra-user/ada-role/harness/_account_admin"
    );
}

#[test]
fn what_depends_is_not_counted_with_what_is_certain() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story()
        .assign("user/ada", "role/account/gone", "account", EVERYTHING)
        .assign("user/ada", "role/account/gone", "account", ACCOUNT_ONLY)
        .assign("user/bob", "role/account/gone", "account", EVERYTHING)
        .publish(&db, 1);
    let ran = run(&db, &["why", "ada", "core_secret_access"]);
    assert_eq!(
        ran.stderr,
        "ada@example.test: yes, by 3 paths, and 2 uncertain\n"
    );
    let depends: Vec<bool> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.contains("\"gone\""))
        .collect();
    assert_eq!(depends, [false, false, false, true, true], "{ran:?}");
    assert!(
        ran.stdout
            .contains("without the membership: 1 other path, and 2 uncertain."),
        "{ran:?}"
    );
    let ran = run(&db, &["why", "bob", "core_secret_access"]);
    assert_eq!(ran.stderr, "bob@example.test: it depends, by 1 path\n");
    let ran = run(&db, &["what-can", "ada"]);
    assert!(
        ran.stderr
            .ends_with("(user/ada): 3 roles, and 2 uncertain\n"),
        "{ran:?}"
    );
}
