//! `sync` as a whole: faults through the real program, the brake, the time limit, the ledger.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Test, answers_at};
use fake_harness::{Account, Fault, FaultKind, GenerateSpec, HowOften, Scope, router};

/// More than one page of users and role assignments.
fn of_pages() -> Account {
    Account::generate(&GenerateSpec {
        assignments: 150,
        users: 120,
        groups: 10,
        ..GenerateSpec::default()
    })
}

// ---- faults -----------------------------------------------------------------------------------------------------------

#[test]
fn what_passes_is_survived_and_the_ledger_tells() {
    let without = Test::over(of_pages());
    without.observe();
    let facts = "SELECT id, name, attributes FROM resources UNION ALL
                 SELECT principal_id, entitlement_id, role_assignment FROM grants ORDER BY 1, 2, 3";
    let expected = without.ask(facts);
    let soon = || Some("0".to_owned());
    for (kind, requests, retries) in [
        (FaultKind::Reset, 3, 1),
        (FaultKind::TruncatedBody, 3, 1),
        (FaultKind::Unavailable(soon()), 3, 1),
        (FaultKind::TooManyRequestsRetryAfter("0".into()), 3, 1),
        // Read again from its beginning.
        (FaultKind::RowInserted, 4, 0),
        (FaultKind::RowDeleted, 4, 0),
        (FaultKind::RowReplaced, 5, 0),
        (FaultKind::PageRepeated, 4, 0),
    ] {
        let context = format!("{kind:?}");
        let test = Test::over(of_pages());
        let fault = Fault::on(router::ROLE_ASSIGNMENTS, kind).page(1).once();
        let fault = test.fake.fault(fault);
        test.observe();
        assert_eq!(fault.fired(), 1, "{context}");
        assert_eq!(test.ask(facts), expected, "{context}");
        assert_eq!(
            test.ask(
                "SELECT pages, requests, retries FROM listings WHERE kind = 'role_assignments'"
            ),
            format!("2|{requests}|{retries}"),
            "{context}"
        );
        assert_eq!(
            test.ask("SELECT count(*) FROM listings WHERE kind <> 'role_assignments' AND (requests <> pages OR retries)"),
            "0",
            "{context}"
        );
        assert_eq!(
            test.ask("SELECT requests FROM snapshots"),
            test.fake.served().to_string(),
            "{context}"
        );
    }
}

#[test]
fn what_does_not_pass_names_the_listing_and_stores_nothing() {
    for (kind, status, says) in [
        (FaultKind::RowInserted, 2, "inconsistent in 4 reads"),
        (FaultKind::RowDeleted, 2, "inconsistent in 4 reads"),
        (FaultKind::TotalChanging, 2, "the total changed from"),
        (FaultKind::PageRepeated, 2, "a row was received twice"),
        (FaultKind::Endless, 2, "inconsistent in 4 reads"),
        (FaultKind::ForeignRows, 2, "was in the list of account"),
        (
            FaultKind::GarbageRows,
            2,
            "rows cannot be read; the first: row 1: ",
        ),
    ] {
        let context = format!("{kind:?}");
        let test = Test::over(of_pages());
        let fault = test.fake.fault(Fault::on(router::ROLE_ASSIGNMENTS, kind));
        test.sync()
            .exits(status)
            .prints_nothing()
            .says("role_assignments in account (GET /authz/api/roleassignments): ")
            .says(says);
        assert!(fault.fired() > 0, "{context}");
        assert!(test.folder.names().is_empty(), "{context}");
    }
}

#[test]
fn odd_counts_of_pages_do_no_harm() {
    let without = Test::over(of_pages());
    without.observe();
    let facts = "SELECT count(*) FROM grants";
    for kind in [
        FaultKind::NegativeTotals,
        FaultKind::PageSizeZero,
        FaultKind::LongPage,
        FaultKind::TooManyPages,
    ] {
        let context = format!("{kind:?}");
        let test = Test::over(of_pages());
        let fault = test.fake.fault(Fault::on(router::ROLE_ASSIGNMENTS, kind));
        test.sync().exits(0).prints_nothing();
        assert!(fault.fired() > 0, "{context}");
        assert_eq!(test.ask(facts), without.ask(facts), "{context}");
    }
}

