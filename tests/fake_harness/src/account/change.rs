//! Short ways for tests to change the account.

use super::{Account, Grantee, Group, ResourceGroup, Role, RoleAssignment, ServiceAccount, User};
use crate::scope::Scope;
use crate::text::Text;

/// A principal as a test names it.
#[derive(Clone, Copy, Debug)]
pub enum Principal<'a> {
    /// By uuid.
    User(&'a str),
    /// By identifier, in the scope of the assignment.
    Group(&'a str),
    ServiceAccount(&'a str),
    /// By identifier, in the scope of that level above the assignment.
    GroupAt(&'a str, &'a str),
    ServiceAccountAt(&'a str, &'a str),
}

impl Principal<'_> {
    fn grantee(self, scope: &Scope) -> Grantee {
        let (kind, identifier, scope_level) = match self {
            Self::User(uuid) => ("USER", uuid, None),
            Self::Group(identifier) => ("USER_GROUP", identifier, Some(scope.level())),
            Self::ServiceAccount(identifier) => {
                ("SERVICE_ACCOUNT", identifier, Some(scope.level()))
            }
            Self::GroupAt(identifier, level) => ("USER_GROUP", identifier, Some(level)),
            Self::ServiceAccountAt(identifier, level) => {
                ("SERVICE_ACCOUNT", identifier, Some(level))
            }
        };
        Grantee {
            kind: kind.into(),
            identifier: identifier.into(),
            scope_level: scope_level.map(Text::from),
        }
    }
}

impl Account {
    pub fn add_user(&mut self, uuid: &str, email: &str, name: &str) -> &mut User {
        let user = User {
            uuid: uuid.into(),
            email: email.into(),
            name: Some(name.into()),
            ..User::default()
        };
        pushed(&mut self.users, user)
    }

    pub fn user(&mut self, uuid: &str) -> &mut User {
        self.users
            .iter_mut()
            .find(|user| user.uuid == uuid)
            .expect("a user of the account")
    }

    pub fn rename_user(&mut self, uuid: &str, name: &str) {
        self.user(uuid).name = Some(name.into());
    }

    /// From the account and from every group; role assignments stay behind, dangling.
    pub fn remove_user(&mut self, uuid: &str) {
        self.users.retain(|user| user.uuid != uuid);
        for users in self
            .groups
            .iter_mut()
            .filter_map(|group| group.users.as_mut())
        {
            users.retain(|member| member != uuid);
        }
    }

    pub fn add_service_account(
        &mut self,
        scope: &Scope,
        identifier: &str,
        name: &str,
    ) -> &mut ServiceAccount {
        let account = ServiceAccount {
            scope: scope.clone(),
            identifier: identifier.into(),
            name: name.into(),
            email: format!("{identifier}@service.harness.io"),
            tags: Some(super::rows::Tags::new()),
            ..ServiceAccount::default()
        };
        pushed(&mut self.service_accounts, account)
    }

    pub fn remove_service_account(&mut self, scope: &Scope, identifier: &str) {
        self.service_accounts
            .retain(|row| !(row.scope == *scope && row.identifier == identifier));
    }

    pub fn add_group(&mut self, scope: &Scope, identifier: &str, name: &str) -> &mut Group {
        let group = Group {
            scope: scope.clone(),
            identifier: identifier.into(),
            name: name.into(),
            users: Some(Vec::new()),
            ..Group::default()
        };
        pushed(&mut self.groups, group)
    }

    pub fn group(&mut self, scope: &Scope, identifier: &str) -> &mut Group {
        let found = self
            .groups
            .iter_mut()
            .find(|group| group.scope == *scope && group.identifier == identifier);
        found.expect("a group of that scope")
    }

    pub fn remove_group(&mut self, scope: &Scope, identifier: &str) {
        self.groups
            .retain(|group| !(group.scope == *scope && group.identifier == identifier));
    }

    pub fn add_member(&mut self, scope: &Scope, group: &str, uuid: &str) {
        self.group(scope, group)
            .users
            .get_or_insert_default()
            .push(uuid.into());
    }

    pub fn remove_member(&mut self, scope: &Scope, group: &str, uuid: &str) {
        self.group(scope, group)
            .users
            .get_or_insert_default()
            .retain(|member| member != uuid);
    }

    pub fn add_role(&mut self, scope: &Scope, identifier: &str, permissions: &[&str]) -> &mut Role {
        let role = Role {
            scope: Some(scope.clone()),
            identifier: identifier.into(),
            name: identifier.into(),
            permissions: permissions
                .iter()
                .map(|&permission| permission.into())
                .collect(),
            tags: Some(super::rows::Tags::new()),
            ..Role::default()
        };
        pushed(&mut self.roles, role)
    }

    /// A custom role.
    pub fn role(&mut self, scope: &Scope, identifier: &str) -> &mut Role {
        let found = self
            .roles
            .iter_mut()
            .find(|role| role.scope.as_ref() == Some(scope) && role.identifier == identifier);
        found.expect("a custom role of that scope")
    }

    pub fn remove_role(&mut self, scope: &Scope, identifier: &str) {
        self.roles
            .retain(|role| !(role.scope.as_ref() == Some(scope) && role.identifier == identifier));
    }

    pub fn add_resource_group(&mut self, group: ResourceGroup) {
        self.resource_groups.push(group);
    }

    pub fn remove_resource_group(&mut self, scope: &Scope, identifier: &str) {
        self.resource_groups.retain(|group| {
            !(group.scope.as_ref() == Some(scope) && group.identifier == identifier)
        });
    }

    /// Grants a role over a resource group at a scope, and returns the identifier that Harness would make up.
    pub fn assign(
        &mut self,
        principal: Principal<'_>,
        role: &str,
        resource_group: &str,
        scope: &Scope,
    ) -> String {
        self.made_up += 1;
        let identifier = format!("role_assignment_T{:019}", self.made_up);
        self.role_assignments.push(RoleAssignment {
            scope: scope.clone(),
            identifier: identifier.clone(),
            role: role.into(),
            resource_group: resource_group.into(),
            principal: principal.grantee(scope),
            ..RoleAssignment::default()
        });
        identifier
    }

    /// The first assignment of that identifier; identifiers are unique inside a scope only.
    pub fn role_assignment(&mut self, identifier: &str) -> &mut RoleAssignment {
        let found = self
            .role_assignments
            .iter_mut()
            .find(|row| row.identifier == identifier);
        found.expect("a role assignment of that identifier")
    }

    pub fn disable_assignment(&mut self, identifier: &str) {
        self.role_assignment(identifier).disabled = true;
    }

    pub fn enable_assignment(&mut self, identifier: &str) {
        self.role_assignment(identifier).disabled = false;
    }

    pub fn remove_assignment(&mut self, identifier: &str) {
        self.role_assignments
            .retain(|row| row.identifier != identifier);
    }

    pub fn add_organization(&mut self, identifier: &str, name: &str) {
        self.organizations.push(super::Organization {
            identifier: identifier.into(),
            name: name.into(),
            ..super::Organization::default()
        });
    }

    pub fn add_project(&mut self, org: &str, identifier: &str, name: &str) {
        self.projects.push(super::Project {
            org: org.into(),
            identifier: identifier.into(),
            name: name.into(),
            ..super::Project::default()
        });
    }

    /// With everything in it, as Harness does.
    pub fn remove_project(&mut self, org: &str, identifier: &str) {
        let scope = Scope::project(org, identifier);
        self.projects.retain(|project| project.scope() != scope);
        // Whoever was a member of it stays one of the organization.
        for user in &mut self.users {
            for of in user.member_of.iter_mut().filter(|of| **of == scope) {
                *of = Scope::org(org);
            }
        }
        self.remove_below(&scope);
    }

    /// To another organization, with everything in it. What it had of its old organization is lost.
    pub fn move_project(&mut self, org: &str, identifier: &str, to: &str) {
        let (old, new) = (
            Scope::project(org, identifier),
            Scope::project(to, identifier),
        );
        for project in self
            .projects
            .iter_mut()
            .filter(|project| project.scope() == old)
        {
            project.org = to.into();
        }
        let scopes = (self.service_accounts.iter_mut().map(|row| &mut row.scope))
            .chain(self.groups.iter_mut().map(|row| &mut row.scope))
            .chain(self.role_assignments.iter_mut().map(|row| &mut row.scope))
            .chain(self.roles.iter_mut().filter_map(|row| row.scope.as_mut()))
            .chain(
                self.resource_groups
                    .iter_mut()
                    .filter_map(|row| row.scope.as_mut()),
            )
            .chain(self.users.iter_mut().flat_map(|row| &mut row.member_of));
        for scope in scopes.filter(|scope| **scope == old) {
            *scope = new.clone();
        }
        let included = self
            .resource_groups
            .iter_mut()
            .flat_map(|group| &mut group.included_scopes);
        for scope in included.filter_map(|included| included.scope.as_mut()) {
            if *scope == old {
                *scope = new.clone();
            }
        }
    }

    pub fn remove_organization(&mut self, identifier: &str) {
        self.organizations
            .retain(|org| org.identifier != identifier);
        self.projects.retain(|project| project.org != identifier);
        self.remove_below(&Scope::org(identifier));
    }

    fn remove_below(&mut self, scope: &Scope) {
        self.service_accounts
            .retain(|row| !scope.contains(&row.scope));
        self.groups.retain(|row| !scope.contains(&row.scope));
        self.roles
            .retain(|row| !row.scope.as_ref().is_some_and(|own| scope.contains(own)));
        self.resource_groups
            .retain(|row| !row.scope.as_ref().is_some_and(|own| scope.contains(own)));
        self.role_assignments
            .retain(|row| !scope.contains(&row.scope));
        self.api_keys
            .retain(|row| row.kind == "USER" || !scope.contains(&row.scope));
        self.tokens
            .retain(|row| row.kind == "USER" || !scope.contains(&row.scope));
        for user in &mut self.users {
            user.member_of.retain(|of| !scope.contains(of));
        }
    }
}

fn pushed<T>(rows: &mut Vec<T>, row: T) -> &mut T {
    rows.push(row);
    rows.last_mut().expect("just pushed")
}
