//! The access engine against a model that is nothing but the server's description: one entry for each assignment,
//! principal, permission and selector, and a check that looks entries up. Random accounts of a tiny universe.

mod server;

use std::collections::BTreeSet;

use self::server::{entries, model};
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
    add_principals(random, &mut facts);
    add_roles(random, &mut facts);
    add_resource_groups(random, &mut facts);
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

fn add_principals(random: &mut Random, facts: &mut AccessFacts) {
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
}

fn add_roles(random: &mut Random, facts: &mut AccessFacts) {
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
}

fn add_resource_groups(random: &mut Random, facts: &mut AccessFacts) {
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
}

fn best_answer(paths: &[harness_access::access::Path], who: u32) -> Option<bool> {
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
                            best_answer(&holders.paths, who),
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
