//! How much patience an endpoint has earned. One that fails again and again would otherwise eat up the time of the whole
//! run with its waits: the same list is read in every scope.

use std::collections::HashMap;

use crate::api::error::ApiErrorKind;

/// Calls of one endpoint that may use up their attempts in a row before further ones get a single attempt.
const MOST_IN_A_ROW: u32 = 2;

/// The endpoints that failed lately, by path.
#[derive(Debug, Default)]
pub(super) struct Patience(HashMap<String, u32>);

impl Patience {
    /// The attempts for a call that would have so many.
    pub(super) fn tries(&self, path: &str, tries: u32) -> u32 {
        if self.is_lost(path) { 1 } else { tries }
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

    /// Takes note of a call that failed for good. Throttling is not the endpoint's fault, and a clear refusal costs
    /// one attempt anyway.
    pub(super) fn failed(&mut self, path: &str, kind: &ApiErrorKind) {
        if matches!(
            kind,
            ApiErrorKind::Server(_) | ApiErrorKind::NotJson { .. } | ApiErrorKind::Transport(_)
        ) {
            *self.0.entry(path.to_owned()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ErrorBody;

    #[test]
    fn an_endpoint_that_fails_twice_gets_single_attempts_until_it_works() {
        let mut patience = Patience::default();
        let down = ApiErrorKind::Server(ErrorBody::default());
        patience.failed("/a", &down);
        assert_eq!(patience.tries("/a", 5), 5);
        patience.failed("/a", &down);
        assert_eq!((patience.tries("/a", 5), patience.tries("/b", 5)), (1, 5));
        patience.worked("/a");
        assert_eq!(patience.tries("/a", 5), 5);
    }

    #[test]
    fn throttling_costs_no_patience() {
        let mut patience = Patience::default();
        for _ in 0..9 {
            patience.failed("/a", &ApiErrorKind::Throttled(ErrorBody::default()));
        }
        assert_eq!(patience.tries("/a", 5), 5);
    }
}
