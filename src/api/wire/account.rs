//! The account, and how people sign in to it.

use serde::Deserialize;

use super::lenient;
use super::said::Said;

/// The account: `GET /ng/api/accounts/{id}`, schema `AccountDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
    #[serde(default, deserialize_with = "lenient::authentication_mechanism")]
    pub authentication_mechanism: Said<String>,
    /// Anonymous access outside the listed assignments.
    #[serde(default, deserialize_with = "lenient::public_access_enabled")]
    pub public_access_enabled: Said<bool>,
    /// A second factor is demanded of everybody.
    #[serde(default, deserialize_with = "lenient::two_factor_admin_enforced")]
    pub two_factor_admin_enforced: Said<bool>,
    /// The cluster that serves the account.
    #[serde(default, deserialize_with = "lenient::cluster")]
    pub cluster: Said<String>,
}

/// `GET /ng/api/authentication-settings`, schema `AuthenticationSettingsResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationSettings {
    /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
    #[serde(default, deserialize_with = "lenient::authentication_mechanism")]
    pub authentication_mechanism: Said<String>,
    /// A second factor is demanded of everybody.
    #[serde(default, deserialize_with = "lenient::two_factor_enabled")]
    pub two_factor_enabled: Said<bool>,
    /// Minutes.
    #[serde(default, deserialize_with = "lenient::session_timeout")]
    pub session_timeout_in_minutes: Said<i64>,
    /// Anonymous access.
    #[serde(default, deserialize_with = "lenient::public_access_enabled")]
    pub public_access_enabled: Said<bool>,
    /// Sign-in through a public provider.
    #[serde(default, deserialize_with = "lenient::oauth_enabled")]
    pub oauth_enabled: Said<bool>,
    /// Domains of addresses that may sign in.
    #[serde(default, deserialize_with = "lenient::domains")]
    pub whitelisted_domains: Said<Vec<String>>,
    /// What is set up; of each only its kind is read.
    pub ng_auth_settings: Option<Vec<AuthSettingKind>>,
}

/// An entry of `ngAuthSettings`, of which nothing else may be looked at: it holds client secrets and bind credentials.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSettingKind {
    /// `SAML`, `LDAP`, `OAUTH`, `USER_PASSWORD`; open.
    #[serde(default, deserialize_with = "lenient::settings_type")]
    pub settings_type: Said<String>,
}
