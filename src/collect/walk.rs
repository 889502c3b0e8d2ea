//! Walking one listing: rows mapped as they come, and the record of it.

use std::hash::DefaultHasher;

use serde::de::DeserializeOwned;

use super::catalogue::{self, Endpoint};
use super::found::{Found, Row};
use super::role_assignments::{self, Assignments};
use crate::api::call::Method;
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::walk::{RowSink, Walked};
use crate::api::wire;
use crate::model::{Listing, ListingKind, ListingState, ResourceType, Scope, Timestamp};

/// What a listing showed.
pub(super) enum Rows {
    Resources(Vec<Found>),
    Assignments(Box<Assignments>),
}

/// A listing that could not be walked.
pub(super) struct Broken {
    pub(super) error: ApiError,
    /// Its record, as far as it goes.
    listing: Listing,
}

/// Walks one kind in one scope.
///
/// # Panics
/// For a kind that is not listed scope by scope.
pub(super) fn listing(
    client: &Client,
    kind: ListingKind,
    scope: &Scope,
) -> Result<(Rows, Listing), Box<Broken>> {
    let endpoint = catalogue::endpoint(kind).expect("a kind that is listed scope by scope");
    let started_at = Timestamp::now();
    let walk = Walk {
        client,
        endpoint: &endpoint,
        scope,
    };
    let record = |state, walked: &Walked| Listing {
        kind,
        scope: scope.clone(),
        endpoint: endpoint.call(scope).place(endpoint.method).endpoint,
        state,
        reported_total: Some(count(walked.reported_total)),
        rows: count(walked.rows),
        pages: count(walked.pages),
        requests: count(walked.requests),
        retries: count(walked.retries),
        started_at,
        finished_at: Timestamp::now(),
    };
    let walked = match kind {
        ListingKind::RoleAssignments => walk.assignments(),
        ListingKind::Users => walk.resources::<wire::User>(),
        ListingKind::ServiceAccounts => walk.resources::<wire::ServiceAccountItem>(),
        ListingKind::UserGroups => walk.resources::<wire::UserGroup>(),
        ListingKind::Roles => walk.resources::<wire::RoleItem>(),
        ListingKind::ResourceGroups => walk.resources::<wire::ResourceGroupItem>(),
        ListingKind::Accounts | ListingKind::Organizations | ListingKind::Projects => {
            unreachable!("not listed scope by scope")
        }
    };
    match walked {
        Ok((rows, walked)) => {
            let listing = record(state_of(&rows, &walked), &walked);
            Ok((rows, listing))
        }
        Err(error) => {
            let walked = Walked {
                rows: 0,
                pages: 0,
                ..error.walked.as_deref().cloned().unwrap_or_default()
            };
            let listing = Listing {
                reported_total: None,
                ..record(state_of_broken(&error), &walked)
            };
            Err(Box::new(Broken { error, listing }))
        }
    }
}

/// Takes a listing that was refused or contradicts itself for a gap, where gaps are accepted. Other failures say
/// nothing about what may be seen, and end the observation all the same.
pub(super) fn accept(
    walked: Result<(Rows, Listing), Box<Broken>>,
    accept_gaps: bool,
) -> Result<(Rows, Listing), ApiError> {
    walked.or_else(|broken| match *broken.error.kind {
        ApiErrorKind::NotPermitted { .. } | ApiErrorKind::Inconsistent { .. } if accept_gaps => {
            log::info!("{}", broken.error);
            Ok((Rows::Resources(Vec::new()), broken.listing))
        }
        _ => Err(broken.error),
    })
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn state_of_broken(error: &ApiError) -> ListingState {
    let reason = error.kind.to_string();
    if error.is_not_permitted() {
        ListingState::NotPermitted { reason }
    } else {
        ListingState::Partial {
            reason,
            whole_for: Vec::new(),
        }
    }
}

struct Walk<'a> {
    client: &'a Client,
    endpoint: &'a Endpoint,
    scope: &'a Scope,
}

impl Walk<'_> {
    fn resources<R: Row>(&self) -> Result<(Rows, Walked), ApiError> {
        let mut mapped = Mapped {
            scope: self.scope,
            found: Vec::new(),
        };
        let walked = self.run(R::key, &mut mapped)?;
        Ok((Rows::Resources(mapped.found), walked))
    }

    fn assignments(&self) -> Result<(Rows, Walked), ApiError> {
        let mut assignments = Assignments::new(self.scope.clone());
        let walked = self.run(role_assignments::key, &mut assignments)?;
        Ok((Rows::Assignments(Box::new(assignments)), walked))
    }

    fn run<R: DeserializeOwned>(
        &self,
        key: impl Fn(&R, &mut DefaultHasher),
        sink: &mut impl RowSink<R>,
    ) -> Result<Walked, ApiError> {
        let call = self.endpoint.call(self.scope);
        match self.endpoint.method {
            Method::Get => self.client.walk_get(&call, key, sink),
            // The filter is optional to the specification, but some servers fail without a body.
            Method::Post => self
                .client
                .walk_post(&call, &serde_json::json!({}), key, sink),
        }
    }
}

struct Mapped<'a> {
    scope: &'a Scope,
    found: Vec<Found>,
}

impl<R: Row> RowSink<R> for Mapped<'_> {
    fn restart(&mut self) {
        self.found.clear();
    }

    fn rows(&mut self, rows: Vec<R>) -> Result<(), String> {
        for row in rows {
            self.found.push(row.found(self.scope)?);
        }
        Ok(())
    }
}

/// What the rows alone say about their completeness.
fn state_of(rows: &Rows, walked: &Walked) -> ListingState {
    let reason = if walked.filtered_to_nothing {
        Some("Harness answers as it does to a key that may see nothing here".to_owned())
    } else {
        unknown_members(rows)
    };
    match reason {
        None => ListingState::Complete,
        Some(reason) => ListingState::Partial {
            reason,
            whole_for: Vec::new(),
        },
    }
}

/// A group whose members Harness does not say must not look like a group without members.
fn unknown_members(rows: &Rows) -> Option<String> {
    let Rows::Resources(found) = rows else {
        return None;
    };
    let mut silent = found
        .iter()
        .filter(|found| found.id.kind == ResourceType::UserGroup && found.members.is_none());
    let first = silent.next()?;
    Some(format!(
        "Harness did not say who is in {} of the groups, such as {}",
        silent.count() + 1,
        first.id.identifier
    ))
}
