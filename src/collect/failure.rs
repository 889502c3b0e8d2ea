//! What ends a sync, and only that. Everything else is a gap of one list.

use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::http::transport::TransportErrorKind;
use crate::api::page::envelope::LooksLike;
use crate::model::Scope;

/// Why there is no observation.
#[derive(Debug)]
pub enum Failure {
    /// A request failed in a way that ends every sync, or no list at all could be read.
    Api(ApiError),
    /// Harness refused everything: the service account may be disabled, or the key may not use this account.
    NothingPermitted(ApiError),
    /// The key may not see enough: a sentence for each permission and scope.
    MissingPermissions(Vec<String>),
    /// Organizations or projects that were asked for by name and are in no list.
    UnknownScopes(Vec<Scope>),
}

impl Failure {
    /// Where not a single answer was of use, the access check says why.
    pub(super) fn of_nothing_worked(error: ApiError) -> Self {
        if error.is_not_permitted() {
            Self::NothingPermitted(error)
        } else {
            Self::Api(error)
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// Whether a failure says that no other request can do better: the key, the account, the host or the time. A login page
/// or the page of another service counts as long as nothing else has answered.
pub(super) fn ends_the_sync(error: &ApiError, client: &Client) -> bool {
    match &*error.kind {
        ApiErrorKind::BadKey(_)
        | ApiErrorKind::AccountMoved { .. }
        | ApiErrorKind::IpNotAllowed(_)
        | ApiErrorKind::Redirected { .. }
        | ApiErrorKind::Throttled(_)
        | ApiErrorKind::Deadline { .. }
        | ApiErrorKind::Cancelled => true,
        ApiErrorKind::Transport(error) => matches!(
            error.kind,
            TransportErrorKind::Connect
                | TransportErrorKind::Dns
                | TransportErrorKind::Tls
                | TransportErrorKind::Interrupted
        ),
        ApiErrorKind::NotJson { looks_like, .. } => {
            !client.has_worked()
                && matches!(
                    looks_like,
                    LooksLike::LoginPage
                        | LooksLike::Html
                        | LooksLike::OtherService
                        | LooksLike::Other
                )
        }
        ApiErrorKind::NotPermitted { .. }
        | ApiErrorKind::NotFound(_)
        | ApiErrorKind::Server(_)
        | ApiErrorKind::Refused(_)
        | ApiErrorKind::Shape { .. }
        | ApiErrorKind::Inconsistent { .. }
        | ApiErrorKind::Impossible { .. } => false,
    }
}
