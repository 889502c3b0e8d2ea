//! Roles, and the catalogue of permissions.

use serde::Deserialize;

use super::scopes::Scope;

/// A row of `GET /authz/api/roles`, schema `RoleResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleItem {
    /// The role.
    pub role: Role,
    /// Null on roles that Harness supplies.
    pub scope: Option<Scope>,
    /// Supplied by Harness.
    pub harness_managed: Option<bool>,
}

/// Schema `Role`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Unique in its scope; a custom role may share the identifier of a supplied one.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// A set, in arbitrary order.
    pub permissions: Option<Vec<String>>,
    /// Levels it may be assigned at.
    pub allowed_scope_levels: Option<Vec<String>>,
}

/// A row of `GET /authz/api/permissions`, schema `PermissionResponse`.
#[derive(Debug, Deserialize)]
pub struct PermissionItem {
    /// The permission.
    pub permission: Permission,
}

/// Schema `Permission`.
#[derive(Debug, Deserialize)]
pub struct Permission {
    /// Such as `core_user_view`.
    pub identifier: String,
    /// `ACTIVE`, `EXPERIMENTAL`, `DEPRECATED`; open. Only active ones are enforced for sure.
    pub status: Option<String>,
}
