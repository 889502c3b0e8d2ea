//! The bodies as Harness sends them, reduced to the fields this program may keep.
//!
//! Harness sends explicit nulls in some responses and omits fields in others, so every field that the specification does
//! not guarantee is a [`Said`] or an `Option`, and missing means the same as null; `lenient` says how each is
//! read. Fields that are not here are never looked at: responses carry webhook URLs, keys and client secrets.

mod access_check;
mod account;
mod audit;
pub(crate) mod lenient;
mod policies;
mod principals;
mod resource_groups;
mod role_assignments;
mod roles;
mod said;
mod scopes;
mod shallow;
mod tokens;

pub use access_check::{
    AccessCheckRequest, AccessCheckResponse, AccessControl, CallingPrincipal, EchoedScope,
    PermissionCheck, ResourceScope,
};
pub use account::{Account, AuthSettingKind, AuthenticationSettings};
pub use audit::{
    ActorLabels, AuditEventData, AuditItem, AuditPage, AuditPrincipal, AuditResource, AuditScope,
    AuditSource, AuditTime, AuthenticationInfo, ResourceLabels,
};
pub use policies::{AnalyzedAssignment, PolicyAnalysis, PolicyItem, PolicyPart, PolicyScope};
pub use principals::{ServiceAccount, ServiceAccountItem, User, UserGroup};
pub use resource_groups::{
    AttributeFilter, ResourceFilter, ResourceGroup, ResourceGroupItem, ResourceSelector,
    ScopeSelector,
};
pub use role_assignments::{
    AggregateAssignment, AggregateResourceGroup, AggregateRole, AssignmentFilter, Identified,
    Principal, RoleAssignment, RoleAssignmentItem, RoleReference, ScopeFilter,
};
pub use roles::{Permission, PermissionItem, Role, RoleItem};
pub use said::Said;
pub use scopes::{Organization, OrganizationItem, Project, ProjectItem, Scope};
pub(crate) use shallow::Shallow;
pub use tokens::{Token, TokenItem};
