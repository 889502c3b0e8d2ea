//! Lists that suddenly show nothing, or far less, and agree with themselves about it: nothing is removed unless Harness
//! says so of the single things.

use fake_harness::router::{
    API_KEYS_AGGREGATE, ORGANIZATIONS, PROJECTS, RESOURCE_GROUPS, ROLE_ASSIGNMENTS_V2, ROLES,
    SERVICE_ACCOUNTS_AGGREGATE, TOKENS, USER_GROUPS, USERS,
};
use fake_harness::{
    Account, Caller, Deviation, FakeHarness, Fault, FaultKind, Rewrite, Scope, Switches,
};
use serde_json::{Value, json};

use crate::support::{Outcome, SYNC_EVERYTHING, Test};

fn test() -> Test {
    let test = Test::new();
    test.fake.caller(Caller::everything());
    test.at_once(SYNC_EVERYTHING).exits(0);
    test
}

fn sync(test: &Test, more: &[&str]) -> Outcome {
    test.at_once(&[SYNC_EVERYTHING, more].concat())
}

fn keeping(kept: impl Fn(&Value) -> bool + Send + Sync + 'static) -> FaultKind {
    FaultKind::Rewritten(Rewrite::keeping(kept))
}

fn nothing() -> FaultKind {
    keeping(|_| false)
}

fn is_of(row: &Value, org: &str, project: Option<&str>) -> bool {
    let scope = ["scope", "userGroup", "serviceAccount", "token"]
        .iter()
        .map(|name| &row[*name])
        .find(|inner| inner.is_object());
    let scope = scope.unwrap_or(row);
    scope["orgIdentifier"] == org && scope["projectIdentifier"].as_str() == project
}

/// The middle snapshot removes nothing, and neither does the last.
#[track_caller]
fn removes_nothing(name: &str, kind: &str, spoil: impl FnOnce(&FakeHarness)) {
    let test = test();
    spoil(&test.fake);
    let refused = sync(&test, &[]).exits(2);
    assert!(refused.stderr.contains(kind), "{name}: {refused:#?}");
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "1", "{name}");
    sync(&test, &["--allow-partial"]).exits(2);
    let removed = "SELECT count(*) FROM changes WHERE change = 'removed'";
    assert_eq!(test.ask(removed), "0", "{name}");
    // A second look at the same list is no better than the first.
    sync(&test, &["--allow-partial"]).exits(2);
    assert_eq!(test.ask(removed), "0", "{name}");
    test.fake.clear_faults();
    test.fake.switch(|switches| *switches = Switches::default());
    sync(&test, &[]).exits(0);
    assert_eq!(test.ask("SELECT count(*) FROM changes"), "0", "{name}");
}

#[test]
fn a_list_that_comes_back_empty_removes_nothing() {
    let lists = [
        ("organizations", ORGANIZATIONS),
        ("projects", PROJECTS),
        ("users", USERS),
        ("service_accounts", SERVICE_ACCOUNTS_AGGREGATE),
        ("user_groups", USER_GROUPS),
        ("roles", ROLES),
        ("resource_groups", RESOURCE_GROUPS),
        ("role_assignments", "api/roleassignments"),
        ("service_account_tokens", TOKENS),
    ];
    for (kind, route) in lists {
        removes_nothing(kind, kind, |fake| {
            fake.fault(Fault::on(route, nothing()));
        });
    }
}

#[test]
fn a_list_of_one_scope_that_comes_back_empty_removes_nothing() {
    let shop = Some("shop");
    let lists = [
        ("role_assignments", ROLE_ASSIGNMENTS_V2, "payments", shop),
        ("role_assignments", ROLE_ASSIGNMENTS_V2, "payments", None),
        ("user_groups", USER_GROUPS, "payments", shop),
        (
            "service_accounts",
            SERVICE_ACCOUNTS_AGGREGATE,
            "default",
            shop,
        ),
    ];
    for (kind, route, org, project) in lists {
        removes_nothing(kind, kind, |fake| {
            fake.fault(Fault::on(
                route,
                keeping(move |row| !is_of(row, org, project)),
            ));
        });
    }
}

#[test]
fn a_list_with_far_fewer_rows_and_a_total_that_agrees_removes_nothing() {
    removes_nothing("half of the users", "users", |fake| {
        let some = keeping(|row| row["uuid"].as_str() < Some("uC"));
        fake.fault(Fault::on(USERS, some).at(&Scope::account()));
    });
    removes_nothing("organizations but the first", "organizations", |fake| {
        let first = keeping(|row| row["organization"]["identifier"] == "default");
        fake.fault(Fault::on(ORGANIZATIONS, first));
    });
}

#[test]
fn a_list_without_the_keys_own_role_assignment_removes_nothing() {
    let test = Test::new();
    test.fake.caller(Caller::service_account("snapshotter"));
    test.observe();
    let not_own = keeping(|row| row["roleAssignment"]["principal"]["identifier"] != "snapshotter");
    test.fake.fault(Fault::on("api/roleassignments", not_own));
    test.sync()
        .exits(2)
        .says("the key's own role assignment is missing from it");
}

#[test]
fn an_account_without_any_role_assignment_is_not_believed_the_first_time() {
    let test = Test::new();
    test.fake.caller(Caller::service_account("snapshotter"));
    test.fake.fault(Fault::on("api/roleassignments", nothing()));
    test.sync().exits(2).says("role_assignments");
}

