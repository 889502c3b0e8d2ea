//! Harness's own answer to who may do what.

use super::{ResourceId, ResourceType, Scope};

/// Whether somebody holds a permission anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessQuestion {
    /// The identifier of the permission.
    pub permission: String,
    /// A user or a service account.
    pub principal: ResourceId,
}

/// A role assignment by which somebody holds a permission, as Harness names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Where the role is held.
    pub scope: Scope,
    /// Harness's identifier of the role assignment, where it says it.
    pub role_assignment: Option<String>,
    /// Identifier of the role.
    pub role: String,
    /// Identifier of the resource group.
    pub resource_group: String,
    /// Type and identifier of who is assigned the role, such as a user group; where Harness says it.
    pub holder: Option<(ResourceType, String)>,
}
