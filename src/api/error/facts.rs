//! Errors as facts, without any of the server's words.

use super::{ApiErrorKind, ErrorBody};

impl ApiErrorKind {
    /// A stable word for JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::BadKey(_) => "bad_key",
            Self::AccountMoved { .. } => "account_moved",
            Self::IpNotAllowed(_) => "ip_not_allowed",
            Self::NotPermitted { .. } => "not_permitted",
            Self::Cancelled => "stopped",
            Self::NotFound(_) => "not_found",
            Self::Throttled(_) => "throttled",
            Self::Server(_) => "server_error",
            Self::NotJson { .. } => "not_harness",
            Self::Redirected { .. } => "redirected",
            Self::Refused(_) => "refused",
            Self::Transport(_) => "unreachable",
            Self::Shape { .. } => "unexpected_answer",
            Self::Impossible { .. } => "impossible_answer",
            Self::Deadline { .. } => "out_of_time",
        }
    }

    /// HTTP status and Harness's error code, where there are any.
    #[must_use]
    pub fn status_and_code(&self) -> (Option<u16>, Option<String>) {
        let of = |body: &ErrorBody| (Some(body.status), body.code.clone());
        match self {
            Self::BadKey(body)
            | Self::NotPermitted { said: body, .. }
            | Self::NotFound(body)
            | Self::Throttled(body)
            | Self::Server(body)
            | Self::AccountMoved { said: body, .. }
            | Self::IpNotAllowed(body)
            | Self::Refused(body) => of(body),
            Self::NotJson { status, .. } | Self::Redirected { status, .. } => (Some(*status), None),
            Self::Transport(_)
            | Self::Shape { .. }
            | Self::Impossible { .. }
            | Self::Deadline { .. }
            | Self::Cancelled => (None, None),
        }
    }
}
