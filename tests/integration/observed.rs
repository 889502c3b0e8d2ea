//! What Harness shows that is odd: kept, shown and marked, never dropped.

use crate::support::Test;
use fake_harness::{Principal, Scope};

#[test]
fn a_user_without_a_name_is_kept_without_one() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT name IS NULL, email FROM users WHERE uuid = 'uBOB000000000000000000'"),
        "1|bob@example.test"
    );
}

#[test]
fn users_whose_addresses_differ_in_case_only_stay_two() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT uuid, email FROM users WHERE lower(email) = 'hal.case@example.test' ORDER BY uuid"),
        "uHAL000000000000000000|Hal.Case@Example.test\nuHAL111111111111111111|hal.case@example.test"
    );
}

#[test]
fn a_group_member_in_no_list_is_kept_and_marked() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT group_id, user_id, email IS NULL FROM group_members WHERE user_id = 'user/uGONE00000000000000000'"),
        "user_group/account/developers|user/uGONE00000000000000000|1"
    );
    assert_eq!(
        test.ask("SELECT unresolved FROM grants WHERE slug = 'member' AND unresolved IS NOT NULL"),
        "principal"
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM users WHERE uuid = 'uGONE00000000000000000'"),
        "0"
    );
}

#[test]
fn the_view_of_unresolved_grants_has_every_marked_grant_once() {
    let test = Test::synced();
    let rows = |view: &str| {
        test.ask(&format!(
            "SELECT * FROM {view} WHERE unresolved IS NOT NULL ORDER BY 1, 3, 8, 9"
        ))
    };
    assert!(rows("grants").lines().count() > 3);
    assert_eq!(rows("unresolved_grants"), rows("grants"));
}

#[test]
fn references_that_no_list_shows_are_kept_and_marked() {
    let test = Test::synced();
    let marked = |assignment: &str| {
        test.ask(&format!(
            "SELECT principal_id, resource_id, resource_group_id, unresolved FROM grants WHERE role_assignment = '{assignment}'"
        ))
    };
    for (assignment, expected) in [
        (
            "role_assignment_danglingRole00000001",
            "user/uBOB000000000000000000|role/account/deleted_role|resource_group/account/prod_resources|resource",
        ),
        (
            "role_assignment_danglingGroup0000001",
            "user/uJON000000000000000000|role/account/auditor|resource_group/account/deleted_resources|resource_group",
        ),
        (
            "role_assignment_danglingUser00000001",
            "user/uGONE00000000000000000|role/account/auditor|resource_group/harness/_all_account_level_resources|principal",
        ),
        (
            "role_assignment_danglingTeam00000001",
            "user_group/account/deleted_team|role/account/auditor|resource_group/account/nothing_yet|principal",
        ),
        (
            "role_assignment_danglingBot000000001",
            "service_account/account/deleted_bot|role/account/auditor|resource_group/account/nothing_yet|principal",
        ),
    ] {
        assert_eq!(marked(assignment), expected, "{assignment}");
    }
}

#[test]
fn a_role_that_harness_hides_is_its_own_and_marked() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT resource_id, resource_name IS NULL, unresolved FROM grants
             WHERE role_assignment = 'role_assignment_hiddenRole0000000001'"
        ),
        "role/harness/_preview_hidden_admin|1|resource,resource_group"
    );
}

#[test]
fn a_principal_of_an_unknown_type_is_kept_under_its_type() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT principal_id, principal_type, unresolved FROM grants WHERE principal_type LIKE 'robot%'"),
        "robot_fleet/account/r2d2|robot_fleet|principal"
    );
    assert_eq!(
        test.ask(
            "SELECT count(*) FROM effective_access WHERE principal_id = 'robot_fleet/account/r2d2'"
        ),
        "1"
    );
}

#[test]
fn one_role_over_two_resource_groups_is_two_grants() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT resource_group_id FROM grants WHERE principal_id = 'user_group/account/developers'
             AND resource_id = 'role/account/release_manager' ORDER BY 1"
        ),
        "resource_group/account/payments_tree\nresource_group/account/prod_resources"
    );
}

