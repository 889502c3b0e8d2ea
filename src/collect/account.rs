//! The account itself.

use super::found::Found;
use crate::api::call::{Call, Method};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire;
use crate::model::{Details, Listing, ListingKind, ListingState, ResourceType, Scope, Timestamp};

/// Reads the account. A key that may not (a service account may lack `core_account_view`) learns nothing, which is no
/// gap: the account is known to exist.
pub(super) fn read(client: &Client) -> Result<Option<(Found, Listing)>, ApiError> {
    let started_at = Timestamp::now();
    let call = Call::new("/ng/api/accounts").segment(client.account_id());
    let reply = match client.get::<wire::Account>(&call) {
        Err(error) if error.is_not_permitted() => {
            log::info!("{error}");
            return Ok(None);
        }
        reply => reply?,
    };
    let requests = i64::from(reply.attempts);
    let listing = Listing {
        kind: ListingKind::Accounts,
        scope: Scope::Account,
        endpoint: call.place(Method::Get).endpoint,
        state: ListingState::Complete,
        reported_total: None,
        rows: 1,
        pages: 1,
        requests,
        retries: requests - 1,
        started_at,
        finished_at: Timestamp::now(),
    };
    Ok(Some((found(reply.data), listing)))
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
