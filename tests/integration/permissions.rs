//! A key that may not see everything: nothing is stored, or what is stored says what it does not know. Never is what
//! cannot be seen taken for gone.

use std::collections::BTreeSet;

use harness_access::error::Error;
use harness_access::model::{Listing, ListingKind, ListingState, Observation};
use serde_json::{Value, json};

use crate::support::{Outcome, Test, in_process};
use fake_harness::{
    Account, Answer, Caller, FakeHarness, Fault, FaultKind, HowOften, Principal, Recorded, Scope,
    router,
};

/// A permission, and what cannot be seen without it.
struct View {
    permission: &'static str,
    /// The list that refuses or thins.
    listing: &'static str,
    /// The type of resource.
    resource: &'static str,
    /// Whether role assignments of that type of principal vanish, too.
    is_principal: bool,
}

const VIEWS: [View; 5] = [
    View {
        permission: "core_user_view",
        listing: "users",
        resource: "user",
        is_principal: true,
    },
    View {
        permission: "core_usergroup_view",
        listing: "user_groups",
        resource: "user_group",
        is_principal: true,
    },
    View {
        permission: "core_serviceaccount_view",
        listing: "service_accounts",
        resource: "service_account",
        is_principal: true,
    },
    View {
        permission: "core_role_view",
        listing: "roles",
        resource: "role",
        is_principal: false,
    },
    View {
        permission: "core_resourcegroup_view",
        listing: "resource_groups",
        resource: "resource_group",
        is_principal: false,
    },
];

/// Some of the five views, missing together.
#[derive(Clone, Copy, Debug)]
struct Missing(u8);

impl Missing {
    /// Every combination but none.
    fn all() -> impl Iterator<Item = Self> {
        (1..32).map(Self)
    }

    /// Each alone, those that hide each other's namesakes, and all together.
    fn telling() -> impl Iterator<Item = Self> {
        [1, 2, 4, 8, 16, 0b00011, 0b00111, 0b01001, 0b11000, 0b11111]
            .into_iter()
            .map(Self)
    }

    fn lacks(self, at: usize) -> bool {
        self.0 & (1 << at) != 0
    }

    fn views(self) -> impl Iterator<Item = &'static View> {
        VIEWS
            .iter()
            .enumerate()
            .filter(move |(at, _)| self.lacks(*at))
            .map(|(_, view)| view)
    }

    fn deny(self, fake: &FakeHarness) {
        for view in self.views() {
            fake.deny(view.permission, &top());
        }
    }

    fn hides_resource(self, id: &str) -> bool {
        let kind = id.split('/').next().unwrap();
        self.views().any(|view| view.resource == kind)
    }

    /// A membership is shown by its group, a role by the list of role assignments, which thins by type of principal.
    /// Types that nobody knows are in doubt with any of them.
    fn hides_grant(self, id: &str) -> bool {
        if id.ends_with(":member") {
            return self.views().any(|view| view.resource == "user_group");
        }
        let kind = id.split('/').next().unwrap();
        let known = VIEWS.iter().any(|view| view.resource == kind);
        self.views()
            .any(|view| view.is_principal && (view.resource == kind || !known))
    }

    fn hides(self, change: &str) -> bool {
        let mut words = change.splitn(3, ' ').skip(1);
        let (kind, id) = (words.next().unwrap(), words.next().unwrap());
        match kind {
            "resource" => self.hides_resource(id),
            _ => self.hides_grant(id),
        }
    }

    /// The state of every listing that is not complete, by name.
    fn states(self) -> BTreeSet<String> {
        let mut states: BTreeSet<String> = self
            .views()
            .map(|view| format!("{}|not_permitted", view.listing))
            .collect();
        let principals = self.views().filter(|view| view.is_principal).count();
        match principals {
            0 => {}
            3 => {
                states.insert("role_assignments|not_permitted".to_owned());
            }
            _ => {
                states.insert("role_assignments|partial".to_owned());
            }
        }
        states
    }
}

fn top() -> Scope {
    Scope::account()
}

const DANA: &str = "uDANA00000000000000000";
const EVAN: &str = "uEVAN00000000000000000";

