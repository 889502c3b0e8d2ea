//! What happens to one list is said of that list, and what happens to everything is said of everything.

use fake_harness::{Fault, FaultKind, router};

use crate::support::Test;

#[test]
fn a_list_slower_than_the_time_limit_is_a_gap() {
    let test = Test::synced();
    test.fake.fault(Fault::on(router::USERS, FaultKind::Stall));
    let short = ["--timeout", "3s", "--allow-partial"];
    test.sync()
        .args(&short)
        .exits(2)
        .says("the time limit of 3 s is reached");
    let users = "SELECT state FROM listings WHERE snapshot_id = 2 AND kind = 'users'";
    assert_eq!(test.ask(users), "partial");
    assert_eq!(test.ask("SELECT count(*) FROM changes"), "0");
}

#[test]
fn who_is_refused_everything_is_told_so_whatever_is_asked_for() {
    for command in ["sync", "doctor"] {
        for extras in [&[][..], &["--with", "tokens"]] {
            let test = Test::new();
            test.fake.fault(Fault::everywhere(FaultKind::AccessDenied));
            test.at_once(&[&[command], extras].concat())
                .exits(4)
                .says("The service account may be disabled");
        }
    }
}

#[test]
fn a_check_that_refuses_to_answer_is_a_gap_whatever_is_asked_for() {
    for extras in [&[][..], &["--with", "tokens"]] {
        let [sync, doctor] = ["sync", "doctor"].map(|command| {
            let test = Test::new();
            test.fake
                .fault(Fault::on(router::ACCESS_CHECK, FaultKind::AccessDenied));
            test.at_once(&[&[command], extras].concat())
        });
        assert_eq!((sync.status, doctor.status), (2, 2));
        sync.says("the permission check did not answer");
    }
}

#[test]
fn a_page_in_the_place_of_one_list_puts_the_base_url_in_no_doubt() {
    for command in ["sync", "doctor"] {
        let test = Test::new();
        test.fake
            .fault(Fault::on(router::USERS, FaultKind::LoginHtml));
        let outcome = test.at_once(&[command]).exits(2);
        let told = outcome.stdout + &outcome.stderr;
        assert!(told.contains("something before Harness, such as a proxy, answers there"));
        assert!(!told.contains("Check the base URL"));
    }
}

#[test]
fn doctor_says_what_it_cannot_foretell() {
    Test::new()
        .at_once(&["doctor"])
        .prints("not foretold             what only the database knows");
}
