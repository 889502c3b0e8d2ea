//! What `diff` prints, in every format, with names that want to be something else.

mod escalation;

use harness_access::model::{Details, Selector};

use crate::support::account::{Account, resource_group, user};
use crate::support::{Outcome, Run, TempDir, matches_file};

const ADMINS: &str = "user_group/account/admins";

const ALL: &str = "resource_group/account/all";

const VIEWER: &str = "role/harness/_organization_viewer";

const ORG_RESOURCES: &str = "resource_group/harness/_all_organization_level_resources";

fn first_day() -> Account {
    let mut account = people();
    account
        .group(ADMINS, "Admins | `code` <b>bold</b> @everyone #1")
        .group(
            "user_group/account/readers",
            "Readers\n::error::injected ##[error]x 50%, a:b",
        )
        .group("user_group/account/empty", "-1+1")
        .role(
            "role/account/deploy",
            "Deploy `` pipelines",
            &["core_pipeline_view", "core_pipeline_edit"],
        )
        .role("role/account/gone", "Going away", &["core_pipeline_view"])
        .role(
            "role/harness/_account_viewer",
            "Account Viewer",
            &["core_account_view"],
        )
        .role(VIEWER, "Organization Viewer", &["core_organization_view"])
        .everything(ALL, "All Account Level Resources")
        .everything(ORG_RESOURCES, "All Organization Level Resources")
        .pipelines(
            "resource_group/account/some",
            "Some ]]> pipelines",
            &["build"],
        )
        .member("user/u1", ADMINS)
        .member("user/u2", ADMINS)
        .member("user/u3", "user_group/account/readers")
        .assign(ADMINS, "role/account/deploy", "account", ALL)
        .assign(
            "user/u3",
            "role/account/deploy",
            "account",
            "resource_group/account/some",
        )
        .assign("user/u1", "role/account/gone", "org/pay/project/gone", ALL)
        .resource("service_account/account/ci", Some("CI"), service_account(1))
        .assign(
            "service_account/account/ci",
            "role/account/deploy",
            "org/pay/project/shop",
            ALL,
        );
    account
}

fn people() -> Account {
    let long = "long name ".repeat(1000);
    let mut account = Account::default();
    account
        .project("pay", "shop")
        .project("pay", "gone")
        .user("u1", "Ada Example", "ada@example.test")
        .user("u2", "=cmd()|'/c calc'!A1", "bob@example.test")
        .user("u3", "日本語 🚀 user", "wide@example.test")
        .user(
            "u4",
            "\u{202e}evil\u{202c} \u{1b}[31mred\u{7}",
            "rtl@example.test",
        )
        .user("u5", &long, "long@example.test")
        .resource("user/u6", Some("Disabled"), user("off@example.test", true));
    account
}

/// Two days in which everything happens once, to things with names of every kind of malice.
fn two_days(folder: &TempDir) {
    let file = folder.file("a.db");
    let mut account = first_day();
    account.publish(&file, 1);
    everything_happens(&mut account);
    account.publish_as(&file, 2, Some("after"));
}

fn everything_happens(account: &mut Account) {
    account
        .remove("user/u2")
        .revoke("user/u2", ADMINS)
        .member("user/u4", ADMINS)
        .member("user/u5", ADMINS)
        .user("u3", "日本語 🚀 renamed", "wide@example.test")
        .resource("user/u6", Some("Disabled"), user("off@example.test", false))
        .role(
            "role/account/deploy",
            "Deploy `` pipelines",
            &["core_pipeline_edit", "core_pipeline_execute"],
        )
        .role(
            "role/harness/_account_viewer",
            "Account Viewer",
            &["core_account_view", "core_new_view"],
        )
        .resource(
            "resource_group/account/some",
            Some("Some ]]> pipelines"),
            resource_group(
                false,
                vec![Selector {
                    resource_type: "PIPELINE".to_owned(),
                    identifiers: Vec::new(),
                    attribute: None,
                    attribute_values: Vec::new(),
                }],
            ),
        )
        .assign(
            ADMINS,
            "role/account/deploy",
            "org/pay/project/shop",
            "resource_group/account/some",
        )
        .assign(ADMINS, VIEWER, "org/pay", ORG_RESOURCES)
        .assign("user/nobody", "role/account/nowhere", "account", ALL)
        .remove("role/account/gone")
        .remove("project/pay/gone")
        .revoke("user/u1", "role/account/gone")
        .resource("service_account/account/ci", Some("CI"), service_account(2))
        .group("user_group/account/new", "(new) empty group");
}

fn service_account(api_keys: i64) -> Details {
    Details::ServiceAccount {
        email: Some("ci@service.harness.io".to_owned()),
        description: None,
        api_keys: Some(api_keys),
    }
}

fn diff(folder: &TempDir, arguments: &[&str]) -> Outcome {
    let mut all = vec!["diff", "--db", "a.db"];
    all.extend(arguments);
    Run::new(folder.path(), &all).run()
}

#[test]
fn every_format_is_as_reviewed() {
    let folder = TempDir::new();
    two_days(&folder);
    for (name, arguments) in [
        ("table.txt", &["--format", "table"][..]),
        ("document.json", &["--format", "json"]),
        ("events.ndjson", &["--format", "ndjson"]),
        ("changes.csv", &["--format", "csv"]),
        ("comment.md", &["--format", "markdown"]),
        ("annotations.txt", &["--format", "github"]),
        (
            "annotations-escalation.txt",
            &["--format", "github", "--fail-on", "escalation"],
        ),
        ("stat.txt", &["--stat"]),
        ("stat.json", &["--stat", "--format", "json"]),
        ("approvals.toml", &["--write-approvals"]),
    ] {
        let first = diff(&folder, arguments).exits(1);
        let second = diff(&folder, arguments).exits(1);
        assert_eq!(first.stdout, second.stdout, "{name}");
        matches_file(&format!("diff/{name}"), &first.stdout);
        if name == "table.txt" {
            matches_file("diff/table-stderr.txt", &first.stderr);
        }
    }
}

