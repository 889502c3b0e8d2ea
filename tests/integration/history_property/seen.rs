//! What a sync sees of the account.

use std::collections::{BTreeMap, HashMap};

use harness_access::model::{
    AssignmentIds, Details, Directory, Grant, Listing, ListingKind as Kind, ListingState,
    Observation, Resource, ResourceType, Scope, Timestamp,
};

use crate::support::account::parse;
use fake_harness::Random;

use super::*;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sight {
    Whole,
    /// Some of it; of role assignments all to principals of these types.
    Part(Vec<ResourceType>),
    Nothing,
}

#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) resources: BTreeMap<String, usize>,
    pub(crate) grants: BTreeMap<GrantId, String>,
    pub(crate) listings: BTreeMap<Place, Sight>,
}

impl Seen {
    /// Whether a role assignment names a role or resource group.
    pub(crate) fn names(&self, id: &str) -> bool {
        self.grants.keys().any(|(_, target, role)| {
            target == id || role.as_ref().is_some_and(|(_, over)| over == id)
        })
    }

    /// The account, and what is below it as far as it can be seen.
    pub(crate) fn of(world: &World, random: &mut Random) -> Self {
        let mut seen = Self::default();
        let trouble = if random.below(3) == 0 { 4 } else { usize::MAX };
        let wide = random.below(6) > 0;
        let mut scopes = vec!["account".to_owned()];
        while let Some(scope) = scopes.pop() {
            let kinds: &[Kind] = match scope.split('/').count() {
                1 if wide => &[
                    Kind::Organizations,
                    Kind::Users,
                    Kind::ServiceAccounts,
                    Kind::UserGroups,
                    Kind::Roles,
                    Kind::ResourceGroups,
                    Kind::RoleAssignments,
                ],
                1 => &[
                    Kind::Users,
                    Kind::ServiceAccounts,
                    Kind::UserGroups,
                    Kind::Roles,
                    Kind::ResourceGroups,
                    Kind::RoleAssignments,
                ],
                2 => &[
                    Kind::Projects,
                    Kind::UserGroups,
                    Kind::Roles,
                    Kind::ResourceGroups,
                    Kind::RoleAssignments,
                ],
                _ => &[Kind::UserGroups, Kind::RoleAssignments],
            };
            for kind in kinds {
                let sight = match random.below(trouble) {
                    0 => Sight::Nothing,
                    1 => Sight::Part(some_types(*kind, random)),
                    _ => Sight::Whole,
                };
                let found = seen.look(world, (*kind, scope.clone()), sight, random);
                scopes.extend(found.iter().filter_map(|id| own_scope(id)));
            }
        }
        seen.note_what_harness_supplies();
        seen
    }

    /// Looks at one list. Returns the ids of the resources it shows.
    pub(crate) fn look(
        &mut self,
        world: &World,
        place: Place,
        sight: Sight,
        random: &mut Random,
    ) -> Vec<String> {
        let mut shows = |kind: &str| match &sight {
            Sight::Whole => true,
            Sight::Nothing => false,
            Sight::Part(types) => {
                types.iter().any(|whole| whole.as_str() == kind) || random.below(2) == 0
            }
        };
        let mut found = Vec::new();
        for (id, version) in &world.resources {
            if lists(&place, id) && shows("") {
                self.resources.insert(id.clone(), *version);
                found.push(id.clone());
            }
        }
        for (grant, assignment) in &world.grants {
            if place_of_grant(grant) != place {
                continue;
            }
            // A group is shown with all of its members.
            let is_seen = match grant.2 {
                None => found.contains(&grant.1),
                Some(_) => shows(kind_of(&grant.0)),
            };
            if is_seen {
                self.grants.insert(grant.clone(), assignment.clone());
            }
        }
        self.listings.insert(place, sight);
        found
    }

