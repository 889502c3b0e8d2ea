//! One principal holding one entitlement.

use std::num::NonZeroI64;

use super::{AssignmentRef, Ref, ResourceId, ScopeRef};

/// What can be held on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entitlement {
    /// Membership of a user group.
    Member,
    /// A role, held at a scope over a resource group.
    Assigned,
}

impl Entitlement {
    /// The slug, the last part of an entitlement's text id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Assigned => "assigned",
        }
    }
}

/// A grant as observed, compact because an account may hold a million: 32 bytes.
///
/// Its natural key is principal, target, scope and resource group; the rest are attributes. Harness keeps the same
/// five-part unique index on role assignments; their identifiers change when the same access is created anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who holds it.
    pub principal: Ref,
    /// The user group or role that is held.
    pub target: Ref,
    /// Where a role applies: the account, an organization or a project; `None` for a membership.
    pub scope: Option<ScopeRef>,
    /// What a role covers; `None` for a membership.
    pub resource_group: Option<Ref>,
    /// When the role assignment was created, in epoch milliseconds; `None` for a membership and when not said.
    pub created_at: Option<NonZeroI64>,
    /// The identifier of the role assignment; `None` for a membership.
    pub assignment: Option<AssignmentRef>,
    /// Created by Harness rather than by somebody of the account.
    pub harness_managed: bool,
}

/// A role assignment as the last snapshot has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldAssignment {
    /// Harness's identifier, unique in its scope.
    pub identifier: String,
    /// Made by Harness itself.
    pub harness_managed: bool,
    /// Who holds it.
    pub principal: ResourceId,
    /// The role; it lives in `harness` when no list of a scope shows it.
    pub role: ResourceId,
    /// Identifier of the resource group.
    pub resource_group: String,
}