/// Something added, removed and changed behind every view.
fn change_everything(account: &mut Account) {
    account.add_user("uNINA00000000000000000", "nina@example.test", "Nina");
    account.remove_user("uCLEO00000000000000000");
    account.rename_user(DANA, "Dana Example-Lee");
    account.add_group(&top(), "newcomers", "Newcomers");
    account.add_member(&top(), "newcomers", "uNINA00000000000000000");
    account.remove_group(&top(), "on_call");
    account.remove_member(&top(), "developers", DANA);
    account.add_service_account(&top(), "nightly", "Nightly");
    account.remove_service_account(&top(), "terraform");
    account.add_role(&top(), "operator", &["core_pipeline_execute"]);
    account.remove_role(&top(), "secret_keeper");
    account.role(&top(), "auditor").permissions.pop();
    let mut group = account
        .resource_group("prod_resources", &top())
        .unwrap()
        .clone();
    group.identifier = "staging_resources".into();
    account.add_resource_group(group);
    account.remove_resource_group(&top(), "nothing_yet");
    // New roles and resource groups are assigned at once, old ones no longer.
    for principal in [
        Principal::User(EVAN),
        Principal::Group("developers"),
        Principal::ServiceAccount("ci_bot"),
    ] {
        account.assign(principal, "operator", "staging_resources", &top());
        account.assign(
            principal,
            "_account_viewer",
            "_all_account_level_resources",
            &top(),
        );
    }
    account.remove_assignment("role_assignment_contractor000000001");
    account.remove_assignment("role_assignment_auditors00000000001");
    account.remove_assignment("terraform_is_admin");
    account.disable_assignment("role_assignment_halEmoji000000000001");
}

fn diff(test: &Test, arguments: &[&str]) -> (i32, Vec<String>, Value) {
    let outcome = test
        .run(&["diff", "--format", "json"])
        .args(arguments)
        .run();
    let document = outcome.json();
    let changes = document["changes"].as_array().unwrap().iter();
    let changes = changes
        .map(|change| {
            let word = |name: &str| change[name].as_str().unwrap();
            format!("{} {} {}", word("change"), word("kind"), word("id"))
        })
        .collect();
    (outcome.status, changes, document)
}

