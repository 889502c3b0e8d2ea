//! The organizations and projects to observe.

use std::collections::BTreeMap;

use super::assemble::Assembly;
use super::list_walk::Rows;
use super::rows::ListedResource;
use super::visibility::{KeyVisibility, wants_every};
use super::walk;
use super::{Failure, Request};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Depth, ScopeSelection};
use crate::model::{Listing, ListingKind, Scope};

/// Lists organizations and projects as far as they are wanted, asks what the key may see in them, and returns the
/// scopes to observe, the account first.
pub(super) fn read(
    client: &Client,
    request: &Request<'_>,
    visibility: &mut KeyVisibility,
    assembly: &mut Assembly,
) -> Result<Vec<Scope>, Failure> {
    let selection = request.selection;
    let mut scopes = vec![Scope::Account];
    if selection.depth == Depth::Account {
        return Ok(scopes);
    }
    let mut tree = Tree {
        client,
        request,
        visibility,
        assembly,
    };
    let orgs = tree.organizations()?;
    tree.visibility.ask_about(client, &orgs)?;
    let projects = match selection.depth {
        Depth::All => tree.projects(&orgs)?,
        Depth::Account | Depth::Organizations => Vec::new(),
    };
    tree.visibility.ask_about(client, &projects)?;
    // A project that was named by itself does not ask for the whole of its organization.
    scopes.extend(orgs);
    scopes.extend(projects);
    scopes.sort_unstable();
    let unknown = selection.not_among(&scopes);
    if unknown.is_empty() {
        Ok(scopes)
    } else {
        Err(Failure::UnknownScopes(unknown))
    }
}

struct Tree<'a> {
    client: &'a Client,
    request: &'a Request<'a>,
    visibility: &'a mut KeyVisibility,
    assembly: &'a mut Assembly,
}

impl Tree<'_> {
    fn organizations(&mut self) -> Result<Vec<Scope>, ApiError> {
        let (found, listings) = self.list(ListingKind::Organizations, &Scope::Account)?;
        let scopes = found
            .iter()
            .filter(|found| self.selection().wants_org(&found.id.identifier))
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
        let lists: Vec<Scope> = if self.selection().is_narrowed() {
            orgs.to_vec()
        } else {
            vec![Scope::Account]
        };
        for list in lists {
            let (found, listings) = self.list(ListingKind::Projects, &list)?;
            scopes.extend(found.iter().filter_map(|found| {
                let org = found.id.scope.org()?;
                let project = &found.id.identifier;
                let wanted = self.selection().wants_project(org, project);
                wanted.then(|| Scope::from_parts(Some(org), Some(project)))?
            }));
            let listings = listings.into_iter().flat_map(|listing| match list {
                Scope::Account => by_organization(listing, &found, orgs),
                _ => vec![listing],
            });
            let listings = listings.collect();
            self.keep(found, listings);
        }
        Ok(scopes)
    }

    fn list(
        &self,
        kind: ListingKind,
        scope: &Scope,
    ) -> Result<(Vec<ListedResource>, Vec<Listing>), ApiError> {
        let listed = walk::listing(self.client, kind, scope, self.request.accept_gaps)?;
        match listed {
            Some((Rows::Resources(found), listing)) => Ok((found, vec![listing])),
            Some((Rows::Assignments(_), listing)) => Ok((Vec::new(), vec![listing])),
            None => Ok((Vec::new(), Vec::new())),
        }
    }

    /// A list of which only a part is wanted is no gap where it cannot be proven whole: what is wanted was named.
    fn keep(&mut self, found: Vec<ListedResource>, listings: Vec<Listing>) {
        for listing in listings {
            let (kind, scope) = (listing.kind, &listing.scope);
            if wants_every(kind, scope, self.request.selection)
                || self.visibility.why_incomplete(kind, scope).is_none()
            {
                self.assembly.listing(listing);
            }
        }
        self.assembly.resources(found);
    }

    fn selection(&self) -> &ScopeSelection {
        self.request.selection
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
