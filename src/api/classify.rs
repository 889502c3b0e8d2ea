//! Turns an answer that is no success into the kind of error it is, and says whether to try again.
//!
//! Codes count more than statuses: Harness sends 400 for missing permissions (`USER_NOT_AUTHORIZED`) and for things
//! that do not exist (`RESOURCE_NOT_FOUND_EXCEPTION`). Only throttling and 5xx are recognised by status first, for
//! they come from the edge, with any body.

use std::time::Duration;

use serde_json::Value;

use super::envelope::{Unopened, looks_like};
use super::error::{Answer, ApiErrorKind, LooksLike, MissingPermission};
use super::retry::Outcome;
use super::text::{quote, quote_bytes};
use super::transport::{HttpResponse, TransportError, TransportErrorKind};

/// An attempt that failed: why, and what that means for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What to tell the reader if this is the end.
    pub kind: Box<ApiErrorKind>,
    /// What to tell the retry machine.
    pub outcome: Outcome,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// Reads answers for one request.
pub struct Classifier<'a> {
    /// Takes the key out of text.
    pub redact: &'a dyn Fn(&str) -> String,
    /// The id that was sent, for answers without a correlation id of their own.
    pub request_id: &'a str,
}

impl Classifier<'_> {
    /// A response whose status is not 2xx.
    #[must_use]
    pub fn error_status(&self, response: &HttpResponse) -> Failure {
        let (answer, missing) = self.read(response);
        match response.status {
            429 => throttled(answer),
            501 | 505 => fail(ApiErrorKind::Server(answer), Outcome::Permanent),
            408 | 500..=599 if answer.code.as_deref() != Some("TOO_MANY_REQUESTS") => {
                fail(ApiErrorKind::Server(answer), Outcome::Transient)
            }
            300..=399 => self.redirect(response, answer),
            401 if answer.code.is_none() => fail(ApiErrorKind::BadKey(answer), Outcome::Doubtful),
            _ if !is_json_object(&response.body) => {
                self.not_json(response, looks_like(&response.body))
            }
            _ => by_code(answer, missing, Outcome::Permanent),
        }
    }

    /// A 2xx response that could not be opened.
    #[must_use]
    pub fn unopened(&self, response: &HttpResponse, why: Unopened) -> Failure {
        match why {
            Unopened::NotJson(looks_like) => self.not_json(response, looks_like),
            Unopened::Failure => {
                let (answer, missing) = self.read(response);
                by_code(answer, missing, Outcome::Transient)
            }
            Unopened::Shape(message) => {
                let message = quote(&(self.redact)(&message));
                fail(ApiErrorKind::Shape { message }, Outcome::Permanent)
            }
        }
    }

    /// No response.
    #[must_use]
    pub fn no_response(&self, error: &TransportError) -> Failure {
        let outcome = match error.kind {
            TransportErrorKind::Timeout | TransportErrorKind::Decompress => Outcome::Transient,
            TransportErrorKind::Reset => Outcome::ConnectionLost,
            // Before anything worked, a mistyped host is likelier than passing trouble.
            TransportErrorKind::Connect
            | TransportErrorKind::Dns
            | TransportErrorKind::Protocol => Outcome::Doubtful,
            TransportErrorKind::Tls
            | TransportErrorKind::TooLarge
            | TransportErrorKind::Interrupted
            | TransportErrorKind::Other => Outcome::Permanent,
        };
        let text = quote(&(self.redact)(&error.text));
        fail(
            ApiErrorKind::Transport(TransportError {
                kind: error.kind,
                text,
            }),
            outcome,
        )
    }

    fn redirect(&self, response: &HttpResponse, answer: Answer) -> Failure {
        let to = response.location.as_deref().map(|to| self.target(to));
        let kind = if answer.code.as_deref() == Some("ACCOUNT_MIGRATED") {
            ApiErrorKind::AccountMoved { answer, to }
        } else {
            ApiErrorKind::Redirected {
                status: response.status,
                to: to.unwrap_or_else(|| "nowhere named".to_owned()),
            }
        };
        fail(kind, Outcome::Permanent)
    }

    /// A redirect's target without query and fragment, which may hold a session.
    fn target(&self, location: &str) -> String {
        let plain = location.split(['?', '#']).next().unwrap_or_default();
        quote(&(self.redact)(plain))
    }

    fn not_json(&self, response: &HttpResponse, looks_like: LooksLike) -> Failure {
        let is_success = (200..300).contains(&response.status);
        let outcome = match looks_like {
            _ if !is_success => Outcome::Permanent,
            LooksLike::Empty | LooksLike::BrokenJson => Outcome::Transient,
            LooksLike::LoginPage | LooksLike::Html | LooksLike::Other => Outcome::Doubtful,
            LooksLike::OtherService => Outcome::Permanent,
        };
        let kind = ApiErrorKind::NotJson {
            status: response.status,
            content_type: response
                .content_type
                .as_deref()
                .map(|text| quote(&(self.redact)(text))),
            excerpt: quote_bytes(&response.body, self.redact),
            looks_like,
        };
        fail(kind, outcome)
    }

    /// What the answer says, in whichever of Harness's four error shapes.
    fn read(&self, response: &HttpResponse) -> (Answer, Vec<MissingPermission>) {
        let mut answer = Answer {
            status: response.status,
            correlation_id: Some(self.request_id.to_owned()),
            ..Answer::default()
        };
        let Ok(Value::Object(body)) = serde_json::from_slice(&response.body) else {
            answer.message = quote_bytes(&response.body, self.redact);
            return (answer, Vec::new());
        };
        let text = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str)?;
            (!text.is_empty()).then(|| quote(&(self.redact)(text)))
        };
        let nothing = Vec::new();
        let list = |name: &str| body.get(name).and_then(Value::as_array).unwrap_or(&nothing);

        // Shape C has code and message in the last of its response messages only.
        let innermost = list("responseMessages").last();
        answer.code = text(body.get("code"))
            .or_else(|| text(innermost.and_then(|message| message.get("code"))));
        let mut messages = Vec::new();
        let details = list("responseMessages")
            .iter()
            .map(|entry| entry.get("message"));
        for message in std::iter::once(body.get("message"))
            .chain(details)
            .filter_map(text)
        {
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
        answer.message = if messages.is_empty() && answer.code.is_none() {
            quote_bytes(&response.body, self.redact) // another service's words
        } else {
            quote(&messages.join("; "))
        };
        if let Some(id) = text(body.get("correlationId")) {
            answer.correlation_id = Some(id);
        }
        let missing = list("failedPermissionChecks")
            .iter()
            .map(|check| MissingPermission {
                permission: text(check.get("permission")).unwrap_or_default(),
                resource_type: text(check.get("resourceType")).unwrap_or_default(),
                scope: scope_of(check.get("resourceScope"), &text),
            })
            .filter(|missing| !missing.permission.is_empty())
            .collect();
        (answer, missing)
    }
}

