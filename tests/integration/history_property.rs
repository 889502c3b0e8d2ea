//! The store against a model of it: for random histories of a small account, seen whole, in part or not at all, every
//! snapshot answers what was known then, and every diff is the difference of two such answers.

mod model;
mod seen;
mod world;

use std::collections::BTreeSet;
use std::path::Path;

use harness_access::diff::{Change, compare};
use harness_access::model::ListingKind as Kind;
use harness_access::store::{Identity, Reader, Writer};

use crate::support::TempDir;
use fake_harness::Random;

use model::*;
use seen::*;
use world::*;

/// A list that a sync walks, by kind and scope path.
type Place = (Kind, String);

/// Principal, target, and for a role the scope and the resource group.
type GrantId = (String, String, Option<(String, String)>);

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
