//! `why` through the program.

#![allow(clippy::unwrap_used)]

use crate::support::account_builder::{ACCOUNT_ONLY, AccountBuilder, EVERYTHING, run, scratch};

const ADMIN: &str = "role/harness/_account_admin";

fn story() -> AccountBuilder {
    AccountBuilder::new()
        .user("ada", "Ada")
        .user("bob", "Bob")
        .group("user_group/account/ops", "Ops", &["ada"])
        .grant("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .grant("user_group/account/ops", ADMIN, "account", ACCOUNT_ONLY)
        .grant("user/ada", ADMIN, "account", ACCOUNT_ONLY)
}

#[test]
fn every_path_is_a_sentence_the_shortest_first() {
    let db = scratch("why-paths");
    story().publish(&db);
    let ran = run(&db, &["why", "ada", "core_secret_access"]);
    assert_eq!(ran.status, 0);
    assert_eq!(
        ran.out,
        "1. ada@example.test holds role \"Account Admin\" at account over \"Account only\": everything in account.
   Without this role assignment: 2 other paths.
2. ada@example.test is a member of the user group \"Ops\" (account), which holds role \"Account Admin\" at account over \"Account only\": everything in account.
   Without this role assignment: 2 other paths; without the membership: 1 other path.
3. ada@example.test is a member of the user group \"Ops\" (account), which holds role \"Account Admin\" at account over \"Everything\": everything in account and below.
   Without this role assignment: 2 other paths; without the membership: 1 other path.
"
    );
    assert_eq!(ran.err, "ada@example.test: yes, by 3 paths\n");
}

#[test]
fn no_path_is_no() {
    let db = scratch("why-none");
    story().publish(&db);
    let ran = run(&db, &["why", "bob", "core_secret_access"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (0, "bob@example.test: no\n")
    );
    assert_eq!(run(&db, &["why", "bob", ADMIN, "--exit-code"]).status, 1);
    let answer = run(&db, &["why", "bob", ADMIN, "--format", "json"]).json();
    assert_eq!(answer["verdict"], "no");
}

#[test]
fn json_tells_what_would_be_left() {
    let db = scratch("why-json");
    story().publish(&db);
    let answer = run(
        &db,
        &["why", "ada", "core_secret_access", "--format", "json"],
    )
    .json();
    assert_eq!(answer["verdict"], "yes");
    assert_eq!(answer["paths"][1]["without_membership"]["paths"], 1);
    assert_eq!(answer["paths"][1]["without_membership"]["verdict"], "yes");
    assert_eq!(answer["paths"][0]["role_assignment"], "assignment_3");
}

#[test]
fn what_depends_is_not_counted_with_what_is_certain() {
    let db = scratch("why-depends");
    story()
        .grant("user/ada", "role/account/gone", "account", EVERYTHING)
        .grant("user/ada", "role/account/gone", "account", ACCOUNT_ONLY)
        .grant("user/bob", "role/account/gone", "account", EVERYTHING)
        .publish(&db);
    let ran = run(&db, &["why", "ada", "core_secret_access"]);
    assert_eq!(
        ran.err,
        "ada@example.test: yes, by 3 paths; 2 more depend\n"
    );
    let depends: Vec<bool> = ran
        .out
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.contains("\"gone\""))
        .collect();
    assert_eq!(depends, [false, false, false, true, true], "{ran:?}");
    assert!(
        ran.out
            .contains("without the membership: 1 other path; 2 more depend."),
        "{ran:?}"
    );
    let ran = run(&db, &["why", "bob", "core_secret_access"]);
    assert_eq!(ran.err, "bob@example.test: it depends, by 1 path\n");
    let ran = run(&db, &["what-can", "ada"]);
    assert!(
        ran.err.ends_with("(user/ada): 3 roles; 2 more depend\n"),
        "{ran:?}"
    );
}
