//! What a report tells of changes: each of them, once, with who made it.

use fake_harness::{Caller, Scope, next_day};

use super::{between, report, story};
use crate::support::{TempDir, Test};

const EVAN: &str = "uEVAN00000000000000000";

fn changes(page: &str) -> &str {
    between(page, "<section id=\"changes\"", "</section>")
}

#[test]
fn every_change_is_told_once_whatever_its_kind() {
    let test = Test::new();
    test.fake
        .caller(Caller::default().and("core_serviceaccount_manageapikey"));
    test.sync().args(&["--with", "tokens"]).exits(0);
    test.fake.change(|account| {
        next_day(account);
        account.tokens.remove(0);
    });
    test.sync().args(&["--with", "tokens"]).exits(0);
    let told = test.run(&["diff", "--format", "json"]).run().json();
    let page = test.run(&["report", "--output", "-"]).exits(0).stdout;
    let shown = changes(&page).matches("id=\"change/").count();
    assert_eq!(shown, told["changes"].as_array().unwrap().len());
    assert!(changes(&page).contains("Tokens (1)"), "{}", changes(&page));
}

#[test]
fn changes_beside_the_scope_are_not_counted() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().project("pay", "api").publish(&db, 1);
    let keeper = "role/account/keeper";
    story()
        .project("pay", "api")
        .project("shop", "web")
        .role("role/org/shop/mine", "Mine", &[])
        .assign("user/ada", keeper, "org/pay", super::EVERYTHING)
        .publish(&db, 2);
    let page = report(&db, &["--scope", "org/pay"]);
    let shown = changes(&page).matches("id=\"change/").count();
    assert_eq!(
        shown,
        2,
        "the grant, and the organization beside: {}",
        changes(&page)
    );
    assert!(page.contains("<b>2 changes</b> since"));
}

#[test]
fn a_trail_that_was_not_read_whole_names_nobody() {
    let test = Test::new();
    test.sync().args(&["--with", "audit"]).run();
    test.fake.change(|account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    test.sync().args(&["--with", "audit"]).run();
    let page = test.run(&["report", "--output", "-"]).exits(0).stdout;
    let unknown = "who made it is unknown: the audit trail was not read whole or does not fit";
    assert!(changes(&page).contains(unknown), "{}", changes(&page));
}
