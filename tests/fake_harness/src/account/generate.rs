//! Big accounts, the same for the same numbers, for benchmarks and scale tests.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    ACCOUNT_ID, Account, Grantee, Group, IncludedScope, ResourceFilter, ResourceGroup,
    ResourceSelector, Role, RoleAssignment, ServiceAccount, Times, User,
};
use crate::random::Random;
use crate::scope::Scope;
use crate::text::Text;

#[derive(Clone, Debug)]
pub struct GenerateSpec {
    pub assignments: usize,
    pub users: usize,
    pub groups: usize,
    pub service_accounts: usize,
    pub roles: usize,
    pub resource_groups: usize,
    /// Beside `default`. Without organizations and projects everything lies at account scope.
    pub organizations: usize,
    pub projects: usize,
    pub seed: u64,
}

impl Default for GenerateSpec {
    fn default() -> Self {
        Self {
            assignments: 1_000,
            users: 200,
            groups: 40,
            service_accounts: 20,
            roles: 20,
            resource_groups: 20,
            organizations: 0,
            projects: 0,
            seed: 1,
        }
    }
}

const PERMISSIONS: [&str; 6] = [
    "core_pipeline_view",
    "core_pipeline_execute",
    "core_secret_view",
    "core_connector_view",
    "core_service_view",
    "core_environment_view",
];

impl Account {
    /// Random in who holds what, without dangling references, so that every row resolves.
    pub fn generate(spec: &GenerateSpec) -> Self {
        let mut account = Self::empty(ACCOUNT_ID);
        account.name = "Generated Corp".into();
        Generator {
            random: Random::new(spec.seed),
            spec,
            account: &mut account,
        }
        .run();
        account
    }
}

struct Generator<'a> {
    random: Random,
    spec: &'a GenerateSpec,
    account: &'a mut Account,
}

impl Generator<'_> {
    fn run(mut self) {
        let scopes = self.scopes();
        self.people(&scopes);
        self.roles_and_resource_groups(&scopes);
        self.assignments(&scopes);
    }

    fn scopes(&mut self) -> Vec<Scope> {
        for number in 0..self.spec.organizations {
            self.account.add_organization(
                &format!("org_{number:04}"),
                &format!("Organization {number}"),
            );
        }
        let organizations = self.account.organizations.len();
        for number in 0..self.spec.projects {
            let org = self.account.organizations[number % organizations]
                .identifier
                .clone();
            self.account.add_project(
                &org,
                &format!("project_{number:05}"),
                &format!("Project {number}"),
            );
        }
        if self.spec.organizations + self.spec.projects == 0 {
            vec![Scope::account()]
        } else {
            self.account.scopes()
        }
    }

    fn people(&mut self, scopes: &[Scope]) {
        for number in 0..self.spec.users {
            let home = scopes[number % scopes.len()].clone();
            self.account.users.push(User {
                uuid: format!("u{number:07}{}", self.random.letters(14)),
                email: format!("person{number:07}@example.test"),
                name: Some(format!("Person {number}")),
                disabled: number % 97 == 96,
                externally_managed: number % 3 == 0,
                two_factor: number % 2 == 0,
                member_of: if home.org.is_some() {
                    vec![home]
                } else {
                    Vec::new()
                },
                ..User::default()
            });
        }
        for number in 0..self.spec.service_accounts {
            self.account.service_accounts.push(ServiceAccount {
                scope: scopes[number % scopes.len()].clone(),
                identifier: format!("bot_{number:06}"),
                name: format!("Bot {number}"),
                email: format!("bot_{number:06}@service.harness.io"),
                ..ServiceAccount::default()
            });
        }
        for number in 0..self.spec.groups {
            let mut members: Vec<String> = (0..self.random.below(20))
                .filter(|_| self.spec.users > 0)
                .map(|_| self.random.below(self.spec.users))
                .map(|user| self.account.users[user].uuid.clone())
                .collect();
            members.sort();
            members.dedup();
            self.account.groups.push(Group {
                scope: scopes[number % scopes.len()].clone(),
                identifier: format!("group_{number:06}"),
                name: format!("Group {number}"),
                users: Some(members),
                ..Group::default()
            });
        }
    }

    fn roles_and_resource_groups(&mut self, scopes: &[Scope]) {
        for number in 0..self.spec.roles {
            let mut permissions: Vec<String> =
                PERMISSIONS.iter().map(|&name| name.into()).collect();
            permissions.truncate(1 + number % PERMISSIONS.len());
            self.account.roles.push(Role {
                scope: Some(scopes[number % scopes.len()].clone()),
                identifier: format!("role_{number:06}"),
                name: format!("Role {number}"),
                permissions,
                ..Role::default()
            });
        }
        for number in 0..self.spec.resource_groups {
            let scope = scopes[number % scopes.len()].clone();
            self.account.resource_groups.push(ResourceGroup {
                included_scopes: vec![IncludedScope {
                    scope: Some(scope.clone()),
                    child_scopes: false,
                }],
                scope: Some(scope),
                identifier: format!("resources_{number:06}"),
                name: format!("Resources {number}"),
                filter: Some(ResourceFilter {
                    all: false,
                    resources: vec![ResourceSelector {
                        resource_type: "PIPELINE".into(),
                        ..ResourceSelector::default()
                    }],
                }),
                ..ResourceGroup::default()
            });
        }
    }

    fn assignments(&mut self, scopes: &[Scope]) {
        let choices: Vec<Choice> = scopes
            .iter()
            .map(|scope| Choice::new(self.account, scope))
            .collect();
        let users: Vec<Text> = self
            .account
            .users
            .iter()
            .map(|user| user.uuid.as_str().into())
            .collect();
        self.account.role_assignments.reserve(self.spec.assignments);
        let mut taken = HashSet::with_capacity(self.spec.assignments);
        for number in 0..self.spec.assignments {
            let choice = &choices[number % scopes.len()];
            let Some((principal, role, resource_group)) =
                self.free_grant(number, choice, &users, &mut taken)
            else {
                continue;
            };
            self.account.role_assignments.push(RoleAssignment {
                scope: choice.scope.clone(),
                identifier: format!("role_assignment_{number:010}{}", self.random.letters(10)),
                role,
                resource_group,
                principal,
                disabled: number % 50 == 49,
                times: Times::at(1_700_000_000_000 + number as i64),
                ..RoleAssignment::default()
            });
        }
    }

    /// A grant that is not there yet, since Harness refuses a second one of the same natural key. `None` when the
    /// account is too small for that many.
    fn free_grant(
        &mut self,
        number: usize,
        choice: &Choice,
        users: &[Text],
        taken: &mut HashSet<u64>,
    ) -> Option<(Grantee, Text, Text)> {
        for attempt in 0..100 {
            let principal = match (
                (number + attempt) % 10,
                choice.groups.len(),
                choice.service_accounts.len(),
            ) {
                (0..=3, 1.., _) => self.random.pick(&choice.groups).clone(),
                (4, _, 1..) => self.random.pick(&choice.service_accounts).clone(),
                _ if users.is_empty() => continue,
                _ => choice.user(self.random.pick(users)),
            };
            let role = self.random.pick(&choice.roles).clone();
            let resource_group = self.random.pick(&choice.resource_groups).clone();
            let mut hasher = DefaultHasher::new();
            (
                &choice.scope,
                &principal.kind,
                &principal.identifier,
                &role,
                &resource_group,
            )
                .hash(&mut hasher);
            if taken.insert(hasher.finish()) {
                return Some((principal, role, resource_group));
            }
        }
        None
    }
}

