//! For random histories and random choices of what to keep: no answer about a kept snapshot changes.

#[path = "../../../tests/support/account.rs"]
mod account;
#[path = "../../../tests/support/temp_dir.rs"]
mod temp_dir;

use std::fmt::Write as _;

use account::Account;
use fake_harness::Random;
use temp_dir::TempDir;

use crate::model::ListingKind;
use crate::store::{Reader, Writer};
use harness_access::diff::compare;

const SNAPSHOTS: i64 = 9;

/// Views whose rows are about one snapshot, ordered by all of their columns.
const VIEWS: [&str; 14] = [
    "resources",
    "users",
    "service_accounts",
    "user_groups",
    "group_members",
    "roles",
    "role_permissions",
    "resource_groups",
    "resource_group_selectors",
    "entitlements",
    "grants",
    "effective_access",
    "access_in_scope",
    "(SELECT * FROM listings WHERE snapshot_id = (SELECT at FROM shown))",
];

fn change(account: &mut Account, random: &mut Random) {
    let user = format!("u{}", random.below(4));
    let (id, group) = (
        format!("user/{user}"),
        format!("user_group/account/g{}", random.below(3)),
    );
    let role = format!(
        "role/{}",
        random.pick(&["account/r0", "account/r1", "harness/_account_viewer"])
    );
    let over = format!("resource_group/account/all{}", random.below(2));
    let scope = *random.pick(&["account", "org/o", "org/o/project/p"]);
    match random.below(14) {
        0 | 1 => account.user(
            &user,
            &format!("Name {}", random.below(3)),
            "a@example.test",
        ),
        2 => account.remove(&id),
        3 => account.group(&group, &format!("Group {}", random.below(3))),
        4 | 5 => account.member(&id, &group),
        6 => account.revoke(&id, &group),
        7 => account.role(&role, "Role", &["a", "b", "c"][..random.below(4)]),
        8 => account.everything(&over, "All"),
        9 => account.assign(&id, &role, scope, &over),
        10 => account.assign(&group, &role, scope, &over),
        11 => account.revoke(&group, &role),
        12 => account.project("o", "p"),
        _ => {
            let listing = (*random.pick(&ListingKind::ALL), scope.to_owned());
            if account.hidden.is_empty() {
                account.hidden.push(listing);
            } else {
                account.hidden.clear();
            }
            &mut *account
        }
    };
    // Access made anew under another identifier.
    if random.below(4) == 0 {
        let again = random.below(1000);
        if let Some(assignment) = account.grants.values_mut().next() {
            *assignment = format!("ra-again-{again}");
        }
    }
}

fn history(folder: &TempDir, random: &mut Random) -> std::path::PathBuf {
    let file = folder.file("a.db");
    let mut account = Account::default();
    for day in 1..=SNAPSHOTS {
        for _ in 0..random.below(6) {
            change(&mut account, random);
        }
        account.publish(&file, day);
    }
    file
}

fn answers(file: &std::path::Path, kept: &[i64]) -> Vec<String> {
    let mut answers = Vec::new();
    for &at in kept {
        let reader = Reader::open(file).expect("open");
        reader.show_snapshot(at).expect("views");
        reader
            .connection
            .execute_batch(&format!("CREATE TEMP VIEW shown AS SELECT {at} AS at"))
            .expect("a view");
        for view in VIEWS {
            answers.push(format!("{at} {view} {}", rows(&reader, view)));
        }
        answers.push(format!("{at} {:?}", reader.incomplete_listings(at)));
        for &newer in kept.iter().filter(|newer| **newer >= at) {
            let comparison = compare(reader.diff_facts(at, newer).expect("facts"));
            answers.push(format!("{at} {newer} {}", gone_by_kept(&comparison, kept)));
            let missing = (
                reader.listings_missing(at, &reader, newer),
                reader.listings_missing(newer, &reader, at),
            );
            answers.push(format!("{missing:?}"));
        }
    }
    answers
}

