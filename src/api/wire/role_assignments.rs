//! Role assignments, of one scope and of many.

use serde::{Deserialize, Serialize};

use super::lenient;
use super::said::Said;
use super::scopes::Scope;

/// A row of `GET /authz/api/roleassignments`, schema `RoleAssignmentResponse`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentItem {
    /// The assignment.
    pub role_assignment: RoleAssignment,
    /// Where it is stored and applies.
    pub scope: Option<Scope>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "lenient::created_at")]
    pub created_at: Said<i64>,
    /// Made by Harness.
    #[serde(default, deserialize_with = "lenient::harness_managed")]
    pub harness_managed: Said<bool>,
}

/// Schema `RoleAssignment`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// Unique in its scope; generated anew when the same access is created again.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// May name a group that no list shows.
    #[serde(deserialize_with = "lenient::identifier")]
    pub resource_group_identifier: String,
    /// May name a role that no list shows.
    #[serde(deserialize_with = "lenient::identifier")]
    pub role_identifier: String,
    /// Since 2026: where the role lives, when it is a parent's custom role.
    pub role_reference: Option<RoleReference>,
    /// Who.
    pub principal: Principal,
    /// It grants nothing now.
    #[serde(default, deserialize_with = "lenient::decisive")]
    pub disabled: Option<bool>,
    /// Made by Harness; the same as `harnessManaged` outside.
    #[serde(default, deserialize_with = "lenient::managed")]
    pub managed: Said<bool>,
}

/// Schema `RoleReference`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleReference {
    /// The level of the scope, on the way up, in which the role lives.
    pub scope_level: Option<String>,
}

/// Schema `Principal`.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// `USER`, `USER_GROUP`, `SERVICE_ACCOUNT`; open.
    #[serde(deserialize_with = "lenient::identifier")]
    pub r#type: String,
    /// A user's uuid, or the identifier of a group or service account.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Level of the scope, on the way up, in which a group or service account lives; null for users and in old rows.
    pub scope_level: Option<String>,
}

/// A row of `POST /authz/api/roleassignments/v2/filter`, schema `RoleAssignmentAggregate`: a role assignment with what it
/// names spelled out.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AggregateAssignment {
    /// Unique in its scope.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Who.
    pub principal: Principal,
    /// It grants nothing now.
    #[serde(default, deserialize_with = "lenient::decisive")]
    pub disabled: Option<bool>,
    /// The role; null when Harness does not find it, and then nobody knows what it was called.
    pub role: Option<AggregateRole>,
    /// The resource group; null when Harness does not find it.
    pub resource_group: Option<AggregateResourceGroup>,
    /// Where it is stored and applies.
    pub scope: Option<Scope>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "lenient::created_at")]
    pub created_at: Said<i64>,
    /// Made by Harness.
    #[serde(default, deserialize_with = "lenient::harness_managed")]
    pub harness_managed: Said<bool>,
}

/// The role of an [`AggregateAssignment`].
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AggregateRole {
    /// The role.
    pub role: Identified,
    /// Where it lives; null on roles that Harness supplies.
    pub scope: Option<Scope>,
}

/// The resource group of an [`AggregateAssignment`].
pub type AggregateResourceGroup = Identified;

/// Something of which only the identifier matters here.
#[derive(Hash, Debug, Deserialize)]
pub struct Identified {
    /// Unique in its scope.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
}

/// Body of `POST /authz/api/roleassignments/v2/filter`; at most 100 scopes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentFilter {
    /// Where to look.
    pub scope_filters: Vec<ScopeFilter>,
}

/// Schema `ScopeFilter`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeFilter {
    /// The account.
    pub account_identifier: String,
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_identifier: Option<String>,
    /// The project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_identifier: Option<String>,
    /// `EXCLUDING_CHILD_SCOPES` or `INCLUDING_CHILD_SCOPES`.
    pub filter: &'static str,
}
