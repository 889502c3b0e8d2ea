//! The store against a model of it: for random histories of a small account, seen whole, in part or not at all, every
//! snapshot answers what was known then, and every diff is the difference of two such answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use harness_access::diff::{Change, compare};
use harness_access::model::{
    AssignmentIds, Details, Directory, Grant, Level, Listing, ListingKind as Kind, ListingState,
    Observation, Resource, ResourceType, Scope, Timestamp,
};
use harness_access::store::{Identity, Reader, Writer};

use crate::support::TempDir;
use crate::support::account::parse;
use fake_harness::Random;

/// A list that a sync walks, by kind and scope path.
type Place = (Kind, String);

/// Principal, target, and for a role the scope and the resource group.
type GrantId = (String, String, Option<(String, String)>);

// ---- the account ------------------------------------------------------------------------------------------------------

const RESOURCES: [&str; 19] = [
    "user/u0",
    "user/u1",
    "user/u2",
    "user/u3",
    "service_account/account/s0",
    "service_account/account/s1",
    "user_group/account/g0",
    "user_group/account/g1",
    "user_group/org/a/g0",
    "user_group/org/a/project/p/g0",
    "role/account/r0",
    "role/harness/_account_viewer",
    "role/harness/_viewer",
    "role/harness/_organization_viewer",
    "role/org/a/r0",
    "resource_group/account/all",
    "resource_group/harness/_all_account_level_resources",
    "organization/a",
    "project/a/p",
];
const PRINCIPALS: [&str; 8] = [
    "user/u0",
    "user/u1",
    "user/u2",
    "service_account/account/s0",
    "user_group/account/g0",
    "user_group/org/a/g0",
    "user/nobody",
    "robot/account/x",
];
const SCOPES: [&str; 3] = ["account", "org/a", "org/a/project/p"];

/// Levels at which Harness offers what it supplies.
fn levels(id: &str) -> Vec<Level> {
    match id {
        "role/harness/_viewer" => vec![Level::Organization, Level::Account],
        "role/harness/_organization_viewer" => vec![Level::Organization],
        _ => vec![Level::Account],
    }
}

fn kind_of(id: &str) -> &str {
    id.split('/').next().unwrap()
}

/// The scope a resource lives in.
fn home(id: &str) -> String {
    parse(id).scope.to_string()
}

/// The scope that a resource is, if it is one.
fn own_scope(id: &str) -> Option<String> {
    let parts: Vec<&str> = id.split('/').collect();
    match parts[..] {
        ["organization", org] => Some(format!("org/{org}")),
        ["project", org, project] => Some(format!("org/{org}/project/{project}")),
        _ => None,
    }
}

fn is_below(scope: &str, top: &str) -> bool {
    scope == top || scope.starts_with(&format!("{top}/"))
}

/// The list that shows a resource.
fn place_of(id: &str) -> Place {
    let kind = Kind::of(&parse(id).kind).unwrap();
    let scope = match home(id).as_str() {
        "harness" => format!("harness/{}", levels(id).iter().min().unwrap().as_str()),
        scope => scope.to_owned(),
    };
    (kind, scope)
}

/// The list that shows a grant.
fn place_of_grant((_, target, role): &GrantId) -> Place {
    match role {
        Some((scope, _)) => (Kind::RoleAssignments, scope.clone()),
        None => (Kind::UserGroups, home(target)),
    }
}

#[derive(Clone, Debug, Default)]
struct World {
    /// With a number that tells one version from another.
    resources: BTreeMap<String, usize>,
    /// With the identifier of the role assignment.
    grants: BTreeMap<GrantId, String>,
    assignments: usize,
}

impl World {
    fn has_scope(&self, scope: &str) -> bool {
        match scope {
            "account" | "harness" => true,
            "org/a" => self.resources.contains_key("organization/a"),
            _ => self.resources.contains_key("project/a/p"),
        }
    }

