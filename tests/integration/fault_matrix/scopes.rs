//! Faults of the lists of organizations and projects, and of walks over many scopes.

use std::collections::HashSet;

use fake_harness::{Account, FakeHarness, FaultKind, GenerateSpec, HowOften, router};
use harness_access::api::client::clock::VirtualClock;
use harness_access::error::Error;
use harness_access::exit::Exit;
use harness_access::model::{Listing, ListingState, Observation};

use super::{
    Case, LISTS, Place, ends_all, faults_of_pages, faults_of_requests, is_of_ledger, list, outcome,
};
use crate::support::in_process;
use crate::support::in_process::told;

// ---- organizations and projects -----------------------------------------------------------------------------------------
const TREE: [Place; 2] = [
    list(router::ORGANIZATIONS, "GET /ng/api/organizations", false),
    list(router::PROJECTS, "GET /ng/api/projects", false),
];

/// Walks over many scopes at once. What they refuse is asked for scope by scope: of the same route, or of another.
const AT_ONCE: [(Place, bool); 3] = [
    (LISTS[1], true),
    (LISTS[2], true),
    (
        list(
            router::ROLE_ASSIGNMENTS_V2,
            "POST /authz/api/roleassignments/v2/filter",
            true,
        ),
        false,
    ),
];

fn tree() -> Account {
    Account::generate(&GenerateSpec {
        assignments: 40,
        users: 10,
        groups: 12,
        service_accounts: 12,
        roles: 6,
        resource_groups: 6,
        organizations: 1,
        projects: 2,
        ..GenerateSpec::default()
    })
}

/// What an observation says there is, without how it was listed.
fn facts(observation: &Observation) -> Vec<String> {
    let mut facts = told(observation);
    facts.retain(|line| !is_of_ledger(line));
    facts
}

struct Tree {
    fake: FakeHarness,
    expected: Vec<String>,
}

impl Tree {
    fn new() -> Self {
        let fake = FakeHarness::new(tree());
        let observation = Self::observe(&fake).unwrap();
        let scopes = observation.listings.iter().map(|listing| &listing.scope);
        assert_eq!(scopes.collect::<HashSet<_>>().len(), 5);
        let expected = facts(&observation);
        Self { fake, expected }
    }

    fn observe(fake: &FakeHarness) -> Result<Observation, Error> {
        let client = in_process::client_with(fake, &VirtualClock::new(), 0);
        let observation = in_process::everything(&client, 4).map_err(in_process::explained)?;
        in_process::without_gaps(observation)
    }

    fn attempt(&self, place: Place, kind: &FaultKind, times: HowOften, exit: Option<Exit>) {
        let context = format!("{kind:?} at {place:?}, {times:?}");
        let fault = place.fault(&self.fake, kind, times);
        let result = Self::observe(&self.fake);
        assert!(fault.fired() > 0, "{context}: did not happen");
        match (result, outcome(place, kind, times, exit)) {
            (Ok(observation), None) => {
                assert!(facts(&observation) == self.expected, "{context}");
                let is_whole = |listing: &Listing| listing.state == ListingState::Complete;
                assert!(observation.listings.iter().all(is_whole), "{context}");
            }
            (Err(error), Some(exit)) => {
                let message = error.to_string();
                assert_eq!(error.exit(), exit, "{context}: {message}");
                assert!(message.contains(place.endpoint), "{context}: {message}");
            }
            (Ok(_), Some(exit)) => panic!("{context}: went well instead of ending with {exit:?}"),
            (Err(error), None) => panic!("{context}: {error}"),
        }
    }
}

fn faults_of_one_page() -> Vec<Case> {
    let mut cases = faults_of_requests();
    cases.extend(faults_of_pages());
    cases.retain(|case| {
        !matches!(
            case.kind,
            FaultKind::RowInserted
                | FaultKind::RowDeleted
                | FaultKind::RowReplaced
                | FaultKind::PageRepeated
        )
    });
    cases
}

#[test]
fn any_fault_of_the_lists_of_organizations_and_projects() {
    let tree = Tree::new();
    for place in TREE {
        for case in faults_of_one_page() {
            tree.attempt(place, &case.kind, HowOften::Once, case.once);
            tree.attempt(place, &case.kind, HowOften::Forever, case.forever);
        }
    }
}

#[test]
fn any_fault_of_a_walk_over_many_scopes_leaves_the_other_way() {
    let tree = Tree::new();
    for (place, is_route_of_scopes) in AT_ONCE {
        for case in faults_of_one_page() {
            tree.attempt(place, &case.kind, HowOften::Once, None);
            // No other way helps with the key, the pace, or a gateway that leads elsewhere.
            let ends_all = ends_all(&case.kind);
            let forever = case.forever.filter(|_| is_route_of_scopes || ends_all);
            tree.attempt(place, &case.kind, HowOften::Forever, forever);
        }
    }
}
