//! Organizations and projects: observed whole, with few requests, and never taken for gone when they are only hidden.

mod views;
mod walks;

use fake_harness::{Principal, Scope, router};

use crate::support::Test;

const ALL: [&str; 2] = ["--scopes", "all"];

/// Every view that says what there is, without times.
const FACTS: [&str; 6] = [
    "SELECT id, type, scope, identifier, name, attributes, unverified FROM resources ORDER BY id",
    "SELECT entitlement_id, principal_id, principal_type, principal_name, resource_name, scope, resource_group_id,
       role_assignment, harness_managed, created_at, unverified, unresolved FROM grants ORDER BY 2, 1, 6, 7",
    "SELECT group_id, user_id, email FROM group_members ORDER BY 1, 2",
    "SELECT role_id, permission FROM role_permissions ORDER BY 1, 2",
    "SELECT * FROM resource_group_selectors ORDER BY 1, 2, 3, 4",
    "SELECT principal_id, role_id, scope, resource_group_id, via_group_id, role_assignment FROM effective_access
       ORDER BY 1, 2, 3, 4, 5",
];

fn facts(test: &Test) -> Vec<String> {
    FACTS.iter().map(|question| test.ask(question)).collect()
}

fn observe_all(test: &Test) {
    test.sync()
        .args(&ALL)
        .exits(0)
        .prints_nothing()
        .says_nothing();
}

fn shop() -> Scope {
    Scope::project("payments", "shop")
}

#[test]
fn every_way_of_listing_gives_the_same_snapshot() {
    let observed = |switch: fn(&mut fake_harness::Switches)| {
        let test = Test::new();
        test.fake.switch(switch);
        observe_all(&test);
        (facts(&test), test.fake.served())
    };
    let (scope_by_scope, most) = observed(|switches| switches.v2_filter = false);
    let (at_once, fewest) = observed(|switches| switches.v2_fails_on_dangling_role = false);
    let (partly, _) = observed(|_| {});
    let (old_server, _) = observed(|switches| switches.service_account_filter_type = false);
    assert_eq!(scope_by_scope, at_once);
    assert_eq!(scope_by_scope, partly);
    let (no_groups_below, _) = observed(|switches| switches.user_group_filter_type = false);
    assert_eq!(scope_by_scope, old_server);
    assert_eq!(scope_by_scope, no_groups_below);
    assert!(fewest < most, "{fewest} < {most}");
}

#[test]
fn a_key_that_sees_groups_only_scope_by_scope_sees_the_same() {
    let test = Test::new();
    observe_all(&test);
    let whole = facts(&test);
    let walks = test.fake.count(router::USER_GROUPS);
    assert_eq!(walks, 1, "one walk for the whole account");
    // A sentinel that is refused proves nothing: every list is asked for by itself.
    let careful = Test::new();
    careful
        .fake
        .switch(|switches| switches.reject_sentinels = true);
    // What the key may see everywhere, its own grants prove.
    careful.sync().args(&ALL).exits(0);
    assert_eq!(careful.ask(FACTS[2]), whole[2]);
    assert!(careful.fake.count(router::USER_GROUPS) > walks);
}

#[test]
fn principals_and_roles_are_found_in_the_scope_they_live_in() {
    let test = Test::new();
    test.fake.change(|account| {
        account.add_group(&Scope::account(), "twins", "Account twins");
        account.add_group(&Scope::org("payments"), "twins", "Organization twins");
        account.add_group(&shop(), "twins", "Project twins");
        for (level, id) in [("account", "a"), ("ORGANIZATION", "o"), ("project", "p")] {
            account.assign(
                Principal::Group("twins"),
                "_project_viewer",
                "_all_project_level_resources",
                &shop(),
            );
            let assignment = account.role_assignments.last_mut().unwrap();
            assignment.identifier = id.into();
            assignment.principal.scope_level = Some(level.into());
        }
    });
    observe_all(&test);
    assert_eq!(
        test.ask(
            "SELECT role_assignment, principal_id, unresolved FROM grants
             WHERE role_assignment IN ('a', 'o', 'p') ORDER BY 1"
        ),
        "a|user_group/account/twins|\n\
         o|user_group/org/payments/twins|\n\
         p|user_group/org/payments/project/shop/twins|"
    );
}

#[test]
fn one_project_identifier_in_two_organizations_is_two_projects() {
    let test = Test::new();
    observe_all(&test);
    assert_eq!(
        test.ask("SELECT id, scope FROM resources WHERE type = 'project' AND identifier = 'shop' ORDER BY 1"),
        "project/default/shop|org/default\nproject/payments/shop|org/payments"
    );
}

