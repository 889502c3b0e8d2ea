//! Everything that can go wrong, at every listing, once and for good. Once: the snapshot is the one without faults. For
//! good: nothing is stored, and the message says at which listing.

mod scopes;
mod stored;

use std::sync::atomic::{AtomicUsize, Ordering};

use fake_harness::{
    Account, FakeHarness, Fault, FaultHandle, FaultKind, GenerateSpec, HowOften, router,
};
use harness_access::collect::Remembered;
use harness_access::exit::Exit;
use harness_access::model::{Listing, Observation};
use serde_json::Value;

use crate::support::in_process;
use crate::support::in_process::told;

/// A request of a sync, and how it is asked.
#[derive(Clone, Copy, Debug)]
struct Place {
    route: &'static str,
    endpoint: &'static str,
    /// Which request on that route: the access check is asked before and after the walk.
    nth: usize,
    /// A list in pages, of more than one of them.
    is_list: bool,
    /// Its rows say which scope they are of.
    has_scopes: bool,
}

const fn list(route: &'static str, endpoint: &'static str, has_scopes: bool) -> Place {
    Place {
        route,
        endpoint,
        nth: 1,
        is_list: true,
        has_scopes,
    }
}

const fn single(route: &'static str, endpoint: &'static str, nth: usize) -> Place {
    Place {
        route,
        endpoint,
        nth,
        is_list: false,
        has_scopes: false,
    }
}

const LISTS: [Place; 6] = [
    list(router::USERS, "POST /ng/api/user/batch", false),
    list(
        router::SERVICE_ACCOUNTS_AGGREGATE,
        "GET /ng/api/serviceaccount/aggregate",
        true,
    ),
    list(router::USER_GROUPS, "GET /ng/api/user-groups", true),
    list(router::ROLES, "GET /authz/api/roles", true),
    list(
        router::RESOURCE_GROUPS,
        "GET /resourcegroup/api/v2/resourcegroup",
        true,
    ),
    list(
        router::ROLE_ASSIGNMENTS,
        "GET /authz/api/roleassignments",
        true,
    ),
];

const SINGLES: [Place; 4] = [
    single(router::ACCESS_CHECK, "POST /authz/api/acl", 1),
    single(router::PERMISSIONS, "GET /authz/api/permissions", 1),
    single("ng/api/accounts/", "GET /ng/api/accounts/", 1),
    single(router::ACCESS_CHECK, "POST /authz/api/acl", 2),
];

impl Place {
    fn is_optional(self) -> bool {
        self.route == router::PERMISSIONS || self.route.starts_with("ng/api/accounts")
    }

    fn fault(self, fake: &FakeHarness, kind: &FaultKind, times: HowOften) -> FaultHandle {
        fake.clear_faults();
        let fault = Fault::on(self.route, kind.clone()).nth(self.nth);
        fake.fault(fault.times(times))
    }
}

/// What comes of a fault that happens once, and of one that stays.
struct Case {
    kind: FaultKind,
    /// `None`: the snapshot is as without the fault.
    once: Option<Exit>,
    forever: Option<Exit>,
}

fn passing(kind: FaultKind, forever: Exit) -> Case {
    Case {
        kind,
        once: None,
        forever: Some(forever),
    }
}

fn at_once(kind: FaultKind, exit: Exit) -> Case {
    Case {
        kind,
        once: Some(exit),
        forever: Some(exit),
    }
}

fn harmless(kind: FaultKind) -> Case {
    Case {
        kind,
        once: None,
        forever: None,
    }
}

fn is_harmless(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::TooManyPages
            | FaultKind::LongPage
            | FaultKind::NegativeTotals
            | FaultKind::PageSizeZero
    )
}

/// No other request does better after these.
fn ends_all(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::TooManyRequestsHtml
            | FaultKind::TooManyRequestsRetryAfter(_)
            | FaultKind::TooManyRequestsAs400
            | FaultKind::Redirect(..)
    )
}

/// What can happen to any request.
fn faults_of_requests() -> Vec<Case> {
    use FaultKind as Kind;
    let soon = || "7".to_owned();
    vec![
        passing(Kind::TooManyRequestsHtml, Exit::Unreachable),
        passing(Kind::TooManyRequestsRetryAfter(soon()), Exit::Unreachable),
        passing(Kind::TooManyRequestsAs400, Exit::Unreachable),
        passing(Kind::Unauthorized, Exit::CouldNotTell),
        passing(Kind::InternalError, Exit::CouldNotTell),
        passing(Kind::BadGatewayHtml, Exit::CouldNotTell),
        passing(Kind::Unavailable(None), Exit::CouldNotTell),
        passing(Kind::Unavailable(Some(soon())), Exit::CouldNotTell),
        passing(Kind::GatewayTimeout, Exit::CouldNotTell),
        passing(Kind::LoginHtml, Exit::CouldNotTell),
        passing(Kind::LoginRedirectScript, Exit::CouldNotTell),
        passing(Kind::EmptyBody, Exit::CouldNotTell),
        passing(Kind::StatusError, Exit::CouldNotTell),
        passing(Kind::CutJson, Exit::CouldNotTell),
        passing(Kind::TruncatedBody, Exit::CouldNotTell),
        passing(Kind::Reset, Exit::CouldNotTell),
        passing(Kind::Stall, Exit::CouldNotTell),
        passing(Kind::StalledBody, Exit::CouldNotTell),
        passing(Kind::GarbageGzip, Exit::CouldNotTell),
        passing(
            Kind::Redirect(302, "https://login.example.test/".to_owned()),
            Exit::Unreachable,
        ),
        at_once(Kind::DataNull, Exit::CouldNotTell),
        at_once(Kind::BareEnvelope, Exit::CouldNotTell),
    ]
}

