//! Views that are missing in the account alone, and organizations that are named.

use fake_harness::{Caller, EIGHT_VIEWS, Grant, Scope, router};

use super::{ALL, facts, observe_all};
use crate::support::Test;

/// Principal types, as the permission that shows their role assignments.
const PRINCIPALS: [&str; 3] = [
    "core_user_view",
    "core_usergroup_view",
    "core_serviceaccount_view",
];

/// States of the lists of role assignments below the account.
const BELOW: &str =
    "SELECT DISTINCT state FROM listings WHERE kind = 'role_assignments' AND scope LIKE 'org/%'
    AND snapshot_id = (SELECT max(id) FROM snapshots)";

const REMOVED: &str = "SELECT change, id FROM changes WHERE change = 'removed'";

fn observed_by_walks_over_many_scopes() -> (Test, Vec<String>) {
    let test = Test::new();
    test.fake
        .switch(|switches| switches.v2_fails_on_dangling_role = false);
    observe_all(&test);
    let before = facts(&test);
    (test, before)
}

#[test]
fn a_view_that_is_missing_in_the_account_alone_hides_nothing_in_projects() {
    for permission in PRINCIPALS {
        let (test, before) = observed_by_walks_over_many_scopes();
        let walks = test.fake.count(router::ROLE_ASSIGNMENTS_V2);
        assert_ne!(walks, 0);
        test.fake.deny(permission, &Scope::account());
        test.sync()
            .args(&["--scopes", "all", "--plan", "--allow-partial"])
            .exits(0)
            .prints("which is not known to be all");
        let partial = ["--scopes", "all", "--allow-partial", "-q"];
        test.sync().args(&partial).exits(2);
        assert_eq!(test.fake.count(router::ROLE_ASSIGNMENTS_V2), walks);
        assert_eq!(test.ask(BELOW), "complete", "{permission}");
        assert_eq!(test.ask(REMOVED), "", "{permission}");
        assert_eq!(facts(&test)[2..], before[2..], "{permission}");
        assert_eq!(
            test.ask("SELECT count(*) FROM grants WHERE unverified AND scope LIKE 'org/%'"),
            "0",
            "{permission}"
        );
    }
}

#[test]
fn a_view_taken_away_in_the_account_puts_a_walk_over_many_scopes_in_doubt() {
    for permission in PRINCIPALS {
        let (test, before) = observed_by_walks_over_many_scopes();
        // So that every scope is asked about by itself.
        test.fake.deny(permission, &Scope::org("attic"));
        let fake = test.fake.clone();
        test.fake.watch(move |request| {
            if request.path.starts_with("/ng/api/accounts") {
                fake.deny(permission, &Scope::account());
            }
        });
        let walks = test.fake.count(router::ROLE_ASSIGNMENTS_V2);
        test.sync()
            .args(&["--scopes", "all", "--allow-partial", "-q"])
            .exits(2);
        assert!(test.fake.count(router::ROLE_ASSIGNMENTS_V2) > walks);
        assert_eq!(test.ask(BELOW), "partial", "{permission}");
        assert_eq!(test.ask(REMOVED), "", "{permission}");
        assert_eq!(facts(&test)[2..], before[2..], "{permission}");
    }
}

#[test]
fn an_organization_that_is_named_is_observed_with_every_project_or_not_whole() {
    let projects = "SELECT state FROM listings WHERE kind = 'projects' AND scope = 'org/payments'
        AND snapshot_id = (SELECT max(id) FROM snapshots)";
    let test = Test::new();
    let named = ["--org", "payments", "--scopes", "all"];
    test.sync().args(&named).exits(0).says_nothing();
    assert_eq!(test.ask(projects), "complete");
    test.fake
        .only_named("core_project_view", &Scope::org("payments"), &["ledger"]);
    test.sync()
        .args(&named)
        .exits(2)
        .says("every project of org/payments: core_project_view");
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "1");
    test.sync()
        .args(&named)
        .args(&["--allow-partial"])
        .exits(2)
        .says("incomplete: projects in org/payments");
    assert_eq!(test.ask(projects), "partial");
    assert_eq!(test.ask(REMOVED), "");
    assert_eq!(
        test.ask("SELECT unverified FROM resources WHERE id = 'project/payments/shop'"),
        "1"
    );
    // What is named by itself, and an organization without its projects, need no such proof.
    test.sync()
        .args(&["--project", "payments/ledger"])
        .exits(0)
        .says_nothing();
    test.sync()
        .args(&["--org", "payments"])
        .exits(0)
        .says("this sync asks for less");
    test.sync()
        .args(&["--org", "payments", "--project", "payments/ledger"])
        .exits(2)
        .says("every project of org/payments");
}

/// Every view in the account and below, but that of projects, which is held in these organizations alone.
fn sees_projects_of(test: &Test, orgs: &[&str]) {
    let everything = |scope: &Scope| {
        let group = "_all_resources_including_child_scopes";
        let account = test.fake.account();
        account.resource_group(group, scope).unwrap().clone()
    };
    let others = EIGHT_VIEWS
        .iter()
        .filter(|view| **view != "core_project_view");
    let mut grants = vec![Grant {
        permissions: others.map(|view| (*view).to_owned()).collect(),
        resource_group: everything(&Scope::account()),
        scope: Scope::account(),
    }];
    grants.extend(orgs.iter().map(|org| Grant {
        permissions: vec!["core_project_view".to_owned()],
        resource_group: everything(&Scope::org(org)),
        scope: Scope::org(org),
    }));
    test.fake.caller(Caller::with_grants(grants));
}

#[test]
fn projects_of_each_organization_are_all_projects() {
    let test = Test::new();
    sees_projects_of(&test, &["attic", "default", "payments"]);
    observe_all(&test);
    assert_eq!(
        test.ask("SELECT DISTINCT state FROM listings WHERE kind = 'projects'"),
        "complete"
    );
    let whole = facts(&test);
    sees_projects_of(&test, &["attic", "payments"]);
    test.sync()
        .args(&ALL)
        .exits(2)
        .says("every project of org/default");
    test.sync()
        .args(&["--scopes", "all", "--allow-partial", "-q"])
        .exits(2);
    assert_eq!(
        test.ask(
            "SELECT scope, state FROM listings WHERE kind = 'projects' AND snapshot_id = 2 ORDER BY 1"
        ),
        "account|partial\norg/attic|complete\norg/default|partial\norg/payments|complete"
    );
    assert_eq!(test.ask(REMOVED), "");
    assert_eq!(facts(&test)[2..], whole[2..]);
}