    /// One whole list of a level shows all that Harness supplies there. There is one organization.
    pub(crate) fn note_what_harness_supplies(&mut self) {
        for kind in [Kind::Roles, Kind::ResourceGroups] {
            for (scope, level) in [("account", "account"), ("org/a", "organization")] {
                let list = self.listings.get(&(kind, scope.to_owned())).cloned();
                let place = (kind, format!("harness/{level}"));
                self.listings.extend(list.map(|sight| (place, sight)));
            }
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.listings.values().all(|sight| *sight == Sight::Whole)
    }

    pub(crate) fn is_whole(&self, kind: Kind, scope: &str) -> bool {
        self.listings.get(&(kind, scope.to_owned())) == Some(&Sight::Whole)
    }

    /// Whether a list shows everything, for a grant at least everything of its type of principal.
    pub(crate) fn shows_all(&self, place: &Place, principal: Option<&str>) -> bool {
        match self.listings.get(place) {
            Some(Sight::Whole) => true,
            Some(Sight::Part(types)) => principal.is_some_and(|principal| {
                types.iter().any(|kind| kind.as_str() == kind_of(principal))
            }),
            Some(Sight::Nothing) | None => false,
        }
    }

    /// Whether a whole list of organizations or projects no longer shows the scope, or one that it is in.
    pub(crate) fn has_vanished(&self, scope: &str) -> bool {
        let Some(scope) = Scope::parse(scope) else {
            return false;
        };
        let is_gone = |kind, home: &str, id: String| {
            self.is_whole(kind, home) && !self.resources.contains_key(&id)
        };
        scope.org().is_some_and(|org| {
            let organization = format!("organization/{org}");
            let project = scope.project().map(|name| format!("project/{org}/{name}"));
            is_gone(Kind::Organizations, "account", organization)
                || project.is_some_and(|id| is_gone(Kind::Projects, &format!("org/{org}"), id))
        })
    }

    pub(crate) fn observation(&self, number: i64) -> Observation {
        let mut directory = Directory::default();
        let mut assignment_ids = AssignmentIds::default();
        let mut supplied_levels = HashMap::new();
        let mut resources = Vec::new();
        for (id, version) in &self.resources {
            let reference = directory.intern(parse(id));
            if home(id) == "harness" {
                supplied_levels.insert(reference, levels(id));
            }
            resources.push(Resource {
                id: reference,
                name: name(*version),
                details: details(id, *version),
                unread: Vec::new(),
            });
        }
        let grants = self.grants.iter().map(|((principal, target, role), id)| {
            let scope = role.as_ref().map(|(scope, _)| Scope::parse(scope).unwrap());
            Grant {
                principal: directory.intern(parse(principal)),
                target: directory.intern(parse(target)),
                scope: scope.map(|scope| directory.intern_scope(&scope)),
                resource_group: role.as_ref().map(|(_, over)| directory.intern(parse(over))),
                created_at: None,
                assignment: role.as_ref().map(|_| assignment_ids.push(id)),
                harness_managed: false,
            }
        });
        let grants = grants.collect();
        let at = Timestamp::from_millis(1_800_000_000_000 + number * 1000);
        Observation {
            notes: Vec::new(),
            trail: None,
            started_at: at,
            finished_at: at,
            caller: None,
            scopes: "all".to_owned(),
            requests: 1,
            listings: self.listings(at),
            directory,
            resources,
            supplied_levels,
            grants,
            assignment_ids,
            disabled_role_assignments: 0,
        }
    }

    fn listings(&self, at: Timestamp) -> Vec<Listing> {
        let listings = self.listings.iter().filter_map(|((kind, scope), sight)| {
            let reason = "the key may not see it".to_owned();
            Some(Listing {
                accepted: None,
                kind: *kind,
                scope: Scope::parse(scope)?, // not those that stand for what Harness supplies
                endpoint: "GET /list".to_owned(),
                state: match sight {
                    Sight::Whole => ListingState::Complete,
                    Sight::Nothing => ListingState::NotPermitted { reason },
                    Sight::Part(whole_for) => ListingState::Partial {
                        reason,
                        whole_for: whole_for.clone(),
                    },
                },
                reported_total: None,
                rows: 0,
                pages: 1,
                requests: 1,
                retries: 0,
                started_at: at,
                finished_at: at,
            })
        });
        listings.collect()
    }
}

pub(crate) fn some_types(kind: Kind, random: &mut Random) -> Vec<ResourceType> {
    let mut types = vec![
        ResourceType::User,
        ResourceType::UserGroup,
        ResourceType::ServiceAccount,
    ];
    types.retain(|_| kind == Kind::RoleAssignments && random.below(2) == 0);
    types
}

/// Whether a list is one of those that show a resource: what Harness supplies is in each list of its levels.
pub(crate) fn lists((kind, scope): &Place, id: &str) -> bool {
    if Kind::of(&parse(id).kind) != Some(*kind) {
        return false;
    }
    let level = Scope::parse(scope).and_then(|scope| scope.level());
    match home(id).as_str() {
        "harness" => level.is_some_and(|level| levels(id).contains(&level)),
        home => home == scope,
    }
}

pub(crate) fn name(version: usize) -> Option<String> {
    (version != 1).then(|| format!("Name {}", version / 2))
}

pub(crate) fn details(id: &str, version: usize) -> Details {
    let description = Some(format!("Version {version}"));
    match kind_of(id) {
        "user" => Details::User {
            email: description,
            locked: Some(false),
            disabled: Some(version == 2),
            externally_managed: Some(false),
            two_factor_enabled: None,
        },
        "service_account" => Details::ServiceAccount {
            email: None,
            description,
            api_keys: None,
        },
        "user_group" => Details::UserGroup {
            description,
            sso_linked: Some(false),
            sso_type: None,
            sso_group: None,
            externally_managed: Some(false),
            harness_managed: Some(false),
        },
        "role" => Details::Role {
            description,
            harness_managed: home(id) == "harness",
            permissions: vec![],
            scope_levels: vec![],
        },
        "resource_group" => Details::ResourceGroup {
            description,
            harness_managed: home(id) == "harness",
            all_resources: true,
            included_scopes: vec![],
            selectors: vec![],
            scope_levels: vec![],
        },
        _ => Details::Container {
            description,
            harness_managed: Some(false),
        },
    }
}
