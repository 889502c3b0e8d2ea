//! Gaps that somebody accepted, and an organization alone.

use crate::support::Test;
use fake_harness::{Caller, Fault, FaultKind, HowOften, Scope, router};

const ACCEPTED: &str = "[[gap]]\nkind = \"roles\"\nscope = \"account\"\nreason = \"known\"\nticket = \"OPS-7\"\n\
                        approver = \"Grace\"\nexpires = 2999-12-31\n";

/// An account whose roles cannot be read any more, after a complete snapshot.
fn without_roles() -> Test {
    let test = Test::synced();
    let refused = Fault::on(router::ROLES, FaultKind::BareEnvelope);
    test.fake.fault(refused.times(HowOften::Forever));
    test
}

#[test]
fn an_accepted_gap_is_stored_with_exit_status_0_and_left_out_of_diff() {
    let test = without_roles();
    test.sync().exits(2).says("--gaps");
    let file = test.folder.write("gaps.toml", ACCEPTED);
    test.sync().args(&["--gaps", &file]).exits(0).says_nothing();
    assert_eq!(test.ask("SELECT state FROM snapshots"), "complete\npartial");
    assert_eq!(
        test.ask("SELECT kind, accepted FROM listings WHERE accepted IS NOT NULL"),
        "roles|known (OPS-7, Grace, until 2999-12-31)"
    );
    test.diff()
        .exits(0)
        .says("left out, because these gaps are accepted: roles of account");
}

#[test]
fn a_gap_that_nobody_accepted_still_stores_nothing() {
    let test = without_roles();
    let refused = Fault::on(router::USERS, FaultKind::BareEnvelope);
    test.fake.fault(refused.times(HowOften::Forever));
    let file = test.folder.write("gaps.toml", ACCEPTED);
    let outcome = test
        .sync()
        .args(&["--gaps", &file])
        .exits(2)
        .says("users in account");
    assert!(
        !outcome.stderr.contains("roles in account"),
        "{}",
        outcome.stderr
    );
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "1");
}

#[test]
fn entries_that_are_expired_or_match_nothing_are_reported() {
    let test = without_roles();
    let expired = ACCEPTED.replace("2999", "2020");
    let unused = ACCEPTED.replace("\"roles\"", "\"users\"");
    let file = test.folder.write("gaps.toml", format!("{expired}{unused}"));
    test.sync()
        .args(&["--gaps", &file])
        .exits(2)
        .says("expired on 2020-12-31; no longer covers 1 gap")
        .says("this entry matches no gap");
}

#[test]
fn a_file_that_is_not_there_is_named_for_what_it_was_to_hold() {
    let test = Test::new();
    test.sync()
        .args(&["--gaps", "/missing/gaps.toml"])
        .exits(3)
        .says("cannot read the accepted gaps in /missing/gaps.toml");
}

#[test]
fn a_mistake_in_the_file_shows_before_anything_is_sent() {
    let test = Test::new();
    let file = test
        .folder
        .write("gaps.toml", ACCEPTED.replace("Grace", " "));
    test.sync()
        .args(&["--gaps", &file])
        .exits(3)
        .says("the entry at line 1 needs its `approver` filled in");
    assert_eq!(test.fake.requests().len(), 0);
}

/// A key that holds the views in one organization and below it, and nothing in the account.
fn of_one_organization() -> Test {
    let test = Test::new();
    test.fake.caller(Caller::viewer(
        "_all_resources_including_child_scopes",
        &Scope::org("payments"),
    ));
    test
}

const ALONE: [&str; 3] = ["--org", "payments", "--without-account"];

