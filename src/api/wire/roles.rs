//! Roles, and the catalogue of permissions.

use serde::Deserialize;

use super::lenient;
use super::said::Said;
use super::scopes::Scope;

/// A row of `GET /authz/api/roles`, schema `RoleResponse`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleItem {
    /// The role.
    pub role: Role,
    /// Null on roles that Harness supplies.
    pub scope: Option<Scope>,
    /// Supplied by Harness.
    #[serde(default, deserialize_with = "lenient::decisive_or_null")]
    pub harness_managed: Option<bool>,
}

/// Schema `Role`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Unique in its scope; a custom role may share the identifier of a supplied one.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::description")]
    pub description: Said<String>,
    /// A set, in arbitrary order.
    pub permissions: Option<Vec<String>>,
    /// Levels it may be assigned at.
    #[serde(default, deserialize_with = "lenient::levels")]
    pub allowed_scope_levels: Said<Vec<String>>,
}

/// A row of `GET /authz/api/permissions`, schema `PermissionResponse`.
#[derive(Hash, Debug, Deserialize)]
pub struct PermissionItem {
    /// The permission.
    pub permission: Option<Permission>,
}

/// Schema `Permission`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Such as `core_user_view`.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// For people.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// `ACTIVE`, `EXPERIMENTAL`, `DEPRECATED`; open.
    #[serde(default, deserialize_with = "lenient::status")]
    pub status: Said<String>,
    /// Such as `USER`; open.
    #[serde(default, deserialize_with = "lenient::resource_type")]
    pub resource_type: Said<String>,
    /// Such as `view`; open.
    #[serde(default, deserialize_with = "lenient::action")]
    pub action: Said<String>,
    /// Levels it can be held at.
    #[serde(default, deserialize_with = "lenient::levels")]
    pub allowed_scope_levels: Said<Vec<String>>,
}
