//! Small accounts, written down as a test reads them, and published through the library.

#![allow(clippy::unwrap_used, unreachable_pub, missing_docs, unused)]

use std::path::{Path, PathBuf};

use harness_access::model::{
    AssignmentIds, Details, Directory, Grant, IncludedScope, Level, Listing, ListingKind,
    ListingState, Observation, Ref, Resource, ResourceId, ResourceType, Scope, Selector, Timestamp,
};
use harness_access::store::{Identity, Published, Writer};

/// The resource group of Harness that covers everything, child scopes included.
pub const EVERYTHING: &str = "resource_group/harness/_all_resources_including_child_scopes";

/// The resource group of Harness that covers the account without what is below.
pub const ACCOUNT_ONLY: &str = "resource_group/harness/_all_account_level_resources";

/// An account under construction.
pub struct AccountBuilder {
    directory: Directory,
    resources: Vec<Resource>,
    grants: Vec<Grant>,
    ids: AssignmentIds,
    scopes: Vec<Scope>,
    gaps: Vec<(ListingKind, Scope)>,
    asked: &'static str,
}

impl AccountBuilder {
    /// An account with Harness's two resource groups and its role for administrators.
    pub fn new() -> Self {
        let mut account = Self {
            directory: Directory::default(),
            resources: Vec::new(),
            grants: Vec::new(),
            ids: AssignmentIds::default(),
            scopes: vec![Scope::Account],
            gaps: Vec::new(),
            asked: "all",
        };
        let details = Details::Account {
            authentication_mechanism: None,
            public_access_enabled: None,
            two_factor_enforced: None,
        };
        account.add("account/ACC", Some("Example"), details);
        let everything = |child_scopes| {
            let scope = None;
            vec![IncludedScope {
                scope,
                child_scopes,
            }]
        };
        account.resource_group_of(EVERYTHING, "Everything", true, everything(true), vec![]);
        account.resource_group_of(
            ACCOUNT_ONLY,
            "Account only",
            true,
            everything(false),
            vec![],
        );
        let permissions = [
            "core_account_view",
            "core_secret_access",
            "core_project_view",
            "core_role_edit",
        ];
        account.role("role/harness/_account_admin", "Account Admin", &permissions)
    }

    fn add(&mut self, id: &str, name: Option<&str>, details: Details) -> Ref {
        let id = self.directory.intern(parse(id));
        self.resources.push(Resource {
            id,
            name: name.map(str::to_owned),
            details,
        });
        id
    }

    /// `org/<org>` or `org/<org>/project/<project>`.
    pub fn scope(mut self, path: &str) -> Self {
        let scope = Scope::parse(path).unwrap();
        let id = match &scope {
            Scope::Project { org, project } => format!("project/{org}/{project}"),
            scope => format!("organization/{}", scope.org().unwrap()),
        };
        let details = Details::Container {
            description: None,
            harness_managed: false,
        };
        self.add(&id, Some(path), details);
        self.scopes.push(scope);
        self
    }

    /// A user; the address is `<uuid>@example.test`.
    pub fn user(self, uuid: &str, name: &str) -> Self {
        self.user_who(uuid, name, false)
    }

    /// A user who may be disabled.
    pub fn user_who(mut self, uuid: &str, name: &str, disabled: bool) -> Self {
        let details = Details::User {
            email: Some(format!("{uuid}@example.test")),
            locked: false,
            disabled,
            externally_managed: false,
            two_factor_enabled: Some(true),
        };
        self.add(&format!("user/{uuid}"), Some(name), details);
        self
    }

    /// A service account by text id.
    pub fn service_account(mut self, id: &str, name: &str) -> Self {
        let details = Details::ServiceAccount {
            email: None,
            description: None,
            api_keys: Some(1),
        };
        self.add(id, Some(name), details);
        self
    }

    /// A user group by text id, with members by uuid.
    pub fn group(mut self, id: &str, name: &str, members: &[&str]) -> Self {
        let details = Details::UserGroup {
            description: None,
            sso_linked: false,
            sso_type: None,
            sso_group: None,
            externally_managed: false,
            harness_managed: id.contains("all_users"),
        };
        let group = self.add(id, Some(name), details);
        for uuid in members {
            let member = self.directory.intern(parse(&format!("user/{uuid}")));
            self.grants.push(Grant {
                principal: member,
                target: group,
                scope: None,
                resource_group: None,
                created_at: None,
                assignment: None,
                harness_managed: false,
            });
        }
        self
    }

