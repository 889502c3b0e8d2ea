//! Walking one listing: rows mapped as they come, and the record of it.

use std::hash::DefaultHasher;

use serde::de::DeserializeOwned;

use super::catalogue::{self, Endpoint};
use super::found::{Found, Row};
use super::role_assignments::{self, Assignments};
use crate::api::call::Method;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::walk::{RowSink, Walked};
use crate::api::wire;
use crate::model::{Listing, ListingKind, ListingState, Scope, Timestamp};

/// What a listing showed.
pub(super) enum Rows {
    Resources(Vec<Found>),
    Assignments(Box<Assignments>),
}

/// Walks one kind in one scope.
///
/// # Panics
/// For a kind that is not listed scope by scope.
pub(super) fn listing(
    client: &Client,
    kind: ListingKind,
    scope: &Scope,
) -> Result<(Rows, Listing), ApiError> {
    let endpoint = catalogue::endpoint(kind).expect("a kind that is listed scope by scope");
    let started_at = Timestamp::now();
    let walk = Walk {
        client,
        endpoint: &endpoint,
        scope,
    };
    let (rows, walked) = match kind {
        ListingKind::RoleAssignments => walk.assignments()?,
        ListingKind::Users => walk.resources::<wire::User>()?,
        ListingKind::ServiceAccounts => walk.resources::<wire::ServiceAccountItem>()?,
        ListingKind::UserGroups => walk.resources::<wire::UserGroup>()?,
        ListingKind::Roles => walk.resources::<wire::RoleItem>()?,
        ListingKind::ResourceGroups => walk.resources::<wire::ResourceGroupItem>()?,
        ListingKind::Accounts | ListingKind::Organizations | ListingKind::Projects => {
            unreachable!("not listed scope by scope")
        }
    };
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let listing = Listing {
        kind,
        scope: scope.clone(),
        endpoint: endpoint.call(scope).place(endpoint.method).endpoint,
        state: state_of(&rows),
        reported_total: Some(count(walked.reported_total)),
        rows: count(walked.rows),
        pages: count(walked.pages),
        requests: count(walked.requests),
        retries: count(walked.retries),
        started_at,
        finished_at: Timestamp::now(),
    };
    Ok((rows, listing))
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

/// A group whose members Harness does not say must not look like a group without members.
fn state_of(rows: &Rows) -> ListingState {
    let Rows::Resources(found) = rows else {
        return ListingState::Complete;
    };
    let is_group = |found: &&Found| found.id.kind == crate::model::ResourceType::UserGroup;
    let silent: Vec<&Found> = found
        .iter()
        .filter(is_group)
        .filter(|group| group.members.is_none())
        .collect();
    match silent.as_slice() {
        [] => ListingState::Complete,
        [first, ..] => ListingState::Partial {
            reason: format!(
                "Harness did not say who is in {} of the groups, such as {}",
                silent.len(),
                first.id.identifier
            ),
            whole_for: Vec::new(),
        },
    }
}
