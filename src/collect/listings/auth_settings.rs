//! How people sign in to the account.

use crate::api::call::Envelope;
use crate::api::wire::{AuthSettingKind, AuthenticationSettings, Said};
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListedResource, Unread, as_set};
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
    let Some(ways) = settings.ng_auth_settings else {
        return Err("it does not say how people may sign in".to_owned());
    };
    let mut unread = Unread::default();
    let set = |values| as_set(Some(values));
    let details = Details::AuthSetting {
        mechanism: unread.always("mechanism", settings.authentication_mechanism),
        two_factor_enabled: unread.always("two_factor_enabled", settings.two_factor_enabled),
        session_timeout_minutes: unread.always(
            "session_timeout_minutes",
            settings.session_timeout_in_minutes,
        ),
        public_access_enabled: unread
            .always("public_access_enabled", settings.public_access_enabled),
        oauth_enabled: unread.always("oauth_enabled", settings.oauth_enabled),
        settings: unread.always("settings", kinds(ways)).map(set),
        allowed_domains: unread
            .always("allowed_domains", settings.whitelisted_domains)
            .map(set),
    };
    let listed = ListedResource::new(
        ResourceType::AuthSetting,
        Scope::Account,
        account.to_owned(),
        None,
        details,
    );
    Ok(listed.with_unread(unread))
}

/// The kinds of sign-in that are set up; one that does not say its kind could be any.
fn kinds(ways: Vec<AuthSettingKind>) -> Said<Vec<String>> {
    let kinds = ways.into_iter().map(|way| way.settings_type.known());
    kinds.collect::<Option<_>>().into()
}
