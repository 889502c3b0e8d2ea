//! The account itself.

use std::time::SystemTime;

use super::found::Found;
use crate::api::call::{Call, Method};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire;
use crate::model::{Details, Listing, ListingKind, ListingState, ResourceType, Scope, Timestamp};

/// Reads the account as Harness sends it, and what the server's clock says. A key that may not (a service account may
/// lack `core_account_view`) learns nothing.
pub(super) fn fetch(
    client: &Client,
) -> Result<Option<(wire::Account, Option<SystemTime>)>, ApiError> {
    match client.get::<wire::Account>(&call(client)) {
        Err(error) if error.is_not_permitted() => {
            log::info!("{error}");
            Ok(None)
        }
        reply => reply.map(|reply| Some((reply.data, reply.server_date))),
    }
}

/// Observes the account. That a key may not read it is no gap: the account is known to exist.
pub(super) fn read(client: &Client) -> Result<Option<(Found, Listing)>, ApiError> {
    let started_at = Timestamp::now();
    let (requests, retries) = (client.requests(), client.retries());
    let Some((account, _)) = fetch(client)? else {
        return Ok(None);
    };
    let since = |now: u64, then: u64| i64::try_from(now - then).unwrap_or(i64::MAX);
    let listing = Listing {
        kind: ListingKind::Accounts,
        scope: Scope::Account,
        endpoint: call(client).place(Method::Get).endpoint,
        state: ListingState::Complete,
        reported_total: None,
        rows: 1,
        pages: 1,
        requests: since(client.requests(), requests),
        retries: since(client.retries(), retries),
        started_at,
        finished_at: Timestamp::now(),
    };
    Ok(Some((found(account), listing)))
}

fn call(client: &Client) -> Call {
    Call::new("/ng/api/accounts").segment(client.account_id())
}

fn found(account: wire::Account) -> Found {
    let details = Details::Account {
        authentication_mechanism: account.authentication_mechanism,
        public_access_enabled: account.public_access_enabled,
        two_factor_enforced: account.two_factor_admin_enforced,
    };
    Found::new(
        ResourceType::Account,
        Scope::Account,
        account.identifier,
        account.name,
        details,
    )
}
