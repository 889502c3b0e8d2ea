//! Odd answers of the trail: times that cannot be true, pages without an end, events without an actor.

use fake_harness::{By, Caller, Fault, FaultKind, Principal, Rewrite, Scope, router};
use serde_json::{Value, json};

use super::{ADA, BOB, EVAN, HOUR, Story, actor, certainty, now};
use crate::support::Test;

const ALL: &str = "_all_account_level_resources";

fn rewritten(route: &str, rewrite: Rewrite) -> Fault {
    Fault::on(route, FaultKind::Rewritten(rewrite))
}

/// A test that may read the trail.
fn permitted() -> Test {
    let test = Test::new();
    test.fake.caller(Caller::default().and("core_audit_view"));
    test
}

fn state(test: &Test) -> String {
    test.ask("SELECT state || ' ' || coalesce(reason, '') FROM listings WHERE kind = 'audit_events' ORDER BY snapshot_id DESC LIMIT 1")
}

/// ADA makes an assignment, and the list tells another time of its creation.
fn told_with(created_at: i64) -> Value {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.assign(
            Principal::User(EVAN),
            "_account_admin",
            ALL,
            &Scope::account(),
        );
    });
    let lists = [
        router::ROLE_ASSIGNMENTS,
        router::ROLE_ASSIGNMENTS_FILTER,
        router::ROLE_ASSIGNMENTS_V2,
    ];
    for list in lists {
        let rewrite = Rewrite::row(move |row| row["createdAt"] = json!(created_at));
        story.0.fake.fault(rewritten(list, rewrite));
    }
    story.observe();
    story.0.fake.clear_faults();
    story.observe();
    let told = story.diff();
    told["changes"][0].clone()
}

#[test]
fn a_creation_at_an_impossible_time_is_told_as_one_without_a_time() {
    for created_at in [i64::MIN, i64::MAX, 884_541_340_800_000] {
        let told = told_with(created_at);
        assert_eq!(actor(&told), "ada@example.test", "{told:#}");
    }
}

#[test]
fn a_record_minutes_after_the_creation_is_likely() {
    let told = told_with(now() - HOUR / 2 - 600_000);
    assert_eq!(
        (certainty(&told), actor(&told)),
        ("likely", "ada@example.test"),
        "{told:#}"
    );
}

#[test]
fn an_assignment_older_than_the_snapshot_before_is_not_called_unexplained() {
    let story = Story::begin();
    let long_ago = By::nobody().at(now() - 100 * HOUR);
    story.0.fake.change_by(long_ago, |account| {
        account.assign(
            Principal::User(EVAN),
            "_account_admin",
            ALL,
            &Scope::account(),
        );
    });
    assert_eq!(certainty(&story.told()[0]), "unknown");
}

#[test]
fn a_trail_whose_pages_never_end_is_a_gap() {
    let endless = Rewrite::data(|data| {
        data["content"] = json!([]);
        data["hasNext"] = json!(true);
        data["totalItems"] = json!(7);
    });
    let test = permitted();
    test.fake.fault(rewritten(router::AUDITS, endless));
    test.sync().args(&["--with", "audit"]).run();
    assert_eq!(state(&test), "partial 0 different events were seen of 7");
    assert!(test.fake.count(router::AUDITS) < 10);
}

#[test]
fn a_trail_of_too_many_events_everywhere_is_asked_a_bounded_number_of_times() {
    let test = permitted();
    let many = Rewrite::data(|data| data["totalItems"] = json!(1_000_000));
    test.fake.fault(rewritten(router::AUDITS, many));
    let since = [
        "--with",
        "audit",
        "--with",
        "logins",
        "--audit-since",
        "2026-01-01",
    ];
    test.sync().args(&since).run();
    assert!(state(&test).starts_with("partial more than 10000 events within a minute"));
    assert!(test.fake.count(router::AUDITS) < 300);
}

#[test]
fn a_stretch_that_could_not_be_read_is_read_by_a_later_sync() {
    let story = Story::begin();
    let before_the_second = By::user(ADA).at(now() - HOUR * 3 / 2);
    story.0.fake.change_by(before_the_second, |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    let spoilt = Rewrite::rows(|rows| rows.push(json!("no event")));
    story.0.fake.fault(rewritten(router::AUDITS, spoilt));
    story.let_an_hour_pass();
    story.0.sync().args(&["--with", "audit"]).run();
    assert!(state(&story.0).starts_with("partial an event cannot be read"));
    // A later stretch that was read whole must not hide it.
    let file = rusqlite::Connection::open(story.0.database()).expect("a database");
    file.execute_batch(
        "INSERT INTO _audit_window (starts, ends, state, snapshot, attempts)
         SELECT max(ends) + 1, max(ends) + 2, 'complete', 2, 0 FROM _audit_window; DELETE FROM _seal;",
    )
    .expect("a window");
    story.0.fake.clear_faults();
    story.observe();
    let told = story.diff()["changes"].clone();
    assert_eq!(
        (certainty(&told[0]), actor(&told[0])),
        ("exact", "ada@example.test")
    );
}

#[test]
fn a_time_as_text_is_a_time_and_a_missing_actor_is_unknown() {
    let story = Story::begin();
    story.change(By::user(BOB), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    let odd = Rewrite::row(|row| {
        row["timestamp"] = json!(row["timestamp"].to_string());
        row.as_object_mut()
            .expect("an event")
            .remove("authenticationInfo");
    });
    story.0.fake.fault(rewritten(router::AUDITS, odd));
    let told = story.told();
    assert_eq!(state(&story.0), "complete ");
    assert_eq!(certainty(&told[0]), "likely");
    assert_eq!(told[0]["by"]["actor"]["type"], "unknown", "{:#}", told[0]);
}

#[test]
fn an_identifier_of_any_shape_is_shown_as_harness_sent_it() {
    let shapes = [
        "65a000000000000000000001",
        "65A000000000000000000001",
        "65a00000000000000000000é",
        "0f0e0d0c-0b0a-0908-0706-050403020100",
    ];
    for shape in shapes {
        let story = Story::begin();
        story.change(By::user(ADA), |account| {
            account.add_member(&Scope::account(), "developers", EVAN);
        });
        let named = Rewrite::row(move |row| row["auditId"] = json!(shape));
        story.0.fake.fault(rewritten(router::AUDITS, named));
        let told = story.told();
        assert_eq!(told[0]["by"]["audit_id"], shape);
        assert_eq!(story.0.ask("SELECT audit_id FROM audit_events"), shape);
    }
}