    fn change(&mut self, random: &mut Random) {
        let id = (*random.pick(&RESOURCES)).to_owned();
        let version = random.below(3);
        match random.below(10) {
            0..=3 if self.has_scope(&home(&id)) => {
                self.resources.insert(id, version);
            }
            4 => self.remove(&id),
            5 | 6 => {
                let group = random.pick(&RESOURCES[6..10]);
                if self.resources.contains_key(*group) {
                    let user = random.pick(&RESOURCES[..4]);
                    let grant = ((*user).to_owned(), (*group).to_owned(), None);
                    self.grants.insert(grant, String::new());
                }
            }
            7 | 8 => {
                let scope = *random.pick(&SCOPES);
                if self.has_scope(scope) {
                    let over = *random.pick(&RESOURCES[15..17]);
                    let grant = (
                        (*random.pick(&PRINCIPALS)).to_owned(),
                        (*random.pick(&RESOURCES[10..15])).to_owned(),
                        Some((scope.to_owned(), over.to_owned())),
                    );
                    // Assigned anew if it is there: the same access under another identifier.
                    self.assignments += 1;
                    self.grants.insert(grant, format!("ra{}", self.assignments));
                }
            }
            _ => {
                let grants: Vec<GrantId> = self.grants.keys().cloned().collect();
                if !grants.is_empty() {
                    self.grants.remove(random.pick(&grants));
                }
            }
        }
    }

    /// With everything in it.
    fn remove(&mut self, id: &str) {
        self.resources.remove(id);
        self.grants
            .retain(|(_, target, role), _| target != id || role.is_some());
        if let Some(scope) = own_scope(id) {
            self.resources.retain(|id, _| {
                let is_inside = is_below(&home(id), &scope);
                let is_container = own_scope(id).is_some_and(|own| is_below(&own, &scope));
                !is_inside && !is_container
            });
            self.grants
                .retain(|grant, _| !is_below(&place_of_grant(grant).1, &scope));
        }
    }
}

// ---- what a sync sees of it ---------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq)]
enum Sight {
    Whole,
    /// Some of it; of role assignments all to principals of these types.
    Part(Vec<ResourceType>),
    Nothing,
}

#[derive(Debug, Default)]
struct Seen {
    resources: BTreeMap<String, usize>,
    grants: BTreeMap<GrantId, String>,
    listings: BTreeMap<Place, Sight>,
}

impl Seen {
    /// Whether a role assignment names a role or resource group.
    fn names(&self, id: &str) -> bool {
        self.grants.keys().any(|(_, target, role)| {
            target == id || role.as_ref().is_some_and(|(_, over)| over == id)
        })
    }

