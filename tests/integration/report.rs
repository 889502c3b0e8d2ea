//! `report` through the program. What a browser makes of the page is tested by `make test-browser`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use harness_access::model::ListingKind;

use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{Outcome, TempDir, run};

mod again;
mod changes;
mod links;
mod numbers;
mod seen;

const ADMIN: &str = "role/harness/_account_admin";

fn story() -> Account {
    Account::example()
        .person("ada", "Ada")
        .disabled_person("dis", "Dee")
        .service_account("service_account/account/ci", "CI")
        .group_of("user_group/account/ops", "Ops", &["ada", "dis"])
        .role("role/account/keeper", "Keeper", &["core_secret_access"])
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign("user/ada", "role/account/keeper", "account", ACCOUNT_ONLY)
        .assign("user/gone", ADMIN, "account", EVERYTHING)
        .clone()
}

fn report(db: &Path, flags: &[&str]) -> String {
    let mut arguments = vec!["report", "--output", "-"];
    arguments.extend(flags);
    let ran = run(db, &arguments);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran.stdout
}

/// The text between two marks.
#[track_caller]
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let from = page.find(start).unwrap_or_else(|| panic!("no {start}")) + start.len();
    let length = page[from..]
        .find(end)
        .unwrap_or_else(|| panic!("no {end} after {start}"));
    &page[from..from + length]
}

fn island(page: &str) -> Value {
    serde_json::from_str(between(page, "id=\"data\">", "</script>")).unwrap()
}

/// Rows that the script makes of the island.
fn rows_of(island: &Value) -> usize {
    let held = island["held"].as_array().unwrap();
    let blocks = held
        .iter()
        .flat_map(|held| held.as_array().unwrap().iter().step_by(2));
    blocks
        .map(|block| {
            let block = &island["blocks"][usize::try_from(block.as_u64().unwrap()).unwrap()];
            block.as_array().unwrap().len() - 2
        })
        .sum()
}

#[test]
fn the_checksum_is_that_of_the_export() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let output = folder.file("a.ndjson");
    let path = output.to_str().unwrap();
    assert_eq!(
        run(&db, &["export", "--format", "ndjson", "--output", path]).status,
        0
    );
    let manifest = fs::read_to_string(format!("{path}.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let page = report(&db, &[]);
    assert_eq!(
        between(&page, "<code class=\"hash\">", "</code>"),
        manifest["sha256"].as_str().unwrap()
    );
}

#[test]
fn it_is_an_export_like_the_others() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let output = folder.file("access.html");
    let write = |output: &Path| run(&db, &["report", "--output", output.to_str().unwrap()]);
    assert_eq!(write(&output).status, 0);
    let first = fs::read(&output).unwrap();
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&output).unwrap().permissions())
            & 0o777,
        0o600
    );
    let manifest = fs::read_to_string(folder.file("access.html.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["format"], "html");
    assert_eq!(manifest["bytes"], first.len());
    assert_eq!(write(&output).status, 0);
    assert_eq!(fs::read(&output).unwrap(), first, "the same bytes again");
    assert_eq!(write(&db).status, 3, "never the database");
    fs::write(&output, "mine").unwrap();
    assert_eq!(write(&output).status, 3, "nothing that is not an output");
    assert_eq!(fs::read(&output).unwrap(), b"mine");
}

#[test]
fn names_of_strangers_stay_text() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let name = "</script><script>alert('x')</script>\u{202e}<img src=x onerror=y> & \"";
    story()
        .person("evil", name)
        .group_of("user_group/account/evil", name, &["evil"])
        .role("role/account/evil", name, &["core_secret_access"])
        .assign(
            "user_group/account/evil",
            "role/account/evil",
            "account",
            EVERYTHING,
        )
        .publish(&db, 1);
    let page = report(&db, &[]);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("<img").count(), 0);
    assert!(!page.contains('\u{202e}'));
    let who = island(&page)["who"].to_string();
    assert!(
        who.contains(r"</script><script>alert('x')</script>\\u{202e}<img"),
        "{who}"
    );
}

