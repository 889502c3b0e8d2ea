//! The access engine against a model that is nothing but the server's description: one entry for each assignment,
//! principal, permission and selector, and a check that looks entries up. Random accounts of a tiny universe.

#![allow(clippy::unwrap_used, clippy::too_many_lines)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use harness_access::access::permissions::Catalogue;
use harness_access::access::{Access, PathAnswer, Question, Target};
use harness_access::model::{
    AccessFacts, IncludedScope, MembershipFact, PermissionFact, PrincipalFact, ResourceGroupFact,
    ResourceType, RoleFact, RoleGrantFact, Scope, Selector,
};

const SCOPES: [&str; 5] = [
    "account",
    "org/a",
    "org/b",
    "org/a/project/p",
    "org/b/project/p",
];
const PERMISSIONS: [&str; 11] = [
    "core_project_create",
    "core_account_view",
    "core_organization_view",
    "core_project_view",
    "core_project_edit",
    "core_pipeline_execute",
    "core_secret_access",
    "ff_featureflag_toggle",
    "core_environment_view",
    "artifact_artregistry_view",
    "new_pipeline_poke",
];
const TYPES: [&str; 8] = [
    "ARTIFACT_REGISTRY",
    "PIPELINE",
    "SECRET",
    "ENVIRONMENT",
    "FEATUREFLAG",
    "PROJECT",
    "ORGANIZATION",
    "ACCOUNT",
];
const IDS: [&str; 5] = ["x", "y", "a", "b", "p"];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn some(&mut self, of: &[&str], at_most: usize) -> Vec<String> {
        let count = self.below(at_most + 1);
        let chosen: BTreeSet<String> = (0..count)
            .map(|_| of[self.below(of.len())].to_owned())
            .collect();
        chosen.into_iter().collect()
    }
}

fn scope(path: &str) -> Scope {
    Scope::parse(path).unwrap()
}

fn under(upper: &str, path: &str) -> bool {
    upper == "account" || upper == path || path.starts_with(&format!("{upper}/"))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap()
}

fn principal(kind: ResourceType, place: &str, identifier: &str, resolved: bool) -> PrincipalFact {
    PrincipalFact {
        id: format!("{kind}/{place}/{identifier}"),
        kind,
        scope: scope(place),
        identifier: identifier.to_owned(),
        name: None,
        email: None,
        disabled: false,
        locked: false,
        harness_managed: identifier == "_account_all_users",
        resolved,
        unverified: false,
    }
}

/// The permissions that Harness listed: none in some accounts, and new ones in others.
fn listed(random: &mut Random) -> Vec<PermissionFact> {
    let types = [Some("PIPELINE"), Some("ARTIFACT_REGISTRY"), None];
    let names = ["artifact_artregistry_view", "new_pipeline_poke"];
    let mut listed = Vec::new();
    for identifier in names {
        if random.one_in(2) {
            listed.push(PermissionFact {
                identifier: identifier.to_owned(),
                name: None,
                status: Some("ACTIVE".to_owned()),
                resource_type: types[random.below(3)].map(str::to_owned),
            });
        }
    }
    listed
}

fn account(random: &mut Random) -> AccessFacts {
    let mut facts = AccessFacts {
        scopes: SCOPES.map(scope).to_vec(),
        tree: SCOPES.map(scope).to_vec(),
        permissions: listed(random),
        ..AccessFacts::default()
    };
    for user in 0..4 {
        let known = user != 3 || random.one_in(2);
        facts.principals.push(principal(
            ResourceType::User,
            "account",
            &format!("u{user}"),
            known,
        ));
    }
    for (place, identifier) in [("account", "ci"), ("org/a", "ci"), ("org/b", "cd")] {
        facts.principals.push(principal(
            ResourceType::ServiceAccount,
            place,
            identifier,
            true,
        ));
    }
    for (place, identifier) in [
        ("account", "g"),
        ("org/a", "g"),
        ("account", "_account_all_users"),
    ] {
        let known = identifier != "g" || place == "account" || random.one_in(2);
        facts
            .principals
            .push(principal(ResourceType::UserGroup, place, identifier, known));
        let group = number(facts.principals.len() - 1);
        for member in 0..4 {
            if random.one_in(2) {
                let unverified = random.one_in(5);
                facts.memberships.push(MembershipFact {
                    group,
                    member,
                    since: 1,
                    unverified,
                });
            }
        }
    }
    for role in 0..4 {
        facts.roles.push(RoleFact {
            id: format!("role/account/r{role}"),
            scope: Scope::Account,
            identifier: format!("r{role}"),
            name: None,
            permissions: random.some(&PERMISSIONS, 5),
            scope_levels: vec![],
            resolved: true,
            unverified: random.one_in(6),
        });
    }
    for group in 0..5 {
        let mut included_scopes: Vec<IncludedScope> = Vec::new();
        for _ in 0..random.below(3) {
            let named = random.one_in(2);
            included_scopes.push(IncludedScope {
                scope: named.then(|| SCOPES[random.below(5)].to_owned()),
                child_scopes: random.one_in(2),
            });
        }
        let selectors = (0..random.below(4)).map(|_| {
            let filtered = random.one_in(4);
            Selector {
                resource_type: TYPES[random.below(7)].to_owned(),
                identifiers: if filtered {
                    vec![]
                } else {
                    random.some(&IDS, 2)
                },
                attribute: filtered.then(|| "type".to_owned()),
                attribute_values: if filtered {
                    vec!["v".to_owned()]
                } else {
                    vec![]
                },
            }
        });
        let selectors = selectors.collect();
        facts.resource_groups.push(ResourceGroupFact {
            id: format!("resource_group/account/{group}"),
            identifier: format!("g{group}"),
            name: None,
            all_resources: random.one_in(3),
            included_scopes,
            selectors,
            resolved: !random.one_in(8),
            unverified: random.one_in(8),
        });
    }
    for _ in 0..random.below(7) {
        facts.grants.push(RoleGrantFact {
            principal: number(random.below(10)),
            role: number(random.below(4)),
            scope: number(random.below(5)),
            resource_group: number(random.below(5)),
            role_assignment: None,
            since: 1,
            unverified: random.one_in(6),
        });
    }
    facts
}

