//! What comes into sight, and what happened meanwhile.

use std::collections::BTreeSet;

use fake_harness::{Account, Principal};

use super::{
    DANA, EVAN, GRANT_ID, Missing, change_everything, diff, differs, in_doubt, lines, partial_sync,
    top, unverified,
};
use crate::support::Test;

#[test]
fn what_happened_unseen_shows_when_it_is_seen_again_and_only_then() {
    let control = Test::synced();
    control.observe_after(change_everything);
    let all = control.changes();
    for missing in Missing::telling() {
        let context = format!("{missing:?}");
        let (hidden, shown): (Vec<String>, Vec<String>) = all
            .iter()
            .cloned()
            .partition(|change| missing.hides(change));
        assert!(!hidden.is_empty(), "{context}");
        let test = Test::synced();
        missing.deny(&test.fake);
        test.fake.change(change_everything);
        partial_sync(&test);
        differs(&test, ["1", "2"], &shown, &context);
        assert_eq!(unverified(&test), in_doubt(&test, missing), "{context}");
        test.fake.allow_all();
        test.observe();
        differs(&test, ["2", "3"], &hidden, &context);
        assert_eq!(unverified(&test), BTreeSet::new(), "{context}");
        let (status, changes, document) = diff(&test, &["1", "3"]);
        assert_eq!((status, &changes), (1, &all), "{context}");
        assert_eq!(document["comparable"], true, "{context}");
    }
}

/// Custom roles and resource groups that look like Harness's, and Harness's own, are told apart by their lists.
fn look_alikes(account: &mut Account) {
    account.add_role(&top(), "_our_own", &["core_pipeline_view"]);
    let mut group = account
        .resource_group("prod_resources", &top())
        .unwrap()
        .clone();
    group.identifier = "_our_own".into();
    account.add_resource_group(group.clone());
    group.identifier = "_all_account_level_resources".into();
    account.add_resource_group(group);
    for (role, resource_group) in [
        ("_our_own", "_our_own"),
        ("_account_viewer", "_our_own"),
        ("_our_own", "_all_account_level_resources"),
    ] {
        account.assign(Principal::User(EVAN), role, resource_group, &top());
    }
}

#[test]
fn names_of_roles_and_resource_groups_mean_the_same_while_their_lists_are_not_seen() {
    for missing in [0b01000, 0b10000, 0b11000].map(Missing) {
        let test = Test::new();
        test.fake.change(look_alikes);
        test.observe();
        let grants = || test.ask(&format!("SELECT {GRANT_ID} AS id FROM grants ORDER BY id"));
        let before = grants();
        assert!(
            before
                .contains("role/account/_our_own:assigned account resource_group/account/_our_own")
        );
        missing.deny(&test.fake);
        for _ in 0..2 {
            partial_sync(&test);
            assert_eq!(grants(), before, "{missing:?}");
        }
        differs(&test, ["1", "3"], &[], &format!("{missing:?}"));
        // What is assigned unseen is resolved by what was seen, too.
        test.fake.change(|account| {
            account.assign(Principal::User(DANA), "_our_own", "_our_own", &top())
        });
        partial_sync(&test);
        let added = format!(
            "added grant user/{DANA} role/account/_our_own:assigned account resource_group/account/_our_own"
        );
        differs(&test, ["3", "4"], &[added], &format!("{missing:?}"));
        test.fake.allow_all();
        test.observe();
        differs(&test, ["4", "5"], &[], &format!("{missing:?}"));
    }
}

#[test]
fn a_first_look_brings_into_sight_and_adds_nothing() {
    let whole = Test::synced();
    let facts_of_whole = facts_without_since(&whole);
    let unresolved_of_whole = unresolved(&whole);
    for missing in Missing::telling() {
        let context = format!("{missing:?}");
        let test = Test::new();
        missing.deny(&test.fake);
        partial_sync(&test);
        assert_eq!(unverified(&test), in_doubt(&test, missing), "{context}");
        let seen = facts_without_since(&test);
        assert!(seen.is_subset(&facts_of_whole), "{context}");
        // What no list shows because the list was not shown is not unresolved.
        let named = unresolved(&test);
        assert!(
            named.is_subset(&unresolved_of_whole),
            "{context}: {:?}",
            named.difference(&unresolved_of_whole).collect::<Vec<_>>()
        );
        test.fake.allow_all();
        test.observe();
        assert_eq!(facts_without_since(&test), facts_of_whole, "{context}");
        differs(&test, ["1", "2"], &[], &context);
        let (_, _, document) = diff(&test, &[]);
        let came = facts_of_whole.len() - seen.len();
        assert_eq!(document["newly_visible"], came, "{context}");
        assert_eq!(test.ask("SELECT count(*) FROM changes"), "0", "{context}");
        // From now on it is known.
        test.observe_after(change_everything);
        assert!(test.changes().len() > 20, "{context}");
    }
}

/// Which part of which grant no list shows.
fn unresolved(test: &Test) -> BTreeSet<String> {
    ["principal", "resource", "resource_group"]
        .iter()
        .flat_map(|part| {
            lines(&test.ask(&format!(
                "SELECT '{part} of ' || {GRANT_ID} FROM grants WHERE ',' || unresolved || ',' LIKE '%,{part},%'"
            )))
        })
        .collect()
}

/// Without names of grants' parts, which depend on other lists.
fn facts_without_since(test: &Test) -> BTreeSet<String> {
    let resources = test.ask("SELECT id, replace(name, char(10), ' '), attributes FROM resources");
    let grants = test.ask(&format!("SELECT {GRANT_ID}, role_assignment FROM grants"));
    lines(&resources)
        .into_iter()
        .chain(lines(&grants))
        .collect()
}
