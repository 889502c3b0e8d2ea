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
            TransportErrorKind::Timeout
            | TransportErrorKind::Connect
            | TransportErrorKind::Dns
            | TransportErrorKind::Decompress => Outcome::Transient,
            TransportErrorKind::Reset => Outcome::ConnectionLost,
            TransportErrorKind::Protocol => Outcome::Doubtful,
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
        answer.message = quote(&messages.join("; "));
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
