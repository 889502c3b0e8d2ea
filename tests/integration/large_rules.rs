//! Rules of one's own whose rows no memory holds.

#![allow(clippy::unwrap_used)]

use crate::support::account::Account;
use crate::support::{Outcome, TempDir, run};

const HEAD: &str = "-- code: MY1\n-- severity: error\n-- title: Much\n-- remedy: None.\n";
const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";

fn findings_of(select: &str, format: &str) -> Outcome {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example().publish(&db, 1);
    let rules = db.with_extension("rules");
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("mine.sql"), format!("{HEAD}{NUMBERS} {select}")).unwrap();
    let rules = rules.to_str().unwrap();
    run(&db, &["findings", "--rules", rules, "--format", format])
}

#[test]
fn a_rule_with_more_rows_than_memory_holds_is_refused() {
    for select in [
        "SELECT i AS subject FROM n",
        "SELECT i AS subject, hex(zeroblob(500000)) AS detail FROM n LIMIT 100",
    ] {
        for format in ["table", "json"] {
            let ran = findings_of(select, format);
            assert_eq!((ran.status, &*ran.stdout), (3, ""), "{select}");
            let told = ran.stderr.as_str();
            assert!(told.contains("rule MY1: with its rows"), "{told}");
            assert!(told.contains("let it find less"), "{told}");
        }
    }
}

#[test]
fn many_rows_and_a_long_one_are_taken() {
    let ran = findings_of("SELECT i AS subject FROM n LIMIT 100000", "csv");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let one_long = "SELECT i AS subject, hex(zeroblob(500000)) AS detail FROM n LIMIT 20";
    assert_eq!(findings_of(one_long, "table").status, 0);
}
