//! A question about one principal or one permission reads only what its answer rests on: the answer is the same as from
//! everything.

use std::collections::BTreeSet;

use harness_access::access::{Access, Path, Question, Target};
use harness_access::store::Reader;

use crate::support::Test;
use fake_harness::{Account, GenerateSpec};

/// A path without positions among the facts.
fn shown(access: &Access, path: &Path) -> String {
    format!(
        "{} via {:?}: {} at {} over {}, {:?}, {:?}",
        access.principal(path.principal).id,
        path.via.map(|via| &access.principal(via).id),
        access.role(path).id,
        access.scope(path),
        access.resource_group(path).id,
        path.covers,
        path.doubts
    )
}

fn all_shown(access: &Access, paths: &[Path]) -> Vec<String> {
    paths.iter().map(|path| shown(access, path)).collect()
}

fn permissions(access: &Access) -> BTreeSet<String> {
    let roles = access.facts().roles.iter();
    let mut held: BTreeSet<String> = roles.flat_map(|role| role.permissions.clone()).collect();
    held.extend([
        "core_user_impersonate".to_owned(),
        "new_thing_poke".to_owned(),
    ]);
    held
}

fn holders_are_the_same(reader: &Reader, all: &Access) {
    let roles =
        (0..all.facts().roles.len()).map(|at| Question::Roles(vec![u32::try_from(at).unwrap()]));
    let permissions = permissions(all).into_iter().map(Question::Permission);
    let project = all
        .facts()
        .tree
        .iter()
        .find(|scope| scope.project().is_some());
    let places = [None, project.cloned()];
    for (at, question) in permissions.chain(roles).enumerate() {
        let target = Target {
            scope: places[at % 2].clone(),
            ..Target::default()
        };
        answers_are_the_same(reader, all, &question, &target);
    }
}

fn answers_are_the_same(reader: &Reader, all: &Access, question: &Question, target: &Target) {
    let frame = reader.access_frame(1).unwrap();
    let understood = Access::new(frame.facts().clone());
    let roles = understood.roles_with(question);
    let mut gives = understood.giving(question, target);
    let part = reader.access_facts_by(frame, &roles, &mut gives).unwrap();
    let part = Access::new(part);
    let (expected, found) = (
        all.who_can(question, target),
        part.who_can(question, target),
    );
    assert_eq!(
        all_shown(&part, &found.paths),
        all_shown(all, &expected.paths),
        "{question:?} at {target:?}"
    );
    let empty = |access: &Access, groups: &[u32]| -> Vec<String> {
        let ids = groups.iter().map(|at| access.principal(*at).id.clone());
        ids.collect()
    };
    assert_eq!(
        empty(&part, &found.empty_groups),
        empty(all, &expected.empty_groups),
        "{question:?} at {target:?}"
    );
}

fn holdings_are_the_same(reader: &Reader, all: &Access) {
    for (at, principal) in all.facts().principals.iter().enumerate() {
        let part = reader.access_facts_of(1, &principal.id).unwrap();
        let part = Access::new(part.expect("known by its id"));
        let named = part.principals_named_exactly(&principal.id);
        assert_eq!(named.len(), 1, "{}", principal.id);
        let anything = |access: &Access, who| {
            let paths = access.paths_of(who, &Question::Anything, &Target::default());
            all_shown(access, &paths)
        };
        assert_eq!(
            anything(&part, named[0]),
            anything(all, u32::try_from(at).unwrap()),
            "{}",
            principal.id
        );
    }
}

#[test]
fn parts_answer_as_everything_does() {
    let spec = GenerateSpec {
        organizations: 2,
        projects: 2,
        ..GenerateSpec::default()
    };
    for account in [Account::demo(), Account::generate(&spec)] {
        let test = Test::over(account);
        test.sync().args(&["--scopes", "all"]).exits(0);
        let reader = Reader::open(&test.folder.file("harness-access.db")).unwrap();
        let all = Access::new(reader.access_facts(1).unwrap());
        holders_are_the_same(&reader, &all);
        holdings_are_the_same(&reader, &all);
    }
}