/// A comparison, where what is gone since a snapshot is gone since the next one that is kept.
fn gone_by_kept(comparison: &impl std::fmt::Debug, kept: &[i64]) -> String {
    let since = |snapshot: i64| format!("gone_since: Some({snapshot})");
    (1..SNAPSHOTS).fold(format!("{comparison:?}"), |text, snapshot| {
        let next = kept.iter().find(|next| **next >= snapshot);
        text.replace(&since(snapshot), &since(*next.unwrap_or(&SNAPSHOTS)))
    })
}

/// What is counted beforehand is what can be counted: of the latest snapshot as stored, of any as shown.
fn holders_are_access(file: &std::path::Path, kept: &[i64]) {
    const STORED: [&str; 3] = [
        "(SELECT principal_id, roles FROM holders)",
        "(SELECT path, people, service_accounts FROM scopes WHERE people + service_accounts > 0)",
        "(SELECT id, used_by_grants FROM resource_groups WHERE used_by_grants > 0)",
    ];
    const COUNTED: [&str; 3] = [
        "(SELECT principal_id, count(*) FROM effective_access GROUP BY principal_id)",
        "(SELECT scope, count(DISTINCT CASE principal_type WHEN 'user' THEN principal_id END) AS people,
            count(DISTINCT CASE principal_type WHEN 'service_account' THEN principal_id END) AS programs
          FROM effective_access GROUP BY scope HAVING people + programs > 0)",
        "(SELECT resource_group_id, count(*) FROM grants WHERE resource_group_id IN (SELECT id FROM resource_groups)
          GROUP BY resource_group_id)",
    ];
    for shown in [None].into_iter().chain(kept.iter().copied().map(Some)) {
        let reader = Reader::open(file).expect("open");
        if let Some(at) = shown {
            reader.show_snapshot(at).expect("views");
        }
        for (stored, counted) in STORED.into_iter().zip(COUNTED) {
            assert_eq!(
                rows(&reader, stored),
                rows(&reader, counted),
                "at {shown:?}"
            );
        }
    }
}

/// At each snapshot, `effective_access_history` says what `effective_access` said.
fn history_is_access(file: &std::path::Path, kept: &[i64]) {
    const COLUMNS: &str = "principal_id, role_id, scope, resource_group_id, via_group_id, since";
    for &at in kept {
        let reader = Reader::open(file).expect("open");
        let history = rows(
            &reader,
            &format!(
                "(SELECT {COLUMNS} FROM effective_access_history WHERE since_snapshot <= {at}
                   AND (until_snapshot IS NULL OR until_snapshot > {at}))"
            ),
        );
        reader.show_snapshot(at).expect("views");
        let access = rows(
            &reader,
            &format!("(SELECT {COLUMNS} FROM effective_access)"),
        );
        assert_eq!(history, access, "at {at}");
    }
}

/// What the view `changes` says of each kept snapshot is what a comparison with the one before says; what a new
/// organization or project brought along is in no list before, so that the view leaves it out. Of a snapshot that did
/// not see everything the view says what was learnt in between.
fn changes_are_differences(file: &std::path::Path, kept: &[i64]) {
    let reader = Reader::open(file).expect("open");
    let rows = reader
        .select("SELECT snapshot_id, change, kind, id FROM changes")
        .expect("changes");
    let mut rows: Vec<String> = rows
        .rows
        .into_iter()
        .map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" "))
        .collect();
    for pair in kept.windows(2) {
        let gaps = reader.incomplete_listings(pair[1]).expect("gaps");
        let comparison = compare(reader.diff_facts(pair[0], pair[1]).expect("facts"));
        for change in comparison.changes {
            let id = change
                .grant()
                .map_or_else(|| change.id(), crate::model::GrantFact::entitlement_id);
            let row = format!(
                "{} {} {} {id}",
                pair[1],
                change.verb().as_str(),
                change.kind()
            );
            if let Some(at) = rows.iter().position(|other| *other == row) {
                rows.remove(at);
            } else {
                assert!(change.scope() != "account", "missing: {row}, kept {kept:?}");
            }
        }
        if !gaps.is_empty() {
            let of_it = format!("{} ", pair[1]);
            rows.retain(|row| !row.starts_with(&of_it));
        }
    }
    assert_eq!(rows, [""; 0], "kept {kept:?}");
}

