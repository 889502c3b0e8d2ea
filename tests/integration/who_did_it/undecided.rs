//! What the trail does not tell: a check must not pass over it, and every format carries what no snapshot saw.

use fake_harness::{By, Fault, FaultKind, HowOften, Principal, Rewrite, Scope, router};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{ADA, BOB, EVAN, HOUR, Story, actor, certainty, now};
use crate::support::Test;

const UNEXPLAINED: [&str; 5] = ["diff", "1", "2", "--fail-on", "unexplained"];

#[test]
fn a_check_does_not_pass_over_what_was_not_read_yet() {
    let story = Story::begin();
    let just_now = By::nobody().at(now() - 60_000);
    story.let_an_hour_pass();
    story.0.fake.change_by(just_now, |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.0.sync().args(&["--with", "audit"]).exits(0);
    let told = story.0.run(&UNEXPLAINED).exits(2);
    assert!(
        told.stderr
            .contains("who made 1 change is unknown (?): the audit trail was not read from 20")
    );
    assert!(
        told.stderr
            .contains("the next `sync --with audit` after 20"),
        "{}",
        told.stderr
    );
    let mut anyway = UNEXPLAINED.to_vec();
    anyway.push("--ignore-coverage");
    story.0.run(&anyway).exits(0);
    let document = story.diff();
    assert_eq!(document["summary"]["unknown"], 1);
    assert_eq!(document["unread"][0]["reason"], Value::Null);
}

#[test]
fn a_check_passes_once_the_trail_was_read() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.told();
    let told = story.0.run(&UNEXPLAINED).exits(0);
    assert!(!told.stderr.contains("unknown"), "{}", told.stderr);
}

#[test]
fn a_file_that_never_read_the_trail_cannot_pass() {
    let test = Test::new();
    test.sync().exits(0);
    test.fake
        .change(|account| account.add_member(&Scope::account(), "developers", EVAN));
    test.sync().exits(0);
    let told = test.run(&UNEXPLAINED).exits(2);
    assert!(
        told.stderr.contains("read it with `sync --with audit`"),
        "{}",
        told.stderr
    );
    assert!(!test.run(&["diff"]).run().stderr.contains("audit"));
}

#[test]
fn every_format_carries_what_came_and_went() {
    let story = Story::begin();
    story.comes_and_goes();
    story.told();
    let as_format = |format| {
        story
            .0
            .run(&["diff", "1", "2", "--format", format])
            .run()
            .stdout
    };
    let csv = as_format("csv");
    let event = csv.lines().nth(1).expect("an event");
    assert!(
        event.starts_with("unseen,event,user_group,,account,on_call,"),
        "{csv}"
    );
    assert!(event.contains(&format!(",user/{ADA},user,")), "{csv}");
    let lines = as_format("ndjson");
    let line: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!(
        (&line["kind"], &line["counted"]),
        (&json!("event"), &json!(false))
    );
    let heading = "ecorded in between";
    for format in ["markdown", "github"] {
        assert!(as_format(format).contains(heading), "{format}");
    }
}

#[test]
fn flags_about_the_trail_take_the_trail() {
    let test = Test::new();
    test.fake
        .caller(fake_harness::Caller::default().and("core_audit_view"));
    let since = ["--audit-since", "2026-01-01"];
    let refused = test.sync().args(&since).exits(3);
    assert!(
        refused.stderr.contains("add --with audit"),
        "{}",
        refused.stderr
    );
    test.sync().args(&["--audit-details"]).exits(3);
    test.sync().args(&["--with", "audit"]).exits(0);
    test.sync().args(&since).exits(0); // what the last sync read is remembered
}

#[test]
fn a_gap_of_the_trail_shows_in_every_list_of_snapshots() {
    let test = Test::new();
    test.fake.deny("core_audit_view", &Scope::account());
    let synced = test
        .sync()
        .args(&["--with", "audit", "--format", "json"])
        .exits(2);
    assert_eq!(synced.json()["gaps"][0]["kind"], "audit_events");
    let listed = test.run(&["snapshots", "--format", "json"]).exits(0).json();
    assert_eq!(listed["snapshots"][0]["gaps"], json!([]));
    assert_eq!(
        listed["snapshots"][0]["trail_gaps"][0]["kind"],
        "audit_events"
    );
    let table = test.run(&["snapshots"]).exits(0).stdout;
    assert!(table.contains("complete, trail not read"), "{table}");
}

fn subjects(test: &Test, code: &str) -> Vec<Value> {
    let found = test
        .run(&["findings", "--code", code, "--format", "json"])
        .run();
    let of_rule = found.json()["rules"][0]["findings"].clone();
    let findings = of_rule.as_array().cloned().unwrap_or_default();
    findings
        .into_iter()
        .map(|of| of["subject"].clone())
        .collect()
}

