//! What a snapshot says about access, compact and complete: the input of the access engine.

use super::{AssignmentIds, AssignmentRef, IncludedScope, ResourceType, Scope, Selector};

/// A principal, user group included.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // independent facts, each a column
pub struct PrincipalFact {
    /// Text id.
    pub id: String,
    /// Type.
    pub kind: ResourceType,
    /// Where it lives.
    pub scope: Scope,
    /// Harness's identifier; of a user the uuid.
    pub identifier: String,
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// A user who cannot sign in; the grants stay.
    pub disabled: bool,
    /// A user locked after failed sign-ins; the grants stay.
    pub locked: bool,
    /// A user group that Harness keeps.
    pub harness_managed: bool,
    /// Whether a list shows it.
    pub resolved: bool,
    /// Its listing was not complete. A user group of such a listing may have members that nobody saw.
    pub unverified: bool,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleFact {
    /// Text id.
    pub id: String,
    /// Where it lives.
    pub scope: Scope,
    /// Harness's identifier.
    pub identifier: String,
    /// Name.
    pub name: Option<String>,
    /// Identifiers of its permissions, sorted.
    pub permissions: Vec<String>,
    /// Levels it may be assigned at; empty = not said.
    pub scope_levels: Vec<String>,
    /// Whether a list shows it.
    pub resolved: bool,
    /// Its listing was not complete, so nobody knows whether it is still so.
    pub unverified: bool,
}

/// A resource group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceGroupFact {
    /// Text id.
    pub id: String,
    /// Harness's identifier.
    pub identifier: String,
    /// Name.
    pub name: Option<String>,
    /// Covers every resource of its scopes.
    pub all_resources: bool,
    /// The scopes it reaches into.
    pub included_scopes: Vec<IncludedScope>,
    /// What it covers when it does not cover everything.
    pub selectors: Vec<Selector>,
    /// Whether a list shows it.
    pub resolved: bool,
    /// Its listing was not complete, so nobody knows whether it is still so.
    pub unverified: bool,
}

/// A permission, as Harness lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionFact {
    /// Such as `core_pipeline_execute`.
    pub identifier: String,
    /// Such as `Run Pipeline`.
    pub name: Option<String>,
    /// `ACTIVE`, `EXPERIMENTAL`, `DEPRECATED`; open.
    pub status: Option<String>,
    /// The type of resource it is about; open.
    pub resource_type: Option<String>,
}

/// A role held at a scope over a resource group; the numbers are positions in [`AccessFacts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGrantFact {
    /// In `principals`.
    pub principal: u32,
    /// In `roles`.
    pub role: u32,
    /// In `scopes`.
    pub scope: u32,
    /// In `resource_groups`.
    pub resource_group: u32,
    /// Harness's identifier of the role assignment, in `assignment_ids`.
    pub role_assignment: Option<AssignmentRef>,
    /// Number of the snapshot since which it is held without a break.
    pub since: u32,
    /// Its listing was not complete, so nobody knows whether it is still so.
    pub unverified: bool,
}

impl RoleGrantFact {
    /// What is held, whoever holds it.
    #[must_use]
    pub const fn held(&self) -> HeldRole {
        HeldRole {
            role: self.role,
            scope: self.scope,
            resource_group: self.resource_group,
        }
    }
}

/// A role at a scope over a resource group, as in [`RoleGrantFact`] but of nobody: it decides what a grant gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldRole {
    /// In `roles`.
    pub role: u32,
    /// In `scopes`.
    pub scope: u32,
    /// In `resource_groups`.
    pub resource_group: u32,
}

/// A member of a user group; the numbers are positions in `principals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipFact {
    /// The user group.
    pub group: u32,
    /// The member.
    pub member: u32,
    /// Number of the snapshot since which they are one without a break.
    pub since: u32,
    /// As for a role grant.
    pub unverified: bool,
}

/// Everything that decides who can do what, as one snapshot holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFacts {
    /// Principals.
    pub principals: Vec<PrincipalFact>,
    /// Roles.
    pub roles: Vec<RoleFact>,
    /// Resource groups.
    pub resource_groups: Vec<ResourceGroupFact>,
    /// Scopes that grants apply at.
    pub scopes: Vec<Scope>,
    /// Role grants. Disabled role assignments grant nothing and are not here.
    pub grants: Vec<RoleGrantFact>,
    /// Identifiers of the role assignments behind the grants.
    pub assignment_ids: AssignmentIds,
    /// Memberships.
    pub memberships: Vec<MembershipFact>,
    /// Permissions that Harness listed; empty when the snapshot did not read them.
    pub permissions: Vec<PermissionFact>,
    /// Every organization and project the account is known to have, and the account.
    pub tree: Vec<Scope>,
    /// The account's own scope was left out on purpose, so what lives there is in no list.
    pub leaves_account_out: bool,
}
