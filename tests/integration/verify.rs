//! `verify`: Harness's own analyzer asked what a snapshot answers.

use fake_harness::{
    Account, Answer, By, Caller, FakeHarness, Fault, FaultKind, GenerateSpec, Principal, Scope,
    router,
};
use harness_access::collect::analyzer::policies;
use harness_access::model::{AccessQuestion, ResourceId};
use serde_json::{Value, json};

use crate::support::in_process::client;
use crate::support::schema::assert_valid;
use crate::support::{Outcome, Run, Test};

const EVAN: &str = "uEVAN00000000000000000";
const FAY: &str = "uFAY000000000000000000";

/// A fake whose analyzer is switched on, for a key that may ask it; observed once.
fn analyzed(account: Account) -> Test {
    let test = Test::over(account);
    test.fake.switch(|switches| switches.policy_analyzer = true);
    test.fake
        .caller(Caller::default().and(ANALYZE).and("core_audit_view"));
    test.sync().args(&["--scopes", "all"]).exits(0);
    test
}

const ANALYZE: &str = "core_accessPolicies_analyze";

fn verify(test: &Test) -> Run {
    verify_as(test, "json")
}

fn verify_as(test: &Test, format: &str) -> Run {
    test.run(&["verify", "--format", format])
        .env("HARNESS_BASE_URL", &test.server.base_url())
        .env("HARNESS_API_KEY", &test.fake.api_key())
}

fn differences(outcome: &Outcome) -> Vec<Value> {
    questions(outcome, "differ")
}

fn questions(outcome: &Outcome, which: &str) -> Vec<Value> {
    let document = outcome.json();
    let questions = document["questions"].as_array().expect("a list");
    let of_kind = questions
        .iter()
        .filter(|question| question["outcome"] == which);
    of_kind.cloned().collect()
}

/// What no snapshot can know: Harness hides the role.
fn is_of_its_kind(difference: &Value) -> bool {
    difference["reason"]["codes"] == json!(["role_hidden"])
}

/// Who asks about one permission of one account asks about everybody.
const EVERYBODY: [&str; 4] = ["--sample", "400", "--permission", "core_secret_access"];

#[test]
fn random_accounts_agree() {
    for seed in 1..=4 {
        let test = analyzed(Account::generate(&GenerateSpec {
            assignments: 120,
            users: 30,
            groups: 12,
            service_accounts: 9,
            organizations: 2,
            projects: 4,
            seed,
            ..GenerateSpec::default()
        }));
        let outcome = verify(&test)
            .args(&["--sample", "50", "--seed", &seed.to_string()])
            .exits(0);
        let summary = outcome.json()["summary"].take();
        assert_eq!(
            (&summary["asked"], &summary["agree"]),
            (&json!(50), &json!(50))
        );
        for answer in ["yes", "no"] {
            let of_kind = questions(&outcome, "agree");
            let of_kind = of_kind
                .iter()
                .filter(|question| question["snapshot"] == answer);
            assert_eq!(of_kind.count(), 25, "seed {seed}: {answer}");
        }
    }
}

#[test]
fn the_demo_account_agrees_but_for_what_depends() {
    let test = analyzed(Account::demo());
    for seed in ["1", "2", "3"] {
        let outcome = verify(&test)
            .args(&["--sample", "50", "--seed", seed])
            .run();
        assert!(
            differences(&outcome).iter().all(is_of_its_kind),
            "{}",
            outcome.stdout
        );
    }
}

#[test]
fn the_same_seed_asks_the_same_and_another_asks_others() {
    let test = analyzed(Account::demo());
    let asked = |seed: &str| {
        let document = verify(&test)
            .args(&["--sample", "20", "--seed", seed])
            .run()
            .json();
        document["questions"].to_string()
    };
    assert_eq!(asked("7"), asked("7"));
    assert_ne!(asked("7"), asked("8"));
}

