//! How people sign in to the account.

use super::account::one_row;
use super::found::{Found, as_set};
use super::walk::{Listed, Rows};
use crate::api::call::{Call, Envelope};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire::AuthenticationSettings;
use crate::model::{Details, ListingKind, ListingState, ResourceType, Scope};

/// Observes the settings. A key that may not read them leaves a gap where gaps are accepted.
pub(super) fn read(client: &Client, accept_gaps: bool) -> Result<Listed, ApiError> {
    let call = Call::new("/ng/api/authentication-settings").envelope(Envelope::Resource);
    let begun = one_row(client, ListingKind::AuthSettings, &call);
    match client.get::<AuthenticationSettings>(&call) {
        Err(error) if accept_gaps && error.is_not_permitted() => {
            let reason = error.kind.reason();
            let mut listing = begun(ListingState::NotPermitted { reason });
            (listing.rows, listing.pages) = (0, 0);
            Ok((Rows::Resources(Vec::new()), listing))
        }
        reply => {
            let settings = found(client.account_id(), reply?.data);
            let listing = begun(ListingState::Complete);
            Ok((Rows::Resources(vec![settings]), listing))
        }
    }
}

fn found(account: &str, settings: AuthenticationSettings) -> Found {
    let kinds = settings.ng_auth_settings.unwrap_or_default();
    let details = Details::AuthSetting {
        mechanism: settings.authentication_mechanism,
        two_factor_enabled: settings.two_factor_enabled,
        session_timeout_minutes: settings.session_timeout_in_minutes,
        public_access_enabled: settings.public_access_enabled,
        oauth_enabled: settings.oauth_enabled,
        settings: as_set(Some(
            kinds
                .into_iter()
                .filter_map(|kind| kind.settings_type)
                .collect(),
        )),
        allowed_domains: as_set(settings.whitelisted_domains),
    };
    Found::new(
        ResourceType::AuthSetting,
        Scope::Account,
        account.to_owned(),
        None,
        details,
    )
}
