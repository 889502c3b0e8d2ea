//! The command that a report names makes the same report again.

use std::fs;
use std::path::Path;

use super::{between, story};
use crate::support::{Outcome, Run, TempDir};

fn run_in(folder: &Path, arguments: &[&str]) -> Outcome {
    Run::new(folder, arguments).run()
}

/// Makes a report in a folder, runs the command that it names, and compares.
fn makes_itself_again(folder: &Path, flags: &[&str]) {
    let mut arguments = vec!["report", "--quiet", "--output", "first.html"];
    arguments.extend(flags);
    assert_eq!(run_in(folder, &arguments).status, 0);
    let first = fs::read_to_string(folder.join("first.html")).unwrap();
    let told = between(&first, "id=\"again\"", "</code>");
    let told = told.split("<code>").nth(1).unwrap().lines().next().unwrap();
    let told: Vec<&str> = told.split(' ').skip(1).collect();
    let ran = run_in(folder, &told);
    assert_eq!(ran.status, 0, "{told:?}: {}", ran.stderr);
    let again = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(again == first, "{told:?}");
    fs::remove_file(folder.join("report.html")).unwrap();
}

#[test]
fn the_command_of_a_report_makes_it_again() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    story().person("new", "New").publish(&db, 2);
    fs::copy(&db, folder.file("b.db")).unwrap();
    fs::write(
        folder.file("approvals.toml"),
        "[[approval]]\nchange = \"added\"\nkind = \"user\"\nid = \"user/new\"\nreason = \"joins\"\napprover = \"grace\"\n",
    )
    .unwrap();
    for flags in [
        &["--db", "a.db"][..],
        &["--db", "a.db", "--at", "1", "--max-rows", "2"],
        &["--db", "a.db", "--scope", "account", "--for", "owner"],
        &["--db", "a.db", "1", "2", "--approvals", "approvals.toml"],
        &["a.db@1", "b.db@2"],
    ] {
        makes_itself_again(folder.path(), flags);
    }
}
