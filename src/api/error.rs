//! What can go wrong between the question and the rows, with everything a reader needs to act on it.
//!
//! All text from the server is quoted before it gets here: redacted, escaped, at most 200 characters.

use std::fmt::{self, Write as _};
use std::time::Duration;

pub use super::call::Place;
use super::transport::{TransportError, TransportErrorKind};
use super::walk::Walked;

/// A call, or a walk over the pages of a list, that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Endpoint, scope and page.
    pub place: Place,
    /// Attempts made for this call; 0 when it was never sent.
    pub attempts: u32,
    /// What went wrong.
    pub kind: Box<ApiErrorKind>,
    /// For the walk over a list: what it took until it failed. `rows` and `pages` are those of the last walk, and no
    /// part of them is the list.
    pub walked: Option<Box<Walked>>,
}

/// What Harness said in an error answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// HTTP status. Harness sends 400 for much that others call 403 or 404.
    pub status: u16,
    /// Harness's error code, an open set.
    pub code: Option<String>,
    /// Its messages, joined; for an answer that is no JSON, how it begins.
    pub message: String,
    /// What Harness support asks for: its correlation id, or the request id that we sent.
    pub correlation_id: Option<String>,
}

/// One permission that a refused call lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPermission {
    /// Such as `core_user_view`.
    pub permission: String,
    /// Such as `USER`.
    pub resource_type: String,
    /// Where it is needed: `account`, `org/<org>` or `org/<org>/project/<project>`.
    pub scope: String,
}

/// What a 2xx or error body that is not the expected JSON looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooksLike {
    /// The page that asks people to sign in: a wrong base URL, most often.
    LoginPage,
    /// Some other HTML page: a proxy or another service.
    Html,
    /// Nothing at all.
    Empty,
    /// JSON that breaks off or is damaged.
    BrokenJson,
    /// JSON, but nothing that Harness says.
    OtherService,
    /// Something else.
    Other,
}

/// The ways to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// The key is not accepted: code `INVALID_TOKEN`, `EXPIRED_TOKEN` or `REVOKED_TOKEN`, or status 401. Harness does
    /// not say which of wrong, expired, deleted and of-another-account it is.
    BadKey(Answer),
    /// The key may not do this: `NG_ACCESS_DENIED`, `ACCESS_DENIED`, or (status 400) `USER_NOT_AUTHORIZED`.
    NotPermitted {
        /// What was said.
        answer: Answer,
        /// Empty when Harness checked item by item, and with `USER_NOT_AUTHORIZED`.
        missing: Vec<MissingPermission>,
    },
    /// No such thing, or no such path: Harness answers both with 400 as well as 404.
    NotFound(Answer),
    /// Told to slow down until the attempts were used up.
    Throttled(Answer),
    /// 5xx or 408 until the attempts were used up.
    Server(Answer),
    /// An answer that is not JSON from Harness.
    NotJson {
        /// HTTP status.
        status: u16,
        /// `Content-Type`.
        content_type: Option<String>,
        /// How the body begins.
        excerpt: String,
        /// What it seems to be.
        looks_like: LooksLike,
    },
    /// A redirect, which is not followed because the key would go with it.
    Redirected {
        /// HTTP status.
        status: u16,
        /// Where to, without query.
        to: String,
    },
    /// The account lives on another cluster (`ACCOUNT_MIGRATED`).
    AccountMoved {
        /// What was said.
        answer: Answer,
        /// Where to, if said.
        to: Option<String>,
    },
    /// The address of this computer is not on the account's allow-list (`NOT_WHITELISTED_IP`).
    IpNotAllowed(Answer),
    /// Any other error answer.
    Refused(Answer),
    /// No complete answer.
    Transport(TransportError),
    /// JSON, but not of the expected shape.
    Shape {
        /// What does not fit, from the decoder.
        message: String,
    },
    /// The pages of a list contradict each other, walk after walk: the list changes faster than it is read, or is
    /// served inconsistently.
    Inconsistent {
        /// The contradiction of the last walk.
        reason: String,
        /// Walks made.
        walks: u32,
    },
    /// An answer that cannot be true, whatever happens in the account.
    Impossible {
        /// Why not.
        reason: String,
    },
    /// The time for the whole run is over, or would be before the next attempt.
    Deadline {
        /// The time given.
        limit: Duration,
        /// The failure that was to be retried.
        last: Option<Box<ApiErrorKind>>,
    },
    /// Stopped on request.
    Cancelled,
}

