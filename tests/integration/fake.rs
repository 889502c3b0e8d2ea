//! The fake Harness, tested enough to be trusted by every other test.

#![allow(clippy::unwrap_used, unused)]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::fake_harness::{
    ACCOUNT_ID, Account, Answer, Caller, FakeHarness, Fault, FaultKind, GenerateSpec, Principal,
    Reply, Request, ResourceFilter, ResourceSelector, Scope, router,
};

/// Every listing of one scope: method, path, and the body where the scope is asked for there.
const PAGED: [(&str, &str); 8] = [
    ("GET", router::ORGANIZATIONS),
    ("GET", router::PROJECTS),
    ("POST", router::USERS),
    ("GET", router::SERVICE_ACCOUNTS_AGGREGATE),
    ("GET", router::USER_GROUPS),
    ("GET", router::ROLES),
    ("GET", router::RESOURCE_GROUPS),
    ("GET", router::ROLE_ASSIGNMENTS),
];

fn request(fake: &FakeHarness, method: &str, path: &str, query: &str) -> Request {
    let target = format!("{path}?accountIdentifier={ACCOUNT_ID}&{query}");
    let request = if method == "GET" {
        Request::get(&target)
    } else {
        Request::post(&target, &json!({}))
    };
    request.with_header("x-api-key", &fake.api_key())
}

fn get(fake: &FakeHarness, path: &str, query: &str) -> Answer {
    fake.handle(&request(fake, "GET", path, query)).answer()
}

fn post(fake: &FakeHarness, path: &str, query: &str, body: &Value) -> Answer {
    let target = format!("{path}?accountIdentifier={ACCOUNT_ID}&{query}");
    fake.handle(&Request::post(&target, body).with_header("x-api-key", &fake.api_key()))
        .answer()
}

fn content(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.value());
    answer.value()["data"]["content"]
        .as_array()
        .unwrap()
        .clone()
}

fn texts(rows: &[Value], pointer: &str) -> Vec<String> {
    rows.iter()
        .map(|row| row.pointer(pointer).unwrap().as_str().unwrap().into())
        .collect()
}

#[test]
fn every_list_answers_its_first_page() {
    let fake = FakeHarness::demo();
    for (method, path) in PAGED {
        let reply = fake.handle(&request(
            &fake,
            method,
            path,
            "pageSize=100&sortOrders=identifier,ASC",
        ));
        let answer = reply.answer();
        assert!(!content(&answer).is_empty(), "{path}");
    }
    for path in [router::SERVICE_ACCOUNTS, router::PERMISSIONS] {
        assert!(
            !get(&fake, path, "").value()["data"]
                .as_array()
                .unwrap()
                .is_empty(),
            "{path}"
        );
    }
    let body = json!({"accountIdentifier": ACCOUNT_ID, "filterType": "INCLUDE_CHILD_SCOPE_GROUPS"});
    let groups = post(&fake, router::USER_GROUPS_BATCH, "", &body).value();
    assert_eq!(groups["data"].as_array().unwrap().len(), 11);
}
