//! How refusals and gaps are said: once, with what came, where, and what to do.

use fake_harness::{Fault, FaultKind, Rewrite, Scope, router};
use serde_json::{Value, json};

use super::expect;

#[test]
fn what_the_permission_check_does_not_answer_is_said_once_for_all_lists() {
    let test = super::test("");
    test.fake
        .fault(Fault::on(router::ACCESS_CHECK, FaultKind::InternalError));
    let refused = test.at_once(&["sync", "--scopes", "all"]);
    expect(&refused, 2).unwrap();
    let said = refused
        .stderr
        .matches("the permission check did not answer");
    assert_eq!(said.count(), 1, "{refused:#?}");
    assert!(
        refused.stderr.contains("organizations, projects")
            && refused.stderr.contains("ask its support"),
        "{refused:#?}"
    );
    let told = test.at_once(&["doctor", "--scopes", "all"]);
    assert_eq!(
        told.stdout.matches("for the same reason").count(),
        7,
        "{told:#?}"
    );
}

#[test]
fn permissions_that_are_missing_are_named_in_one_line_with_the_key_and_its_scopes() {
    let test = super::test("");
    for scope in [
        Scope::project("payments", "shop"),
        Scope::project("payments", "ledger"),
    ] {
        test.fake.deny("core_role_view", &scope);
    }
    let refused = test.at_once(&["sync", "--scopes", "all"]);
    expect(&refused, 2).unwrap();
    let said = "the key lacks core_role_view in org/payments/project/ledger, org/payments/project/shop; the key is that of \
                service_account/snapshotter";
    assert!(refused.stderr.contains(said), "{refused:#?}");
    assert_eq!(refused.stderr.trim().lines().count(), 2, "{refused:#?}");
}

#[test]
fn what_does_not_fit_is_said_without_words_of_the_decoder() {
    for (rewrite, says) in [
        (
            Rewrite::rows(|rows| rows[3] = Value::Null),
            "row 4: an object was expected, and null came",
        ),
        (
            Rewrite::rows(|rows| rows[3] = json!({"role": {"identifier": 7}})),
            "row 4: role.identifier: a text was expected, and the number `7` came",
        ),
        (
            Rewrite::rows(|rows| rows[3] = json!({"role": {"name": "x"}})),
            "row 4: role: `identifier` is missing",
        ),
        (
            Rewrite::data(|data| *data = json!([])),
            "data: a page of a list was expected, and a list came",
        ),
    ] {
        let test = super::test("");
        test.fake
            .fault(Fault::on(router::ROLES, FaultKind::Rewritten(rewrite)));
        let refused = test.at_once(&["sync"]);
        assert!(refused.stderr.contains(says), "{says}: {refused:#?}");
    }
}
