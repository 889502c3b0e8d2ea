//! An account written down by hand, and snapshots of it made without Harness.
//!
//! ```text
//! let mut account = Account::default();
//! account.user("u1", "Ada", "ada@example.test").group("admins", "Admins").member("u1", "admins");
//! account.publish(&file, 1);
//! ```

#![allow(dead_code, unreachable_pub)]

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroI64;
use std::path::Path;

#[path = "details.rs"]
mod details;

use harness_access::model::{
    AssignmentIds, Details, Directory, Grant, Label, Level, Listing, ListingKind, ListingState,
    Observation, Resource, ResourceId, ResourceType, Scope, Selector, Timestamp,
};
use harness_access::store::{Identity, Published, Writer};

use details::{levels, over_all, own_scope, selector};
pub use details::{parse, resource_group, user};

/// 2026-01-01T00:00:00Z.
pub const NEW_YEAR: i64 = 1_767_225_600_000;
pub const DAY: i64 = 86_400_000;

/// The resource group of Harness that covers everything, child scopes included.
pub const EVERYTHING: &str = "resource_group/harness/_all_resources_including_child_scopes";

/// The resource group of Harness that covers the account without what is below.
pub const ACCOUNT_ONLY: &str = "resource_group/harness/_all_account_level_resources";

/// Who holds what, by text ids: principal, target, and for a role scope and resource group.
pub type GrantId = (String, String, Option<(String, String)>);

/// What an account holds.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    pub resources: BTreeMap<String, (ResourceId, Option<String>, Details)>,
    /// With the identifier of the role assignment.
    pub grants: BTreeMap<GrantId, String>,
    /// Listings that a sync of it cannot see, by kind and scope path.
    pub hidden: Vec<(ListingKind, String)>,
    /// Listings that a sync of it sees in part.
    pub partial: Vec<(ListingKind, String)>,
    /// Which scopes a sync asks for.
    pub asked: &'static str,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            id: "acme".to_owned(),
            resources: BTreeMap::new(),
            grants: BTreeMap::new(),
            hidden: Vec::new(),
            partial: Vec::new(),
            asked: "all",
        }
    }
}

impl Account {
    /// An account with Harness's two resource groups over everything and its role for administrators.
    pub fn example() -> Self {
        let mut account = Self {
            id: "ACC".to_owned(),
            ..Self::default()
        };
        let itself = Details::Account {
            authentication_mechanism: None,
            public_access_enabled: None,
            two_factor_enforced: None,
        };
        account.resource("account/ACC", Some("Example"), itself);
        account.resource(EVERYTHING, Some("Everything"), over_all(true));
        account.resource(ACCOUNT_ONLY, Some("Account only"), over_all(false));
        let permissions = [
            "core_account_view",
            "core_secret_access",
            "core_project_view",
            "core_role_edit",
        ];
        account.role("role/harness/_account_admin", "Account Admin", &permissions);
        account
    }

    pub fn resource(&mut self, id: &str, name: Option<&str>, details: Details) -> &mut Self {
        let entry = (parse(id), name.map(str::to_owned), details);
        self.resources.insert(id.to_owned(), entry);
        self
    }

    pub fn user(&mut self, uuid: &str, name: &str, email: &str) -> &mut Self {
        let details = user(email, false);
        self.resource(&format!("user/{uuid}"), Some(name), details)
    }

    /// A user; the address is `<uuid>@example.test`.
    pub fn person(&mut self, uuid: &str, name: &str) -> &mut Self {
        self.user(uuid, name, &format!("{uuid}@example.test"))
    }

    /// A user who may not sign in.
    pub fn disabled_person(&mut self, uuid: &str, name: &str) -> &mut Self {
        let details = user(&format!("{uuid}@example.test"), true);
        self.resource(&format!("user/{uuid}"), Some(name), details)
    }

    pub fn service_account(&mut self, id: &str, name: &str) -> &mut Self {
        let details = Details::ServiceAccount {
            email: None,
            description: None,
            api_keys: Some(1),
        };
        self.resource(id, Some(name), details)
    }

    pub fn group(&mut self, id: &str, name: &str) -> &mut Self {
        let details = Details::UserGroup {
            description: None,
            sso_linked: Some(false),
            sso_type: None,
            sso_group: None,
            externally_managed: Some(false),
            harness_managed: Some(id.contains("all_users")),
        };
        self.resource(id, Some(name), details)
    }

