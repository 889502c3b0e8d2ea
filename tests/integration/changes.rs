//! Each kind of change comes out of `diff` as what it is.

use serde_json::json;

use crate::support::{Database, Test};
use fake_harness::{Principal, Scope};

const ADA: &str = "uADA000000000000000000";
const CLEO: &str = "uCLEO00000000000000000";
const DANA: &str = "uDANA00000000000000000";
const EVAN: &str = "uEVAN00000000000000000";

fn top() -> Scope {
    Scope::account()
}

#[test]
fn an_unchanged_account_has_no_differences() {
    let test = Test::synced();
    test.observe();
    test.diff().exits(0).prints_nothing().says("no differences");
    test.run(&["diff", "--quiet"])
        .exits(0)
        .prints_nothing()
        .says_nothing();
    let document = test.run(&["diff", "--format", "json"]).exits(0).json();
    assert_eq!(document["changes"], json!([]));
    assert_eq!(document["comparable"], json!(true));
}

#[test]
fn an_unchanged_account_adds_only_its_snapshot_and_its_ledger() {
    let test = Test::synced();
    let mut before = Database::open(&test.database()).tables();
    test.observe();
    let mut after = Database::open(&test.database()).tables();
    for table in ["_snapshot", "_effort", "_seal"] {
        let (before, after) = (before.remove(table).unwrap(), after.remove(table).unwrap());
        if table == "_snapshot" {
            assert_eq!(before[..], after[..1], "the first snapshot's row changed");
            assert_eq!(after.len(), 2);
        }
    }
    for (table, rows) in before {
        assert_eq!(rows, after[&table], "table {table}");
    }
}

#[test]
fn a_group_that_gains_a_member_is_one_grant() {
    let test = Test::synced();
    test.observe_after(|account| account.add_member(&top(), "platform_admins", EVAN));
    let change = test.only_change();
    assert_eq!(change["change"], "added");
    assert_eq!(change["kind"], "grant");
    assert_eq!(change["type"], "user_group");
    assert_eq!(
        change["principal"],
        json!({"id": format!("user/{EVAN}"), "type": "user", "name": "Evan Sample", "email": "evan@example.test"})
    );
    assert_eq!(
        change["resource"],
        json!({"id": "user_group/account/platform_admins", "name": "Platform Admins"})
    );
    test.diff()
        .exits(1)
        .prints("+! user Evan Sample <evan@example.test> in user group Platform Admins")
        .says("grants +1 -0");
}

#[test]
fn a_group_that_loses_a_member_is_one_grant() {
    let test = Test::synced();
    test.observe_after(|account| account.remove_member(&top(), "developers", CLEO));
    assert_eq!(
        test.changes(),
        [format!(
            "removed grant user/{CLEO} user_group/account/developers:member"
        )]
    );
}

#[test]
fn a_role_that_gains_a_permission_changes() {
    let test = Test::synced();
    test.observe_after(|account| {
        account
            .role(&top(), "release_manager")
            .permissions
            .push("core_secret_access".into());
    });
    let change = test.only_change();
    assert_eq!(change["change"], "changed");
    assert_eq!(change["kind"], "resource");
    assert_eq!(change["id"], "role/account/release_manager");
    assert_eq!(
        change["after"]["attributes"]["permissions"],
        json!([
            "core_environment_access",
            "core_pipeline_execute",
            "core_pipeline_view",
            "core_secret_access"
        ])
    );
    test.diff()
        .exits(1)
        .prints("~! role Release manager")
        .prints("permissions: + core_secret_access");
}

#[test]
fn the_order_in_which_harness_sends_a_set_is_no_change() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.role(&top(), "auditor").permissions.reverse();
        account.groups.reverse();
        account.users.reverse();
        account.role_assignments.reverse();
        for group in &mut account.groups {
            if let Some(users) = &mut group.users {
                users.reverse();
            }
        }
    });
    assert_eq!(test.changes(), [""; 0]);
}

#[test]
fn a_user_who_is_disabled_keeps_the_grants() {
    let test = Test::synced();
    test.observe_after(|account| account.user(DANA).disabled = true);
    let change = test.only_change();
    assert_eq!(change["id"], format!("user/{DANA}"));
    assert_eq!(change["before"]["attributes"]["disabled"], false);
    assert_eq!(change["after"]["attributes"]["disabled"], true);
    test.diff().prints("disabled: false -> true");
}

#[test]
fn a_user_who_is_renamed_is_the_same_user() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user(DANA, "Dana Example-Lee"));
    let change = test.only_change();
    assert_eq!(change["before"]["name"], "Dana Example");
    assert_eq!(change["after"]["name"], "Dana Example-Lee");
    test.diff()
        .prints("name: \"Dana Example\" -> \"Dana Example-Lee\"");
}

