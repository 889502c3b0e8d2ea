//! Walking the lists of the table, in the ways that the server knows.

use std::collections::{BTreeSet, HashSet};

use super::definition::{Definition, Walks, WithoutPermission};
use super::endpoint::Endpoint;
use super::list_walk::{ListRead, ListWalk, Rows};
use super::listings::{self, role_assignments};
use super::members;
use super::record::{ListedRows, Record, as_far_as_read};
use super::rows::{ListScope, ListedResource, Members};
use super::ways::{NotWhole, Ways};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::model::{ListingKind, ResourceId, Scope};

/// Attempts at what has another way around it.
const FEW_TRIES: u32 = 2;

/// Where and how walks are made.
#[derive(Clone, Copy)]
pub(super) struct Walker<'a> {
    pub(super) client: &'a Client,
    pub(super) ways: &'a Ways,
}

impl Walker<'_> {
    /// Walks one kind in one scope. What cannot be read is a gap of this list, unless no other list can be read either.
    /// `None` when it is no part of the promise.
    pub(super) fn listing(
        self,
        kind: ListingKind,
        scope: &Scope,
    ) -> Result<Option<ListedRows>, ApiError> {
        let listing = listings::definition(kind);
        let mut first: Option<Box<(Record, ApiError)>> = None;
        let mut spent = 0;
        for (way, endpoint) in self.ways.of(listing) {
            let record = Record::begin(self.client, listing, &endpoint, scope.clone());
            let asked = list_scope(listing, &endpoint, scope);
            let walk = ListWalk::new(self.client, &endpoint, asked, None);
            match (listing.read)(&walk) {
                Ok(mut read) => {
                    if first.is_some() {
                        self.ways.worked(kind, way);
                        read.walked = read.walked.after(spent);
                    }
                    return self.shown(listing, way, read, &record).map(Some);
                }
                Err(error) if error.ends_run() => return Err(error),
                Err(error) => {
                    spent += error.attempts;
                    let otherwise = asks_otherwise(&error);
                    first.get_or_insert_with(|| Box::new((record, error)));
                    if !otherwise {
                        break;
                    }
                }
            }
        }
        Ok(first.and_then(|first| {
            let (record, error) = *first;
            if listing.without_permission == WithoutPermission::NotRead {
                self.ways.go_on_without(kind, NotWhole::Failed(error));
                return None;
            }
            log::info!("{}", error.brief());
            Some(record.gap(&error))
        }))
    }

    fn shown(
        self,
        listing: &Definition,
        way: usize,
        mut read: ListRead,
        record: &Record,
    ) -> Result<ListedRows, ApiError> {
        self.ask_for_members(&mut read, |group| group.scope == record.scope)?;
        let has_defects = !read.defects.is_empty();
        if listing.without_permission == WithoutPermission::NotRead {
            for defect in read.defects.drain(..) {
                let defect = NotWhole::Defect(defect);
                self.ways.go_on_without(listing.kind, defect);
            }
        }
        let mut listed = record.complete(read);
        // Asked without what widens it, or with rows missing, such a list shows some of what there is.
        if listing.without_permission == WithoutPermission::NotRead && (way > 0 || has_defects) {
            listed.listing = None;
        }
        Ok(listed)
    }

    /// A group that does not say who is in it has a list of its own that does. A group of a scope above is asked in its
    /// own scope.
    fn ask_for_members(
        self,
        read: &mut ListRead,
        is_asked: impl Fn(&ResourceId) -> bool,
    ) -> Result<(), ApiError> {
        let Rows::Resources(listed) = &mut read.rows else {
            return Ok(());
        };
        let silent = listed
            .iter_mut()
            .filter(|resource| resource.is_silent() && is_asked(&resource.id));
        for group in silent {
            let before = (self.client.requests(), self.client.retries());
            match members::read(self.client, &group.id) {
                Ok(members) => {
                    if members == Members::Unread {
                        read.walked.unread_after = Some(read.walked.pages);
                    }
                    group.members = members;
                }
                Err(error) if error.ends_run() => return Err(error),
                Err(error) => log::info!("{}", error.brief()),
            }
            read.walked.requests += self.client.requests().saturating_sub(before.0);
            read.walked.retries += self.client.retries().saturating_sub(before.1);
        }
        Ok(())
    }

    /// Walks a kind in one list for the account and every scope below it, and takes it apart by scope. `scopes` are those
    /// that are observed; what lies elsewhere came into being after they were listed. `None` when the lists must be walked
    /// scope by scope instead.
    pub(super) fn whole_account(
        self,
        kind: ListingKind,
        scopes: &[Scope],
        every_scope: bool,
    ) -> Result<Option<Vec<ListedRows>>, ApiError> {
        let listing = listings::definition(kind);
        let (endpoint, tries) = match &listing.walks {
            Walks::EachScope(Some(all)) => (&all.endpoint, Some(FEW_TRIES)),
            _ => (&listing.endpoint, None),
        };
        let record = Record::begin(self.client, listing, endpoint, Scope::Account);
        let walk = ListWalk::new(self.client, endpoint, ListScope::WholeAccount, tries);
        let mut read = match (listing.read)(&walk) {
            Ok(read) => read,
            Err(error) if error.ends_run() => return Err(error),
            Err(error) if tries.is_some() => {
                log::info!("{}; listing scope by scope instead", error.brief());
                return Ok(None);
            }
            Err(error) => return Ok(Some(vec![record.gap(&error)])),
        };
        if every_scope && let Some(stray) = stray(&read.rows, scopes) {
            let reason = format!("a row is of a scope that no list shows: {stray}");
            read.defects.push(reason);
        }
        if tries.is_some() && !read.defects.is_empty() {
            return Ok(None); // scope by scope, the gap is one scope's only
        }
        self.ask_for_members(&mut read, |_| true)?;
        let is_unread = read.walked.unread_after.is_some();
        let listed = record.by_scope(read, scopes);
        // Some servers do not know the parameter and show the account alone: nobody can tell those from an account that
        // has none below.
        let below = listed
            .iter()
            .filter_map(|listed| listed.listing.as_ref())
            .any(|listing| listing.scope != Scope::Account && listing.rows > 0);
        Ok((below || is_unread || tries.is_none()).then_some(listed))
    }

    /// Role assignments of many scopes in one walk, taken apart by scope. `None` when the lists must be walked scope by
    /// scope instead.
    pub(super) fn assignments_of_many(
        self,
        scopes: &[Scope],
    ) -> Result<Option<ManyScopes>, ApiError> {
        let endpoint = &role_assignments::OF_MANY_SCOPES;
        let listing = listings::definition(ListingKind::RoleAssignments);
        let first = scopes.first().cloned().unwrap_or(Scope::Account);
        let record = Record::begin(self.client, listing, endpoint, first);
        let walk = ListWalk::new(
            self.client,
            endpoint,
            ListScope::WholeAccount,
            Some(FEW_TRIES),
        );
        let (by_scope, walked) = match role_assignments::read_many(&walk, scopes) {
            Ok((_, walked)) if !walked.gaps.is_empty() => return Ok(None),
            Ok(read) => read,
            Err(error) if error.ends_run() => return Err(error),
            Err(error) => {
                log::info!("{}; listing scope by scope instead", error.brief());
                return Ok(None);
            }
        };
        let unclear = by_scope.unclear;
        let listed = by_scope
            .scopes
            .into_iter()
            .filter(|(scope, _)| !unclear.contains(scope))
            .map(|(scope, assignments)| {
                let state = as_far_as_read(&walked);
                let listing = record.part(&scope, state, assignments.seen, &walked);
                ListedRows::certain(Rows::Assignments(Box::new(assignments)), listing)
            })
            .collect();
        Ok(Some(ManyScopes { listed, unclear }))
    }
}

