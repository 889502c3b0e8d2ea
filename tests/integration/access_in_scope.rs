//! The view `access_in_scope` against the access engine, on random accounts over resource groups of everything.

use std::collections::BTreeSet;
use std::path::Path;

use fake_harness::Random;
use harness_access::access::{Access, Question, Target};
use harness_access::model::{Details, IncludedScope, Scope};
use harness_access::store::Reader;

use crate::support::TempDir;
use crate::support::account::Account;

const SCOPES: [&str; 5] = [
    "account",
    "org/a",
    "org/b",
    "org/a/project/p",
    "org/b/project/p",
];

fn account(random: &mut Random) -> Account {
    let mut account = Account::default();
    for path in &SCOPES[1..] {
        account.scope(path);
    }
    for number in 0..4 {
        account.user(&format!("u{number}"), "Somebody", "somebody@example.test");
        account.group(&format!("user_group/account/g{number}"), "Group");
        account.role(
            &format!("role/account/r{number}"),
            "Role",
            &["core_pipeline_view"],
        );
        over_everything(
            &mut account,
            &format!("resource_group/account/all{number}"),
            random,
        );
    }
    for _ in 0..12 {
        let (user, group) = (any("user/u", random), any("user_group/account/g", random));
        if random.below(3) == 0 {
            account.member(&user, &group);
        }
        let holder = if random.below(2) == 0 { user } else { group };
        let over = any("resource_group/account/all", random);
        let role = any("role/account/r", random);
        let place: &&str = random.pick(&SCOPES);
        account.assign(&holder, &role, place, &over);
    }
    account
}

fn any(prefix: &str, random: &mut Random) -> String {
    format!("{prefix}{}", random.below(4))
}

fn over_everything(account: &mut Account, id: &str, random: &mut Random) {
    let included = (0..=random.below(3)).map(|_| IncludedScope {
        scope: (random.below(3) > 0).then(|| (*random.pick(&SCOPES)).to_owned()),
        child_scopes: random.below(2) == 0,
    });
    let details = Details::ResourceGroup {
        description: None,
        harness_managed: false,
        all_resources: true,
        included_scopes: included.collect(),
        selectors: Vec::new(),
        scope_levels: Vec::new(),
    };
    account.resource(id, Some("All"), details);
}

/// Principal, role and place of the grant, of everything that counts in a scope.
type Held = BTreeSet<(String, String, String)>;

fn by_the_view(reader: &Reader, scope: &str) -> Held {
    let rows = reader
        .select(&format!(
            "SELECT principal_id, role_id, granted_at FROM access_in_scope
             WHERE scope = '{scope}' AND all_resources AND principal_type = 'user'"
        ))
        .unwrap();
    let text = |cell: &Option<String>| cell.clone().unwrap();
    let triple = |row: Vec<Option<String>>| (text(&row[0]), text(&row[1]), text(&row[2]));
    rows.rows.into_iter().map(triple).collect()
}

fn by_the_engine(file: &Path, scope: &str) -> Held {
    let access = Access::new(Reader::open(file).unwrap().access_facts(1).unwrap());
    let target = Target {
        scope: Scope::parse(scope),
        ..Target::default()
    };
    let holders = access.who_can(
        &Question::Permission("core_pipeline_view".to_owned()),
        &target,
    );
    holders
        .paths
        .iter()
        .map(|path| {
            (
                access.principal(path.principal).id.clone(),
                access.role(path).id.clone(),
                access.scope(path).to_string(),
            )
        })
        .filter(|(principal, ..)| principal.starts_with("user/"))
        .collect()
}

#[test]
fn the_view_counts_in_a_scope_what_who_can_counts() {
    let mut held = 0;
    for seed in 0..40 {
        let folder = TempDir::new();
        let file = folder.file("a.db");
        account(&mut Random::new(seed)).publish(&file, 1);
        let reader = Reader::open(&file).unwrap();
        for scope in SCOPES {
            let view = by_the_view(&reader, scope);
            assert_eq!(view, by_the_engine(&file, scope), "seed {seed}, {scope}");
            held += view.len();
        }
    }
    assert!(held > 500, "{held}");
}
