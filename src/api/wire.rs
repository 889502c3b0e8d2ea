//! The bodies as Harness sends them, reduced to the fields this program may keep.
//!
//! Harness sends explicit nulls in some answers and omits fields in others, so every field that the specification does
//! not guarantee is an `Option`, and missing means the same as null. Fields that are not here are never looked at:
//! answers carry webhook URLs, keys and client secrets.

use serde::{Deserialize, Serialize};

/// The account: `GET /ng/api/accounts/{id}`, schema `AccountDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's identifier.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
    pub authentication_mechanism: Option<String>,
    /// Anonymous access outside the listed assignments.
    pub public_access_enabled: Option<bool>,
    /// A second factor is demanded of everybody.
    pub two_factor_admin_enforced: Option<bool>,
    /// The cluster that serves the account.
    pub cluster: Option<String>,
}

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

/// The scope of a role or role assignment, with explicit nulls.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The organization.
    pub org_identifier: Option<String>,
    /// The project.
    pub project_identifier: Option<String>,
}

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

/// A row of `GET /resourcegroup/api/v2/resourcegroup`, schema `ResourceGroupV2Response`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGroupItem {
    /// The resource group.
    pub resource_group: ResourceGroup,
    /// Supplied by Harness.
    pub harness_managed: Option<bool>,
}

/// Schema `ResourceGroupV2`. Groups that Harness supplies lack the account although the specification requires it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGroup {
    /// Unique in its scope.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Its own scope's organization.
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    pub project_identifier: Option<String>,
    /// Levels it may be assigned at.
    pub allowed_scope_levels: Option<Vec<String>>,
    /// The scopes it reaches into.
    pub included_scopes: Option<Vec<ScopeSelector>>,
    /// What it covers there.
    pub resource_filter: Option<ResourceFilter>,
}

/// Schema `ScopeSelector`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeSelector {
    /// `EXCLUDING_CHILD_SCOPES` or `INCLUDING_CHILD_SCOPES`.
    pub filter: Option<String>,
    /// Missing = wherever the group is assigned.
    pub account_identifier: Option<String>,
    /// The organization.
    pub org_identifier: Option<String>,
    /// The project.
    pub project_identifier: Option<String>,
}

/// Schema `ResourceFilter`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceFilter {
    /// Everything.
    pub include_all_resources: Option<bool>,
    /// Else these.
    pub resources: Option<Vec<ResourceSelector>>,
}

/// Schema `ResourceSelectorV2`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceSelector {
    /// Such as `PIPELINE`; open.
    pub resource_type: String,
    /// Missing or empty = every one of the type.
    pub identifiers: Option<Vec<String>>,
    /// Restricts to matching resources.
    pub attribute_filter: Option<AttributeFilter>,
}

/// Schema `AttributeFilter`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeFilter {
    /// `category`, `type`, `tags`, `labels`; open.
    pub attribute_name: Option<String>,
    /// No values = no restriction.
    pub attribute_values: Option<Vec<String>>,
}

/// A row of `GET /authz/api/roleassignments`, schema `RoleAssignmentResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentItem {
    /// The assignment.
    pub role_assignment: RoleAssignment,
    /// Where it is stored and applies.
    pub scope: Option<Scope>,
    /// Epoch milliseconds.
    pub created_at: Option<i64>,
    /// Made by Harness.
    pub harness_managed: Option<bool>,
}

/// Schema `RoleAssignment`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// Unique in its scope; generated anew when the same access is created again.
    pub identifier: String,
    /// May name a group that no list shows.
    pub resource_group_identifier: String,
    /// May name a role that no list shows.
    pub role_identifier: String,
    /// Since 2026: where the role lives, when it is a parent's custom role.
    pub role_reference: Option<RoleReference>,
    /// Who.
    pub principal: Principal,
    /// It grants nothing now.
    pub disabled: Option<bool>,
    /// Made by Harness; the same as `harnessManaged` outside.
    pub managed: Option<bool>,
}

/// Schema `RoleReference`.
#[derive(Debug, Deserialize)]
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
    pub r#type: String,
    /// A user's uuid, or the identifier of a group or service account.
    pub identifier: String,
    /// Level of the scope, on the way up, in which a group or service account lives; null for users and in old rows.
    pub scope_level: Option<String>,
}

/// Body of `POST /authz/api/acl`, schema `AccessCheckRequest`; at most 10,000 checks.
#[derive(Debug, Serialize)]
pub struct AccessCheckRequest {
    /// The checks, answered in this order.
    pub permissions: Vec<PermissionCheck>,
}

/// Schema `PermissionCheck`: may the caller do this here? Without an identifier: on every resource of the type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
pub struct AccessCheckAnswer {
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
    pub principal_identifier: String,
    /// `USER` or `SERVICE_ACCOUNT`.
    pub principal_type: String,
}

