//! Turns a failed response into a kind of error, and says whether to try again.
//!
//! Codes count more than statuses: Harness sends 400 for missing permissions (`USER_NOT_AUTHORIZED`) and for things
//! that do not exist (`RESOURCE_NOT_FOUND_EXCEPTION`). Only throttling and 5xx are recognised by status first, for
//! they come from the edge, with any body.

use std::time::Duration;

use serde_json::Value;

use super::retry::AttemptOutcome;
use crate::api::error::{ApiErrorKind, ErrorBody, MissingPermission};
use crate::api::http::quote::{quote, quote_bytes};
use crate::api::http::transport::{HttpResponse, TransportError, TransportErrorKind};
use crate::api::page::envelope::{LooksLike, Unopened, looks_like};
use crate::api::page::without_mark;

/// An attempt that failed: why, and what that means for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAttempt {
    /// What to tell the reader if this is the end.
    pub kind: Box<ApiErrorKind>,
    /// What to tell the retry machine.
    pub outcome: AttemptOutcome,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// Reads responses for one request.
pub struct Classifier<'a> {
    /// Takes the key out of text.
    pub redact: &'a dyn Fn(&str) -> String,
    /// The id that was sent, for responses without a correlation id of their own.
    pub request_id: &'a str,
}

impl Classifier<'_> {
    /// A response whose status is not 2xx.
    #[must_use]
    pub fn error_status(&self, response: &HttpResponse) -> FailedAttempt {
        let (said, missing) = self.read(response);
        match response.status {
            429 => throttled(said),
            501 | 505 => fail(ApiErrorKind::Server(said), AttemptOutcome::Permanent),
            408 | 500..=599 if said.code.as_deref() != Some("TOO_MANY_REQUESTS") => {
                fail(ApiErrorKind::Server(said), AttemptOutcome::Transient)
            }
            // Not every 3xx leads elsewhere: 304 says that nothing is new.
            300..=399 if response.location.is_some() || said.code.is_some() => {
                self.redirect(response, said)
            }
            401 if said.code.is_none() => {
                fail(ApiErrorKind::BadKey(said), AttemptOutcome::Doubtful)
            }
            _ if !is_json_object(&response.body) => {
                self.not_json(response, looks_like(&response.body))
            }
            _ => by_code(said, missing, AttemptOutcome::Permanent),
        }
    }

    /// A 2xx response that could not be opened.
    #[must_use]
    pub fn unopened(&self, response: &HttpResponse, why: Unopened) -> FailedAttempt {
        match why {
            Unopened::NotJson(looks_like) => self.not_json(response, looks_like),
            Unopened::Failure => {
                let (said, missing) = self.read(response);
                by_code(said, missing, AttemptOutcome::Transient)
            }
            Unopened::Shape(message) => {
                let message = quote(&(self.redact)(&message));
                fail(ApiErrorKind::Shape { message }, AttemptOutcome::Permanent)
            }
        }
    }

    /// No response.
    #[must_use]
    pub fn no_response(&self, error: &TransportError) -> FailedAttempt {
        let outcome = match error.kind {
            TransportErrorKind::Timeout | TransportErrorKind::Decompress => {
                AttemptOutcome::Transient
            }
            TransportErrorKind::Reset => AttemptOutcome::ConnectionLost,
            // Before anything worked, a mistyped host is likelier than passing trouble.
            TransportErrorKind::Connect
            | TransportErrorKind::Dns
            | TransportErrorKind::Protocol => AttemptOutcome::Doubtful,
            TransportErrorKind::Tls
            | TransportErrorKind::TooLarge
            | TransportErrorKind::Interrupted
            | TransportErrorKind::Other => AttemptOutcome::Permanent,
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

    fn redirect(&self, response: &HttpResponse, said: ErrorBody) -> FailedAttempt {
        let to = response.location.as_deref().map(|to| self.target(to));
        if said.code.as_deref() == Some("ACCOUNT_MIGRATED") {
            return fail(
                ApiErrorKind::AccountMoved { said, to },
                AttemptOutcome::Permanent,
            );
        }
        let to = to.unwrap_or_else(|| "no target".to_owned());
        let kind = ApiErrorKind::Redirected {
            status: response.status,
            to,
        };
        // As with the page itself: a gateway may send everybody to its login or maintenance page for a while.
        fail(kind, AttemptOutcome::Doubtful)
    }

    /// A redirect's target without query and fragment, which may hold a session.
    fn target(&self, location: &str) -> String {
        let plain = location.split(['?', '#']).next().unwrap_or_default();
        quote(&(self.redact)(plain))
    }

    fn not_json(&self, response: &HttpResponse, looks_like: LooksLike) -> FailedAttempt {
        let is_success = (200..300).contains(&response.status);
        let outcome = match looks_like {
            LooksLike::Html | LooksLike::LoginPage if response.status == 403 => {
                AttemptOutcome::Blocked
            }
            _ if (300..400).contains(&response.status) => AttemptOutcome::Doubtful, // as a redirect
            _ if !is_success => AttemptOutcome::Permanent,
            LooksLike::Empty | LooksLike::BrokenJson => AttemptOutcome::Transient,
            LooksLike::LoginPage | LooksLike::Html | LooksLike::Other => AttemptOutcome::Doubtful,
            LooksLike::OtherService => AttemptOutcome::Permanent,
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

    /// What the response says, in whichever of Harness's four error shapes.
    fn read(&self, response: &HttpResponse) -> (ErrorBody, Vec<MissingPermission>) {
        let mut said = ErrorBody {
            status: response.status,
            correlation_id: Some(self.request_id.to_owned()),
            ..ErrorBody::default()
        };
        let Ok(Value::Object(body)) = serde_json::from_slice(without_mark(&response.body)) else {
            said.message = quote_bytes(&response.body, self.redact);
            return (said, Vec::new());
        };
        let text = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str)?;
            (!text.is_empty()).then(|| quote(&(self.redact)(text)))
        };
        let nothing = Vec::new();
        let list = |name: &str| body.get(name).and_then(Value::as_array).unwrap_or(&nothing);

        // Shape C has code and message in the last of its response messages only.
        let innermost = list("responseMessages").last();
        said.code = text(body.get("code"))
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
        said.message = if messages.is_empty() && said.code.is_none() {
            quote_bytes(&response.body, self.redact) // another service's words
        } else {
            quote(&messages.join("; "))
        };
        if let Some(id) = text(body.get("correlationId")) {
            said.correlation_id = Some(id);
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
        (said, missing)
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
fn by_code(
    said: ErrorBody,
    missing: Vec<MissingPermission>,
    otherwise: AttemptOutcome,
) -> FailedAttempt {
    let status = said.status;
    match said.code.as_deref().unwrap_or_default() {
        "TOO_MANY_REQUESTS" => throttled(said),
        "NG_ACCESS_DENIED" | "ACCESS_DENIED" | "USER_NOT_AUTHORIZED" => fail(
            ApiErrorKind::NotPermitted { said, missing },
            AttemptOutcome::Permanent,
        ),
        "ENTITY_NOT_FOUND" | "RESOURCE_NOT_FOUND" | "RESOURCE_NOT_FOUND_EXCEPTION" => {
            fail(ApiErrorKind::NotFound(said), AttemptOutcome::Permanent)
        }
        "INVALID_TOKEN" | "EXPIRED_TOKEN" | "REVOKED_TOKEN" => {
            fail(ApiErrorKind::BadKey(said), AttemptOutcome::Doubtful)
        }
        "ACCOUNT_MIGRATED" => fail(
            ApiErrorKind::AccountMoved { said, to: None },
            AttemptOutcome::Permanent,
        ),
        "NOT_WHITELISTED_IP" => fail(ApiErrorKind::IpNotAllowed(said), AttemptOutcome::Permanent),
        _ if status == 401 => fail(ApiErrorKind::BadKey(said), AttemptOutcome::Doubtful),
        _ if matches!(status, 404 | 410) => {
            fail(ApiErrorKind::NotFound(said), AttemptOutcome::Permanent)
        }
        _ => fail(ApiErrorKind::Refused(said), otherwise),
    }
}

fn throttled(said: ErrorBody) -> FailedAttempt {
    fail(ApiErrorKind::Throttled(said), AttemptOutcome::Throttled)
}

fn fail(kind: ApiErrorKind, outcome: AttemptOutcome) -> FailedAttempt {
    FailedAttempt {
        kind: Box::new(kind),
        outcome,
        retry_after: None,
    }
}

fn is_json_object(body: &[u8]) -> bool {
    matches!(
        serde_json::from_slice(without_mark(body)),
        Ok(Value::Object(_))
    )
}

#[cfg(test)]
mod tests;
