//! How people sign in to the account.

use crate::api::call::Envelope;
use crate::api::wire::AuthenticationSettings;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListedResource, as_set};
use crate::model::{Details, Extra, ListingKind, ResourceType, Scope};

pub(super) static AUTH_SETTINGS: Definition = Definition {
    kind: ListingKind::AuthSettings,
    endpoint: Endpoint::get("/ng/api/authentication-settings", &[]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_authsetting_view",
        resource_type: "AUTHSETTING",
        principal: None,
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::With(Extra::AuthSettings),
    phase: Phase::Naming,
    walks: Walks::Account,
    read: |walk| {
        walk.one(Envelope::Resource, |settings| {
            listed(walk.account_id(), settings)
        })
    },
    alone: Alone::Never,
};

fn listed(account: &str, settings: AuthenticationSettings) -> Result<ListedResource, String> {
    let Some(kinds) = settings.ng_auth_settings else {
        return Err("it does not say how people may sign in".to_owned());
    };
    let kinds = kinds.into_iter().filter_map(|kind| kind.settings_type);
    let details = Details::AuthSetting {
        mechanism: settings.authentication_mechanism,
        two_factor_enabled: settings.two_factor_enabled,
        session_timeout_minutes: settings.session_timeout_in_minutes,
        public_access_enabled: settings.public_access_enabled,
        oauth_enabled: settings.oauth_enabled,
        settings: as_set(Some(kinds.collect())),
        allowed_domains: as_set(settings.whitelisted_domains),
    };
    Ok(ListedResource::new(
        ResourceType::AuthSetting,
        Scope::Account,
        account.to_owned(),
        None,
        details,
    ))
}
