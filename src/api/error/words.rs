//! Errors in words: what happened and where.

use std::fmt::{self, Write as _};

use super::{ApiError, ApiErrorKind, ErrorBody, MissingPermission};

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.site, self.kind)?;
        if self.attempts > 1 {
            write!(f, "; tried {} times", self.attempts)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

impl ErrorBody {
    /// What follows the name of the failure: `: "message" (status 400)`, or ` (status 400)` when nothing was said.
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
            Self::BadKey(said) => write!(f, "Harness refused the API key{}", said.tail()),
            Self::NotPermitted { said, missing } => {
                f.write_str("permission missing")?;
                for (i, missing) in missing.iter().enumerate() {
                    write!(f, "{} {missing}", if i == 0 { ":" } else { "," })?;
                }
                f.write_str(&said.tail())
            }
            Self::NotFound(said) => write!(f, "not found{}", said.tail()),
            Self::Throttled(said) => write!(f, "too many requests{}", said.tail()),
            Self::Server(said) => write!(f, "server error{}", said.tail()),
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
                    "the response is a redirect (status {status}) to {to}, which is not followed"
                )
            }
            Self::AccountMoved { said, to } => {
                f.write_str("the account has moved to another cluster")?;
                if let Some(to) = to {
                    write!(f, ", {to}")?;
                }
                f.write_str(&said.tail())
            }
            Self::IpNotAllowed(said) => {
                write!(
                    f,
                    "this computer's IP address is not on the account's allowlist{}",
                    said.tail()
                )
            }
            Self::Refused(said) => write!(f, "refused{}", said.tail()),
            Self::Transport(error) => write!(f, "{error}"),
            Self::Shape { message } => {
                write!(f, "unexpected response format: {message}")
            }
            Self::Impossible { reason } => write!(f, "invalid response: {reason}"),
            Self::Deadline { limit, last } => {
                write!(f, "the time limit of {} s is reached", limit.as_secs())?;
                match last {
                    Some(last) => write!(f, "; last: {last}"),
                    None => Ok(()),
                }
            }
            Self::Cancelled => f.write_str("interrupted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::api::error::{ApiErrorKind, ErrorBody};

    #[test]
    fn an_answer_without_words_leaves_no_gap() {
        let said = |message: &str| {
            let message = message.to_owned();
            ApiErrorKind::Throttled(ErrorBody {
                status: 429,
                message,
                ..ErrorBody::default()
            })
            .to_string()
        };
        assert_eq!(said(""), "too many requests (status 429)");
        assert_eq!(said("\n "), "too many requests (status 429)");
        assert_eq!(said("slow"), "too many requests: \"slow\" (status 429)");
    }
}
