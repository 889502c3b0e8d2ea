//! Interrupted.

use std::fs;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Test;
use fake_harness::{Fault, FaultKind};

use super::*;

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until the fake has met a request on a route.
fn until_asked(test: &Test, route: &str, times: usize) {
    while test.fake.count(route) < times {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Long before any time-out of the client, and before the grace in which it may end by itself.
const AT_ONCE: Duration = Duration::from_secs(4);

#[track_caller]
fn ends_at_once(child: Child, status: i32, says: &str) {
    let began = Instant::now();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    assert!(stderr.contains(says), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_signal_ends_a_sync_that_waits_for_an_answer() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        for (route, kind) in [
            ("/authz/api/acl", FaultKind::Stall),
            ("/ng/api/user/batch", FaultKind::Stall),
            ("/authz/api/roleassignments", FaultKind::StalledBody),
            // Not for an answer, but for the next try.
            (
                "/authz/api/roles",
                FaultKind::Unavailable(Some("100".into())),
            ),
        ] {
            let context = format!("SIG{name} at {route}");
            let test = Test::synced();
            let bytes = fs::read(test.database()).unwrap();
            test.fake.forget_requests();
            let fault = test.fake.fault(Fault::on(route, kind));
            let child = test.sync().spawn();
            until_asked(&test, route, 1);
            signal(&child, name);
            ends_at_once(
                child,
                status,
                &format!("stopped by SIG{name}; nothing was stored"),
            );
            assert!(fault.fired() > 0, "{context}");
            assert_eq!(fs::read(test.database()).unwrap(), bytes, "{context}");
            assert_eq!(test.folder.names(), ["harness-access.db"], "{context}");
            test.fake.clear_faults();
            test.observe();
        }
    }
}

#[test]
fn a_signal_during_the_first_sync_leaves_no_file() {
    let test = Test::new();
    test.fake
        .fault(Fault::on("/authz/api/roles", FaultKind::Stall));
    let child = test.sync().args(&["--format", "json"]).spawn();
    until_asked(&test, "/authz/api/roles", 1);
    signal(&child, "TERM");
    ends_at_once(child, 143, r#""kind":"stopped""#);
    assert!(test.folder.names().is_empty());
}

#[test]
fn a_signal_during_the_merge_undoes_it() {
    let stage = Stage::new();
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let child = stage.merging();
        signal(&child, name);
        ends_at_once(child, status, "nothing was stored");
        assert!(fs::read(stage.test.database()).unwrap() == stage.bytes);
        assert_eq!(stage.test.folder.names(), ["harness-access.db"]);
    }
    stage.next_sync_works();
}
