//! What is observed only when asked for: tokens, sign-in settings, members of organizations and projects.

use crate::support::Test;
use fake_harness::{Caller, Fault, FaultKind, HowOften, SECRET, Scope, router};

const EXTRAS: [&str; 8] = [
    "--scopes",
    "all",
    "--with",
    "tokens",
    "--with",
    "auth-settings",
    "--with",
    "project-users",
];

fn permitted() -> Test {
    let test = Test::new();
    test.fake.caller(
        Caller::default()
            .and("core_serviceaccount_manageapikey")
            .and("core_user_manage")
            .and("core_authsetting_view"),
    );
    test
}

#[test]
fn nothing_of_it_is_asked_for_by_itself() {
    let test = permitted();
    test.sync().args(&["--scopes", "all"]).exits(0);
    assert_eq!(test.fake.count("/ng/api/token/aggregate"), 0);
    assert_eq!(test.fake.count("/ng/api/authentication-settings"), 0);
    assert_eq!(test.fake.count(router::USERS), 1);
}

#[test]
fn tokens_show_whose_they_are_and_until_when() {
    let test = permitted();
    test.sync().args(&EXTRAS).exits(0).says_nothing();
    let tokens = test.fake.look(|account| account.tokens.len());
    assert_eq!(test.ask("SELECT count(*) FROM tokens"), tokens.to_string());
    assert_eq!(
        test.ask("SELECT count(*) FROM tokens t JOIN resources r ON r.id = t.owner_id"),
        tokens.to_string()
    );
    assert_ne!(
        test.ask("SELECT count(*) FROM tokens WHERE kind = 'personal_token'"),
        "0"
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM tokens WHERE expires_at LIKE '____-__-__T%Z' OR expires_at IS NULL"),
        tokens.to_string()
    );
}

#[test]
fn sign_in_settings_hold_no_secret() {
    let test = permitted();
    test.sync().args(&EXTRAS).exits(0);
    assert_eq!(test.ask("SELECT count(*) FROM auth_settings"), "1");
    let bytes = std::fs::read(test.database()).unwrap();
    let content = String::from_utf8_lossy(&bytes);
    for secret in ["SECRET-", SECRET] {
        assert!(!content.contains(secret), "a secret reached the file");
    }
}

#[test]
fn members_of_projects_are_grants() {
    let test = permitted();
    test.sync().args(&EXTRAS).exits(0);
    assert_ne!(
        test.ask(
            "SELECT count(*) FROM grants WHERE resource_id = 'project/payments/shop' AND slug = 'member'"
        ),
        "0"
    );
    // They are no members of a user group, and hold no role by it.
    assert_eq!(
        test.ask("SELECT count(*) FROM group_members WHERE group_id NOT LIKE 'user_group/%'"),
        "0"
    );
    assert_eq!(
        test.ask(
            "SELECT count(*) FROM effective_access WHERE via_group_id NOT LIKE 'user_group/%'"
        ),
        "0"
    );
}

#[test]
fn without_the_permission_it_is_refused_or_a_gap() {
    let test = Test::new();
    test.sync()
        .args(&["--with", "tokens", "--with", "auth-settings"])
        .exits(2)
        .says("core_serviceaccount_manageapikey")
        .says("core_authsetting_view");
    assert!(!test.database().exists());
    test.sync()
        .args(&["--with", "auth-settings", "--allow-partial", "-q"])
        .exits(2);
    assert_eq!(
        test.ask("SELECT state FROM listings WHERE kind = 'auth_settings'"),
        "not_permitted"
    );
}

#[test]
fn personal_tokens_are_left_out_where_only_ones_own_would_show() {
    let test = Test::new();
    test.fake
        .caller(Caller::default().and("core_serviceaccount_manageapikey"));
    test.sync().args(&["--with", "tokens"]).exits(0);
    assert_eq!(
        test.ask("SELECT count(*) FROM listings WHERE kind = 'personal_tokens'"),
        "0"
    );
}

#[test]
fn leaving_it_out_again_removes_nothing() {
    let test = permitted();
    test.sync().args(&EXTRAS).exits(0);
    let before = test.ask("SELECT count(*) FROM tokens");
    test.sync().args(&["--scopes", "all"]).exits(0);
    assert_eq!(test.ask("SELECT count(*) FROM tokens"), before);
    assert_eq!(
        test.ask("SELECT DISTINCT unverified FROM resources WHERE type LIKE '%token'"),
        "1"
    );
    test.run(&["diff"]).exits(2);
    test.run(&["diff", "--ignore-coverage"]).exits(0);
}

#[test]
fn a_token_that_is_revoked_is_removed() {
    let test = permitted();
    test.sync().args(&EXTRAS).exits(0);
    let gone = test.fake.change(|account| account.tokens.remove(0));
    test.sync().args(&EXTRAS).exits(0);
    let changes = test.changes();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert!(changes[0].starts_with("removed resource"), "{changes:#?}");
    assert!(changes[0].contains(&*gone.identifier), "{changes:#?}");
    assert_eq!(gone.scope, Scope::account());
}

#[test]
fn tokens_that_cannot_be_seen_are_a_gap_and_keep_nothing_else_from_the_file() {
    let state = "SELECT DISTINCT state FROM listings WHERE kind = 'service_account_tokens'
        AND snapshot_id = (SELECT max(id) FROM snapshots)";
    for (expected, spoil) in [
        (
            "not_permitted",
            (|test| test.fake.caller(Caller::default())) as fn(&Test),
        ),
        ("partial", |test| {
            test.fake
                .fault(Fault::on(router::TOKENS, FaultKind::TotalChanging));
        }),
    ] {
        let test = permitted();
        test.sync().args(&EXTRAS).exits(0);
        let tokens = test.ask("SELECT count(*) FROM tokens");
        spoil(&test);
        test.fake.change(|account| {
            account.add_group(&Scope::account(), "newcomers", "Newcomers");
        });
        test.sync()
            .args(&["--scopes", "all", "--with", "tokens", "--allow-partial"])
            .exits(2)
            .says("incomplete: service_account_tokens in account (GET /ng/api/token/aggregate)");
        assert_eq!(test.ask(state), expected);
        assert_eq!(test.ask("SELECT count(*) FROM tokens"), tokens);
        assert_eq!(
            test.ask("SELECT change, id FROM changes"),
            "added|user_group/account/newcomers"
        );
    }
}

#[test]
fn tokens_are_asked_for_as_often_as_any_list() {
    let test = Test::new();
    test.fake
        .caller(Caller::default().and("core_serviceaccount_manageapikey"));
    test.fake
        .fault(Fault::on(router::TOKENS, FaultKind::InternalError).times(HowOften::Times(2)));
    test.sync().args(&["--with", "tokens"]).exits(0);
}