#[test]
fn a_snapshot_of_the_account_alone_is_compared_there() {
    let test = Test::new();
    test.fake.switch(|switches| switches.policy_analyzer = true);
    test.fake.caller(Caller::default().and(ANALYZE));
    test.fake.change(|account| {
        let project = Scope::project("default", "shop");
        account.assign(
            Principal::User(FAY),
            "_project_admin",
            "_all_project_level_resources",
            &project,
        );
    });
    test.observe();
    let outcome = verify(&test).args(&["--sample", "50"]).run();
    assert_eq!(outcome.json()["scopes"], json!(["account"]));
    assert!(
        differences(&outcome).iter().all(is_of_its_kind),
        "{}",
        outcome.stdout
    );
}

/// FAY's access depends on a role that Harness hides.
fn with_a_hidden_role() -> Test {
    let test = analyzed(Account::demo());
    test.fake.change(|account| {
        let role = account.add_role(
            &Scope::account(),
            "_hidden_by_harness",
            &["core_secret_access"],
        );
        (role.scope, role.internal) = (None, true);
        account.assign(
            Principal::User(FAY),
            "_hidden_by_harness",
            "_all_account_level_resources",
            &Scope::account(),
        );
    });
    test.sync().exits(0);
    test
}

#[test]
fn what_depends_on_a_hidden_role_is_no_difference() {
    let test = with_a_hidden_role();
    let outcome = verify(&test).args(&EVERYBODY).exits(0);
    assert_valid("verify", &outcome.json());
    let depends = questions(&outcome, "depends");
    assert_eq!(outcome.json()["summary"]["depends"], depends.len());
    let fay = of(&depends, FAY);
    assert_eq!(
        (&fay["snapshot"], &fay["harness"]),
        (&json!("depends"), &json!("yes"))
    );
    assert_eq!(fay["reason"]["codes"], json!(["role_unresolved"]));
    let shown = verify_as(&test, "table").args(&EVERYBODY).exits(0);
    assert!(
        shown.stdout.contains("fay@example.test"),
        "{}",
        shown.stdout
    );
    assert!(shown.stderr.contains("in the snapshot"), "{}", shown.stderr);
}

#[test]
fn an_assignment_that_the_snapshot_lacks_is_a_difference_also_where_it_depends() {
    let test = with_a_hidden_role();
    test.fake.change(|account| {
        let (who, all) = (Principal::User(FAY), "_all_account_level_resources");
        account.assign(who, "_account_admin", all, &Scope::account());
    });
    let outcome = verify(&test).args(&EVERYBODY).exits(1);
    let fay = of(&differences(&outcome), FAY);
    assert_eq!(fay["snapshot"], "depends");
    assert_eq!(fay["only_in_harness"][0]["role"], "_account_admin");
}

#[test]
fn a_change_made_meanwhile_is_told_with_who_made_it() {
    let test = analyzed(Account::demo());
    test.fake.change_by(By::user(EVAN), |account| {
        account.assign(
            Principal::User(FAY),
            "_account_admin",
            "_all_account_level_resources",
            &Scope::account(),
        );
    });
    let outcome = verify(&test).args(&EVERYBODY).exits(1);
    assert_valid("verify", &outcome.json());
    let fay = of(&differences(&outcome), FAY);
    assert_eq!(
        (&fay["snapshot"], &fay["harness"]),
        (&json!("no"), &json!("yes"))
    );
    assert_eq!(fay["reason"]["codes"], json!(["newer_change"]));
    assert_eq!(
        fay["reason"]["event"]["actor"]["email"],
        "evan@example.test"
    );
    assert_eq!(fay["only_in_harness"][0]["role"], "_account_admin");
}