/// Both ways of comparing: with gaps it cannot be told, and what can be told is `expected`.
#[track_caller]
fn differs(test: &Test, snapshots: [&str; 2], expected: &[String], context: &str) {
    let (status, changes, document) = diff(test, &snapshots);
    assert_eq!((status, &changes[..]), (2, expected), "{context}");
    assert_eq!(document["comparable"], false, "{context}");
    let mut arguments = snapshots.to_vec();
    arguments.push("--ignore-coverage");
    let (status, changes, _) = diff(test, &arguments);
    assert_eq!(
        (status, &changes[..]),
        (i32::from(!expected.is_empty()), expected),
        "{context}"
    );
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

/// Every resource and grant of the latest snapshot, without what says how well it is known.
fn facts(test: &Test) -> BTreeSet<String> {
    let resources =
        test.ask("SELECT id, replace(name, char(10), ' '), attributes, since FROM resources");
    let grants = test.ask(
        "SELECT principal_id, entitlement_id, scope, resource_group_id, role_assignment, since FROM grants",
    );
    lines(&resources)
        .into_iter()
        .chain(lines(&grants))
        .collect()
}

const GRANT_ID: &str =
    "principal_id || ' ' || entitlement_id || ifnull(' ' || scope || ' ' || resource_group_id, '')";

fn unverified(test: &Test) -> BTreeSet<String> {
    let resources = test.ask("SELECT id FROM resources WHERE unverified");
    let grants = test.ask(&format!("SELECT {GRANT_ID} FROM grants WHERE unverified"));
    lines(&resources)
        .into_iter()
        .chain(lines(&grants))
        .collect()
}

/// What must be unverified in the latest snapshot: all that is behind the missing views, and nothing else.
fn in_doubt(test: &Test, missing: Missing) -> BTreeSet<String> {
    let resources = lines(&test.ask("SELECT id FROM resources"));
    let grants = lines(&test.ask(&format!("SELECT {GRANT_ID} FROM grants")));
    let resources = resources
        .into_iter()
        .filter(|id| missing.hides_resource(id));
    let grants = grants.into_iter().filter(|id| missing.hides_grant(id));
    resources.chain(grants).collect()
}

fn incomplete_listings(test: &Test) -> BTreeSet<String> {
    lines(&test.ask(
        "SELECT kind, state FROM listings WHERE state <> 'complete'
         AND snapshot_id = (SELECT max(id) FROM snapshots)",
    ))
}

fn partial_sync(test: &Test) -> Outcome {
    test.sync().args(&["--allow-partial"]).exits(2)
}

#[test]
fn every_combination_of_missing_views_is_refused_by_name_and_nothing_is_stored() {
    let test = Test::synced();
    let before = std::fs::read(test.database()).unwrap();
    test.fake.change(change_everything);
    for missing in Missing::all() {
        test.fake.allow_all();
        missing.deny(&test.fake);
        for file in ["harness-access.db", "first.db"] {
            let outcome = test.sync().args(&["--db", file]).exits(2).prints_nothing();
            for (at, view) in VIEWS.iter().enumerate() {
                let sentence = format!("the key lacks {} in account", view.permission);
                assert_eq!(
                    outcome.stderr.matches(&sentence).count(),
                    usize::from(missing.lacks(at)),
                    "{missing:?}: {}",
                    outcome.stderr
                );
            }
            outcome
                .says("nothing was stored")
                .says("Account Viewer")
                .says("--allow-partial");
        }
        assert_eq!(test.folder.names(), ["harness-access.db"], "{missing:?}");
        assert_eq!(
            std::fs::read(test.database()).unwrap(),
            before,
            "{missing:?}"
        );
    }
    // Refused before the lists are walked: a key that will not do costs next to nothing.
    assert_eq!(test.fake.count(router::ROLES), 1);
}

#[test]
fn what_cannot_be_seen_is_unverified_and_never_removed() {
    for missing in Missing::telling() {
        let test = Test::synced();
        let (before, context) = (facts(&test), format!("{missing:?}"));
        missing.deny(&test.fake);
        let outcome = partial_sync(&test).prints_nothing();
        for state in missing.states() {
            let (listing, state) = state.split_once('|').unwrap();
            let line = outcome
                .stderr
                .lines()
                .find(|line| line.starts_with(&format!("incomplete: {listing} in account ")));
            assert!(
                line.is_some_and(
                    |line| line.contains(&state.replace("not_permitted", "permission missing"))
                ),
                "{context}: {listing}: {}",
                outcome.stderr
            );
        }
        assert_eq!(test.ask("SELECT state FROM snapshots"), "complete\npartial");
        assert_eq!(incomplete_listings(&test), missing.states(), "{context}");
        assert_eq!(facts(&test), before, "{context}");
        let unverified = unverified(&test);
        assert!(!unverified.is_empty(), "{context}");
        assert_eq!(unverified, in_doubt(&test, missing), "{context}");
        differs(&test, ["1", "2"], &[], &context);
        let (_, _, document) = diff(&test, &[]);
        let gaps: BTreeSet<String> = document["coverage"]
            .as_array()
            .unwrap()
            .iter()
            .map(|gap| {
                assert_eq!(
                    (&gap["side"], &gap["scope"]),
                    (&"to".into(), &"account".into())
                );
                format!(
                    "{}|{}",
                    gap["kind"].as_str().unwrap(),
                    gap["state"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(gaps, missing.states(), "{context}");
        assert_eq!(test.ask("SELECT count(*) FROM changes"), "0", "{context}");
    }
}

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
fn a_silent_subset_is_noticed() {
    for (at, only) in [
        (0, "uADA000000000000000000"),
        (1, "developers"),
        (2, "ci_bot"),
        (3, "auditor"),
        (4, "prod_resources"),
    ] {
        let view = &VIEWS[at];
        let missing = Missing(1 << at);
        let test = Test::synced();
        let before = facts(&test);
        test.fake.only_named(view.permission, &top(), &[only]);
        let bytes = std::fs::read(test.database()).unwrap();
        test.sync()
            .exits(2)
            .says(&format!("the key lacks {} in account", view.permission));
        assert_eq!(std::fs::read(test.database()).unwrap(), bytes);
        partial_sync(&test);
        let listing = test.ask(&format!(
            "SELECT state, rows FROM listings WHERE snapshot_id = 2 AND kind = '{}'",
            view.listing
        ));
        // Users and roles are refused whole; the other three lists answer 200 with one row of many.
        let thinned = matches!(
            view.resource,
            "user_group" | "service_account" | "resource_group"
        );
        let expected = if thinned {
            "partial|1"
        } else {
            "not_permitted|0"
        };
        assert_eq!(listing, expected, "{}", view.listing);
        assert_eq!(facts(&test), before, "{}", view.listing);
        assert_eq!(
            unverified(&test),
            in_doubt(&test, missing),
            "{}",
            view.listing
        );
        differs(&test, ["1", "2"], &[], view.listing);
    }
}

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

#[test]
fn a_hidden_account_is_no_gap() {
    let test = Test::synced();
    test.fake.deny("core_account_view", &top());
    test.observe();
    test.diff().exits(0).prints_nothing();
    test.fake.allow_all();
    test.observe();
    test.diff().exits(0).prints_nothing();
    assert_eq!(test.ask("SELECT DISTINCT state FROM snapshots"), "complete");
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

/// A list of one kind whose rows leave a doubt that no permission explains: without `--allow-partial` nothing is stored,
/// with it nothing is removed.
#[track_caller]
fn leaves_a_gap(test: &Test, kind: &str, reason: &str) {
    let before = facts(test);
    let bytes = std::fs::read(test.database()).unwrap();
    for file in ["harness-access.db", "first.db"] {
        test.sync()
            .args(&["--db", file])
            .exits(2)
            .prints_nothing()
            .says("nothing was stored, because some lists are incomplete")
            .says(&format!("{kind} in account"))
            .says(reason);
    }
    assert_eq!(test.folder.names(), ["harness-access.db"]);
    assert_eq!(std::fs::read(test.database()).unwrap(), bytes);
    partial_sync(test).says(reason);
    assert_eq!(incomplete_listings(test), lines(&format!("{kind}|partial")));
    assert_eq!(facts(test), before);
    differs(test, ["1", "2"], &[], kind);
}

#[test]
fn a_group_whose_members_are_said_nowhere_is_not_a_group_without_members() {
    let test = Test::synced();
    test.fake
        .change(|account| account.group(&top(), "platform_admins").users = None);
    let members = Fault::on(
        "/ng/api/user-groups/platform_admins/users",
        FaultKind::InternalError,
    );
    test.fake.fault(members.times(HowOften::Forever));
    let reason = "did not say who is in 1 of the groups, such as platform_admins";
    leaves_a_gap(&test, "user_groups", reason);
}

#[test]
fn a_page_that_looks_filtered_to_nothing_is_empty_only_where_the_permission_is_held() {
    let page = json!({"status": "SUCCESS", "data": {
        "totalPages": 1, "totalItems": 0, "pageItemCount": 0, "pageSize": 0, "content": [], "pageIndex": 0, "empty": true
    }});
    for (route, kind, permission) in [
        (
            router::SERVICE_ACCOUNTS_AGGREGATE,
            "service_accounts",
            "core_serviceaccount_view",
        ),
        (router::USER_GROUPS, "user_groups", "core_usergroup_view"),
        (
            router::RESOURCE_GROUPS,
            "resource_groups",
            "core_resourcegroup_view",
        ),
    ] {
        let test = Test::new();
        let answer = FaultKind::Answer(Answer::json(200, &page));
        test.fake.fault(Fault::on(route, answer.clone()));
        test.sync().exits(0);
        test.fake.deny(permission, &top());
        test.fake.fault(Fault::on(route, answer));
        partial_sync(&test);
        assert!(
            incomplete_listings(&test).contains(&format!("{kind}|partial")),
            "{kind}"
        );
    }
}

/// Changes the answer to the third check, which is about service accounts.
fn with_an_answer(
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Result<Observation, Error> {
    let fake = FakeHarness::new(Account::demo());
    in_process::observe_spoilt(&fake, move |path, body| {
        if path != router::ACCESS_CHECK {
            return body;
        }
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        change(&mut answer["data"]["accessControlList"]);
        answer.to_string().into_bytes()
    })
}

#[test]
fn answers_to_other_questions_prove_nothing() {
    let spoils: [fn(&mut Value); 7] = [
        |entries| entries[2]["permission"] = "core_serviceaccount_edit".into(),
        |entries| entries[2]["resourceType"] = "USER".into(),
        |entries| entries[2]["resourceIdentifier"] = "ci_bot".into(),
        |entries| entries[2]["resourceScope"]["accountIdentifier"] = "another".into(),
        |entries| entries[2]["resourceScope"]["orgIdentifier"] = "payments".into(),
        |entries| entries[2]["resourceScope"]["projectIdentifier"] = "shop".into(),
        |entries| drop(entries.as_array_mut().unwrap().pop()),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let observation = with_an_answer(spoil).unwrap();
        for listing in observation.listings {
            let reason = listing.state.reason().unwrap_or_default().to_owned();
            let is_open = [ListingKind::Accounts, ListingKind::Permissions].contains(&listing.kind);
            let is_doubted = reason.contains("answers other questions than it was asked");
            assert!(
                is_open || is_doubted,
                "{number}: {}: {reason}",
                listing.kind
            );
        }
    }
}

#[test]
fn answers_may_come_in_another_order_where_each_names_its_question() {
    let swapped = with_an_answer(|entries| entries.as_array_mut().unwrap().swap(2, 3));
    let is_whole = |listing: &Listing| listing.state == ListingState::Complete;
    assert!(swapped.unwrap().listings.iter().all(is_whole));
    let unnamed = with_an_answer(|entries| {
        let entries = entries.as_array_mut().unwrap();
        entries.swap(2, 3);
        entries[2].as_object_mut().unwrap().remove("resourceScope");
    });
    let of_roles = |listing: &&Listing| listing.kind == ListingKind::Roles;
    assert!(
        !unnamed
            .unwrap()
            .listings
            .iter()
            .filter(of_roles)
            .any(is_whole)
    );
}

#[test]
fn an_answer_need_not_repeat_the_question() {
    let observation = with_an_answer(|entries| {
        for entry in entries.as_array_mut().unwrap() {
            entry.as_object_mut().unwrap().remove("resourceScope");
        }
    });
    let listings = observation.unwrap().listings;
    assert!(
        listings
            .iter()
            .all(|listing| listing.state == ListingState::Complete)
    );
}

const EXTRAS: [&str; 4] = ["--with", "tokens", "--with", "auth-settings"];

#[test]
fn personal_tokens_are_left_out_without_their_permission() {
    let test = Test::new();
    test.fake
        .caller(Caller::default().and("core_serviceaccount_manageapikey"));
    test.sync()
        .args(&["--with", "tokens", "-v"])
        .exits(0)
        .says("personal tokens are left out: the key lacks core_user_manage");
    assert_eq!(
        test.ask("SELECT count(*) FROM listings WHERE kind = 'personal_tokens'"),
        "0"
    );
}

#[test]
fn what_was_never_seen_whole_can_be_seen_to_change() {
    let test = Test::new();
    test.fake
        .only_named("core_usergroup_view", &top(), &["developers"]);
    partial_sync(&test);
    test.fake
        .change(|account| account.group(&top(), "developers").name = "Engineers".to_owned());
    partial_sync(&test);
    let changed = "changed resource user_group/account/developers";
    differs(&test, ["1", "2"], &[changed.to_owned()], "a silent subset");
    assert_eq!(
        test.ask("SELECT change, kind, id FROM changes"),
        changed.replace(' ', "|")
    );
}

#[test]
fn a_list_that_contradicts_itself_stays_in_doubt_whatever_the_key_may_see() {
    let test = Test::synced();
    test.fake.deny("core_serviceaccount_view", &top());
    test.fake.fault(Fault::on(
        router::ROLE_ASSIGNMENTS,
        FaultKind::TotalChanging,
    ));
    partial_sync(&test);
    let reason = test
        .ask("SELECT reason FROM listings WHERE kind = 'role_assignments' AND state = 'partial'");
    assert!(reason.contains("inconsistent"), "{reason}");
    assert!(
        reason.contains("the key lacks core_serviceaccount_view in account"),
        "{reason}"
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM grants WHERE slug = 'assigned' AND NOT unverified"),
        "0"
    );
    differs(&test, ["1", "2"], &[], "an inconsistent list");
}
