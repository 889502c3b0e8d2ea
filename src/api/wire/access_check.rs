//! The access check: what the key itself may do.

use serde::{Deserialize, Serialize};

use super::lenient;

/// Body of `POST /authz/api/acl`, schema `AccessCheckRequest`; at most 10,000 checks.
#[derive(Debug, Serialize)]
pub struct AccessCheckRequest {
    /// The checks, answered in this order.
    pub permissions: Vec<PermissionCheck>,
}

/// Schema `PermissionCheck`: may the caller do this here? Without an identifier: on every resource of the type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionCheck {
    /// Where.
    pub resource_scope: ResourceScope,
    /// Such as `USERGROUP`; spelled otherwise than the principal type `USER_GROUP`.
    pub resource_type: &'static str,
    /// On this resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_identifier: Option<String>,
    /// Such as `core_usergroup_view`.
    pub permission: &'static str,
}

/// Schema `ResourceScope`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceScope {
    /// The account.
    pub account_identifier: String,
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_identifier: Option<String>,
    /// The project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_identifier: Option<String>,
}

/// Answer of `POST /authz/api/acl`, schema `AccessCheckResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessCheckResponse {
    /// Who asked; null where access control is switched off.
    pub principal: Option<CallingPrincipal>,
    /// One entry for each check, in order.
    pub access_control_list: Vec<AccessControl>,
}

/// Who a key belongs to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallingPrincipal {
    /// A user's uuid, or a service account's identifier without its scope.
    #[serde(
        default,
        alias = "identifier",
        deserialize_with = "lenient::optional_identifier"
    )]
    pub principal_identifier: Option<String>,
    /// `USER` or `SERVICE_ACCOUNT`.
    #[serde(default, alias = "type")]
    pub principal_type: Option<String>,
}

/// Schema `AccessControl`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessControl {
    /// The permission that was asked about.
    #[serde(default)]
    pub permission: Option<String>,
    /// The type that was asked about.
    #[serde(default)]
    pub resource_type: Option<String>,
    /// Where it was asked.
    #[serde(default)]
    pub resource_scope: Option<EchoedScope>,
    /// The resource that was asked about.
    #[serde(default)]
    pub resource_identifier: Option<String>,
    /// The response.
    #[serde(default, deserialize_with = "lenient::decisive_or_null")]
    pub permitted: Option<bool>,
}

/// Schema `ResourceScope` as a response repeats it, without what is null.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EchoedScope {
    /// The account.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// The organization.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// The project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
}