#[test]
fn nothing_gets_through_to_a_terminal_or_a_runner() {
    let folder = TempDir::new();
    two_days(&folder);
    for format in ["table", "markdown", "github"] {
        let ended = diff(&folder, &["--format", format]);
        for text in [&ended.stdout, &ended.stderr] {
            let bad = text
                .chars()
                .find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
            assert_eq!(bad, None, "{format}");
        }
    }
    let github = diff(&folder, &["--format", "github"]).stdout;
    for line in github.lines() {
        assert!(
            line.starts_with("::warning title=") || line.starts_with("::notice title="),
            "{line}"
        );
        assert!(!line.contains("##["));
    }
}

#[test]
fn csv_reads_back_and_runs_nothing() {
    let folder = TempDir::new();
    two_days(&folder);
    let text = diff(&folder, &["--format", "csv"]).stdout;
    let rows = parse_csv(&text);
    assert!(rows.len() > 10);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len());
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
}

/// RFC 4180.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

#[test]
fn a_comment_never_outgrows_what_github_takes() {
    let folder = TempDir::new();
    let mut account = Account::default();
    account.group(ADMINS, "Admins");
    account.publish(&folder.file("a.db"), 1);
    for number in 0..2_000 {
        let (id, name) = (
            format!("user/u{number}"),
            format!("`@name` {number} ").repeat(20),
        );
        account
            .user(&id["user/".len()..], &name, "x@example.test")
            .member(&id, ADMINS);
    }
    account.publish(&folder.file("a.db"), 2);
    let text = diff(&folder, &["--format", "markdown"]).exits(1).stdout;
    assert!(
        text.len() <= 60_000 && text.len() > 50_000,
        "{}",
        text.len()
    );
    assert!(
        text.contains(" more: `--format json` has them all."),
        "{}",
        &text[text.len() - 300..]
    );
    let escalations = text
        .find("#### More access than before (2000)")
        .expect("a section");
    assert!(text.find("<details>").is_none_or(|at| at > escalations));
}

#[test]
fn the_gate_decides_the_status_and_nothing_else() {
    let folder = TempDir::new();
    two_days(&folder);
    let everything = diff(&folder, &[]).exits(1).stdout;
    for (gate, status) in [
        ("any", 1),
        ("escalation", 1),
        ("none", 0),
        ("added", 1),
        ("removed,changed", 1),
    ] {
        assert_eq!(
            diff(&folder, &["--fail-on", gate]).exits(status).stdout,
            everything
        );
    }
    diff(&folder, &["--fail-on", "sometimes"]).exits(3);
    let quiet = diff(&folder, &["-q"]).exits(1);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
}

#[test]
fn reach_is_counted_in_people() {
    let folder = TempDir::new();
    let file = folder.file("a.db");
    let mut account = Account::default();
    account
        .group(ADMINS, "Admins")
        .group("user_group/account/more", "More");
    account
        .role("role/account/r", "Role", &["a"])
        .everything(ALL, "All");
    for number in 0..143 {
        let id = format!("user/u{number}");
        account
            .user(&id["user/".len()..], "Somebody", "x@example.test")
            .member(&id, ADMINS);
    }
    // Once through each of two groups and once directly is one person.
    account.member("user/u0", "user_group/account/more");
    account.assign(ADMINS, "role/account/r", "account", ALL);
    account.assign("user_group/account/more", "role/account/r", "account", ALL);
    account.assign("user/u1", "role/account/r", "account", ALL);
    account.resource("service_account/account/ci", Some("CI"), service_account(0));
    account.assign(
        "service_account/account/ci",
        "role/account/r",
        "account",
        ALL,
    );
    account.publish(&file, 1);
    account.role("role/account/r", "Role", &["a", "b"]);
    account.assign(ADMINS, "role/account/r", "org/x", ALL);
    account.publish(&file, 2);
    let table = diff(&folder, &[]).exits(1).stdout;
    assert!(
        table.contains("gains 1 permission; in 5 grants, reaches 143 users and 1 service account"),
        "{table}"
    );
    assert!(table.contains("role granted; reaches 143 users"), "{table}");
}

#[test]
fn a_gap_is_said_and_can_be_looked_past() {
    let folder = TempDir::new();
    let mut account = Account::default();
    account.group(ADMINS, "Admins");
    account.publish(&folder.file("a.db"), 1);
    account.user("u1", "Ada", "ada@example.test");
    account.hidden = vec![(
        harness_access::model::ListingKind::Roles,
        "account".to_owned(),
    )];
    account.publish(&folder.file("a.db"), 2);
    let ended = diff(&folder, &[]).exits(2);
    assert!(
        ended.stderr.contains("cannot compare roles of account"),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.contains("Ada"));
    diff(&folder, &["--ignore-coverage"]).exits(1);
    diff(&folder, &["--ignore-coverage", "--fail-on", "escalation"]).exits(0);
    let comment = diff(&folder, &["--format", "markdown"]).exits(2).stdout;
    assert!(comment.contains("cannot be compared in full"));
}
