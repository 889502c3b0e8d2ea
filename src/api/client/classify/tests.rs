use super::*;

fn response(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        body: body.as_bytes().to_vec(),
        ..HttpResponse::default()
    }
}

fn classify(response: &HttpResponse) -> FailedAttempt {
    let redact = |text: &str| text.replace("SECRET", "[key redacted]");
    let classifier = Classifier {
        redact: &redact,
        request_id: "r-1",
    };
    if response.status == 200 {
        let why = crate::api::page::envelope::open::<u8>(
            &response.body,
            crate::api::call::Envelope::Data,
        );
        classifier.unopened(response, why.expect_err("a failure"))
    } else {
        classifier.error_status(response)
    }
}

fn text(status: u16, body: &str) -> (String, AttemptOutcome) {
    let failure = classify(&response(status, body));
    (failure.kind.to_string(), failure.outcome)
}

fn coded(code: &str) -> String {
    format!(
        r#"{{"status":"ERROR","code":"{code}","message":"Words.","correlationId":"c-1","responseMessages":null}}"#
    )
}

#[test]
fn a_refused_key() {
    let (kind, outcome) = text(
        401,
        r#"{"status":"ERROR","code":"INVALID_TOKEN","message":"Token is not valid.","correlationId":null,
        "responseMessages":[{"code":"INVALID_TOKEN","message":"Token is not valid."}],"metadata":null}"#,
    );
    assert_eq!(
        kind,
        "Harness refused the API key: \"Token is not valid.\" (status 401, code INVALID_TOKEN, correlation id r-1)"
    );
    assert_eq!(outcome, AttemptOutcome::Doubtful);
    for (status, body) in [
        (400, coded("EXPIRED_TOKEN")),
        (401, coded("ODD")),
        (401, String::new()),
    ] {
        let failure = classify(&response(status, &body));
        assert!(
            matches!(*failure.kind, ApiErrorKind::BadKey(_)),
            "{status} {body}"
        );
    }
}

#[test]
fn missing_permissions_are_named_with_their_scope() {
    let body = r#"{"status":"ERROR","code":"NG_ACCESS_DENIED","message":"Principal … Missing permission",
        "correlationId":null,"detailedMessage":null,"responseMessages":null,"metadata":null,"failedPermissionChecks":[
        {"resourceScope":{"accountIdentifier":"A"},"resourceType":"USER","permission":"core_user_view"},
        {"resourceScope":{"accountIdentifier":"A","orgIdentifier":"o","projectIdentifier":"p"},"resourceType":"ROLE",
         "resourceAttributes":null,"resourceIdentifier":null,"permission":"core_role_view"}]}"#;
    let (kind, outcome) = text(403, body);
    assert_eq!(
        kind,
        "permission missing: core_user_view on USER in account, core_role_view on ROLE in org/o/project/p: \
         \"Principal … Missing permission\" (status 403, code NG_ACCESS_DENIED, correlation id r-1)"
    );
    assert_eq!(outcome, AttemptOutcome::Permanent);
    let unlisted = classify(&response(400, &coded("USER_NOT_AUTHORIZED")));
    assert!(
        matches!(*unlisted.kind, ApiErrorKind::NotPermitted { ref missing, .. } if missing.is_empty())
    );
}

#[test]
fn not_found_whatever_the_status() {
    for status in [400, 404, 405] {
        let failure = classify(&response(status, &coded("RESOURCE_NOT_FOUND_EXCEPTION")));
        assert!(
            matches!(*failure.kind, ApiErrorKind::NotFound(_)),
            "{status}"
        );
    }
    assert!(matches!(
        *classify(&response(404, "{}")).kind,
        ApiErrorKind::NotFound(_)
    ));
}

#[test]
fn a_bare_envelope_has_its_code_in_the_last_message() {
    let body = r#"{"metaData":null,"resource":null,"responseMessages":[{"code":"OTHER","message":"First."},
        {"code":"INVALID_ARGUMENT","level":"ERROR","message":"Second.","exception":null,"failureTypes":[]}]}"#;
    let (kind, outcome) = text(400, body);
    assert_eq!(
        kind,
        "refused: \"First.; Second.\" (status 400, code INVALID_ARGUMENT, correlation id r-1)"
    );
    assert_eq!(outcome, AttemptOutcome::Permanent);
}

