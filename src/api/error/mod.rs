//! What can go wrong between the question and the rows, with everything a reader needs to act on it.
//!
//! All text from the server is quoted before it gets here: redacted, escaped, at most 200 characters.

use std::time::Duration;

pub use super::call::CallSite;
use super::http::transport::{TransportError, TransportErrorKind};
use super::page::envelope::LooksLike;
use super::page::walked::Walked;

mod facts;
mod hint;
mod words;

/// A call, or a walk over the pages of a list, that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Endpoint, scope and page.
    pub site: CallSite,
    /// Attempts made for this call; 0 when it was never sent.
    pub attempts: u32,
    /// What went wrong.
    pub kind: Box<ApiErrorKind>,
    /// No call had succeeded before: it may be that nothing at this address is Harness.
    pub is_first: bool,
    /// Harness answered other calls with the same key, so this failure is the endpoint's own.
    pub others_work: bool,
    /// The same was asked under `/gateway` too, in vain.
    pub tried_gateway: bool,
    /// For the walk over a list: what it took until it failed. `rows` and `pages` are those of the last walk, and no
    /// part of them is the list.
    pub walked: Option<Box<Walked>>,
}

/// What Harness said in an error response.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// HTTP status. Harness sends 400 for much that others call 403 or 404.
    pub status: u16,
    /// Harness's error code, an open set.
    pub code: Option<String>,
    /// Its messages, joined; for a response that is not JSON, its beginning.
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

/// The ways to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// The key is not accepted: code `INVALID_TOKEN`, `EXPIRED_TOKEN` or `REVOKED_TOKEN`, or status 401. Harness does
    /// not say which of wrong, expired, deleted and of-another-account it is.
    BadKey(ErrorBody),
    /// The key may not do this: `NG_ACCESS_DENIED`, `ACCESS_DENIED`, or (status 400) `USER_NOT_AUTHORIZED`.
    NotPermitted {
        /// What was said.
        said: ErrorBody,
        /// Empty when Harness checked item by item, and with `USER_NOT_AUTHORIZED`.
        missing: Vec<MissingPermission>,
    },
    /// No such thing, or no such path: Harness answers both with 400 as well as 404.
    NotFound(ErrorBody),
    /// Told to slow down until the attempts were used up.
    Throttled(ErrorBody),
    /// 5xx or 408 until the attempts were used up.
    Server(ErrorBody),
    /// A response that is not JSON from Harness.
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
        said: ErrorBody,
        /// Where to, if said.
        to: Option<String>,
    },
    /// The address of this computer is not on the account's allow-list (`NOT_WHITELISTED_IP`).
    IpNotAllowed(ErrorBody),
    /// Any other error response.
    Refused(ErrorBody),
    /// No complete response.
    Transport(TransportError),
    /// JSON, but not of the expected shape.
    Shape {
        /// What does not fit, in words.
        message: String,
    },
    /// A response that cannot be true, whatever happens in the account.
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
    /// An error at `site` after `attempts` attempts.
    #[must_use]
    pub fn new(site: CallSite, attempts: u32, kind: impl Into<Box<ApiErrorKind>>) -> Self {
        let kind = kind.into();
        Self {
            site,
            attempts,
            kind,
            is_first: false,
            others_work: false,
            tried_gateway: false,
            walked: None,
        }
    }

    /// Whether permissions are missing: the listing is `not_permitted` rather than broken.
    #[must_use]
    pub fn is_not_permitted(&self) -> bool {
        self.kind.is_not_permitted()
    }

    /// Whether this ends the whole run rather than being a gap of one list: the key is refused, Harness cannot be
    /// reached or is not there, the time is over, or somebody stopped it.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        match &*self.kind {
            ApiErrorKind::Redirected { .. }
            | ApiErrorKind::AccountMoved { .. }
            | ApiErrorKind::IpNotAllowed(_)
            | ApiErrorKind::Throttled(_)
            | ApiErrorKind::Cancelled => true,
            ApiErrorKind::BadKey(_) | ApiErrorKind::Deadline { .. } => !self.others_work,
            ApiErrorKind::Transport(error) => self.is_first || error.kind.is_of_the_way(),
            ApiErrorKind::NotJson { .. } | ApiErrorKind::NotFound(ErrorBody { code: None, .. }) => {
                self.is_first
            }
            ApiErrorKind::NotPermitted { .. }
            | ApiErrorKind::NotFound(_)
            | ApiErrorKind::Server(_)
            | ApiErrorKind::Refused(_)
            | ApiErrorKind::Shape { .. }
            | ApiErrorKind::Impossible { .. } => false,
        }
    }

    /// Whether Harness itself spoke, not something in its place.
    #[must_use]
    pub fn is_of_harness(&self) -> bool {
        match &*self.kind {
            ApiErrorKind::NotJson { .. }
            | ApiErrorKind::Redirected { .. }
            | ApiErrorKind::Transport(_)
            | ApiErrorKind::Deadline { .. }
            | ApiErrorKind::Cancelled => false,
            ApiErrorKind::NotFound(said) | ApiErrorKind::Server(said) => said.code.is_some(),
            ApiErrorKind::BadKey(_)
            | ApiErrorKind::NotPermitted { .. }
            | ApiErrorKind::Throttled(_)
            | ApiErrorKind::AccountMoved { .. }
            | ApiErrorKind::IpNotAllowed(_)
            | ApiErrorKind::Refused(_)
            | ApiErrorKind::Shape { .. }
            | ApiErrorKind::Impossible { .. } => true,
        }
    }

    /// Whether something spoke that is not the Harness API, or says that there is nothing here.
    #[must_use]
    pub fn is_of_another_service(&self) -> bool {
        match &*self.kind {
            ApiErrorKind::NotJson { looks_like, .. } => looks_like.is_of_another(),
            ApiErrorKind::NotFound(said) => said.code.is_none(),
            _ => false,
        }
    }

    /// Whether something that is not Harness answers here, although Harness answered elsewhere in this run.
    #[must_use]
    pub fn is_in_its_place(&self) -> bool {
        let is_page = matches!(*self.kind, ApiErrorKind::NotJson { looks_like, .. } if looks_like.is_of_another());
        is_page && !self.is_first
    }

    /// Whether a first call failed in a way that may be the endpoint's own, although nothing has shown yet that Harness is
    /// there.
    #[must_use]
    pub fn may_be_of_this_call_alone(&self) -> bool {
        let of_the_call = matches!(
            &*self.kind,
            ApiErrorKind::NotJson { .. } | ApiErrorKind::NotFound(ErrorBody { code: None, .. })
        );
        of_the_call && self.is_first
    }

    /// Whether the response was larger than is read.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(&*self.kind, ApiErrorKind::Transport(error) if error.kind == TransportErrorKind::TooLarge)
    }

    /// Whether Harness understood the question and refused it: a client error of any kind, but not a failure of
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

    /// Where and what, without the server's own words: for the log, where nobody asked for them.
    #[must_use]
    pub fn brief(&self) -> String {
        format!("{}: {}", self.site, self.kind.brief())
    }
}

