//! Walks the listings of an account and maps what they show to the model.
//!
//! One file per kind of row holds its identity and its mapping; `catalogue` says where each kind is listed; `assemble`
//! resolves what role assignments name. Invariant: nothing here knows the store.

mod account;
mod assemble;
mod catalogue;
mod found;
mod resource_groups;
mod role_assignments;
mod roles;
mod service_accounts;
mod user_groups;
mod users;
mod walk;

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{ListingKind, Observation, Scope, Timestamp};
use assemble::Assembly;

/// Observes the account: every listing of the account's own scope.
///
/// # Errors
/// When a listing fails; nothing is half-observed.
pub fn observe(client: &Client) -> Result<Observation, ApiError> {
    let started_at = Timestamp::now();
    let mut assembly = Assembly::default();
    assembly.account(account::read(client)?);
    for kind in AT_EVERY_SCOPE {
        let (rows, listing) = walk::listing(client, kind, &Scope::Account)?;
        assembly.add(rows, listing);
    }
    Ok(assembly.finish(started_at, client.requests()))
}

/// What is listed in each scope that has it, in an order in which what is named comes before what names it.
const AT_EVERY_SCOPE: [ListingKind; 6] = [
    ListingKind::Users,
    ListingKind::ServiceAccounts,
    ListingKind::UserGroups,
    ListingKind::Roles,
    ListingKind::ResourceGroups,
    ListingKind::RoleAssignments,
];