#[test]
fn a_change_made_meanwhile_is_known_from_a_newer_snapshot_without_the_trail() {
    let test = analyzed(Account::demo());
    test.fake.deny("core_audit_view", &Scope::account());
    test.fake
        .change(|account| account.remove_assignment("role_assignment_danaSecrets000000001"));
    test.sync().exits(0);
    let outcome = verify(&test).args(&EVERYBODY).args(&["--at", "1"]).exits(1);
    let dana = of(&differences(&outcome), "uDANA00000000000000000");
    assert_eq!(dana["snapshot"], "yes");
    assert_eq!(dana["reason"]["newer_snapshot"], 2);
    let now = verify(&test).args(&EVERYBODY).run();
    assert!(differences(&now).iter().all(is_of_its_kind));
}

fn of(differences: &[Value], uuid: &str) -> Value {
    let id = format!("user/{uuid}");
    let found = differences
        .iter()
        .find(|one| one["principal"]["id"] == id.as_str());
    found
        .unwrap_or_else(|| panic!("{id} in {differences:#?}"))
        .clone()
}

#[test]
fn where_the_flag_is_off_it_says_flag_and_permission() {
    let test = Test::synced();
    let error = verify(&test).exits(2).error();
    for word in ["PL_ENABLE_POLICY_ANALYZER", ANALYZE] {
        assert!(
            error["hint"].as_str().expect("a hint").contains(word),
            "{error:#}"
        );
    }
    assert!(test.fake.count(router::ANALYZER) <= 2);
}

#[test]
fn without_the_permission_it_says_which_one() {
    let test = Test::synced();
    test.fake.switch(|switches| switches.policy_analyzer = true);
    let error = verify(&test).exits(2).error();
    assert!(
        error["message"]
            .as_str()
            .expect("a message")
            .contains(ANALYZE),
        "{error:#}"
    );
}

#[test]
fn a_refused_key_and_another_account_are_what_they_are_everywhere() {
    let test = analyzed(Account::demo());
    verify(&test)
        .env("HARNESS_API_KEY", "sat.AbCdEfGhIjKlMnOpQrStUv.x.y")
        .exits(4);
    let other = Test::synced();
    let key = "sat.AnotherAccount00000000.x.y";
    verify(&other).env("HARNESS_API_KEY", key).exits(6);
}

/// Answers that are not the analyzer's, or not about what was asked.
fn odd_answers() -> Vec<(&'static str, Value)> {
    let row = json!({
        "role_assignment": {"scope": {"account": "AbCdEfGhIjKlMnOpQrStUv"}, "role_assignment_id": "x",
            "principal": {"identifier": FAY, "type": "USER"}},
        "principal": {"identifier": FAY, "type": "USER"},
        "resource_group": {"identifier": "_all_account_level_resources"},
        "role": {"identifier": "_account_admin"},
        "permission": {"identifier": "core_secret_access"}
    });
    let with = |pointer: &str, value: Value| {
        let mut row = row.clone();
        *row.pointer_mut(pointer).expect("a member") = value;
        json!({"access_policy_analysis_response": [row]})
    };
    vec![
        ("nothing", json!({})),
        ("null", json!(null)),
        ("a bare list", json!([])),
        (
            "null rows",
            json!({"access_policy_analysis_response": null}),
        ),
        (
            "rows in an envelope",
            json!({"status": "SUCCESS", "data": {"access_policy_analysis_response": []}}),
        ),
        (
            "a failure",
            json!({"status": "ERROR", "code": "UNKNOWN_ERROR", "access_policy_analysis_response": []}),
        ),
        (
            "rows of another kind",
            json!({"access_policy_analysis_response": [7]}),
        ),
        (
            "another permission",
            with("/permission/identifier", json!("core_pipeline_view")),
        ),
        (
            "somebody else",
            with("/principal/identifier", json!("uSOMEBODY")),
        ),
        (
            "another account",
            with("/role_assignment/scope/account", json!("Other")),
        ),
        ("no scope", with("/role_assignment/scope", json!(null))),
        ("no role", with("/role", json!(null))),
        ("an empty role", with("/role/identifier", json!(""))),
        ("a number for a role", with("/role/identifier", json!(7))),
    ]
}