impl ApiError {
    /// An error at `place` after `attempts` attempts.
    #[must_use]
    pub fn new(place: Place, attempts: u32, kind: impl Into<Box<ApiErrorKind>>) -> Self {
        let kind = kind.into();
        Self {
            place,
            attempts,
            kind,
            walked: None,
        }
    }

    /// Whether permissions are missing: the listing is `not_permitted` rather than broken.
    #[must_use]
    pub fn is_not_permitted(&self) -> bool {
        matches!(*self.kind, ApiErrorKind::NotPermitted { .. })
    }

    /// Whether the thing asked about does not exist (any more).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(*self.kind, ApiErrorKind::NotFound(_))
    }

    /// Whether Harness understood the question and would not answer it: a client error of any kind, but no trouble with
    /// key, network or server.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            *self.kind,
            ApiErrorKind::NotPermitted { .. }
                | ApiErrorKind::NotFound(_)
                | ApiErrorKind::Refused(_)
        )
    }

    /// What to do about it, in a sentence, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.kind.hint(&self.place)
    }
}

impl ApiErrorKind {
    /// What happened, in the same words whenever it happens: without the id of the request.
    #[must_use]
    pub fn reason(&self) -> String {
        let mut kind = self.clone();
        if let Self::NotPermitted { answer, .. } = &mut kind {
            answer.correlation_id = None;
        }
        kind.to_string()
    }

    fn hint(&self, place: &Place) -> Option<String> {
        let advice = match self {
            Self::BadKey(_) => {
                "Check that the key is complete, not expired or deleted, and belongs to this account on this host."
            }
            Self::NotPermitted { missing, .. } => return Some(grant_hint(missing, place)),
            Self::Throttled(_) => {
                "Another program may be using the same key; Harness allows about 400 requests a minute. Try again \
                 later, or lower the rate."
            }
            Self::NotJson {
                looks_like:
                    LooksLike::LoginPage | LooksLike::Html | LooksLike::OtherService | LooksLike::Other,
                ..
            }
            | Self::Redirected { .. }
            | Self::NotFound(Answer { code: None, .. }) => {
                "Check the base URL: it must be the host you sign in at, such as https://app.harness.io or your \
                 company's <name>.harness.io."
            }
            Self::AccountMoved { .. } => {
                "Use the base URL of the cluster that the account moved to."
            }
            Self::IpNotAllowed(_) => {
                "Add this computer's address to the account's IP allowlist, or run from an allowed one."
            }
            Self::Transport(error) => return transport_hint(error.kind).map(str::to_owned),
            Self::Inconsistent { .. } => {
                "The list changed while it was read. Try again at a quieter time."
            }
            Self::Deadline { last, .. } => {
                return match last.as_ref().and_then(|last| last.hint(place)) {
                    Some(hint) => Some(hint),
                    None => Some("Allow more time with --timeout.".to_owned()),
                };
            }
            _ => return None,
        };
        Some(advice.to_owned())
    }
}

fn grant_hint(missing: &[MissingPermission], place: &Place) -> String {
    let wanted: Vec<String> = missing
        .iter()
        .map(|missing| format!("{} in {}", missing.permission, missing.scope))
        .collect();
    if wanted.is_empty() {
        format!(
            "Grant the key's owner the view permission for this list in {}.",
            place.scope
        )
    } else {
        format!("Grant the key's owner {}.", wanted.join(" and "))
    }
}

