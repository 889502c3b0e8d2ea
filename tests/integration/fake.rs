//! The fake Harness, tested enough to be trusted by every other test.

mod access;
mod accounts;
mod checks;
mod faults;
mod lists;
mod sockets;
mod trail;

use serde_json::{Value, json};

use fake_harness::{ACCOUNT_ID, Answer, FakeHarness, Request, Scope, router};

/// The paged lists of one scope.
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
    let request = match method {
        "GET" => Request::get(&target),
        _ => Request::post(&target, &json!({})),
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

/// The rows of a page or of a bare array.
fn rows(answer: &Answer) -> Vec<Value> {
    let value = answer.value();
    assert_eq!(answer.status, 200, "{value}");
    let rows = if value["data"].is_array() {
        &value["data"]
    } else {
        &value["data"]["content"]
    };
    rows.as_array().expect("rows").clone()
}

fn texts(rows: &[Value], pointer: &str) -> Vec<String> {
    let text = |row: &Value| {
        row.pointer(pointer)
            .and_then(Value::as_str)
            .expect(pointer)
            .to_string()
    };
    rows.iter().map(text).collect()
}

/// The whole body of an access check at one scope.
fn check(kind: &str, identifier: Option<&str>, permission: &str, scope: &Scope) -> Value {
    json!({
        "resourceScope": {
            "accountIdentifier": ACCOUNT_ID, "orgIdentifier": scope.org, "projectIdentifier": scope.project
        },
        "resourceType": kind, "resourceIdentifier": identifier, "permission": permission
    })
}

fn permitted(fake: &FakeHarness, checks: &[Value]) -> Vec<bool> {
    let answer = post(
        fake,
        router::ACCESS_CHECK,
        "",
        &json!({"permissions": checks}),
    );
    let value = answer.value();
    assert_eq!(answer.status, 200, "{value}");
    let list = value["data"]["accessControlList"]
        .as_array()
        .expect("a list");
    list.iter()
        .map(|item| item["permitted"].as_bool().expect("a verdict"))
        .collect()
}
