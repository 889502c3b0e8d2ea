//! Walking one listing: rows mapped as they come, and the record of it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::DefaultHasher;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::catalogue::{self, Endpoint};
use super::found::{Asked, Found, Row};
use super::many_scopes::{self, ByScope};
use super::role_assignments::{self, Assignments};
use super::tokens::{PersonalToken, ServiceAccountToken};
use crate::api::call::{Call, Method};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::page::{RowSink, Walked};
use crate::api::wire;
use crate::model::{Listing, ListingKind, ListingState, ResourceType, Scope, Timestamp};

/// Attempts at what has another way around it.
const FEW_TRIES: u32 = 2;

/// What a listing showed.
pub(super) enum Rows {
    Resources(Vec<Found>),
    Assignments(Box<Assignments>),
}

/// A listing and its record.
pub(super) type Listed = (Rows, Listing);

/// A listing that could not be walked.
pub(super) struct Broken {
    error: ApiError,
    /// Its record, as far as it goes.
    listing: Listing,
}

/// Walks one kind in one scope.
pub(super) fn listing(
    client: &Client,
    kind: ListingKind,
    scope: &Scope,
) -> Result<Listed, Box<Broken>> {
    let endpoint = catalogue::endpoint(kind).expect("a kind that is a list");
    let record = Record::begin(kind, scope.clone(), endpoint.name());
    let asked = match (kind, scope) {
        // Without an organization, projects are those of every organization.
        (ListingKind::Projects, Scope::Account) => Asked::Whole,
        _ => Asked::Only(scope.clone()),
    };
    let walk = Walk {
        client,
        endpoint: &endpoint,
        call: endpoint.call(scope),
    };
    let walked = match kind {
        ListingKind::Organizations => walk.resources::<wire::OrganizationItem>(asked),
        ListingKind::Projects => walk.resources::<wire::ProjectItem>(asked),
        ListingKind::Users => walk.resources::<wire::User>(asked),
        ListingKind::ServiceAccounts => walk.resources::<wire::ServiceAccountItem>(asked),
        ListingKind::UserGroups => walk.resources::<wire::UserGroup>(asked),
        ListingKind::Roles => walk.resources::<wire::RoleItem>(asked),
        ListingKind::ResourceGroups => walk.resources::<wire::ResourceGroupItem>(asked),
        ListingKind::RoleAssignments => walk.assignments(scope),
        ListingKind::ServiceAccountTokens => walk.resources::<ServiceAccountToken>(Asked::Whole),
        ListingKind::PersonalTokens => walk.resources::<PersonalToken>(Asked::Whole),
        ListingKind::Accounts | ListingKind::AuthSettings => unreachable!("no list"),
    };
    match walked {
        Ok((rows, walked)) => {
            let state = state_of(kind, &rows, &walked);
            Ok((rows, record.end(state, &walked)))
        }
        Err(error) => Err(record.broken(error)),
    }
}

/// Takes a listing that was refused or contradicts itself for a gap, where gaps are accepted. Other failures say
/// nothing about what may be seen, and end the observation all the same.
pub(super) fn accept(broken: Box<Broken>, accept_gaps: bool) -> Result<Listed, ApiError> {
    let Broken { error, listing } = *broken;
    match *error.kind {
        ApiErrorKind::NotPermitted { .. } | ApiErrorKind::Inconsistent { .. } if accept_gaps => {
            log::info!("{error}");
            Ok((Rows::Resources(Vec::new()), listing))
        }
        _ => Err(error),
    }
}