/// What can happen to the pages of a list.
fn faults_of_pages() -> Vec<Case> {
    use FaultKind as Kind;
    vec![
        passing(Kind::RowInserted, Exit::CouldNotTell),
        passing(Kind::RowDeleted, Exit::CouldNotTell),
        passing(Kind::RowReplaced, Exit::CouldNotTell),
        passing(Kind::TotalChanging, Exit::CouldNotTell),
        passing(Kind::PageRepeated, Exit::CouldNotTell),
        passing(Kind::Endless, Exit::CouldNotTell),
        harmless(Kind::TooManyPages),
        harmless(Kind::LongPage),
        harmless(Kind::NegativeTotals),
        harmless(Kind::PageSizeZero),
        at_once(Kind::AccessDenied, Exit::CouldNotTell),
        at_once(Kind::GarbageRows, Exit::CouldNotTell),
    ]
}

/// One page of everything.
fn small() -> Account {
    Account::generate(&GenerateSpec {
        assignments: 20,
        users: 10,
        groups: 4,
        service_accounts: 3,
        roles: 3,
        resource_groups: 3,
        ..GenerateSpec::default()
    })
}

/// More than one page of one list, and one of all others.
fn with_long(list: Place) -> Account {
    let mut spec = GenerateSpec {
        assignments: 30,
        users: 12,
        groups: 4,
        service_accounts: 3,
        roles: 3,
        resource_groups: 3,
        ..GenerateSpec::default()
    };
    match list.route {
        router::USERS => spec.users = 120,
        router::SERVICE_ACCOUNTS_AGGREGATE => spec.service_accounts = 101,
        router::USER_GROUPS => spec.groups = 105,
        router::ROLES => spec.roles = 110,
        router::RESOURCE_GROUPS => spec.resource_groups = 103,
        _ => spec.assignments = 230,
    }
    Account::generate(&spec)
}

/// What a fault that happens at some place comes to, where that is not what it comes to at all others.
fn outcome(place: Place, kind: &FaultKind, times: HowOften, exit: Option<Exit>) -> Option<Exit> {
    let once = matches!(times, HowOften::Once);
    match kind {
        // One answer without data is nothing, which the next one contradicts; a refusal may be about the order.
        FaultKind::DataNull | FaultKind::BareEnvelope if place.is_list && once => None,
        // A key that is refused before anything has worked is refused everywhere.
        FaultKind::Unauthorized
            if place.route == router::ACCESS_CHECK && place.nth == 1 && !once =>
        {
            Some(Exit::KeyRefused)
        }
        // A snapshot promises neither the account nor the catalogue.
        _ if place.is_optional() && !ends_all(kind) => None,
        // There is another path, which is asked where this one refuses or does not answer as Harness does.
        _ if place.route == router::RESOURCE_GROUPS
            && place.nth == 1
            && !once
            && has_another_way(kind) =>
        {
            None
        }
        _ => exit,
    }
}

/// Answers after which the same list is asked for at another path.
fn has_another_way(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::LoginHtml
            | FaultKind::LoginRedirectScript
            | FaultKind::EmptyBody
            | FaultKind::StatusError
            | FaultKind::CutJson
            | FaultKind::BareEnvelope
    )
}

struct Matrix {
    fake: FakeHarness,
    /// What is told without faults.
    expected: Vec<String>,
}

impl Matrix {
    fn over(account: Account, long: Option<Place>) -> Self {
        let fake = FakeHarness::new(account);
        let observation = in_process::observe(&fake, false, &Remembered::default()).unwrap();
        let of_pages = observation.listings.iter().filter(|list| list.pages > 1);
        let of_pages: Vec<&str> = of_pages.map(|list| list.endpoint.as_str()).collect();
        assert_eq!(of_pages, Vec::from_iter(long.map(|place| place.endpoint)));
        Self {
            expected: told(&observation),
            fake,
        }
    }

    fn try_all(&self, places: &[Place], cases: &[Case]) {
        for place in places {
            for case in cases {
                self.attempt(*place, &case.kind, HowOften::Once, case.once);
                self.attempt(*place, &case.kind, HowOften::Forever, case.forever);
            }
        }
    }