    /// The account, and what is below it as far as it can be seen.
    fn of(world: &World, random: &mut Random) -> Self {
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
    fn look(
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
    fn note_what_harness_supplies(&mut self) {
        for kind in [Kind::Roles, Kind::ResourceGroups] {
            for (scope, level) in [("account", "account"), ("org/a", "organization")] {
                let list = self.listings.get(&(kind, scope.to_owned())).cloned();
                let place = (kind, format!("harness/{level}"));
                self.listings.extend(list.map(|sight| (place, sight)));
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.listings.values().all(|sight| *sight == Sight::Whole)
    }

    fn is_whole(&self, kind: Kind, scope: &str) -> bool {
        self.listings.get(&(kind, scope.to_owned())) == Some(&Sight::Whole)
    }

    /// Whether a list shows everything, for a grant at least everything of its type of principal.
    fn shows_all(&self, place: &Place, principal: Option<&str>) -> bool {
        match self.listings.get(place) {
            Some(Sight::Whole) => true,
            Some(Sight::Part(types)) => principal.is_some_and(|principal| {
                types.iter().any(|kind| kind.as_str() == kind_of(principal))
            }),
            Some(Sight::Nothing) | None => false,
        }
    }

    /// Whether a whole list of organizations or projects no longer shows the scope, or one that it is in.
    fn has_vanished(&self, scope: &str) -> bool {
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

    fn observation(&self, number: i64) -> Observation {
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
        let listings = self.listings.iter().filter_map(|((kind, scope), sight)| {
            let reason = "the key may not see it".to_owned();
            Some(Listing {
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
        Observation {
            trail: None,
            started_at: at,
            finished_at: at,
            caller: None,
            scopes: "all".to_owned(),
            requests: 1,
            listings: listings.collect(),
            directory,
            resources,
            supplied_levels,
            grants,
            assignment_ids,
            disabled_role_assignments: 0,
        }
    }
}

fn some_types(kind: Kind, random: &mut Random) -> Vec<ResourceType> {
    let mut types = vec![
        ResourceType::User,
        ResourceType::UserGroup,
        ResourceType::ServiceAccount,
    ];
    types.retain(|_| kind == Kind::RoleAssignments && random.below(2) == 0);
    types
}

/// Whether a list is one of those that show a resource: what Harness supplies is in each list of its levels.
fn lists((kind, scope): &Place, id: &str) -> bool {
    if Kind::of(&parse(id).kind) != Some(*kind) {
        return false;
    }
    let level = Scope::parse(scope).and_then(|scope| scope.level());
    match home(id).as_str() {
        "harness" => level.is_some_and(|level| levels(id).contains(&level)),
        home => home == scope,
    }
}

fn name(version: usize) -> Option<String> {
    (version != 1).then(|| format!("Name {}", version / 2))
}

fn details(id: &str, version: usize) -> Details {
    let description = Some(format!("Version {version}"));
    match kind_of(id) {
        "user" => Details::User {
            email: description,
            locked: false,
            disabled: version == 2,
            externally_managed: false,
            two_factor_enabled: None,
        },
        "service_account" => Details::ServiceAccount {
            email: None,
            description,
            api_keys: None,
        },
        "user_group" => Details::UserGroup {
            description,
            sso_linked: false,
            sso_type: None,
            sso_group: None,
            externally_managed: false,
            harness_managed: false,
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
            harness_managed: false,
        },
    }
}

// ---- the model --------------------------------------------------------------------------------------------------------

/// A fact as a snapshot holds it.
#[derive(Clone, Debug, PartialEq)]
struct Held<T> {
    is: T,
    since: i64,
    unverified: bool,
}

/// What is known after a sync.
#[derive(Clone, Debug, Default)]
struct State {
    resources: BTreeMap<String, Held<usize>>,
    grants: BTreeMap<GrantId, Held<String>>,
    is_complete: bool,
}

impl State {
    /// What is seen is so. What is not seen is gone if it would have been seen, and else as it was.
    fn after(&self, number: i64, seen: &Seen) -> Self {
        let mut resources = BTreeMap::new();
        let ids: BTreeSet<&String> = self.resources.keys().chain(seen.resources.keys()).collect();
        for id in ids {
            let place = place_of(id);
            let before = self.resources.get(id);
            let now = match (before, seen.resources.get(id)) {
                (Some(before), Some(now)) if before.is == *now => Some((*now, before.since)),
                (_, Some(now)) => Some((*now, number)),
                (Some(before), None) => {
                    let is_gone = seen.shows_all(&place, None) || seen.has_vanished(&place.1);
                    // What Harness supplies it may hide.
                    let is_hidden = home(id) == "harness" && seen.names(id);
                    (!is_gone || is_hidden).then_some((before.is, before.since))
                }
                (None, None) => None,
            };
            resources.extend(now.map(|(is, since)| {
                let unverified = !seen.shows_all(&place, None);
                let held = Held {
                    is,
                    since,
                    unverified,
                };
                (id.clone(), held)
            }));
        }
        let mut grants = BTreeMap::new();
        let ids: BTreeSet<&GrantId> = self.grants.keys().chain(seen.grants.keys()).collect();
        for id in ids {
            let (place, before) = (place_of_grant(id), self.grants.get(id));
            let shows_all = seen.shows_all(&place, Some(&id.0));
            let now = match (before, seen.grants.get(id)) {
                (Some(before), Some(now)) => Some((now.clone(), before.since)),
                (None, Some(now)) => Some((now.clone(), number)),
                (Some(before), None) => {
                    let is_gone = shows_all || seen.has_vanished(&place.1);
                    (!is_gone).then(|| (before.is.clone(), before.since))
                }
                (None, None) => None,
            };
            grants.extend(now.map(|(is, since)| {
                let held = Held {
                    is,
                    since,
                    unverified: !shows_all,
                };
                (id.clone(), held)
            }));
        }
        Self {
            resources,
            grants,
            is_complete: seen.is_complete(),
        }
    }

    /// As the views show it.
    fn answers(&self) -> Vec<String> {
        let resources = self.resources.iter().map(|(id, held)| {
            let name = name(held.is).unwrap_or_default();
            let attributes = details(id, held.is).to_json();
            let unverified = u8::from(held.unverified);
            format!("{id}|{name}|{attributes}|{}|{unverified}", held.since)
        });
        let grants = self.grants.iter().map(|(id, held)| {
            let (scope, over) = id.2.clone().unwrap_or_default();
            let (slug, unverified) = (slug(id), u8::from(held.unverified));
            format!(
                "{}|{}:{slug}|{scope}|{over}|{}|{}|{unverified}",
                id.0, id.1, held.is, held.since
            )
        });
        let mut answers: Vec<String> = resources.chain(grants).collect();
        answers.sort_unstable();
        answers
    }

    fn counts(&self) -> String {
        let of = |kind: &str| {
            let ids = self.resources.keys();
            ids.filter(|id| kind_of(id) == kind).count().to_string()
        };
        [
            if self.is_complete {
                "complete"
            } else {
                "partial"
            }
            .to_owned(),
            of("user"),
            of("service_account"),
            of("user_group"),
            of("role"),
            of("resource_group"),
            self.grants.len().to_string(),
        ]
        .join("|")
    }
}

fn slug(id: &GrantId) -> &'static str {
    if id.2.is_some() { "assigned" } else { "member" }
}

/// A history as it should be.
#[derive(Debug, Default)]
struct Model {
    /// By number of the snapshot, from 1.
    states: Vec<State>,
    /// What each snapshot looked at.
    looks: Vec<BTreeMap<Place, Sight>>,
    /// The snapshot that first saw a list whole, or its role assignments to a type of principal.
    known: BTreeMap<(Place, String), i64>,
}

impl Model {
    fn learn(&mut self, seen: &Seen) -> i64 {
        let number = i64::try_from(self.states.len()).unwrap() + 1;
        let last = self.states.last().cloned().unwrap_or_default();
        self.states.push(last.after(number, seen));
        self.looks.push(seen.listings.clone());
        for (place, sight) in &seen.listings {
            // In a scope that did not exist there was nothing.
            let nowhere = (1..number)
                .rev()
                .take_while(|at| self.is_nowhere(&place.1, *at));
            if let Some(since) = nowhere.last() {
                let all = (place.clone(), String::new());
                self.known.entry(all).or_insert(since);
            }
            let types = match sight {
                Sight::Whole => vec![String::new()],
                Sight::Part(types) => types.iter().map(ToString::to_string).collect(),
                Sight::Nothing => Vec::new(),
            };
            for kind in types {
                self.known.entry((place.clone(), kind)).or_insert(number);
            }
        }
        number
    }

    fn at(&self, snapshot: i64) -> &State {
        &self.states[usize::try_from(snapshot).unwrap() - 1]
    }

    fn has_seen(&self, place: &Place, kind: &str, until: i64) -> bool {
        ["", kind].iter().any(|kind| {
            let since = self.known.get(&(place.clone(), (*kind).to_owned()));
            since.is_some_and(|since| *since <= until)
        })
    }

    /// Whether a list was known well enough that what is new in it was not there before. In a scope that is known not
    /// to exist there is nothing.
    fn knew(&self, place: &Place, kind: &str, snapshot: i64) -> bool {
        self.has_seen(place, kind, snapshot) || self.is_nowhere(&place.1, snapshot)
    }

    /// Whether a snapshot itself saw all of a list, or that there is nothing it could list.
    fn looked(&self, place: &Place, kind: &str, snapshot: i64) -> bool {
        let saw = |place: &Place, kind: &str| match self.looks
            [usize::try_from(snapshot).unwrap() - 1]
            .get(place)
        {
            Some(Sight::Whole) => true,
            Some(Sight::Part(types)) => types.iter().any(|seen| seen.as_str() == kind),
            Some(Sight::Nothing) | None => false,
        };
        saw(place, kind) || self.is_missing_by(&place.1, snapshot, |place| saw(place, ""))
    }

    fn is_nowhere(&self, scope: &str, snapshot: i64) -> bool {
        self.is_missing_by(scope, snapshot, |place| self.has_seen(place, "", snapshot))
    }

    fn is_missing_by(&self, scope: &str, snapshot: i64, saw: impl Fn(&Place) -> bool) -> bool {
        let Some(scope) = Scope::parse(scope) else {
            return false;
        };
        let is_missing = |kind, home: String, id: String| {
            saw(&(kind, home)) && !self.at(snapshot).resources.contains_key(&id)
        };
        scope.org().is_some_and(|org| {
            let organization = format!("organization/{org}");
            let project = scope.project().map(|name| format!("project/{org}/{name}"));
            is_missing(Kind::Organizations, "account".to_owned(), organization)
                || project.is_some_and(|id| is_missing(Kind::Projects, format!("org/{org}"), id))
        })
    }

    /// What of the newer state is not as the older one was last known to be, and how much of it only came into sight.
    /// Only what `looked` says the newer snapshot saw counts; what the older one saw and it did not is out of sight.
    fn compare(
        &self,
        older: i64,
        newer: i64,
        looked: impl Fn(&Place, &str, i64) -> bool,
    ) -> Difference {
        let (old, new) = (self.at(older), self.at(newer));
        let mut difference = Difference::default();
        let mut put = |text: String, place: &Place, kind: &str, since: i64, is_known: bool| {
            if since == newer || looked(place, kind, newer) {
                if is_known {
                    difference.changes.insert(text);
                } else {
                    difference.in_sight += 1;
                }
            } else if looked(place, kind, older) {
                difference.is_out_of_sight = true;
            }
        };
        for (id, held) in &new.resources {
            let place = place_of(id);
            match old.resources.get(id) {
                Some(before) if before.is == held.is => {}
                Some(_) => put(format!("changed {id}"), &place, "", held.since, true),
                None => {
                    let known = self.knew(&place, "", older);
                    put(format!("added {id}"), &place, "", held.since, known);
                }
            }
        }
        for id in old.resources.keys() {
            if !new.resources.contains_key(id) {
                put(format!("removed {id}"), &place_of(id), "", 0, true);
            }
        }
        for (id, held) in &new.grants {
            if !old.grants.contains_key(id) {
                let (place, kind) = (place_of_grant(id), kind_of(&id.0));
                let known = self.knew(&place, kind, older);
                let text = format!("added {}", grant_text(id));
                put(text, &place, kind, held.since, known);
            }
        }
        for id in old.grants.keys() {
            if !new.grants.contains_key(id) {
                let text = format!("removed {}", grant_text(id));
                put(text, &place_of_grant(id), kind_of(&id.0), 0, true);
            }
        }
        difference
    }

    fn diff(&self, older: i64, newer: i64) -> Difference {
        self.compare(older, newer, |place, kind, at| self.looked(place, kind, at))
    }

    /// What the view says of a snapshot: everything that was learnt since the one before.
    fn learnt(&self, older: i64, newer: i64) -> BTreeSet<String> {
        self.compare(older, newer, |_, _, _| true).changes
    }
}

#[derive(Debug, Default, PartialEq)]
struct Difference {
    changes: BTreeSet<String>,
    in_sight: u64,
    is_out_of_sight: bool,
}

/// As a diff names it.
fn grant_text(id: &GrantId) -> String {
    let role = id.2.as_ref();
    let role = role.map_or_else(String::new, |(scope, over)| format!(" {scope} {over}"));
    format!("{} {}:{}{role}", id.0, id.1, slug(id))
}

// ---- the store --------------------------------------------------------------------------------------------------------

fn identity() -> Identity {
    Identity {
        account_id: "acme".to_owned(),
        base_url: "https://app.harness.io".to_owned(),
    }
}

fn publish(path: &Path, seen: &Seen, number: i64) {
    let observation = seen.observation(number);
    let published = Writer::open(path, &identity())
        .and_then(|writer| writer.publish(&identity(), observation, "0.0.0", None))
        .unwrap();
    assert_eq!(published.snapshot, number);
}

fn lines(reader: &Reader, sql: &str) -> Vec<String> {
    let rows = reader.select(sql).unwrap().rows.into_iter();
    let mut lines: Vec<String> = rows
        .map(|row| {
            let cells = row.into_iter().map(Option::unwrap_or_default);
            cells.collect::<Vec<_>>().join("|")
        })
        .collect();
    lines.sort_unstable();
    lines
}

fn answers(reader: &Reader) -> Vec<String> {
    lines(
        reader,
        "SELECT id, name, attributes, since_snapshot, unverified, NULL, NULL FROM resources UNION ALL
         SELECT principal_id, entitlement_id, scope, resource_group_id, role_assignment, since_snapshot, unverified
         FROM grants",
    )
    .into_iter()
    .map(|line| line.strip_suffix("||").map_or(line.clone(), str::to_owned))
    .collect()
}

fn diff(reader: &Reader, older: i64, newer: i64) -> Difference {
    let comparison = compare(reader.diff_facts(older, newer).unwrap());
    let changes: BTreeSet<String> = comparison
        .changes
        .iter()
        .map(|change: &Change| format!("{} {}", change.verb().as_str(), change.id()))
        .collect();
    assert_eq!(changes.len(), comparison.changes.len());
    Difference {
        changes,
        in_sight: comparison.newly_visible,
        is_out_of_sight: comparison.out_of_sight > 0,
    }
}

/// The view `changes`, for one snapshot.
fn changes(reader: &Reader, snapshot: i64) -> BTreeSet<String> {
    lines(
        reader,
        &format!(
            "SELECT change || ' ' || CASE kind WHEN 'resource' THEN id ELSE
               json_extract(detail, '$.principal') || ' ' || id
               || ifnull(' ' || json_extract(detail, '$.scope') || ' ' || json_extract(detail, '$.resource_group'), '') END
             FROM changes WHERE snapshot_id = {snapshot}"
        ),
    )
    .into_iter()
    .collect()
}

/// Syncs of a history.
const STEPS: i64 = 6;

fn one_history(folder: &TempDir, number: u64) {
    let path = folder.file(&format!("{number}.db"));
    let mut random = Random::new(number);
    let (mut world, mut model) = (World::default(), Model::default());
    for _ in 0..25 {
        world.change(&mut random);
    }
    for _ in 1..=STEPS {
        for _ in 0..random.below(8) {
            world.change(&mut random);
        }
        let seen = Seen::of(&world, &mut random);
        let snapshot = model.learn(&seen);
        publish(&path, &seen, snapshot);
        if snapshot != STEPS && random.below(3) > 0 {
            continue;
        }
        let reader = Reader::open(&path).unwrap();
        assert_eq!(
            answers(&reader),
            model.at(snapshot).answers(),
            "seed {number}: the newest of {snapshot} snapshots: {seen:#?}"
        );
    }
    let all: Vec<i64> = (1..=STEPS).collect();
    is_as_observed(&path, &model, &all, number);
    let reader = Reader::open(&path).unwrap();
    let counts = reader
        .select(
            "SELECT state, users, service_accounts, user_groups, roles, resource_groups, grants FROM snapshots ORDER BY id",
        )
        .unwrap();
    for (state, row) in model.states.iter().zip(counts.rows) {
        let row: Vec<String> = row.into_iter().flatten().collect();
        assert_eq!(row.join("|"), state.counts(), "seed {number}");
    }
    drop(reader);
    // What is forgotten takes nothing from what is kept.
    let (forget, keep): (Vec<i64>, Vec<i64>) = all
        .iter()
        .partition(|at| **at < STEPS && random.below(2) == 0);
    Writer::open_existing(&path)
        .and_then(|writer| writer.prune(&forget))
        .unwrap();
    is_as_observed(&path, &model, &keep, number);
}

/// Every one of some snapshots, and the difference of any two of them.
fn is_as_observed(path: &Path, model: &Model, snapshots: &[i64], number: u64) {
    for snapshot in snapshots {
        let reader = Reader::open(path).unwrap();
        reader.show_snapshot(*snapshot).unwrap();
        assert_eq!(
            answers(&reader),
            model.at(*snapshot).answers(),
            "seed {number}: snapshot {snapshot} of {snapshots:?}"
        );
    }
    let reader = Reader::open(path).unwrap();
    for (at, newer) in snapshots.iter().enumerate() {
        for older in &snapshots[..=at] {
            assert_eq!(
                diff(&reader, *older, *newer),
                model.diff(*older, *newer),
                "seed {number}: from {older} to {newer} of {snapshots:?}"
            );
        }
        if at > 0 {
            assert_eq!(
                changes(&reader, *newer),
                model.learnt(snapshots[at - 1], *newer),
                "seed {number}: changes of {newer} of {snapshots:?}"
            );
        }
    }
}

fn histories(seeds: std::ops::Range<u64>) {
    let folder = TempDir::new();
    for seed in seeds {
        one_history(&folder, seed);
    }
}

#[test]
fn every_snapshot_and_every_diff_is_as_observed() {
    histories(0..32);
}

#[test]
fn every_snapshot_and_every_diff_is_as_observed_continued() {
    histories(1_000..1_032);
}
