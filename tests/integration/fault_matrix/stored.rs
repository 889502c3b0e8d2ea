//! What is stored after a fault.

use std::fs;
use std::path::Path;

use fake_harness::{FakeHarness, FaultKind, HowOften};

use super::{Case, LISTS, faults_of_pages, faults_of_requests, outcome, with_long};
use crate::support::{Database, TempDir, in_process};

/// All that a snapshot says but how long it took.
fn dump(path: &Path) -> Vec<String> {
    let database = Database::open(path);
    let times = database.rows("SELECT started_at, finished_at FROM snapshots");
    let views = database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'view'
         AND name NOT IN ('snapshots', 'listings', 'effective_access')",
    );
    let mut dump = Vec::new();
    for view in views {
        let mut rows = database.rows(&format!("SELECT * FROM {}", view[0]));
        rows.sort_unstable();
        let rows = rows.into_iter().map(|row| row.join("|"));
        dump.extend(rows.map(|row| {
            let row = row.replace(&times[0][1], "then");
            format!("{}: {row}", view[0])
        }));
    }
    let counts =
        "SELECT id, state, users, service_accounts, user_groups, roles, resource_groups, grants,
                    disabled_role_assignments, caller FROM snapshots";
    let listings = "SELECT snapshot_id, kind, scope, endpoint, state, reason, reported_total, rows FROM listings
                    ORDER BY kind";
    dump.push(database.ask(counts));
    dump.push(database.ask(listings));
    dump
}

/// The same through the store, for one list.
#[test]
fn what_is_stored_after_a_fault_is_what_is_stored_without_and_nothing_otherwise() {
    let place = LISTS[2];
    let fake = FakeHarness::new(with_long(place));
    let folder = TempDir::new();
    let without = folder.file("without");
    in_process::sync(&fake, &without).unwrap();
    let expected = dump(&without);
    let path = folder.file("with");
    let mut cases = faults_of_requests();
    cases.extend(faults_of_pages());
    // Asked without an order after a refusal, pages may or may not overlap.
    cases.retain(|case| !matches!(case.kind, FaultKind::BareEnvelope));
    for Case {
        kind,
        once,
        forever,
    } in cases
    {
        for (times, exit) in [(HowOften::Once, once), (HowOften::Forever, forever)] {
            let context = format!("{kind:?}, {times:?}");
            let fault = place.fault(&fake, &kind, times);
            let result = in_process::sync(&fake, &path);
            assert!(fault.fired() > 0, "{context}: did not happen");
            let exit = outcome(place, &kind, times, exit);
            assert_eq!(result.is_err(), exit.is_some(), "{context}");
            assert_eq!(path.exists(), exit.is_none(), "{context}");
            if exit.is_none() {
                let mut stored = dump(&path);
                let mut expected = expected.clone();
                if matches!(kind, FaultKind::NegativeTotals) {
                    // The ledger, which comes last, has no total then.
                    stored.pop();
                    expected.pop();
                }
                assert!(stored == expected, "{context}");
                fs::remove_file(&path).unwrap();
            }
        }
    }
}
