//! Walking the lists of the table, and the record of each.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{Definition, Walks, WithoutPermission};
use super::endpoint::Endpoint;
use super::list_walk::{ListWalk, Read, Rows};
use super::listings::{self, role_assignments};
use super::rows::{ListScope, ListedResource};
use crate::api::call::CallSite;
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::page::{Gap, Walked};
use crate::model::{Listing, ListingKind, ListingState, ResourceType, Scope, Timestamp};

/// Attempts at what has another way around it.
const FEW_TRIES: u32 = 2;

/// A listing and its record.
pub(super) type Listed = (Rows, Listing);

/// Walks one kind in one scope. Where gaps are accepted, a list that was refused or contradicts itself is one. Other
/// failures say nothing about what may be seen, and end the observation all the same. `None` when the key may not read
/// what is no part of the promise.
pub(super) fn listing(
    client: &Client,
    kind: ListingKind,
    scope: &Scope,
    accept_gaps: bool,
) -> Result<Option<Listed>, ApiError> {
    let listing = listings::definition(kind);
    let record = Record::begin(client, listing, &listing.endpoint, scope.clone());
    let asked = match (kind, scope) {
        // Without an organization, projects are those of every organization.
        (ListingKind::Projects, Scope::Account) => ListScope::WholeAccount,
        _ if listing.walks == Walks::Account => ListScope::WholeAccount,
        _ => ListScope::Exactly(scope.clone()),
    };
    let walk = ListWalk::new(client, &listing.endpoint, asked, None);
    match (listing.read)(&walk) {
        Ok(read) if !accept_gaps && !read.walked.is_whole() => {
            Err(not_whole(&record, &read.walked))
        }
        Ok(read) => Ok(Some(record.complete(read))),
        Err(error)
            if listing.without_permission == WithoutPermission::NotRead
                && error.is_not_permitted() =>
        {
            log::info!("{error}");
            Ok(None)
        }
        Err(error) => record.gap(error, accept_gaps).map(Some),
    }
}

/// Walks a kind in one list for the account and every scope below it, and takes it apart by scope. `scopes` are those
/// that are observed; what lies elsewhere came into being after they were listed. `None` when the lists must be walked
/// scope by scope instead.
pub(super) fn whole_account(
    client: &Client,
    kind: ListingKind,
    scopes: &[Scope],
    accept_gaps: bool,
) -> Result<Option<Vec<Listed>>, ApiError> {
    let listing = listings::definition(kind);
    let (endpoint, tries) = match &listing.walks {
        Walks::EachScope(Some(all)) => (&all.endpoint, Some(FEW_TRIES)),
        _ => (&listing.endpoint, None),
    };
    let record = Record::begin(client, listing, endpoint, Scope::Account);
    let walk = ListWalk::new(client, endpoint, ListScope::WholeAccount, tries);
    let read = match (listing.read)(&walk) {
        Ok(read) if tries.is_some() && !read.walked.is_whole() => return Ok(None),
        Ok(read) if !accept_gaps && !read.walked.is_whole() => {
            return Err(not_whole(&record, &read.walked));
        }
        Ok(read) => read,
        Err(error) if tries.is_some() => return another_way(error).map(|()| None),
        Err(error) => return record.gap(error, accept_gaps).map(|gap| Some(vec![gap])),
    };
    let listed = record.by_scope(read, scopes);
    // Some servers do not know the parameter and show the account alone: nobody can tell those from an account that
    // has none below.
    let below = listed
        .iter()
        .any(|(_, listing)| listing.scope != Scope::Account && listing.rows > 0);
    Ok((below || tries.is_none()).then_some(listed))
}

/// What a walk over many scopes showed.
pub(super) struct ManyScopes {
    pub(super) listed: Vec<Listed>,
    /// Scopes whose own list must be walked because a row does not say what it names.
    pub(super) unclear: BTreeSet<Scope>,
}

/// Role assignments of many scopes in one walk, taken apart by scope. `None` when the lists must be walked scope by scope
/// instead.
pub(super) fn assignments_of_many(
    client: &Client,
    scopes: &[Scope],
) -> Result<Option<ManyScopes>, ApiError> {
    let endpoint = &role_assignments::OF_MANY_SCOPES;
    let listing = listings::definition(ListingKind::RoleAssignments);
    let first = scopes.first().cloned().unwrap_or(Scope::Account);
    let record = Record::begin(client, listing, endpoint, first);
    let walk = ListWalk::new(client, endpoint, ListScope::WholeAccount, Some(FEW_TRIES));
    let (by_scope, walked) = match role_assignments::read_many(&walk, scopes) {
        Ok((_, walked)) if !walked.is_whole() => return Ok(None),
        Ok(read) => read,
        Err(error) => return another_way(error).map(|()| None),
    };
    let unclear = by_scope.unclear;
    let listed = by_scope
        .scopes
        .into_iter()
        .filter(|(scope, _)| !unclear.contains(scope))
        .map(|(scope, assignments)| {
            let listing = record.part(&scope, ListingState::Complete, assignments.seen, &walked);
            (Rows::Assignments(Box::new(assignments)), listing)
        })
        .collect();
    Ok(Some(ManyScopes { listed, unclear }))
}

