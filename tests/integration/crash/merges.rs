//! Killed while the file is written.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Instant;

use crate::support::Test;

use super::*;

#[test]
fn killed_at_any_moment_of_merge_and_commit() {
    const MOMENTS: u32 = 10;
    let stage = Stage::new();
    let mut child = stage.merging();
    let merge_began = Instant::now();
    assert!(child.wait().unwrap().success());
    let whole = merge_began.elapsed();
    let mut undone = 0;
    for moment in 0..=MOMENTS {
        stage.reset();
        let mut child = stage.merging();
        let wait = whole * moment / MOMENTS;
        let began = Instant::now();
        while began.elapsed() < wait {
            thread::yield_now();
        }
        let _ = child.kill();
        let status = child.wait().unwrap();
        let context = format!("{wait:?} after the first write, {status}");
        if !stage.is_all_or_nothing(&context) {
            undone += 1;
            assert_eq!(status.code(), None, "{context}");
        }
    }
    assert!(undone > 0);
    stage.next_sync_works();
}

#[test]
fn killed_while_the_file_itself_is_written() {
    let stage = Stage::new();
    let modified = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let path = stage.test.database();
    let mut half_written = 0;
    for _ in 0..20 {
        stage.reset();
        let before = modified(&path);
        let mut child = stage.merging();
        while modified(&path) == before && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        // A journal that stays behind puts the old pages back.
        let is_half_written = fs::read(journal(&stage.test))
            .is_ok_and(|journal| !journal.is_empty())
            && fs::read(&path).unwrap() != stage.bytes;
        if is_half_written {
            half_written += 1;
            // Who only reads recovers it, too.
            stage.test.run(&["snapshots"]).exits(0);
            assert!(!stage.is_all_or_nothing("half written"));
            if half_written == 3 {
                break;
            }
        } else {
            stage.is_all_or_nothing("between");
        }
    }
    assert!(half_written > 0, "no kill hit the writing of the file");
    stage.next_sync_works();
}

#[test]
fn killed_while_the_first_snapshot_is_written() {
    let test = Test::over(crowd());
    let path = test.database();
    let mut half_written = 0;
    for round in 0..20 {
        let mut child = crowd_sync(&test).spawn();
        while fs::metadata(&path).map_or(0, |file| file.len()) == 0
            && child.try_wait().unwrap().is_none()
        {
            thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        if fs::read(journal(&test)).is_ok_and(|journal| !journal.is_empty()) {
            half_written += 1;
        }
        // Whoever comes first finds a file without a snapshot, or with the whole of it.
        if round % 2 == 0 {
            let outcome = test.run(&["snapshots"]).run();
            if outcome.status != 0 {
                outcome.exits(6).says("holds no snapshot yet");
            }
        }
        test.observe();
        is_sound(&path);
        assert_eq!(test.ask("SELECT count(*) FROM group_members"), "8000");
        assert_eq!(test.folder.names(), ["harness-access.db"]);
        if half_written == 4 {
            break;
        }
        fs::remove_file(&path).unwrap();
    }
    assert!(half_written > 0, "no kill hit the writing of the file");
}
