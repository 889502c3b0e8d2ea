//! How much patience an endpoint has earned. One that fails again and again would otherwise eat up the time of the whole
//! run with its waits: the same list is read in every scope.

use std::collections::HashMap;

use crate::api::error::{ApiError, ApiErrorKind};

/// Calls of one endpoint that may use up their attempts in a row before further ones get a single attempt.
const MOST_IN_A_ROW: u32 = 2;

/// Attempts after the first call that used up all of its own.
const FEW_TRIES: u32 = 2;

/// The endpoints that failed lately, by path.
#[derive(Debug, Default)]
pub(super) struct Patience(HashMap<String, u32>);

impl Patience {
    /// The attempts for a call that would have so many.
    pub(super) fn tries(&self, path: &str, tries: u32) -> u32 {
        match self.0.get(path) {
            None => tries,
            Some(_) if self.is_lost(path) => 1,
            Some(_) => tries.min(FEW_TRIES),
        }
    }

    /// Whether the endpoint has failed too often in a row.
    pub(super) fn is_lost(&self, path: &str) -> bool {
        self.0
            .get(path)
            .is_some_and(|failed| *failed >= MOST_IN_A_ROW)
    }

    pub(super) fn worked(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// Takes note of a call that failed for good. Throttling is not the endpoint's fault, and a clear refusal
    /// costs one attempt anyway.
    pub(super) fn failed(&mut self, path: &str, error: &ApiError) {
        let is_its_own = match &*error.kind {
            ApiErrorKind::Server(_) | ApiErrorKind::NotJson { .. } | ApiErrorKind::Transport(_) => {
                true
            }
            ApiErrorKind::BadKey(_) => error.others_work,
            _ => false,
        };
        if is_its_own {
            *self.0.entry(path.to_owned()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::call::{Call, Method};
    use crate::api::error::ErrorBody;

    fn failed(kind: ApiErrorKind, others_work: bool) -> ApiError {
        ApiError {
            others_work,
            ..ApiError::new(Call::new("/a").site(Method::Get), 5, kind)
        }
    }

    #[test]
    fn an_endpoint_that_fails_gets_few_attempts_then_single_ones_until_it_works() {
        let mut patience = Patience::default();
        let down = failed(ApiErrorKind::Server(ErrorBody::default()), false);
        patience.failed("/a", &down);
        assert_eq!((patience.tries("/a", 5), patience.tries("/b", 5)), (2, 5));
        patience.failed("/a", &down);
        assert_eq!((patience.tries("/a", 5), patience.tries("/b", 5)), (1, 5));
        patience.worked("/a");
        assert_eq!(patience.tries("/a", 5), 5);
    }

    #[test]
    fn throttling_costs_no_patience() {
        let mut patience = Patience::default();
        for _ in 0..9 {
            patience.failed(
                "/a",
                &failed(ApiErrorKind::Throttled(ErrorBody::default()), false),
            );
        }
        assert_eq!(patience.tries("/a", 5), 5);
    }

    #[test]
    fn a_key_that_one_endpoint_refuses_costs_its_patience() {
        let mut patience = Patience::default();
        patience.failed(
            "/a",
            &failed(ApiErrorKind::BadKey(ErrorBody::default()), true),
        );
        assert_eq!(patience.tries("/a", 5), 2);
    }
}
