//! Projects that were moved to another organization, through sync and diff.

use crate::support::Test;
use fake_harness::{By, Caller, Scope};

/// An account whose project has a group of 30 people, with a second look after the project moved and something else changed.
fn moved(meanwhile: impl FnOnce(&mut fake_harness::Account)) -> Test {
    let test = Test::new();
    let shop = Scope::project("payments", "shop");
    test.fake.change(|account| {
        account.add_group(&shop, "crowd", "Crowd");
        for number in 0..30 {
            let uuid = format!("u{number:021}");
            account.add_user(&uuid, &format!("{number}@example.test"), "One of many");
            account.add_member(&shop, "crowd", &uuid);
        }
    });
    test.sync().args(&["--scopes", "all"]).exits(0);
    test.fake.change(|account| {
        account.move_project("payments", "shop", "attic");
        meanwhile(account);
    });
    test
}

#[test]
fn a_moved_project_is_one_change() {
    let test = moved(|_| {});
    test.sync().args(&["--max-removed", "0"]).exits(0);
    let ended = test
        .run(&["diff"])
        .exits(1)
        .prints("project Payment Shop moved from org/payments to org/attic");
    // A group of the old organization held a role there, and its namesake of the new one is in no list.
    let signs = |sign: &str| {
        ended
            .stdout
            .lines()
            .filter(|line| line.trim_start().starts_with(sign))
            .count()
    };
    assert_eq!(
        (signs("~ "), signs("+! "), signs("-  ")),
        (1, 1, 1),
        "{ended:?}"
    );
    let counts = test.run(&["diff", "--format", "json"]).exits(1).json()["summary"].clone();
    assert_eq!(counts["escalations"], 1);
}

#[test]
fn what_changed_with_the_move_stands_beside_it() {
    let test = moved(|account| {
        let shop = Scope::project("attic", "shop");
        account.remove_member(&shop, "crowd", "u000000000000000000000");
        account.group(&shop, "crowd").name = "Mob".into();
    });
    test.sync().exits(0);
    test.run(&["diff"])
        .exits(1)
        .prints("name: \"Crowd\" -> \"Mob\"")
        .prints(
            "-  user One of many <0@example.test> in user group Crowd (org/payments/project/shop)",
        );
}

#[test]
fn another_project_of_the_same_name_is_another_project() {
    let test = Test::new();
    test.sync().args(&["--scopes", "all"]).exits(0);
    test.fake.change(|account| {
        account.remove_project("payments", "shop");
        account.add_project("attic", "shop", "Payment Shop");
    });
    test.sync().exits(0);
    let ended = test.run(&["diff"]).exits(1);
    assert!(!ended.stdout.contains("moved from"), "{ended:?}");
    ended
        .prints("+  project Payment Shop")
        .prints("-  project Payment Shop");
}

/// The brake took any two projects of one identifier for one that moved.
#[test]
fn a_deleted_project_does_not_pass_the_brake_as_one_that_moved() {
    let test = moved(|account| {
        account.remove_project("attic", "shop");
        account.add_project("attic", "shop", "Payment Shop");
    });
    test.sync()
        .args(&["--max-removed", "10"])
        .exits(2)
        .says("--max-removed 100");
}

/// What came along was told event by event as access that came and went.
#[test]
fn the_events_of_a_move_are_told_with_it() {
    let test = Test::new();
    test.fake.caller(Caller::default().and("core_audit_view"));
    let observe = || {
        test.sync()
            .args(&["--scopes", "all", "--with", "audit"])
            .exits(0);
    };
    observe();
    test.fake
        .change_by(By::user("uADA000000000000000000"), |account| {
            account.move_project("payments", "shop", "attic");
        });
    test.fake
        .change_by(By::user("uADA000000000000000000"), |account| {
            account.add_group(&Scope::project("attic", "shop"), "brief", "Brief");
        });
    test.fake
        .change_by(By::user("uADA000000000000000000"), |account| {
            account.remove_group(&Scope::project("attic", "shop"), "brief");
        });
    observe();
    let ended = test
        .run(&["diff"])
        .exits(1)
        .prints("project Payment Shop moved from org/payments to org/attic");
    let told: Vec<&str> = ended
        .stdout
        .lines()
        .filter(|line| line.contains("in org/attic/project/shop"))
        .collect();
    assert!(
        told.len() == 2 && told.iter().all(|line| line.contains("brief")),
        "{ended:?}"
    );
}

/// `history` told of everything in a moved project that it disappeared and appeared.
#[test]
fn the_history_of_what_moved_goes_on() {
    let test = moved(|account| {
        account
            .group(&Scope::project("attic", "shop"), "crowd")
            .name = "Mob".into();
        account.remove_member(
            &Scope::project("attic", "shop"),
            "crowd",
            "u000000000000000000001",
        );
    });
    test.sync().exits(0);
    let moved = "project Payment Shop moved from org/payments to org/attic";
    let group = "user_group/org/attic/project/shop/crowd";
    for what in [
        "project/attic/shop",
        "project/payments/shop",
        "Payment Shop",
        "u000000000000000000000",
        group,
        "user_group/org/payments/project/shop/crowd",
    ] {
        let told = test.run(&["history", what]).exits(0).prints(moved).stdout;
        assert_eq!(told.matches(moved).count(), 1, "{what}: {told}");
        let came_anew = told.contains("+ appeared") || told.contains("disappeared  user group");
        assert!(!came_anew, "{what}: {told}");
    }
    let of_group = test.run(&["history", group]).exits(0);
    of_group
        .prints("name: \"Crowd\" -> \"Mob\"")
        .prints("- disappeared  user One of many <1@example.test> in user group Crowd");
    test.run(&["history", "2@example.test", group])
        .exits(0)
        .prints("+ first seen")
        .prints(moved)
        .hides("disappeared");
}
