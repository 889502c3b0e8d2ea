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
use std::path::{Path, PathBuf};

use harness_access::model::{
    AssignmentIds, Details, Directory, Grant, IncludedScope, Label, Level, Listing, ListingKind,
    ListingState, Observation, Resource, ResourceId, ResourceType, Scope, Selector, Timestamp,
};
use harness_access::store::{Identity, Published, Writer};

/// 2026-01-01T00:00:00Z.
pub const NEW_YEAR: i64 = 1_767_225_600_000;
pub const DAY: i64 = 86_400_000;

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
}

impl Default for Account {
    fn default() -> Self {
        Self {
            id: "acme".to_owned(),
            resources: BTreeMap::new(),
            grants: BTreeMap::new(),
            hidden: Vec::new(),
        }
    }
}

/// The type, scope and identifier behind a text id.
pub fn parse(id: &str) -> ResourceId {
    let (kind, rest) = id.split_once('/').expect("a text id");
    let (kind, scope, identifier) = match kind {
        "user" => (ResourceType::User, Scope::Account, rest),
        "account" => (ResourceType::Account, Scope::Account, rest),
        "organization" => (ResourceType::Organization, Scope::Account, rest),
        "project" => {
            let (org, project) = rest.split_once('/').expect("org/project");
            (
                ResourceType::Project,
                Scope::parse(&format!("org/{org}")).expect("a scope"),
                project,
            )
        }
        kind => {
            let (scope, identifier) = rest.rsplit_once('/').expect("scope/identifier");
            let kind = match kind {
                "service_account" => ResourceType::ServiceAccount,
                "user_group" => ResourceType::UserGroup,
                "role" => ResourceType::Role,
                "resource_group" => ResourceType::ResourceGroup,
                other => ResourceType::Other(other.to_owned()),
            };
            (kind, Scope::parse(scope).expect("a scope"), identifier)
        }
    };
    ResourceId {
        kind,
        scope,
        identifier: identifier.to_owned(),
    }
}

impl Account {
    pub fn resource(&mut self, id: &str, name: Option<&str>, details: Details) -> &mut Self {
        let entry = (parse(id), name.map(str::to_owned), details);
        self.resources.insert(id.to_owned(), entry);
        self
    }

    pub fn user(&mut self, uuid: &str, name: &str, email: &str) -> &mut Self {
        let details = user(email, false);
        self.resource(&format!("user/{uuid}"), Some(name), details)
    }

    pub fn group(&mut self, id: &str, name: &str) -> &mut Self {
        let details = Details::UserGroup {
            description: None,
            sso_linked: false,
            sso_type: None,
            sso_group: None,
            externally_managed: false,
            harness_managed: false,
        };
        self.resource(id, Some(name), details)
    }

    pub fn role(&mut self, id: &str, name: &str, permissions: &[&str]) -> &mut Self {
        let mut permissions: Vec<String> = permissions.iter().map(|&p| p.to_owned()).collect();
        permissions.sort_unstable();
        let details = Details::Role {
            description: None,
            harness_managed: id.starts_with("role/harness/"),
            permissions,
            scope_levels: vec!["account".to_owned()],
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

    pub fn everything(&mut self, id: &str, name: &str) -> &mut Self {
        self.resource(id, Some(name), resource_group(true, Vec::new()))
    }

    pub fn project(&mut self, org: &str, project: &str) -> &mut Self {
        let details = || Details::Container {
            description: None,
            harness_managed: false,
        };
        self.resource(&format!("organization/{org}"), Some(org), details());
        self.resource(
            &format!("project/{org}/{project}"),
            Some(project),
            details(),
        )
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
            started_at: at(0),
            finished_at: at(60),
            caller: None,
            scopes: "all".to_owned(),
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
                let hidden = self.hidden.iter().any(|(k, s)| *k == kind && *s == path);
                listings.push(Listing {
                    kind,
                    scope: scope.clone(),
                    endpoint: format!("GET /{kind}"),
                    state: if hidden {
                        let reason = "needs the permission to view it".to_owned();
                        ListingState::NotPermitted { reason }
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

pub fn user(email: &str, disabled: bool) -> Details {
    Details::User {
        email: Some(email.to_owned()),
        locked: false,
        disabled,
        externally_managed: false,
        two_factor_enabled: None,
    }
}

pub fn resource_group(all_resources: bool, selectors: Vec<Selector>) -> Details {
    Details::ResourceGroup {
        description: None,
        harness_managed: false,
        all_resources,
        included_scopes: vec![IncludedScope {
            scope: None,
            child_scopes: false,
        }],
        selectors,
        scope_levels: vec!["account".to_owned()],
    }
}

/// A folder of a test's own, removed when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("harness-access-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
