//! What one walk over many scopes costs, and when it can be trusted.

use fake_harness::{Account, FakeHarness, GenerateSpec};
use harness_access::api::client::clock::VirtualClock;
use harness_access::model::Listing;

use crate::support::in_process;

fn large() -> Account {
    Account::generate(&GenerateSpec {
        assignments: 6_000,
        users: 1_000,
        groups: 300,
        organizations: 10,
        projects: 50,
        ..GenerateSpec::default()
    })
}

/// One request for each hundred rows of each walk, at least one.
fn due(listings: &[Listing]) -> i64 {
    let walks = listings.iter().filter(|listing| listing.requests > 0);
    walks.map(|listing| listing.pages.max(1)).sum()
}

#[test]
fn a_sync_takes_a_request_for_each_hundred_rows_and_two() {
    let fake = FakeHarness::new(large());
    let client = in_process::client_with(&fake, &VirtualClock::new(), 0);
    let observation = in_process::everything(&client, 4).unwrap();
    assert_eq!(
        observation.requests,
        due(&observation.listings) + 2,
        "an access check before and after"
    );
    assert_eq!(observation.requests.unsigned_abs(), fake.served());
}

#[test]
fn workers_see_the_same_as_one() {
    let grants = |jobs| {
        let fake = FakeHarness::new(large());
        let client = in_process::client_with(&fake, &VirtualClock::new(), 0);
        let observation = in_process::everything(&client, jobs).unwrap();
        (
            observation.grants.len(),
            observation.resources.len(),
            observation.directory.ids().to_vec(),
        )
    };
    assert_eq!(grants(1), grants(8));
}

#[test]
fn the_pace_never_meets_the_limit_of_harness() {
    let fake = FakeHarness::new(Account::generate(&GenerateSpec {
        assignments: 20_000,
        users: 2_000,
        organizations: 20,
        projects: 500,
        ..GenerateSpec::default()
    }));
    let clock = VirtualClock::new();
    let time = clock.clone();
    fake.clock(move || harness_access::api::client::clock::Clock::now(&time));
    fake.switch(|switches| switches.requests_per_minute = Some(400));
    let client = in_process::client_with(&fake, &clock, 360);
    let observation = in_process::everything(&client, 4).unwrap();
    assert!(observation.requests > 1_000, "{}", observation.requests);
    assert!(
        fake.requests()
            .iter()
            .all(|request| request.status != Some(429))
    );
    assert_eq!(client.retries(), 0);
}