#[test]
fn an_odd_answer_is_no_answer() {
    let fake = FakeHarness::demo();
    fake.switch(|switches| switches.policy_analyzer = true);
    for (name, body) in odd_answers() {
        let answer = Answer::json(200, &body);
        fake.fault(Fault::on(router::ANALYZER, FaultKind::Answer(answer)));
        let answer = policies(&client(&fake), &about_fay());
        assert!(answer.is_err(), "{name}: {answer:?}");
        fake.clear_faults();
    }
}

#[test]
fn a_total_that_the_rows_do_not_reach_is_no_answer() {
    let fake = FakeHarness::demo();
    fake.switch(|switches| switches.policy_analyzer = true);
    let empty = Answer::json(200, &json!({"access_policy_analysis_response": []}));
    let answer = empty.with_header("x-total-elements", "1");
    fake.fault(Fault::on(router::ANALYZER, FaultKind::Answer(answer)));
    assert!(policies(&client(&fake), &about_fay()).is_err());
}

fn about_fay() -> AccessQuestion {
    AccessQuestion {
        permission: "core_secret_access".to_owned(),
        principal: ResourceId::parse(&format!("user/{FAY}")).expect("a text id"),
    }
}

#[test]
fn what_cannot_be_told_is_no_agreement() {
    let test = analyzed(Account::demo());
    let answer = Answer::json(200, &json!({"access_policy_analysis_response": [7]}));
    test.fake
        .fault(Fault::on(router::ANALYZER, FaultKind::Answer(answer)));
    let outcome = verify(&test).args(&["--sample", "3"]).exits(2);
    assert_valid("verify", &outcome.json());
    let summary = outcome.json()["summary"].take();
    assert_eq!(
        (&summary["agree"], &summary["could_not_tell"]),
        (&json!(0), &json!(3))
    );
}

#[test]
fn one_question_that_fails_costs_no_other() {
    let test = analyzed(Account::demo());
    let fault = Fault::on(
        router::ANALYZER,
        FaultKind::Answer(Answer::json(
            200,
            &json!({"access_policy_analysis_response": [7]}),
        )),
    )
    .nth(3)
    .once();
    test.fake.fault(fault);
    let outcome = verify(&test).args(&["--sample", "10"]).run();
    assert_eq!(questions(&outcome, "could_not_tell").len(), 1);
    assert_eq!(outcome.json()["summary"]["asked"], 10);
}

#[test]
fn it_only_asks() {
    let test = analyzed(Account::demo());
    let before = std::fs::read(test.database()).expect("the file");
    let seen = test.fake.requests().len();
    verify(&test).args(&["--sample", "5"]).run();
    assert_eq!(std::fs::read(test.database()).expect("the file"), before);
    let requests = test.fake.requests();
    let asked = &requests[seen..];
    assert!(asked.iter().all(|request| !request.is_write), "{asked:#?}");
    let count = asked
        .iter()
        .filter(|request| request.path == router::ANALYZER)
        .count();
    assert_eq!(count, 5);
}

#[test]
fn the_table_names_both_answers_and_the_reason() {
    let test = analyzed(Account::demo());
    test.fake.change_by(By::user(EVAN), |account| {
        account.assign(
            Principal::User(FAY),
            "_account_admin",
            "_all_account_level_resources",
            &Scope::account(),
        );
    });
    let outcome = verify_as(&test, "table").args(&EVERYBODY).exits(1);
    let line = outcome
        .stdout
        .lines()
        .find(|line| line.starts_with("fay@example.test"));
    let line = line.unwrap_or_else(|| panic!("{}", outcome.stdout));
    assert!(line.contains("no") && line.contains("yes"), "{line}");
    assert!(
        line.contains("changed since: role assignment created of user"),
        "{line}"
    );
    assert!(line.contains("by evan@example.test"), "{line}");
    assert!(outcome.stderr.contains("differ"), "{}", outcome.stderr);
}
