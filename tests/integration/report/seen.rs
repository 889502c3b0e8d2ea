//! What a report says about what was not looked at: silence is never taken for no.

use fake_harness::{By, Caller, Scope};
use harness_access::model::Timestamp;

use super::{between, report, story};
use crate::support::{TempDir, Test, run};

fn cover(page: &str) -> &str {
    between(page, "<h1", "</section>")
}

#[test]
fn a_snapshot_of_the_account_alone_is_not_called_complete_for_all() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = story();
    account.asked = "account with audit";
    account.publish(&db, 1);
    let page = report(&db, &[]);
    assert!(cover(&page).contains("Complete for what was looked at."));
    assert!(cover(&page).contains("Not looked at: all organizations and projects."));
    assert!(cover(&page).contains("were not looked at; besides these the audit trail"));
    assert!(page.contains("(0)</h3>\n<p class=\"quiet\">They can change everything in an organization.</p>\n<p>Nobody in what was looked at.</p>"));
    let asked = run(&db, &["who-can", "core_secret_access", "--in", "org/pay"]);
    assert!(
        asked.stderr.contains("all organizations and projects"),
        "{}",
        asked.stderr
    );
}

#[test]
fn a_scope_that_was_not_looked_at_is_not_called_complete() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = story();
    account.asked = "account";
    account.publish(&db, 1);
    let page = report(&db, &["--scope", "org/pay"]);
    assert!(cover(&page).contains("<strong>Not looked at.</strong>"));
    assert!(!cover(&page).contains("Complete"));
}

#[test]
fn everything_that_was_asked_for_is_complete() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().project("pay", "api").publish(&db, 1);
    let page = report(&db, &[]);
    assert!(cover(&page).contains("<strong>Complete.</strong>"));
    assert!(page.contains("<p>Nobody.</p>"));
}

#[test]
fn accepted_gaps_are_told_with_their_reason() {
    let test = Test::new();
    let gaps = "[[gap]]\nkind = \"auth_settings\"\nscope = \"account\"\nreason = \"agreed\"\napprover = \"grace\"\n";
    let file = test.database().with_extension("toml");
    std::fs::write(&file, gaps).unwrap();
    let file = file.to_str().unwrap();
    for _ in 0..2 {
        test.sync()
            .args(&["--with", "auth-settings", "--gaps", file])
            .exits(0);
    }
    let page = test.run(&["report", "--output", "-"]).exits(0).stdout;
    assert!(cover(&page).contains("; accepted: agreed (grace)</li>"));
    assert!(page.contains("Not compared, because this gap is accepted: auth settings of account"));
    assert!(page.contains("others come first in the table, each with the reason"));
    assert!(
        page.contains("HA011 (Token that is valid for more than a year; sync --with tokens), ")
    );
}

#[test]
fn rules_that_lack_what_they_need_are_not_said_to_find_nothing() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let page = report(&db, &[]);
    let found = between(&page, "<p>Nothing was found by ", "</p>");
    assert!(
        found.contains("HA007") && !found.contains("HA02"),
        "{found}"
    );
    let unknown = between(&page, "<p>Not known, because", "</p>");
    for code in ["HA020", "HA021", "HA022", "HA023", "HA024"] {
        assert!(unknown.contains(code), "{code}: {unknown}");
    }
}

#[test]
fn the_last_change_of_a_service_account_is_told_where_the_trail_was_read() {
    let test = Test::new();
    test.fake.caller(Caller::default().and("core_audit_view"));
    let at = Timestamp::now().as_millis() - 1_800_000;
    test.fake
        .change_by(By::service_account("terraform").at(at), |account| {
            account.add_member(&Scope::account(), "developers", "uEVAN00000000000000000");
        });
    let since = Timestamp::from_millis(at - 3_600_000).to_string();
    test.sync()
        .args(&["--with", "audit", "--audit-since", &since])
        .exits(0);
    let page = test.run(&["report", "--output", "-"]).exits(0).stdout;
    let last = |card: &str| {
        let card = between(
            &page,
            &format!("id=\"service_account/account/{card}\""),
            "</dl>",
        );
        between(card, "Last change of access it made</dt><dd>", "</dd>").to_owned()
    };
    let minute = Timestamp::from_millis(at).to_string();
    assert_eq!(last("terraform"), minute[..16].replace('T', " ") + " UTC");
    assert!(last("ci_bot").starts_with("none recorded since "));
}
