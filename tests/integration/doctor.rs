//! `doctor`: what it says of base URL, key, account and permissions, and which exit status that is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Run, Test};
use fake_harness::{Account, Answer, Caller, Fault, FaultKind, Grant, Scope, router};

const WRONG_KEY: &str = "pat.AbCdEfGhIjKlMnOpQrStUv.tokenIdAAAAAAAAAAAAAA.WRONGkey";

const NEEDED: [&str; 5] = [
    "core_user_view",
    "core_usergroup_view",
    "core_serviceaccount_view",
    "core_role_view",
    "core_resourcegroup_view",
];
const OPTIONAL: &str = "core_authsetting_view";

fn doctor(test: &Test) -> Run {
    test.run(&["doctor"])
        .env("HARNESS_BASE_URL", &test.server.base_url())
        .env("HARNESS_API_KEY", &test.fake.api_key())
}

fn report(test: &Test, status: i32) -> Value {
    let outcome = doctor(test).args(&["--format", "json"]).exits(status);
    let report = outcome.json();
    outcome.says_nothing();
    report
}

/// Answers of other servers, and what `doctor` says of them.
fn not_harness() -> [(FaultKind, &'static str); 10] {
    let html = "<!DOCTYPE html><html><body>It works!</body></html>";
    let other = json!({"service": "inventory", "version": "1.2"});
    [
        (FaultKind::LoginHtml, "an HTML page, not the Harness API"),
        (
            FaultKind::LoginRedirectScript,
            "a login page, not the Harness API",
        ),
        (
            FaultKind::Answer(Answer::new(
                200,
                "text/html",
                "<a href='/auth/#/signin'>Sign in</a>",
            )),
            "a login page, not the Harness API",
        ),
        (
            FaultKind::Answer(Answer::new(404, "text/html", html)),
            "an HTML page, not the Harness API",
        ),
        (
            FaultKind::Answer(Answer::new(403, "text/html", html)),
            "an HTML page, not the Harness API",
        ),
        (
            FaultKind::Answer(Answer::new(200, "text/plain", "hello")),
            "not JSON",
        ),
        (
            FaultKind::Answer(Answer::json(200, &other)),
            "JSON of another service, not the Harness API",
        ),
        (
            FaultKind::Answer(Answer::json(200, &json!([1, 2, 3]))),
            "JSON of another service, not the Harness API",
        ),
        (
            FaultKind::Answer(Answer::json(404, &json!({"detail": "Not Found"}))),
            "not found",
        ),
        (
            FaultKind::Redirect(
                302,
                "https://login.example.test/start?session=hidden".into(),
            ),
            "a redirect (status 302) to https://login.example.test/start",
        ),
    ]
}

/// Whether each permission is needed and held.
fn permissions(report: &Value) -> BTreeMap<String, (bool, bool)> {
    let rows = report["permissions"].as_array().unwrap().iter();
    rows.map(|row| {
        assert_eq!(row["scope"], "account");
        let name = row["permission"].as_str().unwrap().to_owned();
        let flag = |name: &str| row[name].as_bool().unwrap();
        (name, (flag("needed"), flag("held")))
    })
    .collect()
}

/// An account whose settings the key may read.
fn with_settings() -> Test {
    let test = Test::new();
    test.fake.caller(Caller::default().and(OPTIONAL));
    test
}

#[test]
fn all_is_well() {
    let test = with_settings();
    let report = report(&test, 0);
    assert_eq!(report["format_version"], 1);
    assert_eq!(report["base_url"], test.server.base_url());
    assert_eq!(report["account_id"], test.fake.account_id());
    assert_eq!(report["account_name"], "Example Corp");
    assert_eq!(report["caller"], "service_account/snapshotter");
    assert_eq!(report["access_control"], true);
    assert_eq!(report["can_sync"], true);
    let mut expected: BTreeMap<String, (bool, bool)> =
        NEEDED.map(|name| (name.to_owned(), (true, true))).into();
    expected.insert(OPTIONAL.to_owned(), (false, true));
    assert_eq!(permissions(&report), expected);
    for reach in ["organizations", "projects"] {
        assert_eq!(
            report[reach],
            json!({"complete": true, "not_held_everywhere": []})
        );
    }
    let outcome = doctor(&test).exits(0);
    let rows = |text: &str| {
        let rows = outcome.stdout.lines().filter(|line| line.contains(text));
        rows.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rows("core_"),
        [
            "core_user_view USER account needed yes",
            "core_usergroup_view USERGROUP account needed yes",
            "core_serviceaccount_view SERVICEACCOUNT account needed yes",
            "core_role_view ROLE account needed yes",
            "core_resourcegroup_view RESOURCEGROUP account needed yes",
            "core_authsetting_view AUTHSETTING account optional yes",
        ]
    );
    assert_eq!(rows("can be read completely").len(), 3);
    outcome
        .prints("answers as Harness")
        .prints("of service_account/snapshotter")
        .prints("\"Example Corp\"")
        .says_nothing();
}

#[test]
fn it_stores_nothing_and_needs_no_database() {
    let test = Test::new();
    doctor(&test).exits(0);
    assert!(test.folder.names().is_empty());
    assert!(test.fake.writes().is_empty());
    // Each list is read once, and its shape looked at.
    assert_eq!(test.fake.count(router::ROLES), 2);
    // A file that a sync could not use is none of its business.
    test.folder.write("harness-access.db", "not a database");
    doctor(&test).env("HARNESS_ACCESS_DB", "no/folder").exits(0);
    assert_eq!(
        std::fs::read_to_string(test.database()).unwrap(),
        "not a database"
    );
}

#[test]
fn a_needed_permission_that_is_missing_exits_2() {
    for missing in NEEDED {
        let test = Test::new();
        test.fake.deny(missing, &Scope::account());
        let report = report(&test, 2);
        for (name, (needed, held)) in permissions(&report) {
            assert_eq!(needed, name != OPTIONAL);
            assert_eq!(held, name != missing && name != OPTIONAL, "{name}");
        }
        assert_eq!(report["can_sync"], false);
        let outcome = doctor(&test).exits(2);
        let row = outcome.stdout.lines().find(|line| line.contains(missing));
        assert!(row.is_some_and(|row| row.trim_end().ends_with("NO")));
        outcome.prints("the account's own scope  cannot be read completely");
    }
}

#[test]
fn named_items_are_not_the_permission() {
    let test = Test::new();
    test.fake
        .only_named("core_usergroup_view", &Scope::account(), &["developers"]);
    let report = report(&test, 2);
    assert_eq!(permissions(&report)["core_usergroup_view"], (true, false));
}

#[test]
fn what_is_optional_may_be_missing() {
    let test = Test::new();
    let report = report(&test, 0);
    assert_eq!(permissions(&report)[OPTIONAL], (false, false));
    assert_eq!(report["can_sync"], true);
    test.fake.deny("core_account_view", &Scope::account());
    doctor(&test)
        .exits(0)
        .prints("the key may not read its name");
}

#[test]
fn a_grant_on_the_account_alone_does_not_reach_below() {
    let test = Test::new();
    test.fake.caller(Caller::viewer(
        "_all_account_level_resources",
        &Scope::account(),
    ));
    let report = report(&test, 0);
    for (reach, own) in [
        ("organizations", "core_organization_view"),
        ("projects", "core_project_view"),
    ] {
        assert_eq!(report[reach]["complete"], false);
        let lacking = report[reach]["not_held_everywhere"].as_array().unwrap();
        for permission in NEEDED.into_iter().chain([own]) {
            assert!(
                lacking.iter().any(|name| name == permission),
                "{permission}"
            );
        }
    }
    doctor(&test)
        .exits(0)
        .prints("the account's own scope  can be read completely")
        .prints("every project            may be incomplete");
}

#[test]
fn a_server_that_checks_scopes_leaves_what_is_below_unproven() {
    let test = Test::new();
    test.fake
        .switch(|switches| switches.reject_sentinels = true);
    let report = report(&test, 0);
    assert_eq!(report["can_sync"], true);
    assert_eq!(report["organizations"]["complete"], false);
    assert_eq!(report["projects"]["complete"], false);
}

#[test]
fn a_person_s_key_is_told_from_a_service_account_s() {
    let test = Test::new();
    test.fake.change(|account: &mut Account| {
        let grant = "_all_resources_including_child_scopes";
        account.assign(
            fake_harness::Principal::User("uDANA00000000000000000"),
            "_account_viewer",
            grant,
            &Scope::account(),
        );
    });
    test.fake.caller(Caller::user("uDANA00000000000000000"));
    assert_eq!(report(&test, 0)["caller"], "user/uDANA00000000000000000");
}

#[test]
fn a_key_without_any_grant_learns_who_it_is() {
    let test = Test::new();
    test.fake.caller(Caller::with_grants(Vec::<Grant>::new()));
    let report = report(&test, 2);
    assert_eq!(report["caller"], "service_account/snapshotter");
    assert!(permissions(&report).values().all(|(_, held)| !held));
    assert!(report["account_name"].is_null());
}

#[test]
fn with_access_control_off_it_says_so() {
    let test = Test::new();
    test.fake.switch(|switches| switches.access_control = false);
    let report = report(&test, 0);
    assert_eq!(report["access_control"], false);
    assert!(report["caller"].is_null());
    assert_eq!(report["can_sync"], true);
    doctor(&test)
        .exits(0)
        .prints("access control seems to be off")
        .prints("the account's own scope  can be read completely");
}

#[test]
fn the_permission_check_counts_whatever_the_catalogue_says() {
    for (permission, status) in [
        ("core_user_view", "EXPERIMENTAL"),
        ("core_role_view", "STAGING"),
        ("core_authsetting_view", "INACTIVE"),
    ] {
        let test = with_settings();
        test.fake
            .switch(|switches| switches.permission_statuses = vec![(permission, status)]);
        assert!(
            permissions(&report(&test, 0))
                .values()
                .all(|(_, held)| *held)
        );
        // A sync of the account says the same.
        test.sync().exits(0);
    }
}

#[test]
fn clocks_that_differ_are_mentioned() {
    let test = Test::new();
    let answer = json!({"status": "SUCCESS", "data": {"identifier": test.fake.account_id(), "name": "Example Corp"}});
    let answer = Answer::json(200, &answer).with_header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    test.fake.fault(Fault::on(
        "/api/accounts/",
        FaultKind::Answer(answer.clone()),
    ));
    let fault = test
        .fake
        .fault(Fault::on("ng/api/accounts", FaultKind::Answer(answer)));
    let report = report(&test, 3);
    assert!(fault.fired() > 0);
    assert!(report["clock_skew_seconds"].as_u64().unwrap() > 30 * 365 * 86_400);
    assert_eq!(report["can_sync"], false);
    doctor(&test)
        .exits(3)
        .prints("this sync                would be refused: this computer's clock is")
        .prints("set the clock, or sync with --allow-clock-skew");
    test.sync().exits(3).says("set the clock");
}

#[test]
fn quiet_tells_by_its_status_only() {
    let test = Test::new();
    doctor(&test).args(&["-q"]).exits(0).prints_nothing();
    test.fake.deny("core_role_view", &Scope::account());
    doctor(&test)
        .args(&["-q"])
        .exits(2)
        .prints_nothing()
        .says_nothing();
}

#[test]
fn a_refused_key_exits_4() {
    let test = Test::new();
    let wrong = doctor(&test).env("HARNESS_API_KEY", WRONG_KEY);
    wrong
        .exits(4)
        .prints_nothing()
        .says("Harness refused the API key")
        .says("belongs to this account")
        .hides("WRONGkey");
    // A key that does not name its account, and another account's id.
    doctor(&test)
        .env("HARNESS_API_KEY", &test.fake.legacy_api_key())
        .env("HARNESS_ACCOUNT_ID", "anotherAccount")
        .exits(4);
    let outcome = doctor(&test)
        .env("HARNESS_API_KEY", WRONG_KEY)
        .args(&["--format", "json"])
        .exits(4);
    assert_eq!(outcome.error()["kind"], "bad_key");
    assert_eq!(outcome.error()["code"], 4);
}

#[test]
fn nobody_there_exits_5() {
    let test = Test::new();
    doctor(&test)
        .env("HARNESS_BASE_URL", "http://127.0.0.1:1")
        .exits(5)
        .prints_nothing()
        .says("cannot connect")
        .says("Check the base URL");
}

#[test]
fn what_is_not_harness_is_named_and_exits_5() {
    for (kind, says) in not_harness() {
        let test = Test::new();
        let fault = test.fake.fault(Fault::everywhere(kind.clone()));
        let outcome = doctor(&test).run();
        assert_eq!(outcome.status, 5, "{kind:?}: {}", outcome.stderr);
        outcome
            .prints_nothing()
            .says(says)
            .says("Check the base URL")
            .hides("session=hidden");
        assert!(fault.fired() > 0);
    }
}
