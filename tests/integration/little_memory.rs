//! A system that gives little memory: what was asked is done, or the exit status is a documented one and nothing is lost.

use crate::support::{Outcome, Test};

/// The program with so many KiB of address space.
fn limited(test: &Test, kib: usize, command: &str) -> Outcome {
    test.limited(&format!("ulimit -v {kib}"), command)
}

/// The least in which the program starts at all, in KiB.
fn least(test: &Test) -> usize {
    let starts = |kib: &usize| limited(test, *kib, "--version").status == 0;
    (1..100).map(|step| step * 4_000).find(starts).unwrap()
}

/// It ended by SIGABRT, which may leave a core file with the key in it.
#[test]
fn a_sync_without_memory_ends_with_a_status_and_the_next_one_works() {
    let test = Test::new();
    let least = least(&test);
    let mut ended = Vec::new();
    for more in [0, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 400_000] {
        let sync = limited(&test, least + more, "sync --timeout 60s");
        assert!(matches!(sync.status, 0 | 6), "{more} more: {sync:?}");
        assert!(
            sync.status == 0 || sync.stderr.contains("memory"),
            "{sync:?}"
        );
        // With more memory more threads start, so more may also be too little.
        let snapshots = test.run(&["snapshots"]);
        if sync.status == 0 || ended.contains(&0) {
            snapshots.exits(0);
        } else {
            snapshots.exits(6).says("harness-access sync");
        }
        ended.push(sync.status);
    }
    assert_eq!((ended[0], ended.last()), (6, Some(&0)), "{ended:?}");
    test.sync().exits(0);
}

#[test]
fn a_question_without_memory_ends_with_a_status() {
    let test = Test::synced();
    let least = least(&test);
    for command in [
        "snapshots",
        "findings",
        "who-can core_user_view",
        "diff 1 1",
    ] {
        for more in [0, 1_000, 2_000, 4_000] {
            let ended = limited(&test, least + more, command);
            assert!(matches!(ended.status, 0 | 6), "{more} more: {ended:?}");
            assert!(
                ended.status == 0 || ended.stderr.contains("memory"),
                "{ended:?}"
            );
        }
    }
}