/// A row of a scope that is not observed.
fn stray(rows: &Rows, scopes: &[Scope]) -> Option<String> {
    let Rows::Resources(listed) = rows else {
        return None;
    };
    let observed: HashSet<&Scope> = scopes.iter().collect();
    let is_elsewhere = |listed: &&ListedResource| {
        listed.id.scope != Scope::Harness && !observed.contains(&listed.id.scope)
    };
    listed
        .iter()
        .find(is_elsewhere)
        .map(|stray| stray.id.to_string())
}

/// What a list of one scope is asked for.
pub(super) fn list_scope(listing: &Definition, endpoint: &Endpoint, scope: &Scope) -> ListScope {
    match (listing.kind, scope) {
        // Without an organization, projects are those of every organization.
        (ListingKind::Projects, Scope::Account) => ListScope::WholeAccount,
        _ if matches!(listing.walks, Walks::Account | Walks::Once) => ListScope::WholeAccount,
        _ if endpoint.filter != listing.endpoint.filter => ListScope::Unfiltered(scope.clone()),
        _ => ListScope::Exactly(scope.clone()),
    }
}

/// Whether a failure is about the way of asking rather than about the list.
pub(super) fn asks_otherwise(error: &ApiError) -> bool {
    match &*error.kind {
        ApiErrorKind::NotFound(_) | ApiErrorKind::Refused(_) | ApiErrorKind::NotJson { .. } => true,
        ApiErrorKind::Server(said) => said.status == 501,
        _ => false,
    }
}

/// What a walk over many scopes showed.
pub(super) struct ManyScopes {
    pub(super) listed: Vec<ListedRows>,
    /// Scopes whose own list must be walked because a row does not say what it names.
    pub(super) unclear: BTreeSet<Scope>,
}