/// One entry of the server's store.
struct Entry {
    principal: u32,
    permission: String,
    scope: String,
    below: bool,
    /// `None` = every type.
    kind: Option<String>,
    /// `None` = every one.
    id: Option<String>,
    sure: bool,
    /// Of a resource group that no list shows: it might be anything here and below.
    wild: bool,
}

fn people(facts: &AccessFacts, holder: u32) -> Vec<(u32, bool)> {
    let fact = &facts.principals[holder as usize];
    match fact.kind {
        ResourceType::UserGroup if fact.resolved => {
            let mut people: Vec<(u32, bool)> = Vec::new();
            for at in 0..number(facts.principals.len()) {
                let user = &facts.principals[at as usize];
                let stored = facts
                    .memberships
                    .iter()
                    .find(|m| m.group == holder && m.member == at);
                match stored {
                    Some(membership) => people.push((at, !membership.unverified && user.resolved)),
                    None if fact.identifier == "_account_all_users"
                        && user.kind == ResourceType::User
                        && user.resolved =>
                    {
                        people.push((at, false));
                    }
                    None => {}
                }
            }
            people
        }
        ResourceType::ServiceAccount => (0..number(facts.principals.len()))
            .filter(|at| {
                let other = &facts.principals[*at as usize];
                other.kind == ResourceType::ServiceAccount && other.identifier == fact.identifier
            })
            .map(|at| (at, at == holder))
            .collect(),
        _ => vec![(holder, fact.resolved)],
    }
}

const LEVELS: [&str; 3] = ["ACCOUNT", "ORGANIZATION", "PROJECT"];

/// What a permission is about: as the snapshot lists it, else as the compiled-in table has it.
fn type_of<'a>(facts: &'a AccessFacts, permission: &str) -> Option<&'a str> {
    let mut listed = facts.permissions.iter();
    match listed.find(|listed| listed.identifier == permission) {
        Some(PermissionFact {
            resource_type: Some(kind),
            ..
        }) => Some(kind),
        _ => TABLE.type_of(permission),
    }
}

static TABLE: LazyLock<Catalogue> = LazyLock::new(Catalogue::default);

const EXTRA: [(&str, &str); 1] = [("ENVIRONMENT", "ff_featureflag_toggle")];

