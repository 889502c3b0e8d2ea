//! Stretches of the trail that cannot be read: bounded, read again for a while, and never called silence.

use fake_harness::{By, Caller, Fault, FaultKind, Rewrite, Scope, router};
use serde_json::{Value, json};

use super::{ADA, BOB, EVAN, GUS, HOUR, Story, actor, certainty};

/// An hour passes, and half an hour ago somebody joined a group.
fn joins(story: &Story, by: &str, group: &str, who: &str) {
    an_hour_passes(story);
    story.change(By::user(by), |account| {
        account.add_member(&Scope::account(), group, who);
    });
}

/// From now on no event of BOB's can be read.
fn spoil_bobs(story: &Story) {
    let spoilt = Rewrite::row(|row| {
        if row["authenticationInfo"]["labels"]["userId"] == BOB {
            row["auditId"] = json!(null);
        }
    });
    let fault = Fault::on(router::AUDITS, FaultKind::Rewritten(spoilt));
    story.0.fake.fault(fault);
}

fn an_hour_passes(story: &Story) {
    story.let_an_hour_pass();
    story.0.fake.age_events(HOUR);
}

/// How many requests to the trail a sync sends.
fn sync(story: &Story) -> usize {
    let before = story.0.fake.count(router::AUDITS);
    story.0.sync().args(&["--with", "audit"]).run();
    story.0.fake.count(router::AUDITS) - before
}

fn told(story: &Story, from: &str, to: &str) -> Value {
    let diff = story.0.run(&["diff", from, to, "--format", "json"]).run();
    diff.json()["changes"][0].clone()
}

fn holes(story: &Story) -> String {
    story.0.ask(
        "SELECT count(*) || ' ' || ifnull(max(attempts), 0) || ' ' || ifnull(max(begins = ends), 0)
                 FROM audit_windows WHERE state <> 'complete'",
    )
}

fn sync_hourly(story: &Story, times: usize) -> Vec<usize> {
    let hour = |_| {
        let asked = sync(story);
        an_hour_passes(story);
        asked
    };
    (0..times).map(hour).collect()
}

#[test]
fn one_odd_event_leaves_nothing_open_but_its_own_moment() {
    let story = Story::begin();
    spoil_bobs(&story);
    joins(&story, ADA, "developers", EVAN);
    sync(&story);
    joins(&story, BOB, "on_call", GUS);
    sync_hourly(&story, 2);
    assert_eq!(holes(&story), "1 2 1");
    let ada = told(&story, "1", "2");
    assert_eq!(
        (certainty(&ada), actor(&ada)),
        ("exact", "ada@example.test")
    );
    assert_eq!(certainty(&told(&story, "2", "3")), "unknown");
}

#[test]
fn a_hole_that_never_heals_is_given_up_and_never_called_silence() {
    let story = Story::begin();
    spoil_bobs(&story);
    joins(&story, BOB, "on_call", GUS);
    let asked = sync_hourly(&story, 9);
    assert_eq!(asked[8], 2, "{asked:?}");
    assert!(holes(&story).starts_with("1 5"), "{}", holes(&story));
    assert_eq!(certainty(&told(&story, "1", "2")), "unknown");
    story.0.sync().args(&["--with", "audit"]).exits(0);
}

#[test]
fn a_hole_that_heals_is_one_no_more() {
    let story = Story::begin();
    spoil_bobs(&story);
    joins(&story, BOB, "on_call", GUS);
    sync_hourly(&story, 2);
    story.0.fake.clear_faults();
    sync(&story);
    assert_eq!(holes(&story), "0 0 0");
    let bob = told(&story, "1", "2");
    assert_eq!(
        (certainty(&bob), actor(&bob)),
        ("exact", "bob@example.test")
    );
}

#[test]
fn without_the_permission_for_a_while_nothing_is_given_up() {
    let story = Story::begin();
    let denied = || Fault::on(router::AUDITS, FaultKind::AccessDenied);
    story.0.fake.fault(denied());
    joins(&story, ADA, "developers", EVAN);
    let asked = sync_hourly(&story, 7);
    assert_eq!(asked[6], 1, "{asked:?}");
    assert_eq!(certainty(&told(&story, "1", "2")), "unknown");
    story.0.fake.clear_faults();
    story
        .0
        .fake
        .caller(Caller::default().and("core_audit_view"));
    sync(&story);
    assert_eq!(holes(&story), "0 0 0");
    assert_eq!(certainty(&told(&story, "1", "2")), "exact");
}

#[test]
fn a_server_in_trouble_for_a_week_costs_no_stretch_for_good() {
    let story = Story::begin();
    joins(&story, ADA, "developers", EVAN);
    let spoilt = FaultKind::Rewritten(Rewrite::data(|data| data["totalItems"] = json!(9)));
    story.0.fake.fault(Fault::on(router::AUDITS, spoilt));
    sync_hourly(&story, 7);
    story.0.fake.clear_faults();
    sync(&story);
    assert_eq!(holes(&story), "0 0 0");
    assert_eq!(certainty(&told(&story, "1", "2")), "exact");
}

#[test]
fn what_happened_just_now_is_told_as_probable_already() {
    let story = Story::begin();
    let now = super::now() - 60_000;
    an_hour_passes(&story);
    story.0.fake.change_by(By::user(ADA).at(now), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    assert_eq!(sync(&story), 2);
    let ada = told(&story, "1", "2");
    assert_eq!(
        (certainty(&ada), actor(&ada)),
        ("likely", "ada@example.test")
    );
}