fn transport_hint(kind: TransportErrorKind) -> Option<&'static str> {
    match kind {
        TransportErrorKind::Dns => Some("Check the host name in the base URL, and the network."),
        TransportErrorKind::Connect => {
            Some("Check the base URL, the network, and HTTPS_PROXY and NO_PROXY.")
        }
        TransportErrorKind::Tls => Some(
            "If a company proxy inspects connections, its certificate authority must be trusted by this computer; \
             SSL_CERT_FILE names one.",
        ),
        _ => None,
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)?;
        if self.attempts > 1 {
            write!(f, "; tried {} times", self.attempts)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

impl Answer {
    /// What follows on the word for the failure: `: "message" (status 400)`, or ` (status 400)` when nothing was said.
    fn tail(&self) -> String {
        let mut tail = match self.message.trim() {
            "" => String::new(),
            message => format!(": \"{message}\""),
        };
        let _ = write!(tail, " (status {}", self.status); // writing to a String cannot fail
        if let Some(code) = &self.code {
            let _ = write!(tail, ", code {code}");
        }
        if let Some(id) = &self.correlation_id {
            let _ = write!(tail, ", correlation id {id}");
        }
        tail.push(')');
        tail
    }
}

impl fmt::Display for MissingPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} on {} in {}",
            self.permission, self.resource_type, self.scope
        )
    }
}

impl fmt::Display for ApiErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadKey(answer) => write!(f, "the API key is refused{}", answer.tail()),
            Self::NotPermitted { answer, missing } => {
                f.write_str("not permitted")?;
                for (i, missing) in missing.iter().enumerate() {
                    write!(f, "{} {missing}", if i == 0 { ": needs" } else { "," })?;
                }
                f.write_str(&answer.tail())
            }
            Self::NotFound(answer) => write!(f, "not found{}", answer.tail()),
            Self::Throttled(answer) => write!(f, "too many requests{}", answer.tail()),
            Self::Server(answer) => write!(f, "Harness failed{}", answer.tail()),
            Self::NotJson {
                status,
                content_type,
                excerpt,
                looks_like,
            } => {
                write!(f, "{looks_like} (status {status}")?;
                if let Some(content_type) = content_type {
                    write!(f, ", {content_type}")?;
                }
                if excerpt.is_empty() {
                    f.write_str(")")
                } else {
                    write!(f, "): \"{excerpt}\"")
                }
            }
            Self::Redirected { status, to } => {
                write!(
                    f,
                    "the answer is a redirect (status {status}) to {to}, which is not followed"
                )
            }
            Self::AccountMoved { answer, to } => {
                f.write_str("the account is on another cluster")?;
                if let Some(to) = to {
                    write!(f, ", {to}")?;
                }
                f.write_str(&answer.tail())
            }
            Self::IpNotAllowed(answer) => {
                write!(f, "this computer's address is not allowed{}", answer.tail())
            }
            Self::Refused(answer) => write!(f, "refused{}", answer.tail()),
            Self::Transport(error) => write!(f, "{error}"),
            Self::Shape { message } => {
                write!(f, "the answer is not of the expected form: {message}")
            }
            Self::Inconsistent { reason, walks } => {
                write!(f, "the list contradicts itself in {walks} walks: {reason}")
            }
            Self::Impossible { reason } => write!(f, "the answer cannot be right: {reason}"),
            Self::Deadline { limit, last } => {
                write!(f, "the time limit of {} s is reached", limit.as_secs())?;
                match last {
                    Some(last) => write!(f, "; last: {last}"),
                    None => Ok(()),
                }
            }
            Self::Cancelled => f.write_str("stopped on request"),
        }
    }
}

impl fmt::Display for LooksLike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoginPage => "the answer is a login page, not the Harness API",
            Self::Html => "the answer is an HTML page, not the Harness API",
            Self::Empty => "the answer is empty",
            Self::BrokenJson => "the answer is damaged or cut-off JSON",
            Self::OtherService => "the answer is JSON of another service, not the Harness API",
            Self::Other => "the answer is not JSON",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, ApiErrorKind};

    #[test]
    fn an_answer_without_words_leaves_no_gap() {
        let said = |message: &str| {
            let message = message.to_owned();
            ApiErrorKind::Throttled(Answer {
                status: 429,
                message,
                ..Answer::default()
            })
            .to_string()
        };
        assert_eq!(said(""), "too many requests (status 429)");
        assert_eq!(said("\n "), "too many requests (status 429)");
        assert_eq!(said("slow"), "too many requests: \"slow\" (status 429)");
    }
}