#[test]
fn throttling_by_status_with_any_body_and_by_code() {
    for (status, body) in [
        (429, "<html>slow down</html>".to_owned()),
        (429, String::new()),
        (400, coded("TOO_MANY_REQUESTS")),
        (503, coded("TOO_MANY_REQUESTS")),
        (200, coded("TOO_MANY_REQUESTS")),
    ] {
        let failure = classify(&response(status, &body));
        assert!(
            matches!(*failure.kind, ApiErrorKind::Throttled(_)),
            "{status} {body}"
        );
        assert_eq!(failure.outcome, AttemptOutcome::Throttled);
    }
}

#[test]
fn server_errors_are_tried_again_except_not_implemented() {
    for status in [408, 500, 502, 503, 504, 522] {
        assert_eq!(
            text(status, "<html>").1,
            AttemptOutcome::Transient,
            "{status}"
        );
    }
    assert_eq!(text(501, "").1, AttemptOutcome::Permanent);
    assert_eq!(
        text(502, "<html>\n<b>Bad</b>").0,
        "server error: \"<html> <b>Bad</b>\" (status 502, correlation id r-1)"
    );
}

#[test]
fn other_refusals_are_quoted_whole() {
    let body = r#"{"status":"FAILURE","code":"INVALID_REQUEST","message":"pageSize: must be less","correlationId":"c-1",
        "errors":[{"fieldId":"pageSize","error":"must be less"}]}"#;
    assert_eq!(
        text(400, body),
        (
            "refused: \"pageSize: must be less\" (status 400, code INVALID_REQUEST, correlation id c-1)".to_owned(),
            AttemptOutcome::Permanent
        )
    );
}

#[test]
fn pages_for_people_are_named() {
    let html = classify(&HttpResponse {
        content_type: Some("text/html; SECRET".to_owned()),
        ..response(403, "<html>Blocked \u{1b}[31m SECRET</html>")
    });
    assert_eq!(
        html.kind.to_string(),
        "the response is an HTML page, not the Harness API (status 403, text/html; [key redacted]): \
         \"<html>Blocked \\u{1b}[31m [key redacted]</html>\""
    );
    assert_eq!(html.outcome, AttemptOutcome::Blocked);
    let (login, outcome) = text(200, "<html><a href='/#/signin'>");
    assert!(login.starts_with("the response is a login page"), "{login}");
    assert_eq!(outcome, AttemptOutcome::Doubtful);
    assert_eq!(text(200, "").1, AttemptOutcome::Transient);
    assert_eq!(text(200, "{").1, AttemptOutcome::Transient);
}

#[test]
fn redirects_show_their_target_without_its_query() {
    let redirect = |body: &str| {
        classify(&HttpResponse {
            location: Some("https://evil.example/login?key=SECRET#x".to_owned()),
            ..response(302, body)
        })
    };
    assert_eq!(
        redirect("").kind.to_string(),
        "the response is a redirect (status 302) to https://evil.example/login, which is not followed"
    );
    assert_eq!(redirect("").outcome, AttemptOutcome::Doubtful);
    let moved = redirect(&coded("ACCOUNT_MIGRATED"));
    assert!(matches!(
        *moved.kind,
        ApiErrorKind::AccountMoved { to: Some(_), .. }
    ));
    assert_eq!(moved.outcome, AttemptOutcome::Permanent);
}

#[test]
fn an_address_off_the_allow_list() {
    let failure = classify(&response(400, &coded("NOT_WHITELISTED_IP")));
    assert!(matches!(*failure.kind, ApiErrorKind::IpNotAllowed(_)));
}

#[test]
fn an_error_in_a_success_is_tried_again_unless_its_code_says_no() {
    assert_eq!(
        text(200, r#"{"status":"ERROR","data":null}"#).1,
        AttemptOutcome::Transient
    );
    assert_eq!(
        text(200, &coded("NG_ACCESS_DENIED")).1,
        AttemptOutcome::Permanent
    );
    assert_eq!(
        text(200, r#"{"status":"SUCCESS","data":"SECRET"}"#),
        (
            "unexpected response format: data: a number was expected, and the text \"[key redacted]\" came"
                .to_owned(),
            AttemptOutcome::Permanent
        )
    );
}

#[test]
fn members_of_unexpected_types_do_no_harm() {
    for body in [
        r#"{"code":7,"message":{},"responseMessages":"x","failedPermissionChecks":[1,null,{}],"correlationId":[]}"#,
        r#"{"responseMessages":[null]}"#,
        r#"{"code":"NG_ACCESS_DENIED","failedPermissionChecks":[{"permission":"p","resourceScope":7}]}"#,
    ] {
        let _ = text(400, body);
    }
}
