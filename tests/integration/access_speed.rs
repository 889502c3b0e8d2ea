//! How long questions take on an account with 100,000 grants. Run by hand:
//! `cargo test --release --test integration access_speed -- --ignored --nocapture`

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use crate::support::account::Account;
use crate::support::{TempDir, run};

#[test]
#[ignore = "a measurement"]
fn access_speed() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let published = Account::large().publish(&db, 1);
    println!("{} grants", published.grants);
    let questions: [&[&str]; 12] = [
        &["who-can", "core_secret_access"],
        &["who-can", "core_secret_access", "--in", "org/o3/project/p4"],
        &["who-can", "core_secret_access", "--format", "json"],
        &["who-can", "core_secret_access", "--format", "csv"],
        &["what-can", "u00007"],
        &["what-can", "u00007", "--permissions"],
        &["why", "u00007", "core_secret_access"],
        &["what-can", "u00007", "--at", "1"],
        &["findings"],
        &["export", "--format", "csv"],
        &["export", "--format", "csv", "--preset", "vanta"],
        &["export", "--format", "ndjson"],
    ];
    for arguments in questions {
        let start = Instant::now();
        let ran = run(&db, arguments);
        println!(
            "{:>6} ms  {:>9} bytes  {}",
            start.elapsed().as_millis(),
            ran.stdout.len(),
            arguments.join(" ")
        );
        assert!(ran.status < 2, "{}", ran.stderr);
    }
    if std::env::var_os("KEEP").is_some() {
        println!("{}", db.display());
    } else {
        std::fs::remove_file(&db).unwrap();
    }
}
