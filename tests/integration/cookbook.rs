//! The cookbook and `query`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use fake_harness::{
    IncludedScope, Principal, ResourceFilter, ResourceGroup, ResourceSelector, Scope,
};
use harness_access::cookbook::{Recipe, recipes};

use crate::support::{Test, matches_file};

fn observed() -> Test {
    let test = Test::new();
    test.fake.caller(
        fake_harness::Caller::default()
            .and("core_serviceaccount_manageapikey")
            .and("core_user_manage"),
    );
    let whole = ["--scopes", "all", "--with", "tokens"];
    test.sync().args(&whole).exits(0);
    test.fake.change(fake_harness::next_day);
    test.sync().args(&whole).exits(0);
    test
}

fn run(test: &Test, recipe: &Recipe, format: &str) -> String {
    run_at(test, recipe, format, "latest")
}

fn run_at(test: &Test, recipe: &Recipe, format: &str, at: &str) -> String {
    let mut arguments = vec![
        "query".to_owned(),
        "--name".to_owned(),
        recipe.name.to_owned(),
    ];
    arguments.extend(["--format", format, "--at", at].map(str::to_owned));
    for parameter in &recipe.parameters {
        let example = match parameter.name {
            "day" => "2999-01-01",
            _ => parameter.example,
        };
        arguments.extend([
            "--param".to_owned(),
            format!("{}={example}", parameter.name),
        ]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    test.run(&arguments).exits(0).stdout
}

/// The book as it stands in docs/cookbook.md.
fn book() -> String {
    let mut book = "# Cookbook\n\nEveryday questions, each one short SELECT over the views. In the sqlite3 shell, set a parameter \
        with `.parameter set :person \"'ada@example.test'\"`; without a shell, `harness-access query --name NAME --param person=…` \
        runs the same statement. `harness-access query --list` names them all.\n"
        .to_owned();
    for recipe in recipes() {
        let _ = write!(book, "\n## {}\n\n", recipe.question);
        let _ = write!(book, "`query --name {}", recipe.name);
        for parameter in &recipe.parameters {
            let _ = write!(book, " --param {}={}", parameter.name, parameter.example);
        }
        book.push('`');
        if let Some(command) = recipe.command {
            let _ = write!(book, ", or the command `harness-access {command}`");
        }
        let _ = write!(book, "\n\n```sql\n{};\n```\n", recipe.sql);
    }
    book
}

#[test]
fn the_book_shows_what_is_compiled_in() {
    matches_file("../../docs/cookbook.md", &book());
}

#[test]
fn every_question_is_answered() {
    let test = observed();
    let silent = [
        "could-read-secrets-then-not-now",
        "what-changed-for-a-person",
        "unlinked-groups-that-give-administrator",
        "leavers-and-what-they-held",
        "what-was-not-seen",
        "outside-domains",
        "service-accounts-without-keys",
        "custom-roles-that-nobody-holds",
        "tokens-that-expire-soon",
        "tokens-that-reach-production",
        "only-through-sso-groups",
        "who-changed-access-most",
        "changes-while-impersonating",
        "changes-that-nobody-is-recorded-for",
        "access-that-came-and-went",
        "administrators-who-do-not-sign-in",
    ];
    for recipe in recipes() {
        let rows = run(&test, &recipe, "ndjson");
        assert!(
            !rows.is_empty() || silent.contains(&recipe.name),
            "{} has no rows",
            recipe.name
        );
    }
}

#[test]
fn rows_come_in_every_format() {
    let test = observed();
    let recipe = Recipe::named("account-administrators").expect("a recipe");
    let lines = run(&test, &recipe, "ndjson").lines().count();
    assert_eq!(run(&test, &recipe, "table").lines().count(), lines + 1);
    assert_eq!(run(&test, &recipe, "csv").lines().count(), lines + 1);
    let document: serde_json::Value =
        serde_json::from_str(&run(&test, &recipe, "json")).expect("JSON");
    assert_eq!(document["rows"].as_array().map(Vec::len), Some(lines));
}

#[test]
fn an_earlier_snapshot_can_be_asked() {
    let test = observed();
    let count = |at: &str| {
        let sql = "SELECT count(*) AS n FROM users";
        test.run(&["query", sql, "--at", at, "--format", "csv"])
            .exits(0)
            .stdout
    };
    assert_ne!(count("1"), count("2"));
}

#[test]
fn a_statement_may_only_read() {
    let test = observed();
    for sql in [
        "DELETE FROM _grant",
        "ATTACH 'other.db' AS other",
        "PRAGMA user_version = 7",
        "PRAGMA table_info(_grant)",
        "CREATE TEMP TABLE t (x)",
        "SELECT load_extension('x')",
        "VACUUM INTO 'copy.db'",
        "SELECT 1; SELECT 2",
        "not SQL",
    ] {
        test.run(&["query", sql]).exits(3);
    }
    assert!(!test.folder.file("copy.db").exists());
}

#[test]
fn a_statement_without_end_is_stopped_and_named() {
    let test = observed();
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let outcome = test.run(&["query", endless, "--timeout", "1s"]).exits(3);
    assert!(
        outcome.stderr.contains("stopped after 1 second"),
        "{}",
        outcome.stderr
    );
    let large = test
        .run(&["query", "SELECT length(hex(zeroblob(400000000)))"])
        .exits(3);
    assert!(large.stderr.contains("memory"), "{}", large.stderr);
}

#[test]
fn an_endless_rule_of_findings_is_stopped() {
    let test = observed();
    let rules = test.folder.file("rules");
    std::fs::create_dir(&rules).expect("a folder");
    std::fs::write(
        rules.join("endless.sql"),
        "-- code: X1\n-- severity: note\n-- title: t\n-- remedy: r\nSELECT load_extension('x') AS subject\n",
    )
    .expect("a file");
    let outcome = test.run(&["findings", "--rules", "rules"]).exits(3);
    assert!(outcome.stderr.contains("rule X1"), "{}", outcome.stderr);
}

#[test]
fn what_is_missing_is_named() {
    let test = observed();
    let outcome = test
        .run(&["query", "--name", "what-can-one-person-do"])
        .exits(3);
    assert!(outcome.stderr.contains(":person"), "{}", outcome.stderr);
    let outcome = test.run(&["query", "--name", "account-admins"]).exits(3);
    assert!(
        outcome
            .stderr
            .contains("did you mean account-administrators"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn rows_keep_their_columns_in_json() {
    let test = observed();
    let sql = "SELECT 1 AS z, 2 AS a, 3 AS z, x'00ff' AS bytes, 9e999 AS far";
    let wanted = r#"{"z":1,"a":2,"z_2":3,"bytes":"00FF","far":"inf"}"#;
    let ndjson = test.run(&["query", sql, "--format", "ndjson"]).exits(0);
    assert_eq!(ndjson.stdout.trim(), wanted);
    let json = test.run(&["query", sql, "--format", "json"]).exits(0);
    assert!(json.stdout.contains(wanted), "{}", json.stdout);
}

#[test]
fn what_was_mistyped_is_answered_with_what_was_meant() {
    let test = observed();
    let ask = |arguments: &[&str]| test.run(&["query"]).args(arguments).exits(3);
    ask(&["SELECT * FROM grnts"])
        .says("did you mean grants")
        .says("docs/views.md");
    ask(&["--name", "most-role"]).says("did you mean most-roles?");
    ask(&["--name", "xyzzy"]).says("`query --list` names them all");
    ask(&["SELECT :person", "--param", "persno=x"]).says("no parameter :persno, but :person");
    ask(&["SELECT :a", "--param", "a=1", "--param", "a=2"]).says("given twice");
    ask(&["--list", "--format", "csv"]).says("--list prints a table or json");
    let list = test.run(&["query", "--list", "--format", "json"]).exits(0);
    assert_eq!(
        list.json()["questions"].as_array().map(Vec::len),
        Some(recipes().len())
    );
}

#[test]
fn an_empty_answer_about_what_was_not_read_is_none() {
    let test = Test::new();
    test.sync().exits(0);
    test.run(&["query", "--name", "tokens-that-never-expire"])
        .exits(2)
        .says("not seen: tokens: sync --with tokens");
    let test = observed();
    let whole = test.run(&[
        "query",
        "--name",
        "outside-domains",
        "--param",
        "domain=example.test",
    ]);
    assert!(!whole.exits(0).stderr.contains("not seen"));
}

#[test]
fn parameters_are_named_as_everywhere() {
    let test = observed();
    let ask = |name: &str, parameter: &str| {
        let run = [
            "query", "--name", name, "--format", "csv", "--param", parameter,
        ];
        test.run(&run).run()
    };
    let whole = ask("what-can-one-person-do", "person=ada@example.test");
    let part = ask("what-can-one-person-do", "person=ADA@EXAMPLE.TEST");
    assert_eq!(part.exits(0).stdout, whole.exits(0).stdout);
    let group = ask("members-of-a-group", "group=Platform Admins").exits(0);
    assert!(group.stdout.contains("ada@"), "{}", group.stdout);
    ask("who-had-access-on-a-day", "day=yesterday").exits(0);
    ask("who-had-access-on-a-day", "day=2026-13-45")
        .exits(3)
        .says("is not a day");
    ask("holders-of-a-permission", "permission=core_secret_acces").says("did you mean");
    ask("what-can-one-person-do", "person=nobody@example.test").says("no snapshot in this file");
}

/// A group of all pipelines, in the account and below.
fn pipelines() -> ResourceGroup {
    ResourceGroup {
        scope: Some(Scope::account()),
        identifier: "pipelines".to_owned(),
        name: "Pipelines".to_owned(),
        included_scopes: vec![IncludedScope {
            scope: None,
            child_scopes: true,
        }],
        filter: Some(ResourceFilter {
            all: false,
            resources: vec![ResourceSelector {
                resource_type: "PIPELINE".to_owned(),
                ..ResourceSelector::default()
            }],
        }),
        ..ResourceGroup::default()
    }
}

#[test]
fn who_edits_pipelines_does_so_by_groups_that_select_them_too() {
    let test = observed();
    let top = Scope::account();
    test.fake.change(move |account| {
        account.add_resource_group(pipelines());
        let dana = Principal::User("uDANA00000000000000000");
        account.assign(dana, "_account_admin", "pipelines", &top);
    });
    test.sync().args(&["--scopes", "all"]).exits(0);
    let people = |arguments: &[&str], word: &str| {
        let csv = test.run(arguments).exits(0).stdout;
        let id = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
        let lines = csv.lines().skip(1).filter(|line| line.contains(word));
        lines.map(id).collect::<BTreeSet<_>>()
    };
    for scope in test.ask("SELECT path FROM scopes WHERE present").lines() {
        let parameter = format!("scope={scope}");
        let name = "who-may-edit-pipelines-in-a-project";
        let recipe = [
            "query", "--name", name, "--param", &parameter, "--format", "csv",
        ];
        let who_can = [
            "who-can",
            "core_pipeline_edit",
            "--in",
            scope,
            "--format",
            "csv",
        ];
        // What no list shows may give it or not: the recipe leaves that out.
        let (sure, answer, possible) = (
            people(&who_can, ",yes,"),
            people(&recipe, ""),
            people(&who_can, ""),
        );
        assert!(
            answer.is_superset(&sure),
            "in {scope}: {answer:?} of {sure:?}"
        );
        assert!(
            answer.is_subset(&possible),
            "in {scope}: {answer:?} of {possible:?}"
        );
        assert!(answer.contains("user/uDANA00000000000000000"));
    }
}

/// What was stored later must not be in an answer of before.
#[test]
fn an_answer_as_of_a_snapshot_is_the_one_that_was_given_then() {
    let test = observed();
    let recipes = recipes();
    let answer = |recipe, at| run_at(&test, recipe, "json", at);
    let then: Vec<String> = recipes.iter().map(|one| answer(one, "latest")).collect();
    test.fake.change(|account| {
        account.assign(
            Principal::User("uDANA00000000000000000"),
            "_account_admin",
            "_all_resources",
            &Scope::account(),
        );
        account.remove_user("uEVAN00000000000000000");
    });
    test.fake.caller(fake_harness::Caller::default());
    test.sync()
        .args(&["--scopes", "all", "--with", "tokens", "--allow-partial"])
        .exits(2);
    assert_ne!(
        test.ask("SELECT count(*) FROM listings WHERE state <> 'complete'"),
        "0"
    );
    for (recipe, then) in recipes.iter().zip(then) {
        assert_eq!(answer(recipe, "2"), then, "{}", recipe.name);
    }
}