    /// A group with members, by uuid.
    pub fn group_of(&mut self, id: &str, name: &str, members: &[&str]) -> &mut Self {
        self.group(id, name);
        for uuid in members {
            self.member(&format!("user/{uuid}"), id);
        }
        self
    }

    pub fn role(&mut self, id: &str, name: &str, permissions: &[&str]) -> &mut Self {
        let mut permissions: Vec<String> = permissions.iter().map(|&p| p.to_owned()).collect();
        permissions.sort_unstable();
        let details = Details::Role {
            description: None,
            harness_managed: id.starts_with("role/harness/"),
            permissions,
            scope_levels: levels(id),
        };
        self.resource(id, Some(name), details)
    }

    /// A resource group over every pipeline, or over the named ones.
    pub fn pipelines(&mut self, id: &str, name: &str, identifiers: &[&str]) -> &mut Self {
        let selector = Selector {
            resource_type: "PIPELINE".to_owned(),
            identifiers: identifiers.iter().map(|&i| i.to_owned()).collect(),
            attribute: None,
            attribute_values: Vec::new(),
        };
        self.resource(id, Some(name), resource_group(false, vec![selector]))
    }

    /// A resource group of its own scope, from `TYPE`, `TYPE/ID` or `TYPE?attribute=value`.
    pub fn resource_group(&mut self, id: &str, name: &str, selectors: &[&str]) -> &mut Self {
        let selectors = selectors.iter().map(|text| selector(text)).collect();
        let details = Details::ResourceGroup {
            description: None,
            harness_managed: false,
            all_resources: false,
            included_scopes: own_scope(false),
            selectors,
            scope_levels: levels(id),
        };
        self.resource(id, Some(name), details)
    }

    /// A group with members, a service account, a role and a resource group of one name and identifier in a scope.
    pub fn namesakes(
        &mut self,
        scope: &str,
        identifier: &str,
        name: &str,
        members: &[&str],
    ) -> &mut Self {
        let [group, bot, role, over] = ["user_group", "service_account", "role", "resource_group"]
            .map(|kind| format!("{kind}/{scope}/{identifier}"));
        self.group_of(&group, name, members)
            .service_account(&bot, name)
            .role(&role, name, &["core_secret_access"])
            .resource_group(&over, name, &["SECRET"])
    }

    pub fn everything(&mut self, id: &str, name: &str) -> &mut Self {
        self.resource(id, Some(name), resource_group(true, Vec::new()))
    }

    pub fn project(&mut self, org: &str, project: &str) -> &mut Self {
        let details = || Details::Container {
            description: None,
            harness_managed: Some(false),
        };
        self.resource(&format!("organization/{org}"), Some(org), details());
        self.resource(
            &format!("project/{org}/{project}"),
            Some(project),
            details(),
        )
    }

    /// `org/<org>` or `org/<org>/project/<project>`, named by its path.
    pub fn scope(&mut self, path: &str) -> &mut Self {
        let id = match Scope::parse(path).expect("a scope") {
            Scope::Project { org, project } => format!("project/{org}/{project}"),
            scope => format!("organization/{}", scope.org().expect("an organization")),
        };
        let details = Details::Container {
            description: None,
            harness_managed: Some(false),
        };
        self.resource(&id, Some(path), details)
    }

    /// A listing that shows only a part.
    pub fn gap(&mut self, kind: ListingKind, scope: &str) -> &mut Self {
        self.partial.push((kind, scope.to_owned()));
        self
    }

    pub fn member(&mut self, principal: &str, group: &str) -> &mut Self {
        let id = (principal.to_owned(), group.to_owned(), None);
        self.grants.insert(id, String::new());
        self
    }

    pub fn assign(&mut self, principal: &str, role: &str, scope: &str, over: &str) -> &mut Self {
        let place = Some((scope.to_owned(), over.to_owned()));
        let id = (principal.to_owned(), role.to_owned(), place);
        let assignment = format!("ra-{principal}-{role}");
        self.grants.insert(id, assignment);
        self
    }

    pub fn revoke(&mut self, principal: &str, target: &str) -> &mut Self {
        self.grants
            .retain(|(p, t, _), _| p != principal || t != target);
        self
    }