#[test]
fn an_organization_alone_is_read_completely_and_compared() {
    let test = of_one_organization();
    test.sync()
        .args(&["--org", "payments"])
        .exits(2)
        .says("--without-account");
    test.run(&["doctor"])
        .env("HARNESS_BASE_URL", &test.server.base_url())
        .env("HARNESS_API_KEY", &test.fake.api_key())
        .args(&ALONE)
        .exits(0);
    test.sync().args(&ALONE).exits(0).says_nothing();
    assert_eq!(test.ask("SELECT state FROM snapshots"), "complete");
    assert_eq!(
        test.ask("SELECT DISTINCT scope FROM listings WHERE kind = 'roles' ORDER BY 1"),
        "org/payments\norg/payments/project/ledger\norg/payments/project/shop"
    );
    assert_ne!(
        test.ask("SELECT count(*) FROM users WHERE email IS NOT NULL"),
        "0"
    );
    test.fake
        .change(|account| account.remove_service_account(&Scope::org("payments"), "ci_bot"));
    test.sync().args(&ALONE).exits(0);
    assert!(
        test.changes().iter().any(
            |change| change.starts_with("removed resource service_account/org/payments/ci_bot")
        )
    );
}

#[test]
fn an_organization_alone_needs_its_name_and_nothing_of_the_account() {
    let test = Test::new();
    for wrong in [
        &["--without-account"][..],
        &["--org", "payments", "--without-account", "--with", "tokens"],
    ] {
        test.sync().args(wrong).exits(3);
    }
}

const TRAIL: &str = "[[gap]]\nkind = \"audit_events\"\nscope = \"account\"\nreason = \"no audit here\"\n\
                     approver = \"Grace\"\n\n[[gap]]\nkind = \"sign_ins\"\nscope = \"*\"\nreason = \"nor these\"\n\
                     approver = \"Grace\"\nexpires = 2001-01-01\n";

#[test]
fn gaps_of_the_audit_trail_are_accepted_like_all_others() {
    let test = Test::new();
    test.fake.caller(Caller::default().and("core_audit_view"));
    test.fake.switch(|switches| {
        switches.audit_list = false;
        switches.audit_list_v2 = false;
    });
    let with = |more: &[&str]| test.sync().args(&["--with", "audit"]).args(more);
    let written = with(&["--write-gaps"]).exits(2);
    assert!(
        written.stdout.contains("kind = \"audit_events\""),
        "{written:?}"
    );
    let file = test.folder.write("gaps.toml", TRAIL);
    let told = with(&["--gaps", &file]).exits(0);
    assert!(
        told.stderr.contains("expired on 2001-01-01") && told.stderr.contains("sign_ins in *"),
        "{told:?}"
    );
    assert_eq!(
        test.ask("SELECT accepted FROM listings WHERE kind = 'audit_events' AND snapshot_id = 2"),
        "no audit here (Grace)"
    );
    test.fake.switch(|switches| switches.audit_list = true);
    let told = with(&["--gaps", &file]).exits(0);
    assert!(
        told.stderr
            .contains("matches no gap: audit_events in account"),
        "{told:?}"
    );
}

#[test]
fn entries_about_the_trail_are_not_judged_where_it_was_not_read() {
    let test = without_roles();
    let file = test.folder.write("gaps.toml", TRAIL);
    let told = test
        .sync()
        .args(&["--with", "audit", "--gaps", &file])
        .exits(2);
    assert!(!told.stderr.contains("matches no gap"), "{told:?}");
}

#[test]
fn a_report_for_maintainers_is_written_as_every_other_output() {
    let test = Test::new();
    let path = test.folder.write("report.json", "mine");
    let doctor = |more: &[&str]| test.at_once(&[&["doctor", "--report"], more].concat());
    let refused = doctor(&[&path]);
    assert_eq!(refused.status, 3);
    assert!(
        refused.stderr.contains("another file with --report"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let path = test.folder.file("other.json");
    let path = path.to_str().unwrap();
    assert_eq!(doctor(&[path]).status, 0);
    assert!(test.folder.file("other.json.manifest.json").exists());
    assert_eq!(doctor(&[path]).status, 0, "its own report may be replaced");
}

#[test]
fn the_catalogue_is_stored_with_its_statuses() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT name, resource_type, action, status FROM permissions WHERE identifier = 'core_user_view'"),
        "View Users|USER|view|ACTIVE"
    );
    let asked = test.run(&["who-can", "core_user_view"]).exits(0);
    assert!(
        !asked.stderr.contains("lists this permission"),
        "{}",
        asked.stderr
    );
}