/// Whether a failure leaves its fallback to try.
fn another_way(error: ApiError) -> Result<(), ApiError> {
    match *error.kind {
        ApiErrorKind::BadKey(_)
        | ApiErrorKind::Throttled(_)
        | ApiErrorKind::AccountMoved { .. }
        | ApiErrorKind::IpNotAllowed(_)
        | ApiErrorKind::Redirected { .. }
        | ApiErrorKind::Deadline { .. }
        | ApiErrorKind::Cancelled => Err(error),
        ApiErrorKind::NotPermitted { .. }
        | ApiErrorKind::NotFound(_)
        | ApiErrorKind::Server(_)
        | ApiErrorKind::NotJson { .. }
        | ApiErrorKind::Refused(_)
        | ApiErrorKind::Transport(_)
        | ApiErrorKind::Shape { .. }
        | ApiErrorKind::Inconsistent { .. }
        | ApiErrorKind::Impossible { .. } => {
            log::info!("{error}; listing scope by scope instead");
            Ok(())
        }
    }
}

fn not_whole(record: &Record, walked: &Walked) -> ApiError {
    let gaps: Vec<String> = walked.gaps.iter().map(ToString::to_string).collect();
    let kind = match walked.gaps.first() {
        Some(Gap::Inconsistent { reason, walks }) => ApiErrorKind::Inconsistent {
            reason: reason.clone(),
            walks: *walks,
        },
        Some(Gap::Impossible { reason }) => ApiErrorKind::Impossible {
            reason: reason.clone(),
        },
        _ => ApiErrorKind::Inconsistent {
            reason: gaps.join("; "),
            walks: walked.rewalks + 1,
        },
    };
    let site = CallSite {
        endpoint: record.endpoint.clone(),
        scope: record.scope.to_string(),
        page: None,
    };
    ApiError::new(site, 1, kind)
}

/// The record of a listing while it is walked.
struct Record {
    kind: ListingKind,
    scope: Scope,
    endpoint: String,
    started_at: Timestamp,
}

impl Record {
    fn begin(client: &Client, listing: &Definition, endpoint: &Endpoint, scope: Scope) -> Self {
        Self {
            kind: listing.kind,
            scope,
            endpoint: endpoint.name(client.account_id()),
            started_at: Timestamp::now(),
        }
    }

    fn complete(&self, read: Read) -> Listed {
        let Read {
            rows,
            walked,
            reported_total,
        } = read;
        let state = self.state_of(&rows, &walked);
        let listing = Listing {
            reported_total: reported_total.map(count),
            ..self.end(state, &walked)
        };
        (rows, listing)
    }

    fn gap(&self, error: ApiError, accept_gaps: bool) -> Result<Listed, ApiError> {
        match *error.kind {
            ApiErrorKind::NotPermitted { .. } | ApiErrorKind::Inconsistent { .. }
                if accept_gaps =>
            {
                log::info!("{error}");
                Ok((Rows::Resources(Vec::new()), self.broken(&error)))
            }
            _ => Err(error),
        }
    }

    fn broken(&self, error: &ApiError) -> Listing {
        let attempts = u64::from(error.attempts);
        let walked = error.walked.as_deref().cloned().unwrap_or(Walked {
            requests: attempts,
            retries: attempts.saturating_sub(1),
            ..Walked::default()
        });
        Listing {
            rows: 0,
            pages: 0,
            ..self.end(state_of_broken(error), &walked)
        }
    }

    /// A walk over the whole account, apart by scope.
    fn by_scope(&self, read: Read, scopes: &[Scope]) -> Vec<Listed> {
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
                let state = self.state_of(&rows, &read.walked);
                let listing = self.part(scope, state, seen, &read.walked);
                (rows, listing)
            })
            .collect()
    }

    /// The record of one scope of a walk over many. What the walk cost stands with the scope it was begun for.
    fn part(&self, scope: &Scope, state: ListingState, seen: u64, walked: &Walked) -> Listing {
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
            reported_total: None,
            rows: count(walked.rows),
            pages: count(walked.pages),
            requests: count(walked.requests),
            retries: count(walked.retries),
            started_at: self.started_at,
            finished_at: Timestamp::now(),
        }
    }

    /// What the rows alone say about their completeness. An empty list of organizations or projects looks filtered to
    /// every key, so there the look says nothing.
    fn state_of(&self, rows: &Rows, walked: &Walked) -> ListingState {
        let looks_alike = matches!(
            self.kind,
            ListingKind::Organizations | ListingKind::Projects
        );
        let reason = if walked.filtered_to_nothing && !looks_alike {
            Some("Harness answers as it does to a key that may see nothing here".to_owned())
        } else if walked.is_whole() {
            unknown_members(rows)
        } else {
            let gaps: Vec<String> = walked.gaps.iter().map(ToString::to_string).collect();
            Some(gaps.join("; "))
        };
        match reason {
            None => ListingState::Complete,
            Some(reason) => partial(reason),
        }
    }
}

fn partial(reason: String) -> ListingState {
    ListingState::Partial {
        reason,
        whole_for: Vec::new(),
    }
}

fn state_of_broken(error: &ApiError) -> ListingState {
    let reason = error.kind.reason();
    if error.is_not_permitted() {
        ListingState::NotPermitted { reason }
    } else {
        partial(reason)
    }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A group whose members Harness does not say must not look like a group without members.
fn unknown_members(rows: &Rows) -> Option<String> {
    let Rows::Resources(listed) = rows else {
        return None;
    };
    let mut silent = listed
        .iter()
        .filter(|group| group.id.kind == ResourceType::UserGroup && group.members.is_none());
    let first = silent.next()?;
    Some(format!(
        "Harness did not say who is in {} of the groups, such as {}",
        silent.count() + 1,
        first.id.identifier
    ))
}
