//! What a sync would see of the account.

use harness_access::model::{
    Details, Directory, IncludedScope, Level, Listing, ListingKind, ListingState, Ref, Resource,
    ResourceId, ResourceType, Scope, ScopeRef, Timestamp,
};

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) directory: Directory,
    pub(crate) resources: Vec<Resource>,
    pub(crate) scopes: Vec<Scope>,
}

impl Seen {
    fn add(
        &mut self,
        kind: ResourceType,
        scope: Scope,
        identifier: String,
        name: String,
        details: Details,
    ) -> Ref {
        let id = self.directory.intern(ResourceId {
            kind,
            scope,
            identifier,
        });
        self.resources.push(Resource {
            id,
            name: Some(name),
            details,
            unread: Vec::new(),
        });
        id
    }

    pub(crate) fn user(&mut self, user: usize) -> Ref {
        let details = Details::User {
            email: Some(format!("person.number{user}@example.test")),
            locked: Some(false),
            disabled: Some(false),
            externally_managed: Some(true),
            two_factor_enabled: Some(true),
        };
        self.add(
            ResourceType::User,
            Scope::Account,
            format!("{user:022}"),
            format!("Person Number {user}"),
            details,
        )
    }

    pub(crate) fn group(&mut self, group: usize) -> Ref {
        let details = Details::UserGroup {
            description: Some("A team".to_owned()),
            sso_linked: Some(false),
            sso_type: None,
            sso_group: None,
            externally_managed: Some(false),
            harness_managed: Some(false),
        };
        let identifier = format!("team_{group}");
        self.add(
            ResourceType::UserGroup,
            Scope::Account,
            identifier,
            format!("Team {group}"),
            details,
        )
    }

    pub(crate) fn role(&mut self, role: usize) -> Ref {
        let details = Details::Role {
            description: None,
            harness_managed: false,
            permissions: (0..role + 5)
                .map(|permission| format!("core_resource{permission}_edit"))
                .collect(),
            scope_levels: vec!["project".to_owned()],
        };
        self.add(
            ResourceType::Role,
            Scope::Account,
            format!("role_{role}"),
            format!("Role {role}"),
            details,
        )
    }

    pub(crate) fn resource_group(&mut self, group: usize) -> Ref {
        let details = Details::ResourceGroup {
            description: None,
            harness_managed: false,
            all_resources: true,
            included_scopes: vec![IncludedScope {
                scope: None,
                child_scopes: false,
            }],
            selectors: Vec::new(),
            scope_levels: vec!["project".to_owned()],
        };
        let identifier = format!("resources_{group}");
        self.add(
            ResourceType::ResourceGroup,
            Scope::Account,
            identifier,
            format!("Resources {group}"),
            details,
        )
    }

    pub(crate) fn project(&mut self, project: usize) -> ScopeRef {
        let org = format!("org{}", project % 20);
        let scope = Scope::Project {
            org: org.clone(),
            project: format!("project_{project}"),
        };
        let details = || Details::Container {
            description: None,
            harness_managed: Some(false),
        };
        if project < 20 {
            self.add(
                ResourceType::Organization,
                Scope::Account,
                org.clone(),
                org.clone(),
                details(),
            );
            self.scopes.push(Scope::Organization { org: org.clone() });
        }
        let identifier = format!("project_{project}");
        self.add(
            ResourceType::Project,
            Scope::Organization { org },
            identifier,
            format!("Project {project}"),
            details(),
        );
        self.scopes.push(scope.clone());
        self.directory.intern_scope(&scope)
    }
}

pub(crate) fn listings(scopes: &[Scope], at: Timestamp) -> Vec<Listing> {
    let mut listings = Vec::new();
    for scope in [Scope::Account].iter().chain(scopes) {
        let level = scope.level();
        for kind in ListingKind::ALL {
            let fits = match kind {
                ListingKind::Accounts | ListingKind::Organizations => level == Some(Level::Account),
                ListingKind::Projects => level == Some(Level::Organization),
                _ => true,
            };
            if fits {
                listings.push(Listing {
                    accepted: None,
                    kind,
                    scope: scope.clone(),
                    endpoint: format!("GET /authz/api/{kind}"),
                    state: ListingState::Complete,
                    reported_total: Some(100),
                    rows: 100,
                    pages: 1,
                    requests: 1,
                    retries: 0,
                    started_at: at,
                    finished_at: at,
                });
            }
        }
    }
    listings
}