#[test]
fn groups_that_come_without_members_lose_nobody() {
    removes_nothing("members", "user_groups", |fake| {
        let no_users = |row: &mut Value| row["users"] = json!([]);
        fake.fault(Fault::on(
            USER_GROUPS,
            FaultKind::Rewritten(Rewrite::row(no_users)),
        ));
    });
}

#[test]
fn a_server_that_does_not_tell_of_single_things_is_asked_for_confirmation() {
    let test = test();
    test.fake.fault(Fault::on(ROLES, nothing()));
    let unknown = fake_harness::Answer::json(
        400,
        &json!({"status": "FAILURE", "code": "RESOURCE_NOT_FOUND_EXCEPTION"}),
    );
    test.fake
        .fault(Fault::on("/authz/api/roles/", FaultKind::Answer(unknown)));
    sync(&test, &[]).exits(2).says("roles");
}

/// What truly went is gone, without another word.
#[track_caller]
fn removes(changes: &[&str], change: impl FnOnce(&mut Account)) {
    let test = test();
    test.fake.change(change);
    sync(&test, &[]).exits(0);
    let removed = "SELECT id FROM changes WHERE change = 'removed' ORDER BY id";
    let removed = test.ask(removed);
    for id in changes {
        assert!(removed.contains(id), "{id}: {removed}");
    }
}

#[test]
fn the_last_things_of_a_scope_can_be_removed() {
    let payments = Scope::org("payments");
    let shop = Scope::project("payments", "shop");
    removes(
        &["service_account_token/account/ci_bot/ci_key/ci_token"],
        |account| {
            account
                .tokens
                .retain(|token| token.kind != "SERVICE_ACCOUNT");
        },
    );
    removes(&["personal_token/account/"], |account| {
        account
            .tokens
            .retain(|token| token.kind == "SERVICE_ACCOUNT");
    });
    removes(&["project/default/shop"], |account| {
        account.remove_project("default", "shop");
    });
    removes(
        &["organization/attic", "organization/payments"],
        |account| {
            account.remove_organization("attic");
            account.remove_organization("payments");
        },
    );
    removes(&["service_account/org/payments/ci_bot"], |account| {
        account.remove_service_account(&payments, "ci_bot");
    });
    removes(
        &["user_group/org/payments/project/shop/developers"],
        |account| {
            account.groups.retain(|group| group.scope != shop);
        },
    );
    removes(
        &["role/org/payments/project/shop/release_manager:assigned"],
        |account| {
            account.role_assignments.retain(|row| row.scope != shop);
        },
    );
    removes(&["user_group/org/payments/developers:member"], |account| {
        account.remove_member(&payments, "developers", "uDANA00000000000000000");
    });
}

/// What there was no time for is a gap, and what came is kept.
#[test]
fn lists_that_there_is_no_time_for_are_gaps_where_gaps_are_kept() {
    let test = test();
    test.fake.fault(Fault::on(ROLES, FaultKind::InternalError));
    let short = ["--timeout", "20s", "--allow-partial"];
    sync(&test, &short)
        .exits(2)
        .says("the time limit of 20 s is reached");
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "2");
    let removed = "SELECT count(*) FROM changes WHERE change = 'removed'";
    assert_eq!(test.ask(removed), "0");
    sync(&test, &["--timeout", "20s"]).exits(5);
}

#[test]
fn a_catalogue_that_shows_less_than_half_of_its_permissions_removes_none() {
    let test = test();
    let few = Deviation::all().find(|of| of.name == "catalogue shows few of its permissions");
    few.unwrap().apply(&test.fake);
    sync(&test, &[]).exits(0);
    assert_eq!(test.ask("SELECT count(*) FROM changes"), "0");
}

/// The list of members and the question about one of them are the same there.
#[test]
fn what_is_asked_of_a_list_that_is_wrong_is_not_believed() {
    let evan = "uEVAN00000000000000000";
    removes_nothing("users", "users", |fake| {
        let others = keeping(move |row| row["uuid"] != evan);
        fake.fault(Fault::on(USERS, others));
    });
}

#[test]
fn personal_tokens_are_counted_where_harness_counts_them() {
    removes_nothing("tokens", "personal_tokens", |fake| {
        let others = keeping(|row| row["token"]["apiKeyType"] != "USER");
        fake.fault(Fault::on(TOKENS, others));
    });
}

#[test]
fn tokens_are_not_gone_because_their_keys_cannot_be_read() {
    removes_nothing("tokens", "service_account_tokens", |fake| {
        let others = keeping(|row| row["token"]["apiKeyType"] == "USER");
        fake.fault(Fault::on(TOKENS, others));
        let keys = Fault::on(API_KEYS_AGGREGATE, FaultKind::InternalError);
        fake.fault(keys.asking("identifiers"));
    });
}

#[test]
fn questions_that_come_too_fast_end_no_sync() {
    removes_nothing("roles", "roles", |fake| {
        fake.fault(Fault::on(
            ROLES,
            keeping(|row| row["harnessManaged"] == true),
        ));
        fake.fault(Fault::on("api/roles/", FaultKind::TooManyRequestsHtml));
    });
}
