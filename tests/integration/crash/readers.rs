//! Read meanwhile.

use std::fs;
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