/// Walks a kind in one list for the account and every scope below it, and takes it apart by scope. `scopes` are those
/// that are observed; what lies elsewhere came into being after they were listed.
fn everywhere<R: Row>(
    client: &Client,
    kind: ListingKind,
    endpoint: &Endpoint,
    call: Call,
    scopes: &[Scope],
) -> Result<Vec<Listed>, Box<Broken>> {
    let record = Record::begin(kind, Scope::Account, endpoint.name());
    let walk = Walk {
        client,
        endpoint,
        call,
    };
    let (rows, walked) = walk
        .resources::<R>(Asked::Whole)
        .map_err(|error| record.broken(error))?;
    let Rows::Resources(found) = rows else {
        return Ok(Vec::new());
    };
    let mut by_scope: BTreeMap<&Scope, Vec<Found>> =
        scopes.iter().map(|scope| (scope, Vec::new())).collect();
    for found in found {
        match by_scope.get_mut(&found.id.scope) {
            Some(rows) => rows.push(found),
            None => log::info!("{} is in a scope that is not observed", found.id),
        }
    }
    Ok(by_scope
        .into_iter()
        .map(|(scope, found)| {
            let seen = found.len() as u64;
            let rows = Rows::Resources(found);
            let listing = record.part(scope, state_of(kind, &rows, &walked), seen, &walked);
            (rows, listing)
        })
        .collect())
}

/// User groups of the whole account in one walk, as [`whole_account`].
pub(super) fn user_groups_everywhere(
    client: &Client,
    scopes: &[Scope],
) -> Result<Option<Vec<Listed>>, ApiError> {
    let endpoint = catalogue::user_groups_everywhere();
    whole_account::<wire::UserGroup>(client, ListingKind::UserGroups, &endpoint, scopes)
}

/// Service accounts of the whole account in one walk, as [`whole_account`].
pub(super) fn service_accounts_everywhere(
    client: &Client,
    scopes: &[Scope],
) -> Result<Option<Vec<Listed>>, ApiError> {
    let endpoint = catalogue::service_accounts_everywhere();
    let kind = ListingKind::ServiceAccounts;
    whole_account::<wire::ServiceAccountItem>(client, kind, &endpoint, scopes)
}

/// A walk by a parameter that some servers may not know; `None` when nothing below the account shows, because then
/// nobody can tell such a server from an account that has none there.
fn whole_account<R: Row>(
    client: &Client,
    kind: ListingKind,
    endpoint: &Endpoint,
    scopes: &[Scope],
) -> Result<Option<Vec<Listed>>, ApiError> {
    let call = endpoint.call(&Scope::Account).tries(FEW_TRIES);
    let listed =
        everywhere::<R>(client, kind, endpoint, call, scopes).map_err(|broken| broken.error)?;
    let below = listed
        .iter()
        .any(|(_, listing)| listing.scope != Scope::Account && listing.rows > 0);
    Ok(below.then_some(listed))
}

/// Tokens of the service accounts of the whole account in one walk. There is no other way to list them.
pub(super) fn service_account_tokens(
    client: &Client,
    scopes: &[Scope],
) -> Result<Vec<Listed>, Box<Broken>> {
    let kind = ListingKind::ServiceAccountTokens;
    let endpoint = catalogue::endpoint(kind).expect("a kind that is a list");
    let call = endpoint.call(&Scope::Account);
    everywhere::<ServiceAccountToken>(client, kind, &endpoint, call, scopes)
}

/// Role assignments of many scopes in one walk, taken apart by scope, and the scopes whose own list must be walked
/// because a row does not say what it names.
pub(super) fn assignments_of_many(
    client: &Client,
    scopes: &[Scope],
) -> Result<(Vec<Listed>, BTreeSet<Scope>), ApiError> {
    let endpoint = catalogue::role_assignments_of_many();
    let first = scopes.first().cloned().unwrap_or(Scope::Account);
    let record = Record::begin(ListingKind::RoleAssignments, first, endpoint.name());
    let walk = Walk {
        client,
        endpoint: &endpoint,
        call: endpoint.call(&Scope::Account).tries(FEW_TRIES),
    };
    let mut sink = ByScope::new(scopes);
    let body = many_scopes::filter(client.account_id(), scopes);
    let walked = walk.run(&body, many_scopes::key, &mut sink)?;
    let ByScope { scopes, unclear } = sink;
    let listed = scopes
        .into_iter()
        .filter(|(scope, _)| !unclear.contains(scope))
        .map(|(scope, assignments)| {
            let listing = record.part(&scope, ListingState::Complete, assignments.seen, &walked);
            (Rows::Assignments(Box::new(assignments)), listing)
        })
        .collect();
    Ok((listed, unclear))
}

