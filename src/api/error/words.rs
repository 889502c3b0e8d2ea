//! Errors in words: what happened and where.

use std::fmt::{self, Write as _};

use super::{ApiError, ApiErrorKind, ErrorAnswer, MissingPermission};

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

impl ErrorAnswer {
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

#[cfg(test)]
mod tests {
    use crate::api::error::{ApiErrorKind, ErrorAnswer};

    #[test]
    fn an_answer_without_words_leaves_no_gap() {
        let said = |message: &str| {
            let message = message.to_owned();
            ApiErrorKind::Throttled(ErrorAnswer {
                status: 429,
                message,
                ..ErrorAnswer::default()
            })
            .to_string()
        };
        assert_eq!(said(""), "too many requests (status 429)");
        assert_eq!(said("\n "), "too many requests (status 429)");
        assert_eq!(said("slow"), "too many requests: \"slow\" (status 429)");
    }
}
