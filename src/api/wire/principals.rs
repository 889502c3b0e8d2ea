//! Users, service accounts and user groups.

use serde::Deserialize;

use super::lenient;
use super::said::Said;

/// A row of `POST /ng/api/user/batch`, schema `UserMetadataDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// What role assignments and groups name a user by.
    #[serde(deserialize_with = "lenient::identifier")]
    pub uuid: String,
    /// The address.
    #[serde(default, deserialize_with = "lenient::email")]
    pub email: Said<String>,
    /// Often missing, often the address.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// After failed sign-ins.
    #[serde(default, deserialize_with = "lenient::locked")]
    pub locked: Said<bool>,
    /// Deactivated.
    #[serde(default, deserialize_with = "lenient::user_disabled")]
    pub disabled: Said<bool>,
    /// Kept by SCIM.
    #[serde(default, deserialize_with = "lenient::externally_managed")]
    pub externally_managed: Said<bool>,
    /// Second factor.
    #[serde(default, deserialize_with = "lenient::two_factor")]
    pub two_factor_authentication_enabled: Said<bool>,
}

/// A row of `GET /ng/api/serviceaccount/aggregate`, schema `ServiceAccountAggregateDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountItem {
    /// The service account.
    pub service_account: ServiceAccount,
    /// Despite its name the number of API keys.
    #[serde(default, deserialize_with = "lenient::tokens_count")]
    pub tokens_count: Said<i64>,
}

/// Schema `ServiceAccountDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Unique in its scope.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::email")]
    pub email: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::description")]
    pub description: Said<String>,
    /// The account that it is of.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// Its own scope's organization, whatever scope was asked.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
}

/// A row of `GET /ng/api/user-groups`, schema `UserGroupDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserGroup {
    /// Unique in its scope.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::description")]
    pub description: Said<String>,
    /// The account that it is of.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// Its own scope's organization, whatever scope was asked.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
    /// Uuids of all members, in arbitrary order. Missing = not said, which is not the same as nobody.
    #[serde(default, deserialize_with = "lenient::members")]
    pub users: Option<Vec<String>>,
    /// Supplied by Harness.
    #[serde(default, deserialize_with = "lenient::harness_managed")]
    pub harness_managed: Said<bool>,
    /// Kept by SCIM.
    #[serde(default, deserialize_with = "lenient::externally_managed")]
    pub externally_managed: Said<bool>,
    /// Membership comes from single sign-on.
    #[serde(default, deserialize_with = "lenient::sso_linked")]
    pub sso_linked: Said<bool>,
    /// The same under the name that the schema has.
    #[serde(default, deserialize_with = "lenient::is_sso_linked")]
    pub is_sso_linked: Said<bool>,
    /// `SAML`, `LDAP`, `OAUTH`, `OIDC`; open.
    #[serde(default, deserialize_with = "lenient::linked_sso_type")]
    pub linked_sso_type: Said<String>,
    /// SAML: the group's name; LDAP: its DN.
    #[serde(default, deserialize_with = "lenient::sso_group_id")]
    pub sso_group_id: Said<String>,
    /// Its name for people.
    #[serde(default, deserialize_with = "lenient::sso_group_name")]
    pub sso_group_name: Said<String>,
}
