//! Ways of asking that work on this server, found once and used from then on.
//!
//! Servers differ in which parameters and paths they know. What one way refuses is asked in the next.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::definition::Definition;
use super::endpoint::Endpoint;
use crate::model::ListingKind;

/// What was learnt about the server.
#[derive(Debug, Default)]
pub(super) struct Ways(Mutex<HashMap<ListingKind, usize>>);

impl Ways {
    /// The endpoints of a listing, the one that worked before first.
    pub(super) fn of(&self, listing: &'static Definition) -> Vec<(usize, Endpoint)> {
        let without_filter =
            (!listing.endpoint.filter.is_empty()).then(|| listing.endpoint.unfiltered());
        let mut ways: Vec<(usize, Endpoint)> = [listing.endpoint.clone()]
            .into_iter()
            .chain(without_filter)
            .chain(listing.otherwise.iter().cloned())
            .enumerate()
            .collect();
        if let Some(worked) = self.lock().get(&listing.kind) {
            ways.sort_by_key(|(way, _)| way != worked);
        }
        ways
    }

    pub(super) fn worked(&self, kind: ListingKind, way: usize) {
        self.lock().insert(kind, way);
    }

    /// Listings that are asked for otherwise than the reference says.
    pub(super) fn unusual(&self) -> Vec<ListingKind> {
        let known = self.lock();
        let mut kinds: Vec<ListingKind> = known
            .iter()
            .filter(|(_, way)| **way > 0)
            .map(|(kind, _)| *kind)
            .collect();
        kinds.sort_unstable();
        kinds
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ListingKind, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