#[test]
fn the_same_access_assigned_twice_is_one_grant() {
    let test = Test::new();
    let twin = |account: &mut fake_harness::Account| {
        account.assign(
            Principal::User("uDANA00000000000000000"),
            "secret_keeper",
            "prod_resources",
            &Scope::account(),
        )
    };
    test.fake.change(twin);
    test.observe();
    assert_eq!(
        test.ask("SELECT count(*) FROM grants WHERE principal_id = 'user/uDANA00000000000000000' AND slug = 'assigned'"),
        "1"
    );
    // One of the two goes: still held.
    test.observe_after(|account| account.remove_assignment("role_assignment_danaSecrets000000001"));
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn what_harness_supplies_lives_in_its_own_scope() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT DISTINCT scope, harness_managed FROM roles ORDER BY 1"),
        "account|0\nharness|1"
    );
    assert_eq!(
        test.ask("SELECT DISTINCT scope, harness_managed FROM resource_groups ORDER BY 1"),
        "account|0\nharness|1"
    );
    assert_eq!(
        test.ask("SELECT id FROM user_groups WHERE harness_managed"),
        "user_group/account/_account_all_users"
    );
}

#[test]
fn permissions_of_the_future_are_kept() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT permission FROM role_permissions WHERE role_id = 'role/account/secret_keeper' ORDER BY 1"),
        "core_fromTheFuture_view\ncore_secret_access\ncore_secret_edit\ncore_secret_view"
    );
}

#[test]
fn selectors_without_identifiers_cover_every_one() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT resource_type, ifnull(identifier, 'every one'), attribute_filter FROM resource_group_selectors
             WHERE resource_group_id = 'resource_group/account/prod_resources' ORDER BY 1, 2"
        ),
        "CONNECTOR|every one|
ENVIRONMENT|every one|type=Production
PIPELINE|every one|
SECRET|prod_db|
SECRET|prod_token|
SERVICE|every one|"
    );
}

#[test]
fn attributes_are_json_with_sorted_keys_and_without_surprises() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT attributes FROM resources WHERE id = 'user/uMAL000000000000000000'"),
        r#"{"disabled":false,"email":"mal@example.test","externally_managed":false,"locked":false,"two_factor_enabled":false}"#
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM resources WHERE attributes LIKE '%fieldFromTheFuture%'"),
        "0"
    );
}

#[test]
fn flags_of_people_come_through() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT name, locked, disabled, externally_managed, two_factor_enabled FROM users
             WHERE name LIKE 'Ada%' OR name LIKE 'Fay%' OR name LIKE 'Gus%' ORDER BY name"
        ),
        "Ada Example|0|0|1|1\nFay Formerly|0|1|1|0\nGus Locked|1|0|0|0"
    );
}

#[test]
fn an_account_that_holds_next_to_nothing_is_observed_too() {
    let account = fake_harness::Account::empty("Empty000000000000000AA");
    let test = Test::over(account);
    test.observe();
    assert_eq!(
        test.ask("SELECT users, service_accounts, user_groups, grants FROM snapshots"),
        "0|0|0|0"
    );
}

#[test]
fn lists_of_many_pages_come_whole() {
    let test = Test::new();
    test.fake.change(|account| {
        for number in 0..250 {
            let uuid = format!("uMANY{number:017}");
            account.add_user(&uuid, &format!("many{number}@example.test"), "Many");
            account.add_member(&Scope::account(), "on_call", &uuid);
        }
    });
    test.observe();
    assert_eq!(
        test.ask("SELECT rows, pages FROM listings WHERE kind = 'users'"),
        "262|3"
    );
    assert_eq!(
        test.ask("SELECT members FROM user_groups WHERE identifier = 'on_call'"),
        "250"
    );
}

/// A NUL ends a text in the sqlite3 shell, and two people looked like one.
#[test]
fn a_nul_in_a_name_is_stored_visibly() {
    let test = Test::new();
    test.fake
        .change(|account| account.rename_user("uDANA00000000000000000", "Dana\0 Two"));
    test.observe();
    assert_eq!(
        test.ask("SELECT name FROM users WHERE uuid = 'uDANA00000000000000000'"),
        "Dana␀ Two"
    );
}
