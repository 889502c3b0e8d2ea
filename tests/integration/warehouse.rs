//! `export --history`, and its recipes in the databases that they are for, where those are installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fake_harness::{Account, next_day};
use serde_json::Value;

use crate::support::documents::blocks;
use crate::support::tools::{has, is_root, output};
use crate::support::{Database, Test};

/// The blocks of a language in the document with the recipes.
fn recipes(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/warehouse.md");
    blocks(&fs::read_to_string(path).unwrap(), language)
}

/// Two snapshots of one account in one.db, one of another in two.db.
fn fleet() -> Test {
    let test = Test::new();
    let one = test.folder.file("one.db").display().to_string();
    test.sync().args(&["--db", &one]).exits(0);
    test.fake.change(|account| {
        next_day(account);
    });
    test.sync().args(&["--db", &one]).exits(0);
    let mut account = Account::demo();
    OTHER.clone_into(&mut account.id);
    let two = test.folder.file("two.db").display().to_string();
    Test::over(account).sync().args(&["--db", &two]).exits(0);
    test
}

const ONE: &str = "AbCdEfGhIjKlMnOpQrStUv";
const OTHER: &str = "OtherAccountAAAAAAAAAA";
const BOTH: [&str; 6] = ["export", "--history", "--db", "one.db", "--db", "two.db"];

