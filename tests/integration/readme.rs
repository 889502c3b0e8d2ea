//! The README says what is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{Run, TempDir, Test};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

fn help(arguments: &[&str]) -> String {
    Run::new(TempDir::new().path(), arguments).exits(0).stdout
}

/// `--name` of every option in a text.
fn options(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_lowercase() && c != '-')
        .filter(|word| word.starts_with("--") && word.len() > 3)
        .map(str::to_owned)
        .collect()
}

#[test]
fn its_queries_have_answers() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Dana Example-Lee"));
    let readme = readme();
    let queries: Vec<&str> = readme
        .split("```sql\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert!(queries.len() >= 5);
    for query in queries {
        assert_ne!(test.ask(query), "", "no answer: {query}");
    }
}

#[test]
fn its_options_are_those_of_the_help() {
    let mut of_help = options(&help(&["--help"]));
    for command in [
        &["sync", "--help"][..],
        &["snapshots", "--help"],
        &["snapshots", "label", "--help"],
        &["diff", "--help"],
        &["who-can", "--help"],
        &["what-can", "--help"],
        &["why", "--help"],
        &["findings", "--help"],
        &["export", "--help"],
        &["history", "--help"],
        &["prune", "--help"],
    ] {
        of_help.extend(options(&help(command)));
    }
    let mut of_readme = options(&readme());
    of_readme.extend(["--help".to_owned(), "--version".to_owned()]);
    assert_eq!(of_readme, of_help);
}

#[test]
fn its_findings_are_those_of_the_rules() {
    let readme = readme();
    for rule in harness_access::findings::built_in() {
        let severity = rule.severity.as_str();
        let row = format!("| {} | {severity} | {} |", rule.code, rule.title);
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn its_exit_status_are_those_of_the_help() {
    let (readme, help) = (readme(), help(&["--help"]));
    for status in 0..=6 {
        let start = format!("{status}  ");
        let line = help
            .lines()
            .find_map(|line| line.trim_start().strip_prefix(&start));
        let row = format!("| {status} | {} |", line.unwrap());
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn it_names_every_variable_and_every_view() {
    let readme = readme();
    let help = help(&["--help"]);
    let variables = help
        .split(|c: char| !c.is_ascii_uppercase() && c != '_')
        .filter(|word| word.contains('_') && *word != "NO_COLOR");
    for variable in variables {
        assert!(readme.contains(variable), "{variable}");
    }
    let test = Test::synced();
    for view in test
        .ask("SELECT name FROM sqlite_master WHERE type = 'view'")
        .lines()
    {
        assert!(readme.contains(&format!("`{view}`")), "{view}");
    }
}

#[test]
fn the_changelog_has_an_entry_for_the_release() {
    let changelog =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    assert!(
        changelog.contains("\n## Unreleased\n")
            || changelog.contains(concat!("## ", env!("CARGO_PKG_VERSION")))
    );
}
