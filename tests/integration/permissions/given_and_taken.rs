//! Permissions that change while a sync runs, that Harness does not enforce, or that nobody checks.

use fake_harness::{Caller, Recorded, router};

use super::{
    EXTRAS, Missing, VIEWS, differs, facts, in_doubt, incomplete_listings, lines, partial_sync,
    top, unverified,
};
use crate::support::Test;

/// Takes the permission away as soon as a request on the route comes: what comes after that request is thinned.
fn taken_away_at(test: &Test, permission: &'static str, route: &'static str) {
    let fake = test.fake.clone();
    test.fake.watch(move |request: &Recorded| {
        if request.path.starts_with(route) {
            fake.deny(permission, &top());
        }
    });
}

#[test]
fn a_permission_taken_away_during_the_walk_is_noticed() {
    // Before the first list, in the midst of them, and after the last.
    for route in ["/ng/api/accounts", router::USERS, router::RESOURCE_GROUPS] {
        for (at, view) in VIEWS.iter().enumerate() {
            let context = format!("{} taken away at {route}", view.permission);
            let missing = Missing(1 << at);
            let test = Test::synced();
            let bytes = std::fs::read(test.database()).unwrap();
            let before = facts(&test);
            taken_away_at(&test, view.permission, route);
            test.sync().exits(2).says(view.permission);
            assert_eq!(std::fs::read(test.database()).unwrap(), bytes, "{context}");
            test.fake.allow_all();
            partial_sync(&test);
            let incomplete = incomplete_listings(&test);
            assert!(
                incomplete
                    .iter()
                    .any(|listing| listing.starts_with(view.listing)),
                "{context}: {incomplete:?}"
            );
            assert_eq!(facts(&test), before, "{context}");
            assert_eq!(unverified(&test), in_doubt(&test, missing), "{context}");
            differs(&test, ["1", "2"], &[], &context);
        }
    }
}

#[test]
fn a_permission_given_during_the_walk_comes_too_late() {
    let test = Test::synced();
    test.fake.deny("core_usergroup_view", &top());
    let fake = test.fake.clone();
    test.fake.watch(move |request| {
        if request.is_on(router::USERS) {
            fake.allow_all();
        }
    });
    partial_sync(&test);
    assert_eq!(
        incomplete_listings(&test),
        lines("user_groups|not_permitted\nrole_assignments|partial")
    );
}

#[test]
fn a_permission_that_is_not_enforced_hides_nothing() {
    for (status, word) in [
        ("EXPERIMENTAL", "core_user_view is experimental"),
        ("STAGING", "the catalogue lacks core_user_view"),
        ("INACTIVE", "the catalogue lacks core_user_view"),
    ] {
        let test = Test::synced();
        // Whoever asks hears yes, and sees the list.
        test.fake.switch(|switches| {
            switches.permission_statuses = vec![("core_user_view", status)];
        });
        test.fake.deny("core_user_view", &top());
        test.sync().args(&["-v"]).exits(0).says(word);
        assert_eq!(incomplete_listings(&test), lines(""));
        assert_eq!(
            test.ask("SELECT count(*) FROM changes WHERE snapshot_id = 2 AND type <> 'permission'"),
            "0"
        );
    }
}

#[test]
fn with_access_control_off_nothing_is_hidden() {
    let test = Test::synced();
    let before = facts(&test);
    test.fake.switch(|switches| switches.access_control = false);
    test.sync()
        .args(&["-v"])
        .exits(0)
        .says("access control seems to be off");
    assert_eq!(
        test.ask("SELECT state, ifnull(caller, 'nobody') FROM snapshots WHERE id = 2"),
        "complete|nobody"
    );
    assert_eq!(facts(&test), before);
    test.diff().exits(0);
}

#[test]
fn the_permission_check_counts_whatever_the_catalogue_says() {
    for permission in [
        "core_organization_view",
        "core_project_view",
        "core_serviceaccount_manageapikey",
        "core_authsetting_view",
    ] {
        for status in ["EXPERIMENTAL", "INACTIVE"] {
            let test = Test::new();
            test.fake.switch(|switches| {
                switches.permission_statuses = vec![(permission, status)];
            });
            test.fake.caller(
                Caller::default()
                    .and("core_serviceaccount_manageapikey")
                    .and("core_authsetting_view"),
            );
            let whole = test.sync().args(&["--scopes", "all"]).args(&EXTRAS);
            whole.exits(0);
            assert_eq!(incomplete_listings(&test), lines(""), "{permission}");
        }
    }
}