#[test]
fn a_role_assignment_that_is_disabled_takes_the_access_away() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.disable_assignment("role_assignment_danaSecrets000000001");
    });
    let grant = format!(
        "grant user/{DANA} role/account/secret_keeper:assigned account resource_group/account/prod_resources"
    );
    assert_eq!(test.changes(), [format!("removed {grant}")]);
    // And gives it back when it is enabled again.
    test.observe_after(|account| account.enable_assignment("role_assignment_danaSecrets000000001"));
    assert_eq!(test.changes(), [format!("added {grant}")]);
    assert_eq!(
        test.ask("SELECT group_concat(disabled_role_assignments) FROM snapshots"),
        "1,2,1"
    );
    // Over both steps nothing changed.
    test.run(&["diff", "1", "3"]).exits(0).prints_nothing();
}

#[test]
fn a_role_assignment_made_anew_is_no_change() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.remove_assignment("role_assignment_danaSecrets000000001");
        account.assign(
            Principal::User(DANA),
            "secret_keeper",
            "prod_resources",
            &top(),
        );
    });
    test.diff().exits(0).prints_nothing();
    assert_eq!(
        test.ask(&format!(
            "SELECT role_assignment, since_snapshot FROM grants
             WHERE principal_id = 'user/{DANA}' AND slug = 'assigned'"
        )),
        "role_assignment_T0000000000000000001|1",
        "the new identifier is known, and held since the first snapshot"
    );
    assert_eq!(test.ask("SELECT count(*) FROM changes"), "0");
    assert_eq!(
        test.ask(&format!(
            "SELECT count(*) FROM grant_history WHERE principal_id = 'user/{DANA}' AND slug = 'assigned'"
        )),
        "1"
    );
}

#[test]
fn the_same_role_over_another_resource_group_is_another_grant() {
    let test = Test::synced();
    test.observe_after(|account| {
        account
            .role_assignment("role_assignment_danaSecrets000000001")
            .resource_group = "payments_tree".into();
    });
    let grant = format!("grant user/{DANA} role/account/secret_keeper:assigned account");
    assert_eq!(
        test.changes(),
        [
            format!("added {grant} resource_group/account/payments_tree"),
            format!("removed {grant} resource_group/account/prod_resources"),
        ]
    );
}

#[test]
fn resources_that_come_and_go_are_added_and_removed() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.add_user(
            "uNINA00000000000000000",
            "nina@example.test",
            "Nina Newcomer",
        );
        account.remove_role(&top(), "auditor");
        account.add_service_account(&top(), "nightly", "Nightly");
    });
    assert_eq!(
        test.changes(),
        [
            "removed resource role/account/auditor",
            "added resource service_account/account/nightly",
            "added resource user/uNINA00000000000000000",
        ]
    );
    assert_eq!(
        test.ask("SELECT DISTINCT unresolved FROM grants WHERE resource_id = 'role/account/auditor' AND unresolved LIKE '%resource' ORDER BY length(unresolved)"),
        "resource\nprincipal,resource",
        "what is assigned still is, to a role that no list shows"
    );
}

#[test]
fn what_goes_and_comes_back_has_two_lives() {
    let test = Test::synced();
    test.observe_after(|account| account.remove_user(EVAN));
    test.observe_after(|account| {
        account.add_user(EVAN, "evan@example.test", "Evan Sample");
        account.add_member(&top(), "_account_all_users", EVAN);
    });
    assert_eq!(
        test.ask(&format!(
            "SELECT since_snapshot, until_snapshot FROM resource_history WHERE id = 'user/{EVAN}' ORDER BY 1"
        )),
        "1|2\n3|"
    );
    test.run(&["diff", "1", "3"]).exits(0).prints_nothing();
    assert_eq!(test.changes().len(), 2);
}

#[test]
fn the_fixed_order_is_scope_kind_id() {
    let test = Test::synced();
    test.observe_after(|account| {
        for (uuid, name) in [("uZZZ", "Zoe"), ("uAAA", "Amy")] {
            account.add_user(uuid, &format!("{name}@example.test"), name);
            account.add_member(&top(), "on_call", uuid);
        }
        account.remove_member(&top(), "platform_admins", ADA);
    });
    let changes = test.changes();
    assert_eq!(
        changes,
        [
            "added grant user/uAAA user_group/account/on_call:member".to_owned(),
            format!("removed grant user/{ADA} user_group/account/platform_admins:member"),
            "added grant user/uZZZ user_group/account/on_call:member".to_owned(),
            "added resource user/uAAA".to_owned(),
            "added resource user/uZZZ".to_owned(),
        ]
    );
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.remove_member(&top(), "platform_admins", ADA);
        account.rename_user(DANA, "Dana Example-Lee");
        account.remove_role(&top(), "auditor");
        account.assign(
            Principal::User(EVAN),
            "_account_admin",
            "payments_tree",
            &top(),
        );
    });
    for format in ["table", "json"] {
        let ask = || test.run(&["diff", "--format", format]).exits(1).stdout;
        assert_eq!(ask(), ask());
    }
}