#[test]
fn a_project_that_is_deleted_takes_everything_in_it_along() {
    let test = Test::new();
    observe_all(&test);
    let inside = "SELECT count(*) FROM grants WHERE scope = 'org/payments/project/shop'";
    assert_ne!(test.ask(inside), "0");
    test.fake
        .change(|account| account.remove_project("payments", "shop"));
    observe_all(&test);
    assert_eq!(test.ask(inside), "0");
    assert_eq!(
        test.ask("SELECT count(*) FROM resources WHERE scope = 'org/payments/project/shop' OR id = 'project/payments/shop'"),
        "0"
    );
    let changes = test.changes();
    assert!(
        changes.contains(&"removed resource project/payments/shop".to_owned()),
        "{changes:#?}"
    );
}

#[test]
fn a_project_that_is_only_hidden_stays_unverified() {
    let test = Test::new();
    observe_all(&test);
    let before = facts(&test);
    test.fake
        .only_named("core_project_view", &Scope::org("payments"), &["ledger"]);
    test.sync().args(&ALL).exits(2).says("every project");
    assert_eq!(facts(&test), before);
    test.sync()
        .args(&["--scopes", "all", "--allow-partial", "-q"])
        .exits(2);
    assert_eq!(
        test.ask("SELECT unverified FROM resources WHERE id = 'project/payments/shop'"),
        "1"
    );
    let diff = test.run(&["diff", "--format", "json"]).exits(2);
    assert_eq!(diff.json()["summary"]["grants"]["removed"], 0);
    assert_eq!(diff.json()["summary"]["resources"]["removed"], 0);
}

#[test]
fn a_view_that_is_missing_in_one_project_is_named_and_removes_nothing() {
    for permission in [
        "core_user_view",
        "core_usergroup_view",
        "core_serviceaccount_view",
        "core_role_view",
        "core_resourcegroup_view",
    ] {
        let test = Test::new();
        observe_all(&test);
        test.fake.deny(permission, &shop());
        test.sync().args(&ALL).exits(2).says(&format!(
            "the key lacks {permission} in org/payments/project/shop"
        ));
        test.sync()
            .args(&["--scopes", "all", "--allow-partial", "-q"])
            .exits(2);
        let diff = test.run(&["diff", "--format", "json"]).exits(2);
        let document = diff.json();
        assert_eq!(document["changes"], serde_json::json!([]), "{permission}");
        assert_eq!(document["comparable"], false);
    }
}

#[test]
fn a_narrower_look_leaves_the_rest_as_it_was() {
    let test = Test::new();
    observe_all(&test);
    test.sync().args(&["--scopes", "account"]).exits(0);
    assert_eq!(
        test.ask("SELECT count(*) > 0, min(unverified) FROM grants WHERE scope LIKE 'org/%'"),
        "1|1"
    );
    test.run(&["diff"])
        .exits(2)
        .says("in 7 scopes: snapshot 2 did not include them");
    test.run(&["diff", "--ignore-coverage"]).exits(0);
    observe_all(&test);
    test.run(&["diff", "1", "3"]).exits(0);
}

#[test]
fn only_what_is_named_is_observed() {
    let test = Test::new();
    test.sync()
        .args(&["--project", "payments/shop"])
        .exits(0)
        .says_nothing();
    assert_eq!(
        test.ask("SELECT DISTINCT scope FROM listings WHERE kind = 'roles' ORDER BY 1"),
        "account\norg/payments\norg/payments/project/shop"
    );
    assert_eq!(
        test.ask("SELECT scopes FROM snapshots"),
        "all org/payments/project/shop"
    );
    let test = Test::new();
    test.sync().args(&["--org", "payments"]).exits(0);
    assert_eq!(
        test.ask("SELECT DISTINCT scope FROM listings WHERE kind = 'roles' ORDER BY 1"),
        "account\norg/payments"
    );
    test.sync()
        .args(&["--org", "nowhere"])
        .exits(3)
        .says("org/nowhere");
    test.sync()
        .args(&["--scopes", "account", "--org", "payments"])
        .exits(3);
}

#[test]
fn a_plan_stores_nothing_and_walks_nothing() {
    let test = Test::new();
    test.sync()
        .args(&["--scopes", "all", "--plan"])
        .exits(0)
        .prints("one walk over the whole account");
    assert!(!test.database().exists());
    assert_eq!(test.fake.count(router::USERS), 0);
    assert_eq!(test.fake.count(router::ROLES), 0);
}
