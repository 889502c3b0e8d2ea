//! The account, and how people sign in to it.

use serde::Deserialize;

use super::lenient;

/// The account: `GET /ng/api/accounts/{id}`, schema `AccountDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Option<String>,
    /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
    #[serde(default, deserialize_with = "lenient::authentication_mechanism")]
    pub authentication_mechanism: Option<String>,
    /// Anonymous access outside the listed assignments.
    #[serde(default, deserialize_with = "lenient::public_access_enabled")]
    pub public_access_enabled: Option<bool>,
    /// A second factor is demanded of everybody.
    #[serde(default, deserialize_with = "lenient::two_factor_admin_enforced")]
    pub two_factor_admin_enforced: Option<bool>,
    /// The cluster that serves the account.
    #[serde(default, deserialize_with = "lenient::cluster")]
    pub cluster: Option<String>,
}

/// `GET /ng/api/authentication-settings`, schema `AuthenticationSettingsResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationSettings {
    /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
    #[serde(default, deserialize_with = "lenient::authentication_mechanism")]
    pub authentication_mechanism: Option<String>,
    /// A second factor is demanded of everybody.
    #[serde(default, deserialize_with = "lenient::two_factor_enabled")]
    pub two_factor_enabled: Option<bool>,
    /// Minutes.
    #[serde(default, deserialize_with = "lenient::session_timeout")]
    pub session_timeout_in_minutes: Option<i64>,
    /// Anonymous access.
    #[serde(default, deserialize_with = "lenient::public_access_enabled")]
    pub public_access_enabled: Option<bool>,
    /// Sign-in through a public provider.
    #[serde(default, deserialize_with = "lenient::oauth_enabled")]
    pub oauth_enabled: Option<bool>,
    /// Domains of addresses that may sign in.
    pub whitelisted_domains: Option<Vec<String>>,
    /// What is set up; of each only its kind is read.
    pub ng_auth_settings: Option<Vec<AuthSettingKind>>,
}

/// An entry of `ngAuthSettings`, of which nothing else may be looked at: it holds client secrets and bind credentials.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSettingKind {
    /// `SAML`, `LDAP`, `OAUTH`, `USER_PASSWORD`; open.
    #[serde(default, deserialize_with = "lenient::settings_type")]
    pub settings_type: Option<String>,
}
