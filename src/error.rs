//! The one error of the program: what happened, what to do about it, and which exit status it means.

use std::fmt;
use std::io;

use crate::api::error::{ApiError, ApiErrorKind};
use crate::exit::Exit;
use crate::store::{MORE_MEMORY, StoreError};

/// A failure of a command.
#[derive(Debug)]
pub enum Error {
    /// The command line is wrong.
    Usage(String),
    /// The settings are wrong or not enough; nothing was sent.
    Config {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A name that nothing has, or that several have.
    Unknown {
        /// The name, and the candidates if there are several.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// Harness, or the way to it.
    Api(ApiError),
    /// Harness refuses everything that this key asks.
    Refused(ApiError),
    /// The database.
    Store(StoreError),
    /// What was seen is not enough for the answer.
    NotEnough {
        /// What is missing, one line for each.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A signal ended the command; nothing was stored.
    Stopped(Exit),
    /// What was asked for could not be written down.
    Output {
        /// Standard output, or a file.
        what: String,
        /// Why not.
        error: io::Error,
    },
    /// The system gives no thread, most often because there is no memory for one.
    NoThread(io::Error),
    /// Something else of the system failed.
    Io(io::Error),
}

/// A failure to write an output, marked with the name of the output so that it is told from other failures wherever it
/// comes up.
#[derive(Debug)]
pub(crate) struct OutputFailed {
    what: String,
    error: io::Error,
}

impl OutputFailed {
    /// Marks a failure, once.
    pub(crate) fn mark(what: impl Into<String>, error: io::Error) -> io::Error {
        let is_marked = error
            .get_ref()
            .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Self>);
        match error.kind() {
            io::ErrorKind::Interrupted => error, // to be tried again
            _ if is_marked => error,
            kind => {
                let what = what.into();
                io::Error::new(kind, Self { what, error })
            }
        }
    }
}

impl fmt::Display for OutputFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.what, self.error)
    }
}

impl std::error::Error for OutputFailed {}

impl Error {
    /// A failure of the settings.
    pub(crate) fn config(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Config {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// The exit status it means.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_)
            | Self::Config { .. }
            | Self::Unknown { .. }
            | Self::Store(
                StoreError::NoSuchSnapshot { .. }
                | StoreError::LabelTaken { .. }
                | StoreError::DanglingLink { .. },
            )
            | Self::Io(_) => Exit::Usage,
            Self::Api(error) => exit_of_api(&error.kind),
            Self::Refused(_) => Exit::KeyRefused,
            Self::NotEnough { .. } | Self::Store(StoreError::TooMuchGone { .. }) => {
                Exit::CouldNotTell
            }
            Self::Store(_) | Self::Output { .. } | Self::NoThread(_) => Exit::Database,
            Self::Stopped(exit) => *exit,
        }
    }

    /// A stable word for JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::Config { .. } => "config",
            Self::Unknown { .. } => "unknown_name",
            Self::Api(error) => error.kind.word(),
            Self::Refused(_) => "key_refused",
            Self::Store(error) => error.kind(),
            Self::NotEnough { .. } => "could_not_tell",
            Self::Stopped(_) => "stopped",
            Self::Output { .. } => "output",
            Self::NoThread(_) => "no_thread",
            Self::Io(_) => "io",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage(_) => {
                Some("`harness-access --help` shows the commands and their flags".to_owned())
            }
            Self::Config { hint, .. }
            | Self::Unknown { hint, .. }
            | Self::NotEnough { hint, .. } => hint.clone(),
            Self::Api(error) => error.hint(),
            Self::Refused(_) => Some(
                "The service account may be disabled, or the key may not use this account. Check both in Harness."
                    .to_owned(),
            ),
            Self::Store(error) => error.hint().map(str::to_owned),
            Self::Stopped(_) => None,
            Self::NoThread(_) => Some(format!(
                "{MORE_MEMORY}; or more processes: `ulimit -u`, the limit of tasks"
            )),
            Self::Output { error, .. } | Self::Io(error) => Some(hint_of_system(error).to_owned()),
        }
    }

    /// The document printed on standard error with `--format json`, with the words as they may be shown.
    #[must_use]
    pub fn to_json(&self, message: &str, hint: Option<&str>) -> serde_json::Value {
        serde_json::json!({"error": {
            "code": self.exit() as u8,
            "kind": self.kind(),
            "message": message,
            "hint": hint,
        }})
    }
}

/// What to do when the system refuses to read or write.
pub(crate) fn hint_of_system(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room there, or name a place with more room"
        }
        io::ErrorKind::NotFound => {
            "check the spelling of the path, and create the folder if it is missing"
        }
        io::ErrorKind::NotADirectory => "a part of the path is a file; name a folder there",
        io::ErrorKind::IsADirectory => "name a file in that folder",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "run as a user who may use that path, or name another path"
        }
        _ => "check the path and the device, then run the command again",
    }
}

fn exit_of_api(kind: &ApiErrorKind) -> Exit {
    match kind {
        ApiErrorKind::BadKey(_)
        | ApiErrorKind::AccountMoved { .. }
        | ApiErrorKind::IpNotAllowed(_) => Exit::KeyRefused,
        ApiErrorKind::NotPermitted { .. } => Exit::CouldNotTell,
        ApiErrorKind::Cancelled => Exit::Interrupted,
        ApiErrorKind::NotFound(_)
        | ApiErrorKind::Throttled(_)
        | ApiErrorKind::Server(_)
        | ApiErrorKind::NotJson { .. }
        | ApiErrorKind::Redirected { .. }
        | ApiErrorKind::Refused(_)
        | ApiErrorKind::Transport(_)
        | ApiErrorKind::Shape { .. }
        | ApiErrorKind::Impossible { .. }
        | ApiErrorKind::Deadline { .. } => Exit::Unreachable,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message)
            | Self::Config { message, .. }
            | Self::Unknown { message, .. }
            | Self::NotEnough { message, .. } => f.write_str(message),
            Self::Api(error) => write!(f, "{error}"),
            Self::Refused(error) => {
                write!(f, "Harness refuses everything that this key asks: {error}")
            }
            Self::Store(error) => write!(f, "{error}"),
            Self::Stopped(Exit::Terminated) => {
                f.write_str("stopped by SIGTERM; nothing was stored")
            }
            Self::Stopped(Exit::HungUp) => f.write_str("stopped by SIGHUP; nothing was stored"),
            Self::Stopped(_) => f.write_str("stopped by SIGINT; nothing was stored"),
            Self::Output { what, error } => write!(f, "cannot write {what}: {error}"),
            Self::NoThread(error) => write!(f, "the system gives no thread: {error}"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.downcast::<OutputFailed>() {
            Ok(OutputFailed { what, error }) => Self::Output { what, error },
            Err(error) => Self::Io(error),
        }
    }
}
