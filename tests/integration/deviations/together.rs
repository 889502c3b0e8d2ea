//! Several deviations at a time, and a key that lives in one organization.

use fake_harness::{Deviation, Random, Scope};

use super::{Whole, deviations_done, expect, expect_state, sync, test, wanted};

/// Deviations that hide nothing hide nothing together either.
#[test]
fn deviations_that_come_out_whole_stay_whole_three_at_a_time() {
    let mut random = Random::new(12);
    for _ in 0..12 {
        // Not of the access check: proof by own grants needs what rows may lack.
        let three = ["catalogue", "lists", "rows"].map(|kind| {
            let whole = deviations_done().filter(|of| of.kind == kind && wanted(of.name) == Whole);
            *random.pick(&whole.collect::<Vec<_>>())
        });
        let names = three.map(|of| of.name);
        let test = test("");
        for of in &three {
            of.apply(&test.fake);
        }
        let outcome = sync(&test, "", &[]);
        let result = expect(&outcome, 0).and_then(|()| expect_state(&test, &outcome, "complete"));
        assert!(result.is_ok(), "{names:?}: {result:?}");
    }
}

#[test]
fn a_key_of_one_organization_observes_that_organization_and_its_diff_works() {
    let test = test("");
    let key = Deviation::all().find(|of| of.name == "a key of one organization");
    key.unwrap().apply(&test.fake);
    let refused = test.at_once(&["sync", "--org", "payments"]);
    expect(&refused, 2).unwrap();
    assert!(refused.stderr.contains("--without-account"), "{refused:#?}");

    let observe = || test.at_once(&["sync", "--org", "payments", "--without-account"]);
    expect(&observe(), 0).unwrap();
    test.fake.change(|account| {
        let shop = fake_harness::Scope::project("payments", "shop");
        account.add_service_account(&shop, "robot", "Robot");
    });
    expect(&observe(), 0).unwrap();
    assert_eq!(
        test.changes(),
        ["added resource service_account/org/payments/project/shop/robot"]
    );
    let unverified =
        "SELECT count(*) FROM resources WHERE unverified AND type IN ('role', 'resource_group')";
    assert_eq!(test.ask(unverified), "0");
    let holders = test.at_once(&["who-can", "core_secret_access"]);
    expect(&holders, 0).unwrap();
    assert!(
        holders.stderr.contains("leaves the account out"),
        "{holders:#?}"
    );
}

#[test]
fn doctor_says_how_a_key_of_one_organization_is_used() {
    let test = test("");
    let key = Deviation::all().find(|of| of.name == "a key of one organization");
    key.unwrap().apply(&test.fake);
    let refused = test.at_once(&["doctor", "--org", "payments"]);
    expect(&refused, 2).unwrap();
    assert!(refused.stdout.contains("--without-account"), "{refused:#?}");
    let alone = test.at_once(&["doctor", "--org", "payments", "--without-account"]);
    expect(&alone, 0).unwrap();
    assert!(alone.stdout.contains("would be complete"), "{alone:#?}");
    assert!(
        !alone.stdout.contains("the account's own scope"),
        "{alone:#?}"
    );
}

#[test]
fn groups_on_pages_that_are_too_large_are_read_on_smaller_ones_to_the_last() {
    let test = test("");
    test.fake.change(|account| {
        for number in 0..130 {
            account.add_group(&Scope::account(), &format!("many_{number}"), "Many");
        }
    });
    let large = Deviation::all().find(|of| of.name == "pages of groups too large");
    large.unwrap().apply(&test.fake);
    expect(&sync(&test, "", &[]), 0).unwrap();
    let count = "SELECT count(*) FROM user_groups WHERE identifier LIKE 'many_%'";
    assert_eq!(test.ask(count), "130");
    expect(&test.at_once(&["doctor", "--scopes", "all"]), 0).unwrap();
}