fn entries(facts: &AccessFacts) -> Vec<Entry> {
    let mut entries = Vec::new();
    for grant in &facts.grants {
        let role = &facts.roles[grant.role as usize];
        let group = &facts.resource_groups[grant.resource_group as usize];
        let own = SCOPES[grant.scope as usize];
        for (principal, sure) in people(facts, grant.principal) {
            for permission in &role.permissions {
                let entry =
                    |scope: &str, below, kind: Option<&str>, id: Option<&str>, sure_selector| {
                        Entry {
                            principal,
                            permission: permission.clone(),
                            scope: scope.to_owned(),
                            below,
                            kind: kind.map(str::to_owned),
                            id: id.map(str::to_owned),
                            sure: sure
                                && !grant.unverified
                                && !role.unverified
                                && !group.unverified
                                && sure_selector,
                            wild: false,
                        }
                    };
                if !group.resolved {
                    entries.push(Entry {
                        wild: true,
                        ..entry(own, false, Some("?"), Some("?"), false)
                    });
                    continue;
                }
                for included in &group.included_scopes {
                    let place = included.scope.as_deref().unwrap_or(own);
                    let below = included.child_scopes;
                    if group.all_resources {
                        entries.push(entry(place, below, None, None, true));
                    } else {
                        for selector in &group.selectors {
                            let kind = selector.resource_type.as_str();
                            let known = type_of(facts, permission);
                            let guessed = known.is_none();
                            let fits = guessed
                                || known == Some(kind)
                                || EXTRA.contains(&(kind, permission));
                            if !fits {
                                continue;
                            }
                            let kind = if guessed && !LEVELS.contains(&kind) {
                                "?"
                            } else {
                                kind
                            };
                            if selector.identifiers.is_empty() {
                                let sure = selector.attribute.is_none() && !guessed;
                                entries.push(entry(place, below, Some(kind), None, sure));
                            } else if !below {
                                for id in &selector.identifiers {
                                    entries.push(entry(
                                        place,
                                        below,
                                        Some(kind),
                                        Some(id),
                                        !guessed,
                                    ));
                                }
                            }
                        }
                    }
                    for (view, prefix_parts) in [
                        ("core_account_view", 1),
                        ("core_organization_view", 2),
                        ("core_project_view", 4),
                    ] {
                        if view != permission {
                            continue;
                        }
                        let parts: Vec<&str> = place.split('/').collect();
                        let depth = if place == "account" { 1 } else { parts.len() };
                        let target = match prefix_parts {
                            1 => Some("account".to_owned()),
                            wanted if depth >= wanted => Some(parts[..wanted].join("/")),
                            _ => None,
                        };
                        match target {
                            // the very scope: of the level's own type, at that scope
                            Some(target) => {
                                entries.push(entry(
                                    &target,
                                    false,
                                    TABLE.type_of(view),
                                    None,
                                    true,
                                ));
                            }
                            None if below => {
                                entries.push(entry(place, true, TABLE.type_of(view), None, true));
                            }
                            None => {}
                        }
                    }
                }
            }
        }
    }
    entries
}

/// The server's check, as described: `None` = no, else whether it is sure.
fn check(
    entries: &[Entry],
    of_kind: Option<&str>,
    who: u32,
    permission: &str,
    kind: &str,
    id: Option<&str>,
    at: &str,
) -> Option<bool> {
    let level = match kind {
        "ACCOUNT" => Some("account".to_owned()),
        "ORGANIZATION" => Some("organization".to_owned()),
        "PROJECT" => Some("project".to_owned()),
        _ => None,
    };
    let place = scope(at);
    let own_id = place.project().or(place.org());
    let mut best = None;
    for entry in entries
        .iter()
        .filter(|e| e.principal == who && e.permission == permission)
        .filter(|e| of_kind.is_none_or(|kind| e.kind.as_deref() == Some(kind)))
    {
        let all_of = entry.id.is_none() && entry.kind.as_deref().is_none_or(|own| own == kind);
        let a = id.is_some()
            && entry.kind.as_deref() == Some(kind)
            && entry.id.as_deref() == id
            && entry.scope == at;
        let b_applies = level.as_deref().is_none_or(|level| {
            place.level().unwrap().as_str() == level
                && (id.is_none() || id == own_id || level == "account")
        });
        let b = b_applies && all_of && entry.scope == at;
        let c = all_of && entry.below && under(&entry.scope, at);
        let inner = level.as_deref().and_then(|level| match (level, id) {
            (_, None) => Some(at.to_owned()),
            ("organization", Some(id)) if at == "account" => Some(format!("org/{id}")),
            ("project", Some(id)) if place.level().unwrap().as_str() == "organization" => {
                Some(format!("{at}/project/{id}"))
            }
            _ => None,
        });
        let d = inner.is_some_and(|inner| {
            entry.scope == inner
                && (all_of
                    || entry.kind.as_deref() == Some(kind)
                        && entry.id.as_deref() == id
                        && id.is_some())
        });
        if a || b || c || d {
            best = Some(best.unwrap_or(false) || entry.sure);
        }
    }
    best
}

/// The types of resource a permission is asked about, and for one of unknown type the selectors that count then.
fn kinds_asked<'a>(
    facts: &'a AccessFacts,
    permission: &str,
) -> Vec<(&'a str, Option<&'static str>)> {
    let extra = EXTRA.iter().filter(|(_, extra)| *extra == permission);
    let extra = extra.map(|(kind, _)| (*kind, None));
    match type_of(facts, permission) {
        Some(own) => extra.chain([(own, None)]).collect(),
        // Of any type; a selector of a level of scopes is asked for as scopes are.
        None => [("?", None)]
            .into_iter()
            .chain(LEVELS.map(|level| (level, Some(level))))
            .collect(),
    }
}