/// The record of a listing while it is walked.
struct Record {
    kind: ListingKind,
    scope: Scope,
    endpoint: String,
    started_at: Timestamp,
}

impl Record {
    fn begin(kind: ListingKind, scope: Scope, endpoint: String) -> Self {
        Self {
            kind,
            scope,
            endpoint,
            started_at: Timestamp::now(),
        }
    }

    fn end(&self, state: ListingState, walked: &Walked) -> Listing {
        Listing {
            kind: self.kind,
            scope: self.scope.clone(),
            endpoint: self.endpoint.clone(),
            state,
            reported_total: Some(count(walked.reported_total)),
            rows: count(walked.rows),
            pages: count(walked.pages),
            requests: count(walked.requests),
            retries: count(walked.retries),
            started_at: self.started_at,
            finished_at: Timestamp::now(),
        }
    }

    fn broken(&self, error: ApiError) -> Box<Broken> {
        let walked = error.walked.as_deref().cloned().unwrap_or_default();
        let listing = Listing {
            reported_total: None,
            rows: 0,
            pages: 0,
            ..self.end(state_of_broken(&error), &walked)
        };
        Box::new(Broken { error, listing })
    }

    /// The record of one scope of a walk over many. What the walk cost stands with the scope it was begun for.
    fn part(&self, scope: &Scope, state: ListingState, seen: u64, walked: &Walked) -> Listing {
        let whole = self.end(state, walked);
        let bears_the_cost = *scope == self.scope;
        let cost = |count: i64| if bears_the_cost { count } else { 0 };
        Listing {
            scope: scope.clone(),
            reported_total: None, // Harness says the total of all scopes only
            rows: count(seen),
            pages: cost(whole.pages),
            requests: cost(whole.requests),
            retries: cost(whole.retries),
            ..whole
        }
    }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn state_of_broken(error: &ApiError) -> ListingState {
    let reason = error.kind.reason();
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
    call: Call,
}

impl Walk<'_> {
    fn resources<R: Row>(&self, asked: Asked) -> Result<(Rows, Walked), ApiError> {
        let mut mapped = Mapped {
            asked,
            found: Vec::new(),
        };
        let walked = self.run(&serde_json::json!({}), R::key, &mut mapped)?;
        Ok((Rows::Resources(mapped.found), walked))
    }

    fn assignments(&self, scope: &Scope) -> Result<(Rows, Walked), ApiError> {
        let mut assignments = Assignments::new(scope.clone());
        let nothing = serde_json::json!({});
        let walked = self.run(&nothing, role_assignments::key, &mut assignments)?;
        Ok((Rows::Assignments(Box::new(assignments)), walked))
    }

    /// The body is optional to the specification, but some servers fail without one.
    fn run<R: DeserializeOwned>(
        &self,
        body: &impl Serialize,
        key: impl Fn(&R, &mut DefaultHasher),
        sink: &mut impl RowSink<R>,
    ) -> Result<Walked, ApiError> {
        match self.endpoint.method {
            Method::Get => self.client.walk_get(&self.call, key, sink),
            Method::Post => self.client.walk_post(&self.call, body, key, sink),
        }
    }
}

struct Mapped {
    asked: Asked,
    found: Vec<Found>,
}

impl<R: Row> RowSink<R> for Mapped {
    fn restart(&mut self) {
        self.found.clear();
    }

    fn rows(&mut self, rows: Vec<R>) -> Result<(), String> {
        for row in rows {
            self.found.push(row.found(&self.asked)?);
        }
        Ok(())
    }
}

/// What the rows alone say about their completeness. An empty list of organizations or projects looks filtered to every
/// key, so there the look says nothing.
fn state_of(kind: ListingKind, rows: &Rows, walked: &Walked) -> ListingState {
    let looks_alike = matches!(kind, ListingKind::Organizations | ListingKind::Projects);
    let reason = if walked.filtered_to_nothing && !looks_alike {
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
