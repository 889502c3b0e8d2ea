//! Questions about what is not in the snapshot any more: never "nobody", which a script takes for no access.

use crate::support::Test;
use fake_harness::{Principal, Scope};

const OLD: &str = "role/org/payments/project/shop/release_manager";
const NEW: &str = "role/org/attic/project/shop/release_manager";

/// A project with a role that somebody holds and a group, before and after something happens.
fn after(change: impl FnOnce(&mut fake_harness::Account)) -> Test {
    let test = Test::new();
    let shop = Scope::project("payments", "shop");
    test.fake.change(|account| {
        account.add_group(&shop, "crowd", "Crowd");
        account.add_member(&shop, "crowd", "uADA000000000000000000");
        account.assign(
            Principal::User("uADA000000000000000000"),
            "release_manager",
            "_all_project_level_resources",
            &shop,
        );
    });
    test.sync().args(&["--scopes", "all"]).exits(0);
    test.fake.change(change);
    test.sync().args(&["--max-removed", "100"]).exits(0);
    test
}

#[test]
fn what_moved_is_told_with_its_new_id() {
    let test = after(|account| account.move_project("payments", "shop", "attic"));
    let moved = format!("it moved to org/attic/project/shop ({NEW}) in snapshot 2");
    test.run(&["who-can", OLD]).exits(3).says(&moved);
    test.run(&["why", "uADA000000000000000000", OLD])
        .exits(3)
        .says(&moved);
    test.run(&["what-can", "user_group/org/payments/project/shop/crowd"])
        .exits(3)
        .says("(user_group/org/attic/project/shop/crowd) in snapshot 2");
    test.run(&["who-can", NEW])
        .exits(0)
        .prints("ada@example.test");
    test.run(&["who-can", OLD, "--at", "1"])
        .exits(0)
        .prints("ada@example.test");
    test.run(&["who-can", NEW, "--at", "1"])
        .exits(3)
        .says("it first appears in snapshot 2");
}

#[test]
fn a_place_that_moved_is_not_taken_for_a_misspelled_one() {
    let test = after(|account| account.move_project("payments", "shop", "attic"));
    let place = "org/payments/project/shop";
    let moved = "it moved to org/attic/project/shop in snapshot 2";
    test.run(&["who-can", "core_pipeline_execute", "--in", place])
        .exits(3)
        .says(moved);
    test.run(&["what-can", "uADA000000000000000000", "--in", place])
        .exits(3)
        .says(moved);
    let scope = format!("scope={place}");
    let question = "who-may-do-something-in-a-project";
    test.run(&["query", "--name", question, "--param", &scope])
        .exits(3)
        .says(moved);
    test.run(&["query", "--name", question, "--param", &scope, "--at", "1"])
        .exits(0)
        .prints("ada@example.test");
    test.run(&["report", "--scope", place, "--output", "report.html"])
        .exits(3)
        .says(moved);
}

#[test]
fn what_was_deleted_is_told_with_when() {
    let test = after(|account| {
        account.remove_project("payments", "shop");
        account.remove_user("uADA000000000000000000");
    });
    let gone = "it disappeared in snapshot 2";
    test.run(&["who-can", OLD]).exits(3).says(gone);
    test.run(&["what-can", "uADA000000000000000000"])
        .exits(3)
        .says(gone);
    let place = "org/payments/project/shop";
    test.run(&["who-can", "core_pipeline_execute", "--in", place])
        .exits(3)
        .says(gone);
}

#[test]
fn a_role_that_an_assignment_still_names_keeps_its_answer() {
    let shop = Scope::project("payments", "shop");
    let test = after(|account| {
        account
            .roles
            .retain(|role| role.scope.as_ref() != Some(&shop));
    });
    test.run(&["who-can", OLD])
        .exits(0)
        .prints("ada@example.test");
}

#[test]
fn what_a_smaller_sync_did_not_ask_for_is_not_gone() {
    let test = after(|_| {});
    test.sync().args(&["--scopes", "account"]).exits(0);
    test.run(&["who-can", OLD])
        .exits(0)
        .prints("ada@example.test");
}
