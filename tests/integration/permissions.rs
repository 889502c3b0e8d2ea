//! A key that may not see everything: nothing is stored, or what is stored says what it does not know. Never is what
//! cannot be seen taken for gone.

mod again;
mod answers;
mod gaps;
mod given_and_taken;

use std::collections::BTreeSet;

use fake_harness::{Account, FakeHarness, Principal, Scope, router};
use serde_json::Value;

use crate::support::{Outcome, Test};

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

const EXTRAS: [&str; 4] = ["--with", "tokens", "--with", "auth-settings"];