/// What a kind of error holds of the server's own words.
enum ServerWords<'a> {
    Said(&'a mut ErrorBody),
    Excerpt(&'a mut String),
    Last(&'a mut Option<Box<ApiErrorKind>>),
    None,
}

impl ApiErrorKind {
    /// What happened, without the server's own words.
    #[must_use]
    pub fn brief(&self) -> String {
        let mut kind = self.clone();
        match kind.words_mut() {
            ServerWords::Said(said) => said.message.clear(),
            ServerWords::Excerpt(excerpt) => excerpt.clear(),
            ServerWords::Last(last) => *last = None,
            ServerWords::None => {}
        }
        kind.to_string()
    }

    /// What happened, in the same words whenever it happens: without the id of the request.
    #[must_use]
    pub fn reason(&self) -> String {
        if self.is_not_permitted() {
            self.anonymous().to_string()
        } else {
            self.to_string()
        }
    }

    /// The same without the server's own words, and without the id of any request.
    #[must_use]
    pub fn essence(&self) -> String {
        self.anonymous().brief()
    }

    fn is_not_permitted(&self) -> bool {
        matches!(self, Self::NotPermitted { .. })
    }

    fn anonymous(&self) -> Self {
        let mut kind = self.clone();
        if let ServerWords::Said(said) = kind.words_mut() {
            said.correlation_id = None;
        }
        kind
    }

    /// The server's own words.
    fn words_mut(&mut self) -> ServerWords<'_> {
        match self {
            Self::BadKey(said)
            | Self::NotPermitted { said, .. }
            | Self::NotFound(said)
            | Self::Throttled(said)
            | Self::Server(said)
            | Self::AccountMoved { said, .. }
            | Self::IpNotAllowed(said)
            | Self::Refused(said) => ServerWords::Said(said),
            Self::NotJson { excerpt, .. } => ServerWords::Excerpt(excerpt),
            Self::Deadline { last, .. } => ServerWords::Last(last),
            Self::Redirected { .. }
            | Self::Transport(_)
            | Self::Shape { .. }
            | Self::Impossible { .. }
            | Self::Cancelled => ServerWords::None,
        }
    }
}