fn scope_of(scope: Option<&Value>, text: &dyn Fn(Option<&Value>) -> Option<String>) -> String {
    let part = |name: &str| text(scope.and_then(|scope| scope.get(name)));
    match (part("orgIdentifier"), part("projectIdentifier")) {
        (Some(org), Some(project)) => format!("org/{org}/project/{project}"),
        (Some(org), None) => format!("org/{org}"),
        _ => "account".to_owned(),
    }
}

/// `otherwise` is the outcome for codes that say nothing about trying again.
fn by_code(answer: Answer, missing: Vec<MissingPermission>, otherwise: Outcome) -> Failure {
    let status = answer.status;
    match answer.code.as_deref().unwrap_or_default() {
        "TOO_MANY_REQUESTS" => throttled(answer),
        "NG_ACCESS_DENIED" | "ACCESS_DENIED" | "USER_NOT_AUTHORIZED" => fail(
            ApiErrorKind::NotPermitted { answer, missing },
            Outcome::Permanent,
        ),
        "ENTITY_NOT_FOUND" | "RESOURCE_NOT_FOUND" | "RESOURCE_NOT_FOUND_EXCEPTION" => {
            fail(ApiErrorKind::NotFound(answer), Outcome::Permanent)
        }
        "INVALID_TOKEN" | "EXPIRED_TOKEN" | "REVOKED_TOKEN" => {
            fail(ApiErrorKind::BadKey(answer), Outcome::Doubtful)
        }
        "ACCOUNT_MIGRATED" => fail(
            ApiErrorKind::AccountMoved { answer, to: None },
            Outcome::Permanent,
        ),
        "NOT_WHITELISTED_IP" => fail(ApiErrorKind::IpNotAllowed(answer), Outcome::Permanent),
        _ if status == 401 => fail(ApiErrorKind::BadKey(answer), Outcome::Doubtful),
        _ if status == 404 => fail(ApiErrorKind::NotFound(answer), Outcome::Permanent),
        _ => fail(ApiErrorKind::Refused(answer), otherwise),
    }
}

