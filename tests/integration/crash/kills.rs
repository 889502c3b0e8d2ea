//! Killed at any request.

use std::fs;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{Test, all_answers, answers_until};

use super::*;

/// Runs a sync and kills it as soon as the nth request comes.
fn killed_at(test: &Test, nth: u64) -> ExitStatus {
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let (victim, met) = (Arc::clone(&child), AtomicU64::new(0));
    test.fake.watch(move |_| {
        if met.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            victim.lock().unwrap().as_mut().unwrap().kill().unwrap();
        }
    });
    // Held until the child is there, so that no request comes before.
    let mut held = child.lock().unwrap();
    *held = Some(test.sync().spawn());
    drop(held);
    let status = loop {
        if let Some(status) = child.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
            break status;
        }
        thread::sleep(Duration::from_millis(1));
    };
    test.fake.clear_hooks();
    status
}

fn requests_of_a_sync() -> u64 {
    let test = Test::synced();
    test.fake.served()
}

#[test]
fn killed_at_any_request_of_a_later_sync() {
    for nth in 1..=requests_of_a_sync() {
        let test = Test::synced();
        test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Second"));
        let (bytes, answers) = (
            fs::read(test.database()).unwrap(),
            all_answers(&test.database()),
        );
        let earlier = answers_until(&test.database(), 2);
        test.fake
            .change(|account| account.rename_user("uDANA00000000000000000", "Third"));
        let status = killed_at(&test, nth);
        assert_eq!(status.code(), None, "request {nth}: killed before its end");
        assert_eq!(test.folder.names(), ["harness-access.db"], "request {nth}");
        assert_eq!(fs::read(test.database()).unwrap(), bytes, "request {nth}");
        is_sound(&test.database());
        assert_eq!(all_answers(&test.database()), answers, "request {nth}");
        test.observe();
        assert_eq!(test.changes().len(), 1, "request {nth}");
        assert_eq!(answers_until(&test.database(), 2), earlier, "request {nth}");
    }
}

#[test]
fn killed_at_any_request_of_the_first_sync() {
    for nth in 1..=requests_of_a_sync() {
        let test = Test::new();
        assert_eq!(killed_at(&test, nth).code(), None, "request {nth}");
        test.run(&["snapshots"])
            .exits(6)
            .says("holds no snapshot yet");
        test.observe();
        assert_eq!(test.folder.names(), ["harness-access.db"]);
        assert_eq!(test.ask("SELECT id, state FROM snapshots"), "1|complete");
    }
}
