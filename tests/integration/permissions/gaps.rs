//! Lists whose rows leave a doubt that no permission explains, and lists that need not be seen.

use fake_harness::{Answer, Caller, Fault, FaultKind, HowOften, router};
use serde_json::json;

use super::{differs, facts, incomplete_listings, lines, partial_sync, top};
use crate::support::Test;

#[test]
fn a_hidden_account_is_no_gap() {
    let test = Test::synced();
    test.fake.deny("core_account_view", &top());
    test.observe();
    test.diff().exits(0).prints_nothing();
    test.fake.allow_all();
    test.observe();
    test.diff().exits(0).prints_nothing();
    assert_eq!(test.ask("SELECT DISTINCT state FROM snapshots"), "complete");
}

/// A list of one kind whose rows leave a doubt that no permission explains: without `--allow-partial` nothing is stored,
/// with it nothing is removed.
#[track_caller]
fn leaves_a_gap(test: &Test, kind: &str, reason: &str) {
    let before = facts(test);
    let bytes = std::fs::read(test.database()).unwrap();
    for file in ["harness-access.db", "first.db"] {
        test.sync()
            .args(&["--db", file])
            .exits(2)
            .prints_nothing()
            .says("nothing was stored, because some lists are incomplete")
            .says(&format!("{kind} in account"))
            .says(reason);
    }
    assert_eq!(test.folder.names(), ["harness-access.db"]);
    assert_eq!(std::fs::read(test.database()).unwrap(), bytes);
    partial_sync(test).says(reason);
    assert_eq!(incomplete_listings(test), lines(&format!("{kind}|partial")));
    assert_eq!(facts(test), before);
    differs(test, ["1", "2"], &[], kind);
}

#[test]
fn a_group_whose_members_are_said_nowhere_is_not_a_group_without_members() {
    let test = Test::synced();
    test.fake
        .change(|account| account.group(&top(), "platform_admins").users = None);
    let members = Fault::on(
        "/ng/api/user-groups/platform_admins/users",
        FaultKind::InternalError,
    );
    test.fake.fault(members.times(HowOften::Forever));
    let reason = "did not say who is in 1 of the groups, such as platform_admins";
    leaves_a_gap(&test, "user_groups", reason);
}

#[test]
fn a_page_that_looks_filtered_to_nothing_is_empty_only_where_the_permission_is_held() {
    let page = json!({"status": "SUCCESS", "data": {
        "totalPages": 1, "totalItems": 0, "pageItemCount": 0, "pageSize": 0, "content": [], "pageIndex": 0, "empty": true
    }});
    for (route, kind, permission) in [
        (
            router::SERVICE_ACCOUNTS_AGGREGATE,
            "service_accounts",
            "core_serviceaccount_view",
        ),
        (router::USER_GROUPS, "user_groups", "core_usergroup_view"),
        (
            router::RESOURCE_GROUPS,
            "resource_groups",
            "core_resourcegroup_view",
        ),
    ] {
        let test = Test::new();
        let answer = FaultKind::Answer(Answer::json(200, &page));
        test.fake.fault(Fault::on(route, answer.clone()));
        test.sync().exits(0);
        test.fake.deny(permission, &top());
        test.fake.fault(Fault::on(route, answer));
        partial_sync(&test);
        assert!(
            incomplete_listings(&test).contains(&format!("{kind}|partial")),
            "{kind}"
        );
    }
}

#[test]
fn personal_tokens_are_left_out_without_their_permission() {
    let test = Test::new();
    test.fake
        .caller(Caller::default().and("core_serviceaccount_manageapikey"));
    test.sync()
        .args(&["--with", "tokens", "-v"])
        .exits(0)
        .says("personal tokens are left out: the key lacks core_user_manage");
    assert_eq!(
        test.ask("SELECT count(*) FROM listings WHERE kind = 'personal_tokens'"),
        "0"
    );
}

#[test]
fn what_was_never_seen_whole_can_be_seen_to_change() {
    let test = Test::new();
    test.fake
        .only_named("core_usergroup_view", &top(), &["developers"]);
    partial_sync(&test);
    test.fake
        .change(|account| account.group(&top(), "developers").name = "Engineers".to_owned());
    partial_sync(&test);
    let changed = "changed resource user_group/account/developers";
    differs(&test, ["1", "2"], &[changed.to_owned()], "a silent subset");
    assert_eq!(
        test.ask("SELECT change, kind, id FROM changes"),
        changed.replace(' ', "|")
    );
}

#[test]
fn a_list_that_contradicts_itself_stays_in_doubt_whatever_the_key_may_see() {
    let test = Test::synced();
    test.fake.deny("core_serviceaccount_view", &top());
    test.fake.fault(Fault::on(
        router::ROLE_ASSIGNMENTS,
        FaultKind::TotalChanging,
    ));
    partial_sync(&test);
    let reason = test
        .ask("SELECT reason FROM listings WHERE kind = 'role_assignments' AND state = 'partial'");
    assert!(reason.contains("inconsistent"), "{reason}");
    assert!(
        reason.contains("the key lacks core_serviceaccount_view in account"),
        "{reason}"
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM grants WHERE slug = 'assigned' AND NOT unverified"),
        "0"
    );
    differs(&test, ["1", "2"], &[], "an inconsistent list");
}