/// The question of a person, as checks: some resource, or that one; a scope is asked for from outside and from inside.
fn model(
    facts: &AccessFacts,
    entries: &[Entry],
    who: u32,
    permission: &str,
    id: Option<&str>,
    at: &str,
) -> Option<bool> {
    let mut answers = Vec::new();
    for (kind, of_kind) in kinds_asked(facts, permission) {
        let mut ask = |id: Option<&str>, at: &str| {
            answers.push(check(entries, of_kind, who, permission, kind, id, at));
        };
        let level = ["ACCOUNT", "ORGANIZATION", "PROJECT"]
            .iter()
            .position(|level| *level == kind);
        let own_level = SCOPES[..4]
            .iter()
            .position(|path| path.len() == at.len())
            .unwrap();
        let own_level = [0, 1, 1, 2][own_level];
        let place = scope(at);
        let own = place.project().or(place.org());
        match (level, id) {
            (Some(level), id)
                if level == own_level && (id.is_none() || id == own || level == 0) =>
            {
                ask(None, at);
                for name in IDS.iter().filter(|name| level == 0 || Some(**name) == own) {
                    ask(Some(name), at);
                    if let Some(outside) = at.rsplit_once("/project/") {
                        ask(Some(name), outside.0);
                    } else if level == 1 {
                        ask(Some(name), "account");
                    }
                }
            }
            (_, Some(id)) => ask(Some(id), at),
            // Some resource; without a name only what is to be created is asked for, and what is not a scope.
            (level, None) => {
                if level.is_none() || permission.ends_with("_create") {
                    ask(None, at);
                }
                for id in IDS {
                    ask(Some(id), at);
                }
            }
        }
    }
    let wild = entries.iter().any(|entry| {
        entry.wild
            && entry.principal == who
            && entry.permission == permission
            && under(&entry.scope, at)
    });
    answers.push(wild.then_some(false));
    answers.into_iter().flatten().max()
}

fn verdict(paths: &[harness_access::access::Path], who: u32) -> Option<bool> {
    let own = paths.iter().filter(|path| path.principal == who);
    own.map(|path| path.answer() == PathAnswer::Yes).max()
}

#[test]
fn the_engine_answers_as_the_server_would() {
    let mut random = Random(0x5eed_cafe);
    let mut asked = [0usize; 3];
    for round in 0..250 {
        let facts = account(&mut random);
        let entries = entries(&facts);
        let access = Access::new(facts.clone());
        for permission in PERMISSIONS {
            for at in SCOPES {
                for id in [None, Some("x"), Some("a"), Some("p")] {
                    let target = Target {
                        scope: Some(scope(at)),
                        resource_type: None,
                        identifier: id.map(str::to_owned),
                    };
                    let question = Question::Permission(permission.to_owned());
                    let holders = access.who_can(&question, &target);
                    for who in 0..number(facts.principals.len()) {
                        if facts.principals[who as usize].kind == ResourceType::UserGroup
                            && facts.principals[who as usize].resolved
                        {
                            continue;
                        }
                        let expected = model(&facts, &entries, who, permission, id, at);
                        asked[expected.map_or(0, |sure| 1 + usize::from(sure))] += 1;
                        assert_eq!(
                            verdict(&holders.paths, who),
                            expected,
                            "round {round}: {permission} on {id:?} in {at} by {who}\n{facts:#?}"
                        );
                        let own = access.paths_of(who, &question, &target);
                        let of_who = holders.paths.iter().filter(|path| path.principal == who);
                        assert!(own.iter().eq(of_who), "round {round}: the two ways differ");
                    }
                }
            }
        }
    }
    assert!(asked.iter().all(|times| *times > 1_000), "{asked:?}");
}

#[test]
fn who_can_and_what_can_agree_on_every_principal_and_permission() {
    let mut random = Random(0xfeed_f00d);
    for _ in 0..200 {
        let facts = account(&mut random);
        let access = Access::new(facts.clone());
        let anywhere = Target::default();
        for who in 0..number(facts.principals.len()) {
            if facts.principals[who as usize].kind == ResourceType::UserGroup {
                continue;
            }
            let whole = access.paths_of(who, &Question::Anything, &anywhere);
            let held: Vec<_> = whole
                .iter()
                .flat_map(|path| access.permissions_of(path, &anywhere))
                .collect();
            for permission in PERMISSIONS {
                let question = Question::Permission(permission.to_owned());
                let mut one_way: Vec<_> = access.who_can(&question, &anywhere).paths;
                one_way.retain(|path| path.principal == who);
                let mut other_way: Vec<_> = held
                    .iter()
                    .filter(|(held, _)| held == permission)
                    .map(|(_, path)| path.clone())
                    .collect();
                one_way.sort_by_key(|path| (path.grant, path.via));
                other_way.sort_by_key(|path| (path.grant, path.via));
                assert_eq!(one_way, other_way, "{permission} by {who}\n{facts:#?}");
            }
        }
    }
}
