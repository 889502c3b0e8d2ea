//! Users, service accounts and user groups.

use serde::Deserialize;

/// A row of `POST /ng/api/user/batch`, schema `UserMetadataDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// What role assignments and groups name a user by.
    pub uuid: String,
    /// The address.
    pub email: Option<String>,
    /// Often missing, often the address.
    pub name: Option<String>,
    /// After failed sign-ins.
    pub locked: Option<bool>,
    /// Deactivated.
    pub disabled: Option<bool>,
    /// Kept by SCIM.
    pub externally_managed: Option<bool>,
    /// Second factor.
    pub two_factor_authentication_enabled: Option<bool>,
}

/// A row of `GET /ng/api/serviceaccount/aggregate`, schema `ServiceAccountAggregateDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountItem {
    /// The service account.
    pub service_account: ServiceAccount,
    /// Despite its name the number of API keys.
    pub tokens_count: Option<i64>,
}

/// Schema `ServiceAccountDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Unique in its scope.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub email: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Its own scope's organization, whatever scope was asked.
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    pub project_identifier: Option<String>,
}

/// A row of `GET /ng/api/user-groups`, schema `UserGroupDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserGroup {
    /// Unique in its scope.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Its own scope's organization, whatever scope was asked.
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    pub project_identifier: Option<String>,
    /// Uuids of all members, in arbitrary order. Missing = not said, which is not the same as nobody.
    pub users: Option<Vec<String>>,
    /// Supplied by Harness.
    pub harness_managed: Option<bool>,
    /// Kept by SCIM.
    pub externally_managed: Option<bool>,
    /// Membership comes from single sign-on.
    pub sso_linked: Option<bool>,
    /// The same under the name that the schema has.
    pub is_sso_linked: Option<bool>,
    /// `SAML`, `LDAP`, `OAUTH`, `OIDC`; open.
    pub linked_sso_type: Option<String>,
    /// SAML: the group's name; LDAP: its DN.
    pub sso_group_id: Option<String>,
    /// Its name for people.
    pub sso_group_name: Option<String>,
}