/// Schema `AccessControl`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessControl {
    /// The permission that was asked about.
    pub permission: String,
    /// The type that was asked about.
    pub resource_type: String,
    /// Where it was asked.
    #[serde(default)]
    pub resource_scope: Option<EchoedScope>,
    /// The resource that was asked about.
    #[serde(default)]
    pub resource_identifier: Option<String>,
    /// The answer.
    pub permitted: bool,
}

/// Schema `ResourceScope` as an answer repeats it, without what is null.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EchoedScope {
    /// The account.
    pub account_identifier: Option<String>,
    /// The organization.
    pub org_identifier: Option<String>,
    /// The project.
    pub project_identifier: Option<String>,
}

/// A row of `GET /authz/api/permissions`, schema `PermissionResponse`.
#[derive(Debug, Deserialize)]
pub struct PermissionItem {
    /// The permission.
    pub permission: Option<Permission>,
}

/// Schema `Permission`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Such as `core_user_view`.
    pub identifier: String,
    /// For people.
    pub name: Option<String>,
    /// `ACTIVE`, `EXPERIMENTAL`, `DEPRECATED`; open.
    pub status: Option<String>,
    /// Such as `USER`; open.
    pub resource_type: Option<String>,
    /// Such as `view`; open.
    pub action: Option<String>,
    /// Levels it can be held at.
    pub allowed_scope_levels: Option<Vec<String>>,
}

/// A row of `GET /ng/api/organizations`, schema `OrganizationResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationItem {
    /// The organization.
    pub organization: Organization,
    /// Kept by Harness: the organization `default`.
    pub harness_managed: Option<bool>,
}

/// Schema `OrganizationDTO`.
#[derive(Debug, Deserialize)]
pub struct Organization {
    /// Unique in the account.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
}

/// A row of `GET /ng/api/projects`, schema `ProjectResponse`.
#[derive(Debug, Deserialize)]
pub struct ProjectItem {
    /// The project.
    pub project: Project,
}

/// Schema `ProjectDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// The organization it is in.
    pub org_identifier: Option<String>,
    /// Unique in its organization only.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
}

/// A row of `POST /authz/api/roleassignments/v2/filter`, schema `RoleAssignmentAggregate`: a role assignment with what it
/// names spelled out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AggregateAssignment {
    /// Unique in its scope.
    pub identifier: String,
    /// Who.
    pub principal: Principal,
    /// It grants nothing now.
    pub disabled: Option<bool>,
    /// The role; null when Harness does not find it, and then nobody knows what it was called.
    pub role: Option<AggregateRole>,
    /// The resource group; null when Harness does not find it.
    pub resource_group: Option<AggregateResourceGroup>,
    /// Where it is stored and applies.
    pub scope: Option<Scope>,
    /// Epoch milliseconds.
    pub created_at: Option<i64>,
    /// Made by Harness.
    pub harness_managed: Option<bool>,
}

/// The role of an [`AggregateAssignment`].
#[derive(Debug, Deserialize)]
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
#[derive(Debug, Deserialize)]
pub struct Identified {
    /// Unique in its scope.
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

/// A row of `GET /ng/api/token/aggregate`, schema `TokenAggregateDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenItem {
    /// The token, without its secret.
    pub token: Token,
    /// When it stops to work, in epoch milliseconds: the scheduled expiry or the end of its validity.
    pub expiry_at: Option<i64>,
}

/// Schema `TokenDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Unique in its API key.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// In epoch milliseconds.
    pub valid_from: Option<i64>,
    /// Harness accepts it.
    pub valid: Option<bool>,
    /// Its own scope's organization, whatever scope was asked.
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    pub project_identifier: Option<String>,
    /// Identifier of its API key.
    pub api_key_identifier: String,
    /// Identifier of the service account, or uuid of the user.
    pub parent_identifier: String,
}

/// `GET /ng/api/authentication-settings`, schema `AuthenticationSettingsResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationSettings {
    /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
    pub authentication_mechanism: Option<String>,
    /// A second factor is demanded of everybody.
    pub two_factor_enabled: Option<bool>,
    /// Minutes.
    pub session_timeout_in_minutes: Option<i64>,
    /// Anonymous access.
    pub public_access_enabled: Option<bool>,
    /// Sign-in through a public provider.
    pub oauth_enabled: Option<bool>,
    /// Domains of addresses that may sign in.
    pub whitelisted_domains: Option<Vec<String>>,
    /// What is set up; of each only its kind is read.
    pub ng_auth_settings: Option<Vec<AuthSettingKind>>,
}

/// An entry of `ngAuthSettings`, of which nothing else may be looked at: it holds client secrets and bind credentials.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSettingKind {
    /// `SAML`, `LDAP`, `OAUTH`, `USER_PASSWORD`; open.
    pub settings_type: Option<String>,
}
