//! The lists that make a snapshot: one file each, and one table of them.
//!
//! The table feeds the plan, the walks, the permission check, `doctor`, the ledger and the permissions table of the
//! `docs/coverage.md`. A new listing is a new file, a line here, and the type of its rows in `api::wire`.

mod account;
mod audit_events;
mod auth_settings;
pub(crate) mod organizations;
mod permissions;
mod personal_tokens;
pub(crate) mod projects;
mod resource_groups;
pub(crate) mod role_assignments;
mod roles;
mod service_account_tokens;
pub(crate) mod service_accounts;
mod sign_ins;
mod tokens;
pub(crate) mod user_groups;
mod users;

use crate::collect::definition::{Definition, Walks, Wanted};

use crate::model::{Extra, ListingKind};

/// Every listing, in the order in which they are walked.
pub static LISTINGS: [&Definition; ListingKind::ALL.len()] = [
    &account::ACCOUNT,
    &auth_settings::AUTH_SETTINGS,
    &organizations::ORGANIZATIONS,
    &projects::PROJECTS,
    &role_assignments::ROLE_ASSIGNMENTS,
    &users::USERS,
    &user_groups::USER_GROUPS,
    &service_accounts::SERVICE_ACCOUNTS,
    &roles::ROLES,
    &resource_groups::RESOURCE_GROUPS,
    &service_account_tokens::SERVICE_ACCOUNT_TOKENS,
    &personal_tokens::PERSONAL_TOKENS,
    &permissions::PERMISSIONS,
    &audit_events::AUDIT_EVENTS,
    &sign_ins::SIGN_INS,
];

/// The listing of a kind.
///
/// # Panics
/// Never: a kind that is not in the table does not compile.
#[must_use]
pub fn definition(kind: ListingKind) -> &'static Definition {
    LISTINGS[position(kind)]
}

const fn position(kind: ListingKind) -> usize {
    let mut at = 0;
    while LISTINGS[at].kind as usize != kind as usize {
        at += 1;
    }
    at
}

// A kind without a line in the table fails here, when the program is compiled.
const _: () = {
    let mut at = 0;
    while at < ListingKind::ALL.len() {
        position(ListingKind::ALL[at]);
        at += 1;
    }
};

/// Listings of every scope that a permission of their own opens.
pub(crate) fn of_every_scope() -> impl Iterator<Item = &'static Definition> {
    LISTINGS.into_iter().filter(|listing| {
        listing.permission.is_some()
            && matches!(
                listing.walks,
                Walks::EachScope(_) | Walks::AccountAndBelow(_)
            )
    })
}

/// Listings that are walked only when asked for.
pub(crate) fn asked_for_by(
    wanted: impl Fn(Extra) -> bool,
) -> impl Iterator<Item = &'static Definition> {
    LISTINGS
        .into_iter()
        .filter(move |listing| matches!(listing.wanted, Wanted::With(extra) if wanted(extra)))
}
