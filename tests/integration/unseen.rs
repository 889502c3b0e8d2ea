//! What a snapshot did not look at is never called a difference, whatever other snapshots saw of it.

use serde_json::json;

use crate::support::{Outcome, Test};
use fake_harness::{Account, Fault, FaultKind, Principal, Scope};

const BOB: &str = "uBOB000000000000000000";
const EVAN: &str = "uEVAN00000000000000000";

fn top() -> Scope {
    Scope::account()
}

fn shop() -> Scope {
    Scope::project("payments", "shop")
}

fn give_and_take(account: &mut Account) {
    let evan = Principal::User(EVAN);
    account.assign(
        evan,
        "_project_admin",
        "_all_project_level_resources",
        &shop(),
    );
    let made = account.role_assignments.last_mut().unwrap();
    made.identifier = String::from("extra");
    account.remove_group(&shop(), "developers");
}

fn put_back(account: &mut Account) {
    account.remove_assignment("extra");
    account.add_group(&shop(), "developers", "Payment Shop developers");
    account.add_member(&shop(), "developers", BOB);
}

fn sync(test: &Test, arguments: &[&str]) -> Outcome {
    test.sync().args(arguments).run()
}

#[test]
fn what_neither_snapshot_looked_at_is_no_question() {
    let test = Test::new();
    sync(&test, &["--scopes", "all"]).exits(0);
    sync(&test, &["--scopes", "account"]).exits(0);
    test.fake.change(give_and_take);
    sync(&test, &["--scopes", "all"]).exits(0);
    test.fake.change(put_back);
    sync(&test, &["--scopes", "account"]).exits(0);
    let document = test
        .run(&["diff", "2", "4", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["changes"], json!([]));
    assert_eq!(document["comparable"], json!(true));
    assert_eq!(document["out_of_sight"], json!(0));
}

#[test]
fn organizations_that_are_observed_in_turn_do_not_speak_for_each_other() {
    let test = Test::new();
    let of = |org| ["--org", org, "--scopes", "all"];
    sync(&test, &of("payments")).exits(0);
    sync(&test, &of("default")).exits(0);
    test.fake.change(give_and_take);
    sync(&test, &of("payments")).exits(0);
    test.fake.change(put_back);
    sync(&test, &of("default")).exits(0);
    test.run(&["diff", "2", "4"]).exits(0).prints_nothing();
    // Who looked at the second organization last does not know of the first.
    test.run(&["diff", "3", "4"]).exits(2).prints_nothing();
}

#[test]
fn what_the_newer_snapshot_no_longer_looked_at_is_out_of_sight() {
    let test = Test::new();
    sync(&test, &["--scopes", "all"]).exits(0);
    test.fake.change(give_and_take);
    sync(&test, &["--scopes", "all"]).exits(0);
    test.fake.change(put_back);
    sync(&test, &["--scopes", "account"]).exits(0);
    let document = test
        .run(&["diff", "1", "3", "--format", "json"])
        .exits(2)
        .json();
    assert_eq!(document["changes"], json!([]));
    assert!(document["out_of_sight"].as_u64().unwrap() > 0);
    test.run(&["diff", "1", "3"])
        .exits(2)
        .says("whether they still exist is unknown")
        .says("no differences in what both saw");
    test.run(&["diff", "1", "3", "--ignore-coverage"]).exits(0);
}

#[test]
fn tokens_that_were_not_asked_for_are_not_removed() {
    let test = Test::new();
    let caller = fake_harness::Caller::default();
    test.fake
        .caller(caller.and("core_serviceaccount_manageapikey"));
    sync(&test, &["--with", "tokens"]).exits(0);
    sync(&test, &["--scopes", "account"]).exits(0);
    test.fake.change(|account| account.tokens.clear());
    sync(&test, &["--with", "tokens", "--max-removed", "100"]).exits(0);
    sync(&test, &["--scopes", "account"]).exits(0);
    test.run(&["diff", "2", "4"]).exits(0).prints_nothing();
    test.run(&["diff", "1", "3"]).exits(1).prints("token");
}

#[test]
fn another_file_that_lost_sight_of_a_list_does_not_remove_what_is_in_it() {
    let test = Test::new();
    sync(&test, &["--db", "old.db"]).exits(0);
    test.fake.change(|account| {
        account.add_group(&top(), "extra", "Extra");
        account.add_member(&top(), "extra", EVAN);
    });
    sync(&test, &["--db", "new.db"]).exits(0);
    test.fake.deny("core_usergroup_view", &top());
    sync(&test, &["--db", "old.db", "--allow-partial"]).exits(2);
    let document = test
        .run(&["diff", "new.db", "old.db", "--format", "json"])
        .exits(2)
        .json();
    assert_eq!(document["changes"], json!([]));
    // The other way round it is seen, and was not there when the list was last seen.
    let back = test.run(&["diff", "old.db", "new.db", "--format", "json"]);
    let added = back.exits(2).json()["changes"].as_array().unwrap().len();
    assert_eq!(added, 2);
}

#[test]
fn evidence_of_a_snapshot_does_not_speak_for_what_that_did_not_look_at() {
    let test = Test::new();
    sync(&test, &["--scopes", "all"]).exits(0);
    sync(&test, &["--scopes", "account"]).exits(0);
    test.run(&["export", "--format", "sqlite", "--output", "evidence.db"])
        .exits(0);
    test.fake.change(give_and_take);
    sync(&test, &["--scopes", "all"]).exits(0);
    let document = test
        .run(&[
            "diff",
            "harness-access.db",
            "evidence.db",
            "--format",
            "json",
        ])
        .exits(2)
        .json();
    assert_eq!(document["changes"], json!([]));
}

#[test]
fn what_is_new_in_a_list_that_is_seen_in_part_is_still_told() {
    let test = Test::new();
    sync(&test, &["--scopes", "account"]).exits(0);
    test.fake.deny("core_serviceaccount_view", &top());
    test.fake
        .change(|account| account.add_member(&top(), "platform_admins", EVAN));
    test.fake.change(|account| {
        let evan = Principal::User(EVAN);
        account.assign(
            evan,
            "_account_admin",
            "_all_account_level_resources",
            &top(),
        );
    });
    sync(&test, &["--allow-partial"]).exits(2);
    let diff = test.run(&["diff"]).exits(2);
    diff.prints("user Evan Sample <evan@example.test> in user group Platform Admins")
        .prints("user Evan Sample <evan@example.test> holds role Account Admin");
}

/// A custom role whose name begins as those of Harness do.
fn with_a_role_like_harness(account: &mut Account) {
    account.add_role(&top(), "_mine", &["core_secret_access"]);
    let evan = Principal::User(EVAN);
    account.assign(evan, "_mine", "_all_account_level_resources", &top());
}

#[test]
fn a_deleted_role_takes_no_grant_to_another_role_along() {
    let test = Test::new();
    test.fake.change(with_a_role_like_harness);
    sync(&test, &["--scopes", "account"]).exits(0);
    test.fake
        .change(|account| account.remove_role(&top(), "_mine"));
    sync(&test, &["--scopes", "account"]).exits(0);
    assert_eq!(test.changes(), ["removed resource role/account/_mine"]);
}

#[test]
fn a_role_that_comes_into_sight_is_the_role_that_was_held() {
    let test = Test::new();
    test.fake.change(with_a_role_like_harness);
    test.fake.deny("core_role_view", &top());
    sync(&test, &["--allow-partial"]).exits(2);
    test.fake.allow_all();
    sync(&test, &["--scopes", "account"]).exits(0);
    assert_eq!(test.ask("SELECT * FROM changes"), "");
}

#[test]
fn roles_that_harness_hides_are_not_removed_while_somebody_holds_them() {
    let test = Test::new();
    let whole = ["--scopes", "all"];
    sync(&test, &whole).exits(0);
    let held = "SELECT principal_id, role_name, scope FROM effective_access ORDER BY 1, 2, 3";
    let before = test.ask(held);
    test.fake
        .switch(|switches| switches.hide_managed_roles = true);
    sync(&test, &whole).exits(0);
    // Those that nobody holds are gone as far as anybody can tell.
    let gone = test.changes();
    assert!(
        gone.iter()
            .all(|change| change.starts_with("removed resource role/harness/"))
    );
    assert!(
        !gone.iter().any(|change| change.contains("_project_viewer")),
        "{gone:?}"
    );
    assert_eq!(test.ask(held), before);
    test.fake
        .switch(|switches| switches.hide_managed_roles = false);
    sync(&test, &whole).exits(0);
    test.run(&["diff", "1", "3"]).exits(0).prints_nothing();
}

#[test]
fn a_group_whose_members_harness_does_not_say_is_not_empty() {
    let test = Test::new();
    test.fake
        .change(|account| account.group(&top(), "platform_admins").users = None);
    let refused = FaultKind::AccessDenied;
    test.fake.fault(Fault::on(
        "/ng/api/user-groups/platform_admins/users",
        refused,
    ));
    sync(&test, &["--allow-partial"]).exits(2);
    let members = "SELECT members IS NULL FROM user_groups WHERE identifier = 'platform_admins'";
    assert_eq!(test.ask(members), "1");
    let findings = test.run(&["findings", "--format", "json"]).exits(0).json();
    let rules = findings["rules"].as_array().unwrap();
    let empty = rules.iter().find(|rule| rule["code"] == "HA007").unwrap();
    assert!(!empty.to_string().contains("platform_admins"), "{empty}");
    let asked = test.run(&["who-can", "core_account_edit"]).run();
    assert!(!asked.stderr.contains("has no members"), "{}", asked.stderr);
}

#[test]
fn the_histories_mark_what_the_latest_snapshot_did_not_see() {
    let test = Test::synced();
    let marked = || {
        test.ask(
            "SELECT (SELECT group_concat(DISTINCT type) FROM resource_history WHERE unverified),
               (SELECT count(*) FROM resource_history WHERE type = 'user_group' AND NOT unverified),
               (SELECT count(*) > 0 FROM grant_history WHERE unverified AND slug = 'member'),
               (SELECT count(*) FROM grant_history WHERE unverified AND slug = 'assigned' AND principal_type IN ('user', 'service_account')),
               (SELECT count(*) FROM grant_history WHERE NOT unverified AND principal_type = 'user_group')",
        )
    };
    assert!(marked().starts_with("|6|0|0|"), "{}", marked());
    test.fake.deny("core_usergroup_view", &top());
    sync(&test, &["--allow-partial"]).exits(2);
    assert_eq!(marked(), "user_group|0|1|0|0");
}

#[test]
fn a_change_of_scopes_is_told_in_three_lines() {
    let test = Test::new();
    sync(&test, &["--scopes", "account"]).exits(0);
    sync(&test, &["--scopes", "all"]).exits(0);
    let ended = test.run(&["diff", "1", "2"]).exits(2);
    let told: Vec<&str> = ended
        .stderr
        .lines()
        .filter(|line| line.contains("compare"))
        .collect();
    assert_eq!(told.len(), 2, "{}", ended.stderr);
    assert!(
        told[0].contains("snapshot 1 did not include them"),
        "{told:?}"
    );
    assert!(told[1].contains("--ignore-coverage"), "{told:?}");
}