    pub fn remove(&mut self, id: &str) -> &mut Self {
        self.resources.remove(id);
        self
    }

    /// What a sync on a day of 2026 sees.
    pub fn observe(&self, day: i64) -> Observation {
        let at = |seconds: i64| Timestamp::from_millis(NEW_YEAR + (day - 1) * DAY + seconds * 1000);
        let mut directory = Directory::default();
        let mut resources = Vec::new();
        let mut supplied_levels = HashMap::new();
        for (id, name, details) in self.resources.values() {
            let reference = directory.intern(id.clone());
            if id.scope == Scope::Harness {
                supplied_levels.insert(reference, vec![Level::Account]);
            }
            resources.push(Resource {
                id: reference,
                name: name.clone(),
                details: details.clone(),
                unread: Vec::new(),
            });
        }
        let mut assignment_ids = AssignmentIds::default();
        let mut grants = Vec::new();
        for ((principal, target, place), assignment) in &self.grants {
            let scope = place
                .as_ref()
                .map(|(scope, _)| Scope::parse(scope).expect("a scope"));
            grants.push(Grant {
                principal: directory.intern(parse(principal)),
                target: directory.intern(parse(target)),
                scope: scope.map(|scope| directory.intern_scope(&scope)),
                resource_group: place
                    .as_ref()
                    .map(|(_, over)| directory.intern(parse(over))),
                created_at: place.as_ref().and_then(|_| NonZeroI64::new(NEW_YEAR)),
                assignment: place.as_ref().map(|_| assignment_ids.push(assignment)),
                harness_managed: false,
            });
        }
        Observation {
            notes: Vec::new(),
            trail: None,
            started_at: at(0),
            finished_at: at(60),
            caller: None,
            scopes: self.asked.to_owned(),
            requests: 1,
            listings: self.listings(at(0), at(60)),
            directory,
            resources,
            supplied_levels,
            grants,
            assignment_ids,
            disabled_role_assignments: 0,
        }
    }

    fn listings(&self, started_at: Timestamp, finished_at: Timestamp) -> Vec<Listing> {
        let mut scopes = vec![Scope::Account];
        for (id, _, _) in self.resources.values() {
            let (org, project) = match (&id.kind, &id.scope) {
                (ResourceType::Organization, _) => (id.identifier.as_str(), None),
                (ResourceType::Project, Scope::Organization { org }) => {
                    (org.as_str(), Some(id.identifier.as_str()))
                }
                _ => continue,
            };
            scopes.extend(Scope::from_parts(Some(org), project));
        }
        let mut listings = Vec::new();
        for scope in scopes {
            for kind in ListingKind::ALL {
                let fits = match kind {
                    ListingKind::Accounts | ListingKind::Organizations => scope == Scope::Account,
                    ListingKind::Projects => matches!(scope, Scope::Organization { .. }),
                    _ => true,
                };
                if !fits {
                    continue;
                }
                let path = scope.to_string();
                let is_in = |list: &[(ListingKind, String)]| {
                    list.iter().any(|(k, s)| *k == kind && *s == path)
                };
                listings.push(Listing {
                    accepted: None,
                    kind,
                    scope: scope.clone(),
                    endpoint: format!("GET /{kind}"),
                    state: if is_in(&self.hidden) {
                        let reason = "needs the permission to view it".to_owned();
                        ListingState::NotPermitted { reason }
                    } else if is_in(&self.partial) {
                        ListingState::Partial {
                            reason: "the key may not view all".to_owned(),
                            whole_for: Vec::new(),
                        }
                    } else {
                        ListingState::Complete
                    },
                    reported_total: None,
                    rows: 0,
                    pages: 1,
                    requests: 1,
                    retries: 0,
                    started_at,
                    finished_at,
                });
            }
        }
        listings
    }

    pub fn publish(&self, file: &Path, day: i64) -> Published {
        self.publish_as(file, day, None)
    }

    pub fn publish_as(&self, file: &Path, day: i64, label: Option<&str>) -> Published {
        let label = label.map(|label| Label::new(label).expect("a label"));
        let identity = Identity {
            account_id: self.id.clone(),
            base_url: "https://app.harness.io".to_owned(),
        };
        Writer::open(file, &identity)
            .and_then(|writer| {
                writer.publish(&identity, self.observe(day), "0.0.0", label.as_ref())
            })
            .expect("publish")
    }
}
