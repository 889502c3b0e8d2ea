//! The organizations and projects to observe.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::assemble::Assembly;
use super::failure::Failure;
use super::list_walk::Rows;
use super::record::{ListedRows, Unsettled, partial};
use super::request::ObservationRequest;
use super::rows::ListedResource;
use super::visibility::{KeyVisibility, wants_every};
use super::walk::Walker;
use crate::api::error::ApiError;
use crate::model::{Depth, Listing, ListingKind, ListingState, ResourceId, Scope, ScopeSelection};

/// Lists organizations and projects as far as they are wanted, asks what the key may see in them, and returns the
/// scopes to observe, the account first.
pub(super) fn read(
    walker: Walker<'_>,
    request: &ObservationRequest<'_>,
    visibility: &mut KeyVisibility,
    assembly: &mut Assembly,
) -> Result<Vec<Scope>, Failure> {
    let selection = request.selection;
    let mut scopes = Vec::new();
    if !selection.without_account {
        scopes.push(Scope::Account);
    }
    if selection.depth == Depth::Account {
        return Ok(scopes);
    }
    let mut tree = Tree {
        walker,
        selection,
        visibility,
        assembly,
        failed: false,
        knows_every_organization: false,
    };
    let orgs = tree.organizations()?;
    tree.visibility.ask_about(walker.client, &orgs)?;
    let projects = match selection.depth {
        Depth::All => tree.projects(&orgs)?,
        Depth::Account | Depth::Organizations => Vec::new(),
    };
    tree.visibility.ask_about(walker.client, &projects)?;
    let failed = tree.failed;
    // A project that was named by itself does not ask for the whole of its organization.
    scopes.extend(orgs);
    scopes.extend(projects);
    scopes.sort_unstable();
    let unknown = selection.not_among(&scopes);
    // What a list that failed would have shown is not unknown; that list is the gap.
    if unknown.is_empty() || failed {
        Ok(scopes)
    } else {
        Err(Failure::UnknownScopes(unknown))
    }
}

/// Which of these scopes, not found when their lists were read, are gone from the list of their parent by now: they were
/// deleted meanwhile. A scope that is still listed is not, and neither is one whose parent's list cannot be trusted.
pub(super) fn deleted(
    walker: Walker<'_>,
    visibility: &KeyVisibility,
    not_found: &BTreeSet<Scope>,
) -> Result<HashSet<Scope>, ApiError> {
    let mut by_parent: BTreeMap<(ListingKind, Scope), Vec<&Scope>> = BTreeMap::new();
    for scope in not_found {
        if let Some(list) = list_of(scope) {
            by_parent.entry(list).or_default().push(scope);
        }
    }
    let mut deleted = HashSet::new();
    for ((kind, parent), scopes) in by_parent {
        if visibility.why_incomplete(kind, &parent).is_some() {
            continue;
        }
        let Some(listed) = walker.listing(kind, &parent)? else {
            continue;
        };
        let is_complete = listed
            .listing
            .is_some_and(|listing| listing.state == ListingState::Complete);
        let Rows::Resources(there) = listed.rows else {
            continue;
        };
        if is_complete {
            let is_there = |scope: &&Scope| {
                ResourceId::of_scope(scope)
                    .is_some_and(|id| there.iter().any(|resource| resource.id == id))
            };
            deleted.extend(scopes.into_iter().filter(|scope| !is_there(scope)).cloned());
        }
    }
    Ok(deleted)
}

/// The list that shows an organization or project.
fn list_of(scope: &Scope) -> Option<(ListingKind, Scope)> {
    match scope {
        Scope::Account | Scope::Harness => None,
        Scope::Organization { .. } => Some((ListingKind::Organizations, Scope::Account)),
        Scope::Project { org, .. } => Some((
            ListingKind::Projects,
            Scope::Organization { org: org.clone() },
        )),
    }
}

struct Tree<'a> {
    walker: Walker<'a>,
    selection: &'a ScopeSelection,
    visibility: &'a mut KeyVisibility,
    assembly: &'a mut Assembly,
    /// A list of organizations or projects could not be read.
    failed: bool,
    /// The list of organizations is known to show all of them.
    knows_every_organization: bool,
}