#[test]
fn a_list_that_contradicts_itself_is_a_gap_where_gaps_are_accepted() {
    let test = Test::over(of_pages());
    test.observe();
    let facts = "SELECT count(*), sum(unverified) FROM grants";
    let fault = test
        .fake
        .fault(Fault::on(router::ROLE_ASSIGNMENTS, FaultKind::RowInserted));
    test.sync().args(&["--allow-partial"]).exits(2);
    assert!(fault.fired() > 0);
    assert_eq!(
        test.ask("SELECT kind, state, requests FROM listings WHERE snapshot_id = 2 AND state <> 'complete'"),
        "role_assignments|partial|10"
    );
    let memberships = test.ask("SELECT count(*) FROM group_members");
    let all = test.ask("SELECT count(*) FROM grants");
    let in_doubt = all.parse::<u32>().unwrap() - memberships.parse::<u32>().unwrap();
    assert_eq!(test.ask(facts), format!("{all}|{in_doubt}"));
    test.diff().exits(2).prints_nothing();
}

#[test]
fn other_failures_end_the_observation_even_where_gaps_are_accepted() {
    let test = Test::synced();
    let bytes = fs::read(test.database()).unwrap();
    test.fake
        .fault(Fault::everywhere(FaultKind::Unauthorized).nth(3));
    test.sync().args(&["--allow-partial"]).exits(4);
    assert_eq!(fs::read(test.database()).unwrap(), bytes);
}

#[test]
fn a_key_that_one_list_refuses_while_others_take_it_is_a_gap_of_that_list() {
    let test = Test::synced();
    test.fake
        .fault(Fault::on(router::ROLES, FaultKind::Unauthorized));
    test.at_once(&["sync"]).exits(2).says("roles in account");
    test.at_once(&["sync", "--allow-partial"]).exits(2);
    assert_eq!(
        test.ask("SELECT kind FROM listings WHERE state <> 'complete'"),
        "roles"
    );
    test.diff().exits(2).prints_nothing();
}

