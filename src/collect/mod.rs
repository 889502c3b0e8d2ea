//! Walks the listings of an account and maps what they show to the model.
//!
//! One file per kind of row holds its identity and its mapping; `catalogue` says where each kind is listed; `preflight`
//! asks what the key may see; `assemble` resolves what role assignments name. Invariant: nothing here knows the store.

mod account;
mod assemble;
mod catalogue;
pub mod examine;
mod found;
pub mod preflight;
mod resource_groups;
mod role_assignments;
mod roles;
mod service_accounts;
mod user_groups;
mod users;
mod walk;

use std::collections::HashSet;

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{ListingKind, Observation, ResourceId, Scope, Timestamp};
use assemble::Assembly;
use preflight::Access;

/// What to observe, and what to do where something cannot be seen.
#[derive(Debug)]
pub struct Request<'a> {
    /// Go on without what cannot be seen; its listings say so. Otherwise the first gap ends the observation.
    pub accept_gaps: bool,
    /// Roles and resource groups of the last snapshot. Where their lists cannot be seen, they tell a custom one from one
    /// that Harness supplies.
    pub held_before: &'a HashSet<ResourceId>,
}

/// Why there is no observation.
#[derive(Debug)]
pub enum Failure {
    /// A request or a listing failed.
    Api(ApiError),
    /// The key may not see enough: a sentence for each permission and scope.
    MissingPermissions(Vec<String>),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// What is listed in each scope that has it. What names comes before what is named: whatever a role assignment or a
/// group names was there when it was listed, so it is in the list that comes after, unless it was deleted meanwhile.
const AT_EVERY_SCOPE: [ListingKind; 6] = [
    ListingKind::RoleAssignments,
    ListingKind::UserGroups,
    ListingKind::Users,
    ListingKind::ServiceAccounts,
    ListingKind::Roles,
    ListingKind::ResourceGroups,
];

/// Observes the account: every listing of the account's own scope.
///
/// # Errors
/// When a listing fails or, unless gaps are accepted, cannot be known to be whole; nothing is half-observed.
pub fn observe(client: &Client, request: &Request<'_>) -> Result<Observation, Failure> {
    let started_at = Timestamp::now();
    let scopes = [Scope::Account];
    let mut access = Access::ask(client, &scopes)?;
    access.distrust_unenforced(client, &scopes)?;
    refuse(&access, &scopes, request)?;
    let mut assembly = Assembly::default();
    assembly.account(account::read(client)?);
    for kind in AT_EVERY_SCOPE {
        let walked = walk::listing(client, kind, &Scope::Account);
        let (rows, listing) = walk::accept(walked, request.accept_gaps)?;
        assembly.add(rows, listing);
    }
    access.ask_again(client, &scopes)?;
    refuse(&access, &scopes, request)?;
    assembly.judge(&access);
    Ok(assembly.finish(
        started_at,
        access.caller,
        client.requests(),
        request.held_before,
    ))
}

fn refuse(access: &Access, scopes: &[Scope], request: &Request<'_>) -> Result<(), Failure> {
    let missing = access.missing(scopes);
    if missing.is_empty() || request.accept_gaps {
        Ok(())
    } else {
        Err(Failure::MissingPermissions(missing))
    }
}
