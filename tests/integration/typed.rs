//! The command line as people type it.

use crate::support::account::Account;
use crate::support::{Run, TempDir};

/// field report D20: the forms that users of command-line tools expect.
#[test]
fn flags_are_read_as_people_type_them() {
    let folder = TempDir::new();
    Account::example()
        .person("ada", "Ada")
        .publish(&folder.file("a.db"), 1);
    Account::example().publish(&folder.file("a.db"), 2);
    let same: [(&[&str], &[&str]); 10] = [
        (&["version"], &["--version"]),
        (&["--help", "sync"], &["sync", "--help"]),
        (&["-h", "diff"], &["diff", "--help"]),
        (&["help", "prune"], &["prune", "--help"]),
        (
            &["--db", "a.db", "snapshots"],
            &["snapshots", "--db", "a.db"],
        ),
        (
            &["-q", "--db=a.db", "snapshots"],
            &["snapshots", "--db", "a.db", "-q"],
        ),
        (
            &["diff", "--db", "a.db", "--stat=true"],
            &["diff", "--db", "a.db", "--stat"],
        ),
        (
            &["diff", "--db", "a.db", "--stat=false"],
            &["diff", "--db", "a.db"],
        ),
        (
            &["snapshots", "--format", "JSON", "--db", "a.db"],
            &["snapshots", "--format=json", "--db", "a.db"],
        ),
        (
            &["--db", "a.db", "snapshots", "label", "1", "q1"],
            &["snapshots", "label", "1", "q1", "--db", "a.db"],
        ),
    ];
    for (typed, plain) in same {
        let ran = |arguments: &[&str]| {
            let ran = Run::new(folder.path(), arguments).run();
            (ran.status, ran.stdout, ran.stderr)
        };
        assert_eq!(ran(typed), ran(plain), "{typed:?}");
    }
    let sync = |verbose: &str| Run::new(folder.path(), &["sync", verbose, "--db", "b.db"]).exits(3);
    sync("-vv").says("no API key");
    sync("-vq").says("no API key");
    Run::new(
        folder.path(),
        &["export", "--db", "a.db", "--format", "csv", "-oout.csv"],
    )
    .exits(0);
}

/// field report D19, D20.
#[test]
fn what_is_misspelled_is_recognised() {
    let folder = TempDir::new();
    for (arguments, says, hint) in [
        (
            &["snyc"][..],
            "`snyc` is not a command; did you mean sync?",
            "harness-access --help",
        ),
        (
            &["label", "latest", "x"],
            "`label` is not a command; did you mean snapshots label?",
            "harness-access --help",
        ),
        (
            &["diff", "--fromat", "json"],
            "`--fromat` is not a flag of diff; did you mean --format?",
            "`harness-access diff --help`",
        ),
        (
            &["sync", "-x"],
            "`-x` is not a flag of sync",
            "`harness-access sync --help`",
        ),
        (
            &["diff", "--stat=maybe"],
            "--stat is a switch",
            "`harness-access diff --help`",
        ),
        (
            &["snapshots", "--json"],
            "did you mean --format json?",
            "`harness-access snapshots --help`",
        ),
        (
            &["prune", "--keep-last", "x"],
            "`x` does not fit --keep-last: expected a whole number, 0 or more",
            "`harness-access prune --help`",
        ),
        (&["export"], "--format", "`harness-access export --help`"),
        (
            &["diff", "1", "2", "3"],
            "at most two snapshots",
            "`harness-access diff --help`",
        ),
    ] {
        Run::new(folder.path(), arguments)
            .exits(3)
            .says(says)
            .says(hint);
    }
}

#[test]
fn a_project_is_named_by_its_path_and_text_id_too() {
    let folder = TempDir::new();
    for project in [
        "default/shop",
        "project/default/shop",
        "org/default/project/shop",
    ] {
        Run::new(folder.path(), &["sync", "--project", project])
            .exits(3)
            .says("no API key");
    }
}

/// `--max-rate -1` was "invalid digit found in string".
#[test]
fn numbers_that_do_not_fit_are_told_in_words() {
    let folder = TempDir::new();
    for (flag, value, takes) in [
        ("sync --max-rate", "-1", "a whole number, 0 or more"),
        ("sync --max-rate", "1.5", "a whole number, 0 or more"),
        ("sync --max-rate", "99999999999", "too large"),
        ("sync --jobs", "-1", "a number from 1 to 64"),
        ("sync --jobs", "\u{ff14}", "a number from 1 to 64"),
        ("sync --max-memory", "-1", "512M or 4G"),
        ("sync --max-removed", "-5", "a number from 0 to 100"),
        ("sync --timeout", "-1", "90s, 30m or 2h"),
        ("prune --keep-last", "-1", "a whole number, 0 or more"),
        ("prune --keep-daily", "1e3", "a whole number, 0 or more"),
        ("verify --sample", "-3", "a number from 1 to 5000"),
        ("verify --seed", "-3", "a whole number, 0 or more"),
        ("report --max-rows", "", "a whole number, 0 or more"),
        ("query --timeout", "-1", "90s, 30m or 2h"),
    ] {
        let (command, flag) = flag.split_once(' ').unwrap();
        Run::new(folder.path(), &[command, flag, value])
            .exits(3)
            .says(&format!("`{value}` does not fit {flag}: "))
            .says(takes);
    }
}