#[test]
fn every_error_says_where_which_status_which_code_and_what_to_quote_to_support() {
    let test = Test::synced();
    test.fake
        .fault(Fault::on(router::ROLES, FaultKind::BareEnvelope));
    let outcome = test.sync().args(&["--format", "json"]).exits(2);
    let message = outcome.error()["message"].as_str().unwrap().to_owned();
    for part in [
        "roles in account (GET /authz/api/roles): ",
        "status 400",
        "code INVALID_ARGUMENT",
        "roleFilter: size must be between 0 and 100",
        "correlation id harness-access-",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

// ---- the time limit -----------------------------------------------------------------------------------------------------

#[test]
fn the_time_limit_ends_waits_and_stalls() {
    for kind in [
        FaultKind::Unavailable(Some("60".into())),
        FaultKind::Stall,
        FaultKind::StalledBody,
        FaultKind::InternalError,
    ] {
        let context = format!("{kind:?}");
        let test = Test::synced();
        let bytes = fs::read(test.database()).unwrap();
        let fault = test.fake.fault(Fault::on(router::ROLES, kind));
        let began = Instant::now();
        test.sync()
            .args(&["--timeout", "2s"])
            .exits(5)
            .says("GET /authz/api/roles in account")
            .says("the time limit of 2 s is reached; last: ");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(15), "{context}: {took:?}");
        assert!(fault.fired() > 0, "{context}");
        assert_eq!(fs::read(test.database()).unwrap(), bytes, "{context}");
    }
}

// ---- the brake ------------------------------------------------------------------------------------------------------

/// 60 users, of whom 30 are in a group; 25 service accounts.
fn staff() -> Account {
    let mut account = Account::empty("Staff000000000000000AA");
    account.add_group(&Scope::account(), "staff", "Staff");
    for number in 0..60 {
        let uuid = format!("u{number:021}");
        account.add_user(&uuid, &format!("p{number}@example.test"), "Person");
        if number < 30 {
            account.add_member(&Scope::account(), "staff", &uuid);
        }
    }
    for number in 0..25 {
        account.add_service_account(&Scope::account(), &format!("bot_{number}"), "Bot");
    }
    account
}

/// Removes so many of the last users, none of whom is a member, then of the members.
fn lay_off(account: &mut Account, number: usize) {
    for _ in 0..number {
        let uuid = account.users.last().unwrap().uuid.clone();
        account.remove_user(&uuid);
    }
}

#[test]
fn the_brake_stops_a_sync_that_would_take_most_away() {
    let test = Test::over(staff());
    test.observe();
    let (bytes, answers) = (
        fs::read(test.database()).unwrap(),
        answers_at(&test.database(), 1),
    );
    test.fake.change(|account| {
        lay_off(account, 52);
        account.service_accounts.clear();
    });
    let outcome = test.sync().exits(2).prints_nothing();
    for line in [
        "nothing was stored in harness-access.db: this sync would remove too much:",
        "52 of 60 users are gone",
        "25 of 25 service accounts are gone",
        "22 of 30 grants are gone",
        "--max-removed 100",
    ] {
        assert!(outcome.stderr.contains(line), "{line}: {}", outcome.stderr);
    }
    assert!(
        !outcome.stderr.contains("groups are gone"),
        "{}",
        outcome.stderr
    );
    assert_eq!(fs::read(test.database()).unwrap(), bytes);
    let outcome = test.sync().args(&["--format", "json"]).exits(2);
    assert_eq!(outcome.error()["kind"], "too_much_gone");
    // The limit moves.
    test.sync().args(&["--max-removed", "99"]).exits(2);
    assert_eq!(fs::read(test.database()).unwrap(), bytes);
    test.sync()
        .args(&["--max-removed", "100"])
        .exits(0)
        .says_nothing();
    assert_eq!(answers_at(&test.database(), 1), answers);
    assert_eq!(test.ask("SELECT count(*) FROM users"), "8");
    // What is gone is gone once.
    test.observe();
}

#[test]
fn the_brake_lets_half_and_a_handful_pass() {
    let test = Test::over(staff());
    test.observe();
    test.observe_after(|account| lay_off(account, 30));
    // 20 of 25 is most, but few.
    test.observe_after(|account| account.service_accounts.truncate(5));
    // A stricter brake.
    let test = Test::over(staff());
    test.observe();
    test.fake.change(|account| lay_off(account, 25));
    test.sync()
        .args(&["--max-removed", "40"])
        .exits(2)
        .says("25 of 60 users are gone");
    test.sync().args(&["--max-removed", "0"]).exits(2);
    test.sync().args(&["--max-removed", "42"]).exits(0);
    for wrong in ["101", "-1", "half"] {
        test.sync().args(&["--max-removed", wrong]).exits(3);
    }
}

#[test]
fn the_brake_is_for_what_a_complete_snapshot_held() {
    let test = Test::over(staff());
    test.observe();
    test.fake.deny("core_role_view", &Scope::account());
    test.sync().args(&["--allow-partial"]).exits(2);
    test.fake.change(|account| lay_off(account, 52));
    test.fake.allow_all();
    test.observe();
    assert_eq!(test.ask("SELECT count(*) FROM users"), "8");
}

#[test]
fn what_cannot_be_seen_does_not_pull_the_brake() {
    let test = Test::over(staff());
    test.observe();
    test.fake.deny("core_user_view", &Scope::account());
    test.sync()
        .args(&["--allow-partial", "--max-removed", "0"])
        .exits(2)
        .says("incomplete: users");
    assert_eq!(
        test.ask("SELECT count(*), sum(unverified) FROM resources WHERE type = 'user'"),
        "60|60"
    );
}

// ---- the ledger ---------------------------------------------------------------------------------------------------------

#[test]
fn the_ledger_keeps_what_complete_listings_cost_for_the_newest_snapshot_only() {
    let test = Test::synced();
    let kept = || {
        test.ask(
            "SELECT snapshot_id, count(*), count(requests), count(retries), count(started_at), count(finished_at)
             FROM listings GROUP BY 1",
        )
    };
    assert_eq!(kept(), "1|8|8|8|8|8");
    test.observe();
    assert_eq!(kept(), "1|8|0|0|0|0\n2|8|8|8|8|8");
    test.fake.deny("core_role_view", &Scope::account());
    // The tables behind it do not grow with snapshots of nothing new, complete or not.
    let rows =
        || test.ask("SELECT (SELECT count(*) FROM _coverage), (SELECT count(*) FROM _effort)");
    test.sync().args(&["--allow-partial"]).exits(2);
    test.sync().args(&["--allow-partial"]).exits(2);
    let before = rows();
    test.sync().args(&["--allow-partial"]).exits(2);
    assert_eq!(rows(), before);
    test.fake.allow_all();
    test.observe();
    // The first of those that are incomplete alike is kept, so that a gap can be looked into.
    assert_eq!(
        kept(),
        "1|8|0|0|0|0\n2|8|0|0|0|0\n3|8|1|1|1|1\n4|8|0|0|0|0\n5|8|0|0|0|0\n6|8|8|8|8|8"
    );
    assert_eq!(
        test.ask("SELECT snapshot_id, kind, state, requests FROM listings WHERE snapshot_id < 6 AND requests > 0"),
        "3|roles|not_permitted|1"
    );
    let before = rows();
    test.observe();
    test.observe();
    assert_eq!(rows(), before);
}

#[test]
fn retries_of_a_first_answer_are_in_the_ledger_too() {
    let test = Test::new();
    let fault = Fault::on(router::USERS, FaultKind::Unavailable(Some("0".into())));
    let fault = test.fake.fault(fault.times(HowOften::Times(3)));
    test.observe();
    assert_eq!(fault.fired(), 3);
    assert_eq!(
        test.ask("SELECT requests, retries, pages FROM listings WHERE kind = 'users'"),
        "4|3|1"
    );
}

/// field report E21: forgetting `--scopes all` once made everything below the account "cannot compare".
#[test]
fn a_sync_without_flags_asks_what_the_last_one_asked() {
    let test = Test::new();
    test.sync().args(&["--scopes", "organizations"]).exits(0);
    test.sync().exits(0).says_nothing();
    test.sync()
        .args(&["-v"])
        .exits(0)
        .says("asking for what snapshot 2 asked for: organizations");
    let scopes = "SELECT DISTINCT scopes FROM snapshots";
    assert_eq!(test.ask(scopes), "organizations");
    test.sync()
        .args(&["--scopes", "account"])
        .exits(0)
        .says("this sync asks for less (account) than snapshot 3 did (organizations)");
}

/// field report E29: the same account under another address was "another account".
#[test]
fn the_account_decides_not_the_address() {
    let test = Test::synced();
    let other = test.server.base_url().replace("127.0.0.1", "localhost");
    test.sync()
        .args(&["--base-url", &other])
        .exits(0)
        .says("the base URL changes from http://127.0.0.1");
    test.sync()
        .args(&["--base-url", "http://127.0.0.1:9"])
        .exits(5)
        .hides("the account is the same");
    assert_eq!(
        test.ask("SELECT count(DISTINCT account_id) FROM snapshots"),
        "1"
    );
    test.sync()
        .args(&["--base-url", &other])
        .exits(0)
        .says_nothing();
}