#[test]
fn the_summary_counts_what_is_listed() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.add_user(
            "uNINA00000000000000000",
            "nina@example.test",
            "Nina Newcomer",
        );
        account.rename_user(DANA, "Dana Example-Lee");
        account.add_member(&top(), "on_call", DANA);
        account.remove_assignment("role_assignment_contractor000000001");
    });
    let outcome = test.run(&["diff", "--format", "json"]).exits(1);
    assert_eq!(
        outcome.json()["summary"],
        json!({
            "resources": {"added": 1, "removed": 0, "changed": 1},
            "grants": {"added": 1, "removed": 1, "changed": 0},
            "escalations": 1,
            "approved": 0,
            "built_in": 0,
            "counted": 4,
            "lapsed": 0,
            "unknown": 4,
        })
    );
    let last = outcome.stderr.lines().last().unwrap();
    assert!(
        last.ends_with("resources +1 -0 ~1, grants +1 -1, 1 escalating"),
        "{last}"
    );
}

#[test]
fn the_json_document_has_the_documented_shape() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.assign(
            Principal::User(EVAN),
            "_account_admin",
            "payments_tree",
            &top(),
        );
    });
    let outcome = test.run(&["diff", "--format", "json"]).exits(1);
    let document = outcome.json();
    for side in ["from", "to"] {
        for field in ["snapshot", "finished_at", "state", "file"] {
            assert!(!document[side][field].is_null(), "{side}.{field}");
        }
    }
    assert_eq!(document["from"]["snapshot"], 1);
    assert_eq!(document["to"]["snapshot"], 2);
    assert_eq!(document["coverage"], json!([]));
    let change = &document["changes"][0];
    let fields: Vec<&str> = change
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for field in [
        "change",
        "kind",
        "id",
        "type",
        "principal",
        "resource",
        "scope",
        "resource_group",
        "approved",
        "before",
        "after",
    ] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    assert_eq!(change["type"], "role");
    assert_eq!(change["scope"], "account");
    assert_eq!(
        change["resource_group"],
        json!({"id": "resource_group/account/payments_tree", "name": "Payments and below"})
    );
    assert!(change["before"].is_null() && !change["after"].is_null());
}

#[test]
fn with_one_snapshot_there_is_nothing_to_compare() {
    let test = Test::synced();
    test.diff()
        .exits(2)
        .prints_nothing()
        .says("nothing to compare: there is no snapshot `previous`")
        .says("harness-access sync");
}

#[test]
fn snapshots_are_named_in_several_ways() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user(DANA, "Second"));
    test.observe_after(|account| account.rename_user(DANA, "Third"));
    let between = |arguments: &[&str]| {
        let outcome = test
            .run(&["diff", "--format", "json"])
            .args(arguments)
            .exits(1);
        let document = outcome.json();
        (
            document["from"]["snapshot"].clone(),
            document["to"]["snapshot"].clone(),
        )
    };
    assert_eq!(between(&[]), (json!(2), json!(3)));
    assert_eq!(between(&["1"]), (json!(1), json!(3)));
    assert_eq!(between(&["1", "2"]), (json!(1), json!(2)));
    assert_eq!(between(&["latest~2", "previous"]), (json!(1), json!(2)));
    assert_eq!(between(&["previous", "latest"]), (json!(2), json!(3)));
    test.run(&["diff", "2", "2"]).exits(0).prints_nothing();
}

#[test]
fn wrong_references_are_explained() {
    let test = Test::synced();
    test.observe();
    test.run(&["diff", "2", "1"])
        .exits(3)
        .says("the older one comes first");
    test.run(&["diff", "7"]).exits(3).says("no snapshot `7`");
    test.run(&["diff", "monday"])
        .exits(3)
        .says("no snapshot `monday`");
    test.run(&["diff", "1", "2", "3"])
        .exits(3)
        .says("expected at most two snapshots, got `3` too");
    test.run(&["diff", "latest~5"]).exits(2).says("`latest~5`");
}