fn rows(reader: &Reader, view: &str) -> String {
    let count = reader
        .connection
        .prepare(&format!("SELECT * FROM {view}"))
        .expect("a view")
        .column_count();
    let columns: Vec<String> = (1..=count).map(|column| column.to_string()).collect();
    let mut statement = reader
        .connection
        .prepare(&format!(
            "SELECT * FROM {view} ORDER BY {}",
            columns.join(", ")
        ))
        .expect("a query");
    let mut rows = statement.query([]).expect("rows");
    let mut text = String::new();
    while let Some(row) = rows.next().expect("a row") {
        for column in 0..count {
            let _ = write!(text, "{:?}|", row.get_ref(column).expect("a cell"));
        }
        text.push('\n');
    }
    text
}

#[test]
fn no_answer_about_a_kept_snapshot_changes() {
    for seed in 0..24 {
        let mut random = Random::new(seed);
        let folder = TempDir::new();
        let file = history(&folder, &mut random);
        // In two steps, since a file is pruned again and again.
        let mut kept: Vec<i64> = (1..=SNAPSHOTS).collect();
        for step in 0..2 {
            kept.retain(|&snapshot| snapshot == SNAPSHOTS || random.below(2) == 0);
            let forget: Vec<i64> = (1..=SNAPSHOTS)
                .filter(|snapshot| !kept.contains(snapshot))
                .collect();
            let before = answers(&file, &kept);
            if step == 0 {
                let all: Vec<i64> = (1..=SNAPSHOTS).collect();
                changes_are_differences(&file, &all);
                history_is_access(&file, &all);
                holders_are_access(&file, &all);
            }
            Writer::open_existing(&file)
                .and_then(|writer| writer.prune(&forget))
                .expect("prune");
            let after = answers(&file, &kept);
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before, after, "seed {seed}, step {step}, kept {kept:?}");
            }
            assert_eq!(before.len(), after.len());
            no_row_is_left_over(&file, &kept);
            changes_are_differences(&file, &kept);
            history_is_access(&file, &kept);
            holders_are_access(&file, &kept);
        }
    }
}

fn no_row_is_left_over(file: &std::path::Path, kept: &[i64]) {
    let reader = Reader::open(file).expect("open");
    for table in super::TABLES {
        let mut statement = reader
            .connection
            .prepare(&format!("SELECT valid_from, valid_until FROM {table}"))
            .expect("a query");
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let (from, until): (i64, Option<i64>) =
                (row.get(0).expect("from"), row.get(1).expect("until"));
            let oldest = kept[0];
            assert!(
                kept.contains(&from) || from < oldest,
                "{table} from {from}, kept {kept:?}"
            );
            assert!(
                until.is_none_or(|until| kept.contains(&until) && until > from.max(oldest)),
                "{table} from {from} until {until:?}, kept {kept:?}"
            );
        }
    }
    let left = reader
        .select(
            "SELECT 'effort', snapshot FROM _effort WHERE snapshot NOT IN (SELECT id FROM snapshots)
             UNION ALL SELECT 'resource', id FROM _resource r
             WHERE key > 0 AND NOT EXISTS (SELECT 1 FROM _resource_version WHERE resource = r.key)
               AND NOT EXISTS (SELECT 1 FROM _grant WHERE r.key IN (target, principal, resource_group))",
        )
        .expect("leftovers");
    assert!(left.rows.is_empty(), "{:?}", left.rows);
}
