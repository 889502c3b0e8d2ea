//! Read meanwhile.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::*;

/// Asks without any patience.
fn glance(path: &Path) -> Result<i64, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.query_row("SELECT count(*) FROM snapshots", [], |row| row.get(0))
}

#[test]
fn a_reader_without_patience_is_locked_out_for_the_commit_at_most() {
    let stage = Stage::new();
    let path = stage.test.database();
    let during_requests: Arc<Mutex<Vec<bool>>> = Arc::default();
    let (told, file) = (Arc::clone(&during_requests), path.clone());
    stage
        .test
        .fake
        .watch(move |_| told.lock().unwrap().push(glance(&file).is_ok()));
    let modified = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = modified();
    let mut child = stage.merging();
    // Until the commit the file stays as it was, and so do the answers; then for a moment there are none, then new ones.
    let mut during_merge = 0;
    let mut locked_out = 0;
    while child.try_wait().unwrap().is_none() {
        match glance(&path) {
            Ok(1) if modified() == before => {
                assert_eq!(locked_out, 0, "locked out before the commit");
                during_merge += 1;
            }
            Ok(1 | 2) => {}
            Ok(other) => panic!("{other} snapshots"),
            Err(error) => {
                let code = error.sqlite_error_code();
                assert_eq!(code, Some(rusqlite::ErrorCode::DatabaseBusy), "{error}");
                locked_out += 1;
            }
        }
    }
    assert!(child.wait().unwrap().success());
    let during_requests = during_requests.lock().unwrap();
    assert!(during_requests.len() > 10);
    assert!(during_requests.iter().all(|answered| *answered));
    assert!(during_merge > 10, "{during_merge}");
    assert_eq!(glance(&path).unwrap(), 2);
}

/// sqlitebrowser 2154: what was fetched waits until the reader ends, and nobody else is kept out meanwhile.
#[test]
fn an_open_reader_delays_the_commit_only() {
    let stage = Stage::new();
    let path = stage.test.database();
    let reader = Connection::open(&path).unwrap();
    let mut statement = reader.prepare("SELECT * FROM group_members").unwrap();
    let mut rows = statement.query([]).unwrap();
    rows.next().unwrap().unwrap();
    let mut child = crowd_sync(&stage.test).spawn();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let waiting = told.next().unwrap().unwrap();
    assert!(waiting.contains("waiting for "), "{waiting}");
    assert!(
        waiting.contains(&format!("(process {})", std::process::id())),
        "{waiting}"
    );
    assert_eq!(glance(&path).unwrap(), 1);
    drop(rows);
    drop(statement);
    assert!(child.wait().unwrap().success());
    assert_eq!(glance(&path).unwrap(), 2);
}

#[test]
fn a_reader_that_never_ends_is_named() {
    let stage = Stage::new();
    let path = stage.test.database();
    let reader = Connection::open(&path).unwrap();
    let mut statement = reader.prepare("SELECT * FROM group_members").unwrap();
    let mut rows = statement.query([]).unwrap();
    rows.next().unwrap().unwrap();
    crowd_sync(&stage.test)
        .args(&["--timeout", "5s"])
        .exits(6)
        .says("was being read all the time by ")
        .says(&std::process::id().to_string());
    assert_eq!(glance(&path).unwrap(), 1);
    drop(rows);
    drop(statement);
    crowd_sync(&stage.test).exits(0);
}