fn facts(test: &Test, more: &[&str]) -> Vec<Value> {
    let lines = test
        .run(&["export", "--history", "--format", "ndjson"])
        .args(more)
        .exits(0)
        .stdout;
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_fact_of_every_account_has_its_beginning_and_end() {
    let test = fleet();
    let facts = facts(&test, &["--db", "one.db", "--db", "two.db"]);
    let key = |fact: &Value| {
        format!(
            "{} {} {}",
            fact["account_id"], fact["id"], fact["since_snapshot"]
        )
    };
    assert_eq!(
        facts.iter().map(key).collect::<BTreeSet<_>>().len(),
        facts.len(),
        "keys are unique"
    );
    let one = facts.iter().filter(|fact| fact["account_id"] == ONE);
    let ended = one.clone().filter(|fact| !fact["until"].is_null()).count();
    let database = Database::open(&test.folder.file("one.db"));
    let count = |sql: &str| database.ask(sql).parse::<usize>().unwrap();
    assert_eq!(
        one.count(),
        count(
            "SELECT (SELECT count(*) FROM resource_history) + (SELECT count(*) FROM grant_history)"
        )
    );
    assert_eq!(
        ended,
        count(
            "SELECT (SELECT count(until) FROM resource_history) + (SELECT count(until) FROM grant_history)"
        )
    );
    assert!(ended > 0 && facts.iter().any(|fact| fact["account_id"] == OTHER));
}

#[test]
fn since_leaves_out_what_neither_began_nor_ended_after_it() {
    let test = fleet();
    let all = facts(&test, &["--db", "one.db"]);
    let fresh = facts(&test, &["--db", "one.db", "--since", "1"]);
    let is_fresh = |fact: &&Value| fact["since_snapshot"] == 2 || fact["until_snapshot"] == 2;
    assert_eq!(fresh.len(), all.iter().filter(is_fresh).count());
    assert!(!fresh.is_empty() && fresh.len() < all.len());
    assert!(facts(&test, &["--db", "one.db", "--since", "latest"]).is_empty());
}

#[test]
fn csv_and_ndjson_say_the_same() {
    let test = fleet();
    let csv = test.run(&BOTH).args(&["--format", "csv"]).exits(0).stdout;
    let first = facts(&test, &["--db", "one.db"]).remove(0);
    let heading: BTreeSet<&str> = csv.lines().next().unwrap().split(',').collect();
    let keys: BTreeSet<&str> = first
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(heading, keys);
}

#[test]
fn two_files_of_one_account_and_flags_of_one_snapshot_are_refused() {
    let test = fleet();
    let run = |more: &[&str]| test.run(&["export", "--format", "csv"]).args(more).exits(3);
    run(&["--history", "--db", "one.db", "--db", "one.db"]).says("are of one account");
    run(&["--history", "--db", "one.db", "--at", "1"]).says("not for --history");
    run(&["--db", "one.db", "--db", "two.db"]).says("several --db are for --history");
    run(&["--db", "one.db", "--since", "1"]).says("--since is for --history");
}

#[test]
fn a_manifest_names_every_account() {
    let test = fleet();
    test.run(&BOTH)
        .args(&["--format", "csv", "--output", "facts.csv"])
        .exits(0);
    let manifest = fs::read(test.folder.file("facts.csv.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["snapshots"][0]["account_id"], ONE);
    assert_eq!(manifest["snapshots"][1]["account_id"], OTHER);
}

/// The facts as they are loaded, and those that came with the last snapshot; what the questions must answer.
fn loaded() -> Test {
    let test = fleet();
    let write = |more: &[&str]| {
        test.run(&["export", "--history", "--format", "csv"])
            .args(more)
            .exits(0)
    };
    write(&["--db", "one.db", "--db", "two.db", "--output", "facts.csv"]);
    write(&["--db", "one.db", "--since", "1", "--output", "fresh.csv"]);
    test
}

#[track_caller]
fn questions_are_answered(answers: &[String]) {
    let [administrators, changes, person] = answers else {
        panic!("three questions: {answers:?}")
    };
    for account in [ONE, OTHER] {
        assert!(administrators.contains(account), "{administrators}");
        assert!(person.contains(account), "{person}");
    }
    assert!(
        administrators.contains("Platform Admins"),
        "{administrators}"
    );
    assert!(person.contains("Platform Admins"), "{person}");
    // The other account has one snapshot, which is no change.
    assert!(
        changes.contains(ONE) && !changes.contains(OTHER),
        "{changes}"
    );
}

#[test]
fn postgresql_loads_the_facts_unchanged() {
    let Some(server) = postgresql() else {
        return;
    };
    let test = loaded();
    let folder = test.folder.path().display().to_string();
    output(Command::new("chown").args(["-R", "postgres", &folder]));
    let script: String = recipes("postgresql").concat();
    test.folder
        .write("load.sql", format!("\\set ON_ERROR_STOP on\n{script}"));
    let questions = recipes("fleet");
    for (at, question) in questions.iter().enumerate() {
        test.folder.write(&format!("{at}.sql"), question);
    }
    let start = format!(
        "cd '{folder}' && '{0}/initdb' -D data > log && \
         '{0}/pg_ctl' -D data -w -l server.log -o \"-k '{folder}' -c listen_addresses=''\" start > log && \
         trap \"'{0}/pg_ctl' -D data -m immediate stop > log\" EXIT && \
         psql -q -h '{folder}' -d postgres -f load.sql && \
         for at in 0 1 2; do psql -q -h '{folder}' -d postgres -At -f $at.sql; echo --; done",
        server.display()
    );
    let answers =
        output(Command::new("runuser").args(["-u", "postgres", "--", "bash", "-ec", &start]));
    let answers: Vec<String> = answers.split("--\n").map(str::to_owned).collect();
    questions_are_answered(&answers[..3]);
}

/// The folder of Debian's PostgreSQL server, which does not run as root.
fn postgresql() -> Option<PathBuf> {
    if !has("psql") || !has("runuser") || !is_root() {
        return None;
    }
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let server = versions
        .map(|version| version.path().join("bin"))
        .find(|bin| bin.join("initdb").exists());
    if server.is_none() {
        has("initdb");
    }
    server
}

const DUCKDB: &str = r#"
import sys, duckdb
database = duckdb.connect()
for path in sys.argv[1:]:
    database.execute("SET TimeZone = 'UTC'")
    result = database.execute(open(path).read())
    if path.endswith(".question"):
        for row in result.fetchall():
            print("|".join(map(str, row)))
        print("--")
"#;

#[test]
fn duckdb_loads_the_facts_unchanged() {
    let python = ["python3", "python"].into_iter().find(|python| {
        let imports = Command::new(python).args(["-c", "import duckdb"]).output();
        imports.is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        has("duckdb, a package of Python,");
        return;
    };
    let test = loaded();
    let table = recipes("postgresql").remove(0).replace("jsonb", "json");
    test.folder.write("table.sql", table);
    test.folder.write("load.sql", recipes("duckdb").concat());
    let mut command = Command::new(python);
    command
        .args(["-c", DUCKDB, "table.sql", "load.sql"])
        .current_dir(test.folder.path());
    for (at, question) in recipes("fleet").iter().enumerate() {
        test.folder.write(&format!("{at}.question"), question);
        command.arg(format!("{at}.question"));
    }
    let answers = output(&mut command);
    let answers: Vec<String> = answers.split("--\n").map(str::to_owned).collect();
    questions_are_answered(&answers[..3]);
}