#[test]
fn sign_ins_that_were_read_long_ago_judge_nobody() {
    let test = Test::new();
    test.fake
        .caller(fake_harness::Caller::default().and("core_audit_view"));
    test.sync().args(&["--with", "logins"]).exits(0);
    assert!(!subjects(&test, "HA021").is_empty());
    let file = Connection::open(test.database()).expect("a database");
    let long_ago = "UPDATE _login SET observed_until = observed_until - 60 * 86400000,
        observed_from = observed_from - 60 * 86400000; DELETE FROM _seal";
    file.execute_batch(long_ago)
        .expect("the tables of this schema");
    assert!(subjects(&test, "HA021").is_empty());
}

/// From now on the trail tells addresses of those who act and no more.
fn tell_addresses_alone(test: &Test) {
    let nameless = Rewrite::row(|row| {
        for part in ["/authenticationInfo", "/resource"] {
            let part = row.pointer_mut(part).and_then(Value::as_object_mut);
            part.map(|part| part.remove("labels"));
        }
    });
    test.fake
        .fault(Fault::on(router::AUDITS, FaultKind::Rewritten(nameless)));
}

fn bob_helps_himself(story: &Story) {
    tell_addresses_alone(&story.0);
    story.change(By::user(BOB), |account| {
        let (who, all) = (Principal::User(BOB), "_all_account_level_resources");
        account.assign(who, "_account_admin", all, &Scope::account());
    });
}

#[test]
fn a_person_of_whom_the_trail_tells_the_address_alone_is_found() {
    let story = Story::begin();
    bob_helps_himself(&story);
    let told = story.told();
    assert_eq!(
        told[0]["by"]["actor"]["id"],
        format!("user/{BOB}"),
        "{:#}",
        told[0]
    );
    assert_eq!(subjects(&story.0, "HA022"), [format!("user/{BOB}")]);
    assert!(subjects(&story.0, "HA023").is_empty());
}

#[test]
fn an_address_that_two_people_had_names_neither() {
    let story = Story::begin();
    story
        .0
        .fake
        .change(|account| account.user(EVAN).email = "bob@example.test".into());
    story.observe();
    story
        .0
        .fake
        .change(|account| account.user(EVAN).email = "evan@example.test".into());
    story.observe();
    bob_helps_himself(&story);
    story.observe();
    story.observe();
    let diff = story
        .0
        .run(&["diff", "3", "4", "--format", "json"])
        .run()
        .json();
    let told = &diff["changes"][0];
    assert_eq!(
        (certainty(told), actor(told)),
        ("exact", "bob@example.test")
    );
    assert_eq!(told["by"]["actor"]["id"], Value::Null);
    for code in ["HA022", "HA023"] {
        assert!(subjects(&story.0, code).is_empty(), "{code}");
    }
}

/// No sync may list this; somebody accepted it.
fn accept_a_gap(story: &Story, kind: &str, route: &str) -> String {
    let refused = Fault::on(route, FaultKind::BareEnvelope);
    story.0.fake.fault(refused.times(HowOften::Forever));
    let entry = format!(
        "[[gap]]\nkind = \"{kind}\"\nscope = \"account\"\nreason = \"known\"\nticket = \"OPS-7\"\n\
         approver = \"Grace\"\nexpires = 2999-12-31\n"
    );
    story.0.folder.write("gaps.toml", entry)
}

/// Half an hour after the last sync somebody joins a group, and half an hour later is the next sync.
fn joins_then_sync(story: &Story, joins: Option<(By, &str)>, gaps: &str) {
    story.let_an_hour_pass();
    story.0.fake.age_events(HOUR);
    if let Some((by, group)) = joins {
        story.change(by, |account| {
            account.add_member(&Scope::account(), group, EVAN);
        });
    }
    let sync = story.0.sync();
    sync.args(&["--with", "audit", "--gaps", gaps]).exits(0);
}

#[test]
fn a_list_that_nobody_can_read_leaves_the_others_decided() {
    let story = Story::begin();
    let gaps = accept_a_gap(&story, "roles", router::ROLES);
    joins_then_sync(&story, Some((By::user(ADA), "developers")), &gaps);
    joins_then_sync(&story, Some((By::nobody(), "on_call")), &gaps);
    joins_then_sync(&story, None, &gaps);
    let states = story.0.ask("SELECT state FROM snapshots");
    assert_eq!(states, "complete\npartial\npartial\npartial");
    let check = |from, to| story.0.run(&["diff", from, to, "--fail-on", "unexplained"]);
    check("1", "2").exits(0);
    check("2", "3").exits(1);
    check("3", "4").exits(0);
}

#[test]
fn what_the_older_snapshot_could_not_list_may_be_older() {
    let story = Story::begin();
    let gaps = accept_a_gap(&story, "user_groups", router::USER_GROUPS);
    joins_then_sync(&story, Some((By::nobody(), "developers")), &gaps);
    story.0.fake.clear_faults();
    joins_then_sync(&story, None, &gaps);
    joins_then_sync(&story, None, &gaps);
    let told = story.0.run(&["diff", "2", "3", "--format", "json"]).run();
    let told = told.json()["changes"][0].take();
    assert_eq!(certainty(&told), "unknown", "{told:#}");
}