impl Tree<'_> {
    fn organizations(&mut self) -> Result<Vec<Scope>, ApiError> {
        let (found, listings) = self.list(ListingKind::Organizations, &Scope::Account)?;
        self.knows_every_organization = !self.failed
            && self
                .visibility
                .why_incomplete(ListingKind::Organizations, &Scope::Account)
                .is_none();
        let scopes = found
            .iter()
            .filter(|found| self.selection.wants_org(&found.id.identifier))
            .map(|found| Scope::Organization {
                org: found.id.identifier.clone(),
            })
            .collect();
        self.keep(found, listings);
        Ok(scopes)
    }

    /// In one walk, unless only some organizations are wanted.
    fn projects(&mut self, orgs: &[Scope]) -> Result<Vec<Scope>, ApiError> {
        let mut scopes = Vec::new();
        let lists: Vec<Scope> = if self.selection.is_narrowed() {
            orgs.to_vec()
        } else {
            vec![Scope::Account]
        };
        for list in lists {
            let (mut found, mut listings) = self.list(ListingKind::Projects, &list)?;
            if list == Scope::Account {
                self.leave_out_strays(orgs, &mut found, &mut listings)?;
            }
            scopes.extend(found.iter().filter_map(|found| {
                let org = found.id.scope.org()?;
                let project = &found.id.identifier;
                let wanted = self.selection.wants_project(org, project);
                wanted.then(|| Scope::from_parts(Some(org), Some(project)))?
            }));
            let listings = listings.into_iter().flat_map(|listing| match list {
                Scope::Account => by_organization(listing, &found, orgs),
                _ => vec![listing],
            });
            let listings = listings.collect();
            self.keep(found, listings);
        }
        scopes.sort_unstable();
        scopes.dedup();
        Ok(scopes)
    }

    /// Projects of organizations that the list of all organizations does not show, read before and now: one of the two lists
    /// is wrong, so such a row is a gap and no scope. An organization that came meanwhile is for the next sync.
    fn leave_out_strays(
        &mut self,
        orgs: &[Scope],
        found: &mut Vec<ListedResource>,
        listings: &mut [Listing],
    ) -> Result<(), ApiError> {
        let is_stray = |found: &ListedResource| !orgs.contains(&found.id.scope);
        if !self.knows_every_organization || !found.iter().any(is_stray) {
            return Ok(());
        }
        let strays: Vec<ListedResource> = found.extract_if(.., |found| is_stray(found)).collect();
        let again = self
            .walker
            .listing(ListingKind::Organizations, &Scope::Account)?;
        let now = match again.map(|listed| listed.rows) {
            Some(Rows::Resources(now)) => now,
            _ => Vec::new(),
        };
        let is_there = |stray: &&ListedResource| {
            let mut orgs = now.iter().filter_map(|org| org.id.as_scope());
            orgs.any(|org| org == stray.id.scope)
        };
        let unexplained: Vec<&ListedResource> =
            strays.iter().filter(|stray| !is_there(stray)).collect();
        if let (Some(first), Some(listing)) = (unexplained.first(), listings.first_mut()) {
            self.failed = true;
            listing.state = partial(format!(
                "{} of its rows are of organizations that no list shows, such as {}",
                unexplained.len(),
                first.id
            ));
            let reason = format!("{} is of an organization that no list shows", first.id);
            self.assembly
                .lower(ListingKind::Organizations, &Scope::Account, &reason);
        }
        Ok(())
    }

    fn list(
        &mut self,
        kind: ListingKind,
        scope: &Scope,
    ) -> Result<(Vec<ListedResource>, Vec<Listing>), ApiError> {
        let Some(ListedRows {
            rows,
            mut listing,
            doubt,
        }) = self.walker.listing(kind, scope)?
        else {
            return Ok((Vec::new(), Vec::new()));
        };
        if let (Some(listing), Some(Unsettled::OnlyInherited(ids))) = (&mut listing, doubt)
            && !ids.is_empty()
        {
            listing.state = partial("only rows of other scopes came".to_owned());
        }
        let listings: Vec<Listing> = listing.into_iter().collect();
        self.failed |= listings
            .iter()
            .any(|listing| listing.state != ListingState::Complete);
        match rows {
            Rows::Resources(found) => Ok((found, listings)),
            Rows::Assignments(_) => Ok((Vec::new(), listings)),
        }
    }

    /// A list of which only a part is wanted is no gap where it cannot be proven complete: what is wanted was named. One
    /// that could not be read is.
    fn keep(&mut self, found: Vec<ListedResource>, listings: Vec<Listing>) {
        for listing in listings {
            let (kind, scope) = (listing.kind, &listing.scope);
            if wants_every(kind, scope, self.selection)
                || listing.state != ListingState::Complete
                || self.visibility.why_incomplete(kind, scope).is_none()
            {
                self.assembly.listing(listing);
            }
        }
        self.assembly.resources(found);
    }
}

/// One list of all projects shows those of each organization.
fn by_organization(listing: Listing, found: &[ListedResource], orgs: &[Scope]) -> Vec<Listing> {
    let mut rows: BTreeMap<&Scope, i64> = orgs.iter().map(|org| (org, 0)).collect();
    for found in found {
        *rows.entry(&found.id.scope).or_default() += 1;
    }
    let of_each = rows.into_iter().map(|(org, rows)| Listing {
        scope: org.clone(),
        reported_total: None,
        rows,
        pages: 0,
        requests: 0,
        retries: 0,
        ..listing.clone()
    });
    let mut listings: Vec<Listing> = of_each.collect();
    listings.insert(0, listing);
    listings
}
