//! Everyday changes stay everyday changes: what truly went is told as removed by the next sync, with exit status 0, however
//! large its share of a short list is.

use fake_harness::{
    Account, Answer, Caller, Fault, FaultKind, IncludedScope, ResourceFilter, ResourceGroup, Scope,
    Token,
};
use serde_json::json;

use crate::support::{Outcome, SYNC_EVERYTHING, Test};

const DANA: &str = "uDANA00000000000000000";

fn top() -> Scope {
    Scope::account()
}

fn shop() -> Scope {
    Scope::project("payments", "shop")
}

fn sync(test: &Test) -> Outcome {
    test.at_once(SYNC_EVERYTHING)
}

/// An account with something of which one of two can go.
fn test() -> Test {
    let test = Test::new();
    test.fake.caller(Caller::everything());
    test.fake.change(|account| {
        account.add_role(&shop(), "second", &["core_pipeline_view"]);
        account.add_service_account(&shop(), "second", "Second");
        account.add_service_account(&shop(), "third", "Third");
        account.tokens.push(Token {
            identifier: "second".into(),
            name: "second".into(),
            ..account.tokens[0].clone()
        });
        account.add_resource_group(ResourceGroup {
            scope: Some(shop()),
            identifier: "second".into(),
            included_scopes: vec![IncludedScope {
                scope: Some(shop()),
                child_scopes: false,
            }],
            filter: Some(ResourceFilter {
                all: true,
                ..ResourceFilter::default()
            }),
            ..ResourceGroup::default()
        });
    });
    sync(&test).exits(0);
    test
}

#[track_caller]
fn told(change: fn(&mut Account), wanted: &str) {
    let test = test();
    test.fake.change(change);
    sync(&test).exits(0);
    let told = test.ask("SELECT change || ' ' || id FROM changes");
    assert!(told.contains(wanted), "{wanted}: {told}");
}

#[test]
fn one_of_two_things_can_go() {
    told(
        |account| {
            account.tokens.retain(|token| token.identifier != "second");
        },
        "removed service_account_token/account/ci_bot/ci_key/second",
    );
    told(
        |account| account.remove_role(&shop(), "second"),
        "removed role/org/payments/project/shop/second",
    );
    told(
        |account| account.remove_resource_group(&shop(), "second"),
        "removed resource_group/org/payments/project/shop/second",
    );
    told(
        |account| account.remove_service_account(&shop(), "second"),
        "removed service_account/org/payments/project/shop/second",
    );
    told(
        |account| account.remove_group(&shop(), "developers"),
        "removed user_group/org/payments/project/shop/developers",
    );
    told(
        |account| account.remove_member(&shop(), "_project_all_users", DANA),
        "removed user_group/org/payments/project/shop/_project_all_users:member",
    );
}

#[test]
fn one_of_three_scopes_can_go() {
    told(
        |account| account.remove_project("payments", "ledger"),
        "removed project/payments/ledger",
    );
    told(
        |account| account.remove_organization("payments"),
        "removed organization/payments",
    );
}

#[test]
fn what_is_named_as_harnesss_own_can_go() {
    let role = "removed role/org/payments/project/ledger/_project_viewer";
    let group = "removed resource_group/org/payments/project/ledger/_all_project_level_resources";
    told(
        |account| account.remove_role(&Scope::project("payments", "ledger"), "_project_viewer"),
        role,
    );
    told(
        |account| {
            let ledger = Scope::project("payments", "ledger");
            account.remove_resource_group(&ledger, "_all_project_level_resources");
        },
        group,
    );
}

#[test]
fn people_and_what_they_hold_can_go() {
    told(|account| account.remove_user(DANA), "removed user/uDANA");
    told(
        |account| account.remove_assignment("terraform_is_admin"),
        "removed role/harness/_account_admin:assigned",
    );
    told(
        |account| account.disable_assignment("terraform_is_admin"),
        "removed role/harness/_account_admin:assigned",
    );
    told(
        |account| account.remove_member(&top(), "auditors", "uIRA000000000000000000"),
        "removed user_group/account/auditors:member",
    );
}

/// As Terraform does it, with an identifier of its own.
#[test]
fn a_role_assignment_can_be_made_anew_under_its_identifier() {
    told(
        |account| account.role_assignment("terraform_is_admin").role = "_account_viewer".into(),
        "removed role/harness/_account_admin:assigned",
    );
}

#[test]
fn what_gives_something_can_give_nothing() {
    told(
        |account| account.role(&top(), "auditor").permissions.clear(),
        "changed role/account/auditor",
    );
    told(
        |account| {
            let mut groups = account.resource_groups.iter_mut();
            let group = groups.find(|group| group.identifier == "payments_tree");
            group.unwrap().included_scopes.clear();
        },
        "changed resource_group/account/payments_tree",
    );
}

/// Where a server does not say of single things whether they are there, less than half of a list may go.
#[test]
fn a_server_that_is_silent_about_single_things_can_be_observed() {
    let test = test();
    let unknown = json!({"status": "ERROR", "code": "RESOURCE_NOT_FOUND_EXCEPTION"});
    let unknown = FaultKind::Answer(Answer::json(404, &unknown));
    test.fake.fault(Fault::on("authz/api/roles/", unknown));
    test.fake
        .change(|account| account.remove_role(&top(), "secret_keeper"));
    sync(&test).exits(0);
    let removed = test.ask("SELECT id FROM changes WHERE change = 'removed'");
    assert_eq!(removed, "role/account/secret_keeper");
    // Of half, it must say so.
    test.fake
        .change(|account| account.remove_role(&top(), "auditor"));
    sync(&test).exits(2).says("--max-removed 100");
    test.at_once(&[SYNC_EVERYTHING, &["--max-removed", "100"]].concat())
        .exits(0);
}

fn requests(test: &Test) -> i64 {
    let asked = "SELECT requests FROM snapshots ORDER BY id DESC LIMIT 1";
    test.ask(asked).parse().unwrap()
}

/// Somebody who left is asked about once, not in each of 150 groups and role assignments.
#[test]
fn whoever_leaves_the_account_leaves_everything() {
    let test = Test::new();
    test.fake.change(|account| {
        for number in 0..150 {
            let group = format!("group_{number}");
            account.add_group(&top(), &group, "Of two");
            account.add_member(&top(), &group, DANA);
            account.add_member(&top(), &group, "uGUS000000000000000000");
        }
    });
    test.observe();
    let before = requests(&test);
    test.observe_after(|account| {
        account.remove_user(DANA);
        account
            .role_assignments
            .retain(|row| *row.principal.identifier != *DANA);
    });
    assert!(requests(&test) <= before + 3, "{}", requests(&test));
    let left = "SELECT count(*) FROM changes WHERE change = 'removed' AND id LIKE '%:member'";
    assert_eq!(test.ask(left), "152");
}

#[test]
fn questions_about_what_is_missing_are_bounded() {
    let test = Test::new();
    test.fake.change(|account| {
        for number in 0..1000 {
            let uuid = format!("u{number:021}");
            account.add_user(&uuid, &format!("{number}@example.test"), "One of many");
        }
    });
    test.observe();
    let before = requests(&test);
    test.observe_after(|account| {
        account.users.retain(|user| !user.uuid.ends_with('7'));
    });
    assert!(requests(&test) <= before + 105, "{}", requests(&test));
    assert_eq!(
        test.ask("SELECT count(*) FROM changes WHERE change = 'removed'"),
        "100"
    );
}