#[test]
fn it_asks_for_nothing_from_outside() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let page = report(&db, &[]);
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\">");
    assert!(
        policy.starts_with("default-src &#39;none&#39;; "),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    for outside in [
        "<link",
        "<iframe",
        "src=",
        "@import",
        "url(",
        "http-equiv=\"refresh",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_partial_snapshot_says_so_first() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().gap(ListingKind::Roles, "account").publish(&db, 1);
    let page = report(&db, &[]);
    assert!(between(&page, "<h1", "</section>").contains("<strong>Partial.</strong>"));
}

#[test]
fn two_snapshots_are_a_review() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    story()
        .person("new", "New")
        .member("user/new", "user_group/account/ops")
        .publish(&db, 2);
    let approvals = folder.file("approvals.toml");
    fs::write(
        &approvals,
        "[[approval]]\nchange = \"added\"\nkind = \"membership\"\nprincipal = \"user/new\"\n\
         group = \"user_group/account/ops\"\nreason = \"joins <b>us</b>\"\napprover = \"grace\"\n",
    )
    .unwrap();
    let changes = |flags: &[&str]| {
        let page = report(&db, flags);
        between(&page, "<section id=\"changes\"", "</section>").to_owned()
    };
    assert!(changes(&[]).contains("Somebody can do more than before (1)"));
    let approved = changes(&["1", "2", "--approvals", approvals.to_str().unwrap()]);
    assert!(approved.contains("Somebody can do more than before, approved (1)"));
    assert!(approved.contains("approved by grace: joins &lt;b&gt;us&lt;/b&gt;"));
    assert!(approved.contains("id=\"change/user/new~20user_group/account/ops:member\""));
    let page = run(&db, &["diff", "1", "2", "--format", "html"]);
    assert_eq!(page.status, 1);
    assert_eq!(page.stdout, report(&db, &["1", "2"]));
}

#[test]
fn an_owner_sees_what_reaches_the_scope() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = story();
    account
        .project("pay", "api")
        .project("shop", "web")
        .person("pia", "Pia")
        .person("sam", "Sam")
        .assign(
            "user/pia",
            "role/account/keeper",
            "org/pay/project/api",
            EVERYTHING,
        )
        .assign(
            "user/sam",
            "role/account/keeper",
            "org/shop/project/web",
            EVERYTHING,
        )
        .publish(&db, 1);
    let page = report(&db, &["--scope", "org/pay", "--for", "owner"]);
    let who = island(&page)["who"].to_string();
    assert!(
        who.contains("Pia") && who.contains("Ada"),
        "inside, and from above: {who}"
    );
    assert!(!who.contains("Sam"), "not from beside: {who}");
    assert!(page.contains("id=\"person/pia\"") && !page.contains("id=\"person/sam\""));
}

#[test]
fn what_cannot_be_reported_is_said() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().project("pay", "api").publish(&db, 1);
    let refused = |flags: &[&str]| -> Outcome {
        let mut arguments = vec!["report", "--output", "-"];
        arguments.extend(flags);
        let ran = run(&db, &arguments);
        assert_eq!((ran.status, ran.stdout.len()), (3, 0), "{}", ran.stderr);
        ran
    };
    assert!(refused(&["--for", "owner"]).stderr.contains("--scope"));
    assert!(refused(&["--scope", "prod"]).stderr.contains("not a scope"));
    assert!(
        refused(&["--scope", "org/nowhere"])
            .stderr
            .contains("not a scope of this account")
    );
    assert!(refused(&["1", "--at", "1"]).stderr.contains("exclude"));
    assert!(refused(&["1", "1", "1"]).stderr.contains("at most two"));
}

#[test]
fn rows_over_the_limit_are_counted_and_named() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let output: PathBuf = folder.file("a.html");
    let ran = run(
        &db,
        &[
            "report",
            "--output",
            output.to_str().unwrap(),
            "--max-rows",
            "2",
        ],
    );
    assert!(ran.stderr.contains("left out: 2 rows"), "{ran:?}");
    let page = fs::read_to_string(&output).unwrap();
    assert_eq!(rows_of(&island(&page)), 2);
    assert!(page.contains("holds the first <b>2</b>"));
}

#[test]
fn the_glossary_explains_the_words_of_the_first_page() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().project("pay", "api").publish(&db, 1);
    let page = report(&db, &[]);
    let first = between(&page, "<section id=\"cover\"", "<section id=\"power\"").to_lowercase();
    let glossary = between(&page, "<dl class=\"glossary\">", "</dl>").to_lowercase();
    for word in [
        "account",
        "organization",
        "project",
        "scope",
        "service account",
        "token",
        "user group",
        "membership",
        "role",
        "permission",
        "resource group",
        "role assignment",
        "role grant",
        "principal",
        "environment",
        "secret",
        "snapshot",
        "finding",
        "depends",
        "in no list",
        "grant",
        "administrator",
        "hidden basic assignment",
        "list",
        "since",
    ] {
        let is_explained = glossary
            .split("<dt")
            .any(|entry| entry.split("</dt>").next().unwrap().contains(word));
        assert!(is_explained || !first.contains(word), "{word}");
    }
}