    /// A role by text id.
    pub fn role(mut self, id: &str, name: &str, permissions: &[&str]) -> Self {
        let mut permissions: Vec<String> = permissions.iter().map(|p| (*p).to_owned()).collect();
        permissions.sort();
        let details = Details::Role {
            description: None,
            harness_managed: id.starts_with("role/harness/"),
            permissions,
            scope_levels: vec![],
        };
        self.add(id, Some(name), details);
        self
    }

    /// A resource group of its own scope, by text id, from `TYPE`, `TYPE/ID` or `TYPE?attribute=value`.
    pub fn resource_group(mut self, id: &str, name: &str, selectors: &[&str]) -> Self {
        let included = vec![IncludedScope {
            scope: None,
            child_scopes: false,
        }];
        let selectors = selectors.iter().map(|text| selector(text)).collect();
        self.resource_group_of(id, name, false, included, selectors);
        self
    }

    fn resource_group_of(
        &mut self,
        id: &str,
        name: &str,
        all_resources: bool,
        included_scopes: Vec<IncludedScope>,
        selectors: Vec<Selector>,
    ) {
        let details = Details::ResourceGroup {
            description: None,
            harness_managed: id.starts_with("resource_group/harness/"),
            all_resources,
            included_scopes,
            selectors,
            scope_levels: vec![],
        };
        self.add(id, Some(name), details);
    }

    /// A role grant, everything by text id.
    pub fn grant(mut self, principal: &str, role: &str, scope: &str, group: &str) -> Self {
        let number = self.grants.len();
        let grant = Grant {
            principal: self.directory.intern(parse(principal)),
            target: self.directory.intern(parse(role)),
            scope: Some(self.directory.intern_scope(&Scope::parse(scope).unwrap())),
            resource_group: Some(self.directory.intern(parse(group))),
            created_at: None,
            assignment: Some(self.ids.push(&format!("assignment_{number}"))),
            harness_managed: false,
        };
        self.grants.push(grant);
        self
    }

    /// 100,000 role grants and 40,000 memberships in 20 organizations with 200 projects.
    pub fn large() -> Self {
        let mut account = Self::new();
        let mut places = vec!["account".to_owned()];
        for org in 0..20 {
            places.push(format!("org/o{org}"));
            places.extend((0..10).map(|project| format!("org/o{org}/project/p{project}")));
        }
        for place in &places[1..] {
            account = account.scope(place);
        }
        for user in 0..20_000 {
            account = account.user_who(
                &format!("u{user:05}"),
                &format!("User {user}"),
                user % 50 == 0,
            );
        }
        for group in 0..1_000 {
            let members: Vec<String> = (0..40)
                .map(|member| format!("u{:05}", (group * 37 + member * 501) % 20_000))
                .collect();
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            let id = format!("user_group/account/g{group:04}");
            account = account.group(&id, &format!("Group {group}"), &members);
        }
        for (at, place) in places.iter().enumerate() {
            let role = format!("role/{place}/r");
            let permissions = [
                "core_secret_access",
                "core_pipeline_view",
                "core_pipeline_execute",
            ];
            account = account.role(&role, &format!("Role {at}"), &permissions[..=at % 3]);
            let group = format!("resource_group/{place}/s");
            account =
                account.resource_group(&group, &format!("Some {at}"), &["SECRET", "PIPELINE/x"]);
        }
        for number in 0..100_000_usize {
            let place = &places[number % places.len()];
            let principal = match number % 10 {
                0 => format!("user_group/account/g{:04}", number / 10 % 1_000),
                _ => format!("user/u{:05}", number * 7 % 20_000),
            };
            let group = match number % 3 {
                0 => EVERYTHING.to_owned(),
                _ => format!("resource_group/{place}/s"),
            };
            account = account.grant(&principal, &format!("role/{place}/r"), place, &group);
        }
        let mut keys = std::collections::HashSet::new();
        account.grants.retain(|grant| {
            keys.insert((
                grant.principal,
                grant.target,
                grant.scope,
                grant.resource_group,
            ))
        });
        account
    }