/// What can be assigned in one scope.
struct Choice {
    scope: Scope,
    user_type: Text,
    groups: Vec<Grantee>,
    service_accounts: Vec<Grantee>,
    roles: Vec<Text>,
    resource_groups: Vec<Text>,
}

impl Choice {
    fn user(&self, uuid: &Text) -> Grantee {
        Grantee {
            kind: self.user_type.clone(),
            identifier: uuid.clone(),
            scope_level: None,
        }
    }

    fn new(account: &Account, scope: &Scope) -> Self {
        let level: Text = scope.level().into();
        let grantee = |kind: &str, identifier: &str, home: &Scope| Grantee {
            kind: kind.into(),
            identifier: identifier.into(),
            scope_level: Some(home.level().into()),
        };
        // Groups of the account are also used below it, as people do.
        let groups = account
            .groups
            .iter()
            .filter(|row| row.scope == *scope || row.scope == Scope::account());
        let service_accounts = account
            .service_accounts
            .iter()
            .filter(|row| row.scope == *scope);
        let at_level = |levels: &[String]| levels.iter().any(|name| *name == *level);
        let roles = account.roles.iter().filter(|row| match &row.scope {
            Some(own) => own == scope,
            None => !row.internal && at_level(&row.levels),
        });
        let resource_groups = account
            .resource_groups
            .iter()
            .filter(|row| match &row.scope {
                Some(own) => own == scope,
                None => row.levels.as_deref().is_some_and(at_level),
            });
        Self {
            scope: scope.clone(),
            user_type: "USER".into(),
            groups: groups
                .map(|row| grantee("USER_GROUP", &row.identifier, &row.scope))
                .collect(),
            service_accounts: service_accounts
                .map(|row| grantee("SERVICE_ACCOUNT", &row.identifier, &row.scope))
                .collect(),
            roles: roles.map(|row| row.identifier.as_str().into()).collect(),
            resource_groups: resource_groups
                .map(|row| row.identifier.as_str().into())
                .collect(),
        }
    }
}