    fn attempt(&self, place: Place, kind: &FaultKind, times: HowOften, exit: Option<Exit>) {
        let context = format!("{kind:?} at {place:?}, {times:?}");
        let fault = place.fault(&self.fake, kind, times);
        let result = in_process::observe(&self.fake, false, &Remembered::default());
        assert!(fault.fired() > 0, "{context}: did not happen");
        match (result, outcome(place, kind, times, exit)) {
            (Ok(_), None) if place.is_optional() => {}
            (Ok(observation), None) => {
                self.is_as_without(&observation, kind, &context);
                let cost_more = |listing: &Listing| listing.requests > listing.pages;
                let is_noted = !place.is_list
                    || is_harmless(kind)
                    || observation.listings.iter().any(cost_more);
                assert!(is_noted, "{context}: the ledger does not tell");
            }
            (Err(error), Some(exit)) => {
                let message = error.to_string();
                // Nothing of Harness has answered before the first request: something else may stand in its place.
                let is_first = place.route == router::ACCESS_CHECK && place.nth == 1;
                let may_be = [Some(exit), is_first.then_some(Exit::Unreachable)];
                assert!(may_be.contains(&Some(error.exit())), "{context}: {message}");
                assert!(message.contains(place.endpoint), "{context}: {message}");
                assert!(message.contains("in account"), "{context}: {message}");
                assert!(message.len() < 4_000, "{context}: {message}");
            }
            (Ok(_), Some(exit)) => panic!("{context}: went well instead of ending with {exit:?}"),
            (Err(error), None) => panic!("{context}: {error}"),
        }
    }
}

impl Matrix {
    /// Where the total is not told, or another path was asked, the ledger says so; what there is stays the same.
    fn is_as_without(&self, observation: &Observation, kind: &FaultKind, context: &str) {
        let is_elsewhere =
            |listing: &Listing| listing.endpoint == "GET /authz/api/v2/resourcegroup";
        if matches!(kind, FaultKind::NegativeTotals)
            || observation.listings.iter().any(is_elsewhere)
        {
            let without_ledger = |lines: &[String]| {
                let mut lines = lines.to_vec();
                lines.retain(|line| !is_of_ledger(line));
                lines
            };
            let (now, before) = (told(observation), &self.expected);
            assert!(without_ledger(&now) == without_ledger(before), "{context}");
            return;
        }
        assert!(told(observation) == self.expected, "{context}");
    }
}

/// Whether a line of what is told is of the ledger.
fn is_of_ledger(line: &str) -> bool {
    line.contains(" GET /") || line.contains(" POST /")
}

#[test]
fn any_fault_of_a_single_request() {
    Matrix::over(small(), None).try_all(&SINGLES, &faults_of_requests());
}

#[test]
fn any_fault_of_the_first_request_of_a_list() {
    Matrix::over(small(), None).try_all(&LISTS, &faults_of_requests());
}

#[test]
fn faults_of_later_requests_of_a_list() {
    let mut cases = faults_of_requests();
    cases.retain(|case| {
        matches!(
            case.kind,
            FaultKind::TooManyRequestsHtml
                | FaultKind::Unauthorized
                | FaultKind::LoginHtml
                | FaultKind::CutJson
                | FaultKind::Reset
                | FaultKind::Stall
        )
    });
    assert_eq!(cases.len(), 6);
    for place in LISTS {
        let later = Place { nth: 2, ..place };
        Matrix::over(with_long(place), Some(place)).try_all(&[later], &cases);
    }
}

#[test]
fn any_fault_of_the_pages_of_a_list() {
    for place in LISTS {
        let mut cases = faults_of_pages();
        if place.has_scopes {
            cases.push(at_once(FaultKind::ForeignRows, Exit::CouldNotTell));
        }
        Matrix::over(with_long(place), Some(place)).try_all(&[place], &cases);
    }
}

#[test]
fn a_page_that_says_it_is_another_is_read_again() {
    let place = LISTS[3];
    let fake = FakeHarness::new(with_long(place));
    let expected = told(&in_process::observe(&fake, true, &Remembered::default()).unwrap());
    let observe = |times: usize| {
        let left = AtomicUsize::new(times);
        let observation = in_process::observe_spoilt(&fake, move |path, body| {
            let take = |left: usize| left.checked_sub(1);
            let is_spoilt = path == place.route
                && left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                    .is_ok();
            if !is_spoilt {
                return body;
            }
            let mut answer: Value = serde_json::from_slice(&body).unwrap();
            answer["data"]["pageIndex"] = 7.into();
            answer.to_string().into_bytes()
        });
        let observation = observation.unwrap();
        let is_the_list = |listing: &&Listing| listing.endpoint == place.endpoint;
        let listing = observation.listings.iter().find(is_the_list).unwrap();
        (told(&observation), listing.clone())
    };
    let (observed, listing) = observe(1);
    assert!(observed == expected);
    assert!(listing.requests >= listing.pages);
}
