//! What exists in the account that the fake serves. Tests change it through `FakeHarness::change`.

mod change;
mod generate;
mod managed;
mod rows;
mod story;

use serde::Deserialize;

pub use change::Principal;
pub use generate::GenerateSpec;
pub(crate) use managed::{Permission, permissions};
pub use rows::{
    ApiKey, AttributeFilter, Grantee, Group, IncludedScope, Organization, Project, ResourceFilter,
    ResourceGroup, ResourceSelector, Role, RoleAssignment, RoleReference, ServiceAccount, SsoLink,
    Times, Token, User,
};
pub use story::next_day;
pub(crate) use story::next_day_by_whom;

use crate::scope::Scope;

/// The account id of every fake account unless a test says otherwise.
pub const ACCOUNT_ID: &str = "AbCdEfGhIjKlMnOpQrStUv";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub id: String,
    pub name: String,
    /// Further fields of the account endpoint, as on the wire.
    #[serde(default)]
    pub details: serde_json::Map<String, serde_json::Value>,
    /// The `resource` of the authentication settings, as on the wire: it holds secrets, as the real one does.
    #[serde(default)]
    pub authentication_settings: serde_json::Value,
    #[serde(default)]
    pub organizations: Vec<Organization>,
    #[serde(default)]
    pub projects: Vec<Project>,
    #[serde(default)]
    pub users: Vec<User>,
    #[serde(default)]
    pub service_accounts: Vec<ServiceAccount>,
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Custom roles and, without a scope, those that Harness supplies.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Custom resource groups and, without a scope, those that Harness supplies.
    #[serde(default)]
    pub resource_groups: Vec<ResourceGroup>,
    #[serde(default)]
    pub role_assignments: Vec<RoleAssignment>,
    #[serde(default)]
    pub api_keys: Vec<ApiKey>,
    #[serde(default)]
    pub tokens: Vec<Token>,
    /// How many identifiers `assign` has made up.
    #[serde(skip)]
    made_up: u64,
}

impl Account {
    /// The small hand-written account of `fixtures/account.json`.
    pub fn demo() -> Self {
        let json = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/account.json"
        ));
        let mut account: Self =
            serde_json::from_str(json).expect("fixtures/account.json fits the data model");
        account.add_managed();
        account
    }

    /// An account that holds only what Harness itself supplies: its roles, its resource groups, org `default`.
    pub fn empty(id: &str) -> Self {
        let mut account = Self {
            id: id.into(),
            name: "Empty Corp".into(),
            ..Self::default()
        };
        account.organizations.push(Organization {
            identifier: "default".into(),
            name: "default".into(),
            harness_managed: true,
            ..Organization::default()
        });
        account.add_managed();
        account
    }

    fn add_managed(&mut self) {
        self.roles.extend(managed::roles());
        self.resource_groups.extend(managed::resource_groups());
    }

    pub fn has_scope(&self, scope: &Scope) -> bool {
        match (&scope.org, &scope.project) {
            (None, _) => true,
            (Some(org), None) => self.organizations.iter().any(|row| row.identifier == **org),
            (Some(org), Some(project)) => self
                .projects
                .iter()
                .any(|row| row.org == **org && row.identifier == **project),
        }
    }

    /// The account, every organization and every project.
    pub fn scopes(&self) -> Vec<Scope> {
        let organizations = self
            .organizations
            .iter()
            .map(|row| Scope::org(&row.identifier));
        let projects = self.projects.iter().map(Project::scope);
        std::iter::once(Scope::account())
            .chain(organizations)
            .chain(projects)
            .collect()
    }

    /// The role an assignment names: its reference's level if it has one, else its own scope, else Harness's.
    pub fn role_of(&self, assignment: &RoleAssignment) -> Option<&Role> {
        let level = assignment
            .role_reference
            .as_ref()
            .map(|reference| &*reference.scope_level);
        let own = level.map_or(Some(assignment.scope.clone()), |level| {
            assignment.scope.at_level(level)
        });
        let custom = self
            .roles
            .iter()
            .find(|role| role.identifier == *assignment.role && role.scope == own);
        custom.or_else(|| {
            self.roles
                .iter()
                .find(|role| role.identifier == *assignment.role && role.scope.is_none())
        })
    }

    /// The resource group an assignment names: in its own scope, else Harness's.
    pub fn resource_group_of(&self, assignment: &RoleAssignment) -> Option<&ResourceGroup> {
        self.resource_group(&assignment.resource_group, &assignment.scope)
    }

    pub fn resource_group(&self, identifier: &str, scope: &Scope) -> Option<&ResourceGroup> {
        let named = || {
            self.resource_groups
                .iter()
                .filter(|group| group.identifier == identifier)
        };
        named()
            .find(|group| group.scope.as_ref() == Some(scope))
            .or_else(|| named().find(|group| group.scope.is_none()))
    }

    /// Whether a user belongs to a scope. A member of a project is also a member of its organization and account.
    pub fn is_member(user: &User, scope: &Scope) -> bool {
        scope.org.is_none() || user.member_of.iter().any(|of| scope.contains(of))
    }
}
