//! What `history` understands, and whether its words tell things apart.

use crate::support::account::{Account, EVERYTHING};
use crate::support::{TempDir, Test, run};

const SHOP: &str = "org/pay/project/shop";

fn shop_with_a_service_account(folder: &TempDir) -> std::path::PathBuf {
    let db = folder.file("a.db");
    Account::example()
        .scope("org/pay")
        .project("pay", "shop")
        .service_account(&format!("service_account/{SHOP}/ci"), "CI")
        .publish(&db, 1);
    db
}

#[test]
fn the_path_of_a_scope_means_the_scope() {
    let folder = TempDir::new();
    let db = shop_with_a_service_account(&folder);
    for (path, id) in [(SHOP, "project/pay/shop"), ("org/pay", "organization/pay")] {
        let told = run(&db, &["history", path, "--format", "json"]).json();
        assert_eq!(told["of"][0]["id"], id, "{path}");
    }
}

#[test]
fn a_path_of_no_scope_means_nothing_that_lives_below_it() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example()
        .service_account(&format!("service_account/{SHOP}/ci"), "CI")
        .publish(&db, 1);
    for command in ["history", "what-can"] {
        let ended = run(&db, &[command, SHOP]);
        assert_eq!(ended.status, 3, "{command}: {ended:?}");
    }
}

#[test]
fn the_same_held_elsewhere_has_other_words() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = Account::example();
    account
        .project("pay", "shop")
        .person("u1", "Ada")
        .role("role/account/r", "Role", &["a"])
        .assign("user/u1", "role/account/r", SHOP, EVERYTHING)
        .publish(&db, 1);
    account.revoke("user/u1", "role/account/r");
    account
        .assign("user/u1", "role/account/r", "account", EVERYTHING)
        .publish(&db, 2);
    let told = run(&db, &["history", "user/u1"]).stdout;
    let ends = |end: &str| told.lines().filter(|line| line.ends_with(end)).count();
    assert_eq!(
        (ends(&format!(" in {SHOP}")), ends(" in account")),
        (2, 1),
        "{told}"
    );
}

#[test]
fn people_are_suggested_by_the_address_that_is_theirs_alone() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example()
        .user("uADA", "Ada", "ada@example.test")
        .user("uSAM1", "Sam", "samuel@example.test")
        .user("uSAM2", "Sam", "samuel@example.test")
        .publish(&db, 1);
    for command in ["what-can", "history"] {
        let ended = run(&db, &[command, "adda@example.test"]).exits(3);
        ended.says("did you mean ada@example.test");
        let ended = run(&db, &[command, "samuell@example.test"]).exits(3);
        ended.says("user/uSAM1 or user/uSAM2");
    }
}

#[test]
fn what_was_just_refused_is_not_suggested() {
    let test = Test::new();
    test.sync().args(&["--scopes", "all"]).exits(0);
    test.fake
        .change(|account| account.move_project("payments", "shop", "attic"));
    test.sync().args(&["--scopes", "all"]).exits(0);
    let sync = test.sync();
    let ended = sync.args(&["--project", "payments/shop"]).exits(3);
    let hint = ended
        .stderr
        .split("did you mean")
        .nth(1)
        .unwrap_or_default();
    assert!(hint.contains("org/attic/project/shop"), "{ended:?}");
    assert!(!hint.contains("org/payments/project/shop"), "{ended:?}");
}