fn throttled(answer: Answer) -> Failure {
    fail(ApiErrorKind::Throttled(answer), Outcome::Throttled)
}

fn fail(kind: ApiErrorKind, outcome: Outcome) -> Failure {
    Failure {
        kind: Box::new(kind),
        outcome,
        retry_after: None,
    }
}

fn is_json_object(body: &[u8]) -> bool {
    matches!(serde_json::from_slice(body), Ok(Value::Object(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            body: body.as_bytes().to_vec(),
            ..HttpResponse::default()
        }
    }

    fn classify(response: &HttpResponse) -> Failure {
        let redact = |text: &str| text.replace("SECRET", "[key redacted]");
        let classifier = Classifier {
            redact: &redact,
            request_id: "r-1",
        };
        if response.status == 200 {
            let why =
                crate::api::envelope::open::<u8>(&response.body, crate::api::call::Envelope::Data);
            classifier.unopened(response, why.expect_err("a failure"))
        } else {
            classifier.error_status(response)
        }
    }

    fn text(status: u16, body: &str) -> (String, Outcome) {
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
            "the API key is refused: \"Token is not valid.\" (status 401, code INVALID_TOKEN, correlation id r-1)"
        );
        assert_eq!(outcome, Outcome::Doubtful);
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
            "not permitted: needs core_user_view on USER in account, core_role_view on ROLE in org/o/project/p: \
             \"Principal … Missing permission\" (status 403, code NG_ACCESS_DENIED, correlation id r-1)"
        );
        assert_eq!(outcome, Outcome::Permanent);
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
        assert_eq!(outcome, Outcome::Permanent);
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
            assert_eq!(failure.outcome, Outcome::Throttled);
        }
    }

    #[test]
    fn server_errors_are_tried_again_except_not_implemented() {
        for status in [408, 500, 502, 503, 504, 522] {
            assert_eq!(text(status, "<html>").1, Outcome::Transient, "{status}");
        }
        assert_eq!(text(501, "").1, Outcome::Permanent);
        assert_eq!(
            text(502, "<html>\n<b>Bad</b>").0,
            "Harness failed: \"<html> <b>Bad</b>\" (status 502, correlation id r-1)"
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
                Outcome::Permanent
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
            "the answer is an HTML page, not the Harness API (status 403, text/html; [key redacted]): \
             \"<html>Blocked \\u{1b}[31m [key redacted]</html>\""
        );
        assert_eq!(html.outcome, Outcome::Permanent);
        let (login, outcome) = text(200, "<html><a href='/#/signin'>");
        assert!(login.starts_with("the answer is a login page"), "{login}");
        assert_eq!(outcome, Outcome::Doubtful);
        assert_eq!(text(200, "").1, Outcome::Transient);
        assert_eq!(text(200, "{").1, Outcome::Transient);
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
            "the answer is a redirect (status 302) to https://evil.example/login, which is not followed"
        );
        assert_eq!(redirect("").outcome, Outcome::Permanent);
        let moved = redirect(&coded("ACCOUNT_MIGRATED"));
        assert!(matches!(
            *moved.kind,
            ApiErrorKind::AccountMoved { to: Some(_), .. }
        ));
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
            Outcome::Transient
        );
        assert_eq!(text(200, &coded("NG_ACCESS_DENIED")).1, Outcome::Permanent);
        assert_eq!(
            text(200, r#"{"status":"SUCCESS","data":"SECRET"}"#),
            (
                "the answer is not of the expected form: invalid type: string \"[key redacted]\", expected u8 at line \
                 1 column 35"
                    .to_owned(),
                Outcome::Permanent
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
}
