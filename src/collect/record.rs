//! The record of each walk, and what it leaves in doubt.

use std::collections::BTreeMap;

use super::definition::Definition;
use super::endpoint::Endpoint;
use super::list_walk::{ListRead, Rows};
use super::rows::ListedResource;
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::page::Walked;
use crate::model::{Listing, ListingKind, ListingState, ResourceId, Scope, Timestamp};

/// What a list showed, and its record.
pub(super) struct ListedRows {
    pub(super) rows: Rows,
    /// `None` for what is kept although nobody knows that it is all.
    pub(super) listing: Option<Listing>,
    pub(super) doubt: Option<Unsettled>,
}

/// What only others than the list itself can clear up.
pub(super) enum Unsettled {
    /// The scope was not found. It may have been deleted meanwhile.
    NotFound,
    /// The answer looks as it does to a key that may see nothing there.
    LooksFiltered,
    /// Nothing but rows of scopes above came, so these must be in the lists of these scopes.
    OnlyInherited(Vec<ResourceId>),
}

impl ListedRows {
    pub(super) fn certain(rows: Rows, listing: Listing) -> Self {
        Self {
            rows,
            listing: Some(listing),
            doubt: None,
        }
    }
}

/// The record of a listing while it is walked.
pub(super) struct Record {
    kind: ListingKind,
    pub(super) scope: Scope,
    endpoint: String,
    started_at: Timestamp,
}

impl Record {
    pub(super) fn begin(
        client: &Client,
        listing: &Definition,
        endpoint: &Endpoint,
        scope: Scope,
    ) -> Self {
        Self {
            kind: listing.kind,
            scope,
            endpoint: endpoint.name(client.account_id()),
            started_at: Timestamp::now(),
        }
    }

    pub(super) fn complete(&self, read: ListRead) -> ListedRows {
        let is_unread = read.walked.unread_after.is_some();
        let doubt = if read.only_inherited.is_empty() {
            self.looks_filtered(&read.walked)
                .then_some(Unsettled::LooksFiltered)
        } else {
            (!is_unread).then_some(Unsettled::OnlyInherited(read.only_inherited))
        };
        let state = state_of(&read.rows, &self.scope, read.defects, &read.walked);
        let listing = Listing {
            reported_total: read.reported_total.map(count),
            ..self.end(state, &read.walked)
        };
        ListedRows {
            doubt,
            ..ListedRows::certain(read.rows, listing)
        }
    }

    /// An empty list of organizations or projects looks filtered to every key, so there the look says nothing.
    fn looks_filtered(&self, walked: &Walked) -> bool {
        let looks_alike = matches!(
            self.kind,
            ListingKind::Organizations | ListingKind::Projects
        );
        walked.filtered_to_nothing && !looks_alike
    }

    pub(super) fn gap(&self, error: &ApiError) -> ListedRows {
        let attempts = u64::from(error.attempts);
        let walked = error.walked.as_deref().cloned().unwrap_or(Walked {
            requests: attempts,
            retries: attempts.saturating_sub(1),
            ..Walked::default()
        });
        let listing = Listing {
            rows: 0,
            pages: 0,
            ..self.end(state_of_broken(error), &walked)
        };
        let is_not_found = matches!(*error.kind, ApiErrorKind::NotFound(_));
        ListedRows {
            doubt: is_not_found.then_some(Unsettled::NotFound),
            ..ListedRows::certain(Rows::Resources(Vec::new()), listing)
        }
    }

    /// A walk over the whole account, apart by scope.
    pub(super) fn by_scope(&self, read: ListRead, scopes: &[Scope]) -> Vec<ListedRows> {
        let Rows::Resources(resources) = read.rows else {
            return Vec::new();
        };
        let mut by_scope: BTreeMap<&Scope, Vec<ListedResource>> =
            scopes.iter().map(|scope| (scope, Vec::new())).collect();
        for resource in resources {
            match by_scope.get_mut(&resource.id.scope) {
                Some(rows) => rows.push(resource),
                None => log::info!("{} is in a scope that is not observed", resource.id),
            }
        }
        by_scope
            .into_iter()
            .map(|(scope, resources)| {
                let seen = resources.len() as u64;
                let rows = Rows::Resources(resources);
                let state = state_of(&rows, scope, read.defects.clone(), &read.walked);
                let listing = self.part(scope, state, seen, &read.walked);
                let looks_filtered = self.looks_filtered(&read.walked);
                ListedRows {
                    doubt: looks_filtered.then_some(Unsettled::LooksFiltered),
                    ..ListedRows::certain(rows, listing)
                }
            })
            .collect()
    }

    /// The record of one scope of a walk over many. What the walk cost stands with the scope it was begun for.
    pub(super) fn part(
        &self,
        scope: &Scope,
        state: ListingState,
        seen: u64,
        walked: &Walked,
    ) -> Listing {
        let whole = self.end(state, walked);
        let bears_the_cost = *scope == self.scope;
        let cost = |count: i64| if bears_the_cost { count } else { 0 };
        Listing {
            scope: scope.clone(),
            rows: count(seen),
            pages: cost(whole.pages),
            requests: cost(whole.requests),
            retries: cost(whole.retries),
            ..whole
        }
    }

    fn end(&self, state: ListingState, walked: &Walked) -> Listing {
        Listing {
            kind: self.kind,
            scope: self.scope.clone(),
            endpoint: self.endpoint.clone(),
            state,
            accepted: None,
            reported_total: None,
            rows: count(walked.rows),
            pages: count(walked.pages),
            requests: count(walked.requests),
            retries: count(walked.retries),
            started_at: self.started_at,
            finished_at: Timestamp::now(),
        }
    }
}

/// What the rows alone say about their completeness.
fn state_of(rows: &Rows, scope: &Scope, mut defects: Vec<String>, walked: &Walked) -> ListingState {
    defects.extend(unknown_members(rows, scope));
    if defects.is_empty() {
        as_far_as_read(walked)
    } else {
        partial(defects.join("; "))
    }
}

/// What a list without a defect is.
pub(super) fn as_far_as_read(walked: &Walked) -> ListingState {
    match walked.unread() {
        None => ListingState::Complete,
        Some(reason) => ListingState::Unread { reason },
    }
}

/// Incomplete, for this reason.
pub(super) fn partial(reason: String) -> ListingState {
    ListingState::Partial {
        reason,
        whole_for: Vec::new(),
    }
}

/// What a failure makes of a list.
pub(super) fn state_of_broken(error: &ApiError) -> ListingState {
    let mut reason = error.kind.reason();
    if error.is_in_its_place() {
        reason.push_str("; something before Harness, such as a proxy, answers there in its place");
    }
    if error.is_not_permitted() {
        ListingState::NotPermitted { reason }
    } else {
        partial(reason)
    }
}

/// As the ledger counts.
pub(super) fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A group whose members Harness does not say must not look like a group without members.
fn unknown_members(rows: &Rows, scope: &Scope) -> Option<String> {
    let Rows::Resources(listed) = rows else {
        return None;
    };
    let mut silent = listed
        .iter()
        .filter(|resource| resource.is_silent() && resource.id.scope == *scope);
    let first = silent.next()?;
    Some(format!(
        "Harness did not say who is in {} of the groups, such as {}",
        silent.count() + 1,
        first.id.identifier
    ))
}
