//! What is refused before any list is looked at, and in which shape.

use super::{get, post, request};
use fake_harness::{ACCOUNT_ID, Caller, FakeHarness, Request, router};
use serde_json::{Value, json};

/// Of a request, before its parameters are looked at.
fn refused_requests(fake: &FakeHarness) -> [(Request, u16, &'static str); 7] {
    let key = fake.api_key();
    let users = format!("{}?accountIdentifier={ACCOUNT_ID}", router::USERS);
    let roles = format!("{}?accountIdentifier={ACCOUNT_ID}", router::ROLES);
    let with_key = |request: Request| request.with_header("x-api-key", &key);
    let no_type = Request {
        headers: Vec::new(),
        ..Request::post(&users, &json!({}))
    };
    [
        (
            Request::get("/ng/api/nowhere"),
            400,
            "RESOURCE_NOT_FOUND_EXCEPTION",
        ),
        (
            Request::get(router::USERS),
            405,
            "RESOURCE_NOT_FOUND_EXCEPTION",
        ),
        (with_key(no_type), 415, "MEDIA_NOT_SUPPORTED"),
        (Request::get(&roles), 401, "INVALID_TOKEN"),
        (
            with_key(Request::get(router::ROLES)),
            400,
            "INVALID_REQUEST",
        ),
        (
            Request::get(&roles).with_header("x-api-key", "pat.a.b.c"),
            401,
            "INVALID_TOKEN",
        ),
        (
            with_key(Request::get("/authz/api/roles?accountIdentifier=other")),
            401,
            "INVALID_TOKEN",
        ),
    ]
}

/// Of parameters.
fn refused_parameters(fake: &FakeHarness) -> [(Request, u16, &'static str); 6] {
    [
        (
            request(fake, "GET", router::ROLES, "pageSize=101"),
            400,
            "INVALID_REQUEST",
        ),
        (
            request(fake, "GET", router::ROLES, "pageSize=many"),
            400,
            "RESOURCE_NOT_FOUND_EXCEPTION",
        ),
        (
            request(fake, "GET", router::ROLES, "pageSize=0"),
            500,
            "UNKNOWN_ERROR",
        ),
        (
            request(fake, "GET", router::ROLES, "pageIndex=-1"),
            500,
            "UNKNOWN_ERROR",
        ),
        (
            request(fake, "GET", router::USER_GROUPS, "orgIdentifier=typo"),
            400,
            "RESOURCE_NOT_FOUND_EXCEPTION",
        ),
        (
            request(fake, "GET", router::USER_GROUPS, "filterType=ALL"),
            400,
            "RESOURCE_NOT_FOUND_EXCEPTION",
        ),
    ]
}

#[test]
fn refusals_come_in_the_order_of_harness() {
    let fake = FakeHarness::demo();
    let refusals = refused_requests(&fake).into_iter();
    for (request, status, code) in refusals.chain(refused_parameters(&fake)) {
        let answer = fake.handle(&request).answer();
        assert_eq!(
            (answer.status, &answer.value()["code"]),
            (status, &json!(code)),
            "{} {}",
            request.method,
            request.target
        );
    }
}

#[test]
fn keys_come_with_the_account_or_in_the_old_format_and_fit_the_caller() {
    let fake = FakeHarness::demo();
    let target = format!("{}?accountIdentifier={ACCOUNT_ID}", router::PERMISSIONS);
    let status = |key: &str| {
        fake.handle(&Request::get(&target).with_header("x-api-key", key))
            .answer()
            .status
    };
    let service_account_key = fake.api_key();
    assert!(service_account_key.starts_with(&format!("sat.{ACCOUNT_ID}.")));
    assert_eq!(
        [status(&service_account_key), status(&fake.legacy_api_key())],
        [200, 200]
    );
    fake.caller(Caller::user("uADA000000000000000000"));
    assert!(fake.api_key().starts_with("pat."));
    assert_eq!(
        [status(&fake.api_key()), status(&service_account_key)],
        [200, 401]
    );
    let came: Vec<bool> = fake
        .requests()
        .iter()
        .map(|request| request.key_ok)
        .collect();
    assert_eq!(came, [true, true, true, false]);
}

#[test]
fn access_control_does_not_know_whether_a_scope_exists() {
    let fake = FakeHarness::demo();
    let roles = get(&fake, router::ROLES, "orgIdentifier=typo").value();
    assert_eq!(
        roles["data"]["totalItems"], 12,
        "only those Harness supplies"
    );
    let assignments = get(&fake, router::ROLE_ASSIGNMENTS, "orgIdentifier=typo").value();
    assert_eq!(
        (
            &assignments["data"]["totalItems"],
            &assignments["data"]["totalPages"]
        ),
        (&json!(0), &json!(0))
    );
}

#[test]
fn the_request_id_comes_back_and_the_gateway_prefix_is_optional() {
    let fake = FakeHarness::demo();
    let path = format!("/gateway{}", router::ROLES);
    let answer = fake
        .handle(&request(&fake, "GET", &path, "").with_header("X-requestId", "r-7"))
        .answer();
    assert_eq!(
        (answer.status, &answer.value()["correlationId"]),
        (200, &json!("r-7"))
    );
    assert_eq!(fake.count(router::ROLES), 1, "recorded without the prefix");
}

#[test]
fn service_level_validation_has_no_code_at_the_top() {
    let fake = FakeHarness::demo();
    let roles: Vec<String> = (0..101).map(|number| format!("r{number}")).collect();
    let answer = post(
        &fake,
        router::ROLE_ASSIGNMENTS_FILTER,
        "",
        &json!({"roleFilter": roles}),
    );
    let value = answer.value();
    assert_eq!(
        (answer.status, value.get("code"), value.get("status")),
        (400, None, None)
    );
    assert_eq!(value["responseMessages"][0]["code"], "INVALID_ARGUMENT");
}

#[test]
fn access_checks_have_limits() {
    let fake = FakeHarness::demo();
    let ask = |body: &Value| post(&fake, router::ACCESS_CHECK, "", body);
    let empty = ask(&json!({"permissions": []})).value();
    assert_eq!(
        empty["data"],
        json!({"principal": null, "accessControlList": []})
    );
    assert_eq!(
        ask(&json!({"permissions": [{"permission": "core_user_view", "resourceType": "USER"}]}))
            .status,
        500
    );
    let check = json!({"resourceScope": {"accountIdentifier": ACCOUNT_ID}, "resourceType": "USER", "permission": "core_user_view"});
    assert_eq!(
        ask(&json!({"permissions": vec![check.clone(); 10_001]})).status,
        400
    );
    let other = json!({"principalIdentifier": "somebody", "principalType": "USER"});
    assert_eq!(
        ask(&json!({"permissions": [check], "principal": other})).status,
        400
    );
}

#[test]
fn writes_are_answered_without_effect_and_told_apart() {
    let fake = FakeHarness::demo();
    let users = fake.look(|account| account.users.len());
    assert_eq!(
        post(
            &fake,
            "/ng/api/user/users",
            "",
            &json!({"emails": ["eve@example.test"]})
        )
        .status,
        200
    );
    assert_eq!(fake.look(|account| account.users.len()), users);
    post(&fake, router::USERS, "", &json!({}));
    let writes = fake.writes();
    assert_eq!((writes.len(), &*writes[0].path), (1, "/ng/api/user/users"));
    assert_eq!(fake.requests().len(), 2);
}
