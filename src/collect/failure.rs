//! Why there is no observation. What ends a sync is decided by `ApiError::ends_run`; everything else is a gap of one list.

use crate::api::error::ApiError;
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
