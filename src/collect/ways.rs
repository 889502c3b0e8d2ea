//! Ways of asking that work on this server, found once and used from then on.
//!
//! Servers differ in which parameters and paths they know. What one way refuses is asked in the next.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::definition::Definition;
use super::endpoint::Endpoint;
use super::listings;
use crate::api::error::ApiError;
use crate::model::ListingKind;

/// What was learnt about the server.
#[derive(Debug, Default)]
pub(super) struct Ways {
    worked: Mutex<HashMap<ListingKind, usize>>,
    aside: Mutex<Vec<Aside>>,
}

/// A list that no snapshot promises, and that could not be read whole.
#[derive(Clone, Debug)]
pub(super) struct Aside {
    pub(super) kind: ListingKind,
    pub(super) why: NotWhole,
}

/// What is wrong with such a list.
#[derive(Clone, Debug)]
pub(super) enum NotWhole {
    /// It cannot be read.
    Failed(ApiError),
    /// Something of it cannot be read.
    Defect(String),
}

impl Aside {
    /// A key may well lack the permission to read it; everything else is worth a warning.
    pub(super) fn level(&self) -> log::Level {
        match &self.why {
            NotWhole::Failed(error)
                if error.is_not_permitted()
                    && listings::definition(self.kind).permission.is_some() =>
            {
                log::Level::Info
            }
            NotWhole::Failed(_) | NotWhole::Defect(_) => log::Level::Warn,
        }
    }
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind;
        match &self.why {
            NotWhole::Failed(error) => {
                let (site, why) = (&error.site.endpoint, error.kind.reason());
                write!(f, "{kind} not read ({site}): {why}")
            }
            NotWhole::Defect(defect) => write!(f, "{kind}: {defect}"),
        }
    }
}

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

    /// Notes a list that a sync goes on without.
    pub(super) fn go_on_without(&self, kind: ListingKind, why: NotWhole) {
        self.asides().push(Aside { kind, why });
    }

    /// The lists that a sync goes on without.
    pub(super) fn set_aside(&self) -> Vec<Aside> {
        self.asides().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ListingKind, usize>> {
        self.worked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asides(&self) -> MutexGuard<'_, Vec<Aside>> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