    /// A list that shows only a part.
    pub fn gap(mut self, kind: ListingKind, scope: &str) -> Self {
        self.gaps.push((kind, Scope::parse(scope).unwrap()));
        self
    }

    /// A sync of the account level only.
    pub fn account_level_only(mut self) -> Self {
        self.asked = "account";
        self
    }

    /// Stores it as the next snapshot of a file.
    pub fn publish(self, path: &Path) -> Published {
        let now = Timestamp::now();
        let listing = |kind, scope: &Scope| Listing {
            kind,
            scope: scope.clone(),
            endpoint: format!("GET /{kind}"),
            state: if self.gaps.contains(&(kind, scope.clone())) {
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
            started_at: now,
            finished_at: now,
        };
        let listings = self
            .scopes
            .iter()
            .flat_map(|scope| ListingKind::ALL.map(|kind| listing(kind, scope)))
            .collect();
        let supplied_levels = self
            .directory
            .ids()
            .iter()
            .filter(|id| id.scope == Scope::Harness)
            .filter_map(|id| Some((self.directory.find(id)?, vec![Level::Account])))
            .collect();
        let observation = Observation {
            started_at: now,
            finished_at: now,
            caller: None,
            scopes: self.asked.to_owned(),
            requests: 1,
            resources: self.resources,
            supplied_levels,
            grants: self.grants,
            assignment_ids: self.ids,
            disabled_role_assignments: 0,
            listings,
            directory: self.directory,
        };
        let identity = Identity {
            account_id: "ACC".to_owned(),
            base_url: "https://app.harness.io".to_owned(),
        };
        let writer = Writer::open(path, &identity).unwrap();
        writer
            .publish(&identity, observation, "test", None)
            .unwrap()
    }
}

fn selector(text: &str) -> Selector {
    let bare = |kind: &str| Selector {
        resource_type: kind.to_owned(),
        identifiers: vec![],
        attribute: None,
        attribute_values: vec![],
    };
    if let Some((kind, filter)) = text.split_once('?') {
        let (attribute, value) = filter.split_once('=').unwrap();
        return Selector {
            attribute: Some(attribute.to_owned()),
            attribute_values: vec![value.to_owned()],
            ..bare(kind)
        };
    }
    match text.split_once('/') {
        None => bare(text),
        Some((kind, id)) => Selector {
            identifiers: vec![id.to_owned()],
            ..bare(kind)
        },
    }
}

/// The text ids of the design, read back.
fn parse(text: &str) -> ResourceId {
    let (kind, rest) = text.split_once('/').unwrap();
    let (kind, scope, identifier) = match kind {
        "account" => (ResourceType::Account, Scope::Account, rest),
        "organization" => (ResourceType::Organization, Scope::Account, rest),
        "user" => (ResourceType::User, Scope::Account, rest),
        "project" => {
            let (org, project) = rest.split_once('/').unwrap();
            let org = Scope::from_parts(Some(org), None).unwrap();
            (ResourceType::Project, org, project)
        }
        _ => {
            let (scope, identifier) = rest.rsplit_once('/').unwrap();
            let kind = match kind {
                "service_account" => ResourceType::ServiceAccount,
                "user_group" => ResourceType::UserGroup,
                "role" => ResourceType::Role,
                "resource_group" => ResourceType::ResourceGroup,
                other => panic!("no such type: {other}"),
            };
            (kind, Scope::parse(scope).unwrap(), identifier)
        }
    };
    ResourceId {
        kind,
        scope,
        identifier: identifier.to_owned(),
    }
}

/// A file of its own for one test.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("access");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

/// What a run of the program left behind.
#[derive(Debug)]
pub struct Ran {
    /// Exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs the program on a file.
pub fn run(db: &Path, arguments: &[&str]) -> Ran {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_harness-access"))
        .args(arguments)
        .arg("--db")
        .arg(db)
        .env_clear()
        .output()
        .unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
