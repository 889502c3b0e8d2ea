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
    let call = call(client);
    let begun = one_row(client, ListingKind::Accounts, &call);
    let Some((account, _)) = fetch(client)? else {
        return Ok(None);
    };
    Ok(Some((found(account), begun(ListingState::Complete))))
}

/// Begins the record of what is one row at the account's scope and no list; the result ends it.
pub(super) fn one_row(
    client: &Client,
    kind: ListingKind,
    call: &Call,
) -> impl FnOnce(ListingState) -> Listing {
    let started_at = Timestamp::now();
    let endpoint = call.site(Method::Get).endpoint;
    let before = (client.requests(), client.retries());
    move |state| {
        let since = |now: u64, then: u64| i64::try_from(now - then).unwrap_or(i64::MAX);
        Listing {
            kind,
            scope: Scope::Account,
            endpoint,
            state,
            reported_total: None,
            rows: 1,
            pages: 1,
            requests: since(client.requests(), before.0),
            retries: since(client.retries(), before.1),
            started_at,
            finished_at: Timestamp::now(),
        }
    }
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
