//! Pages, orders, and the shape of each kind of row.

use std::collections::BTreeSet;

use super::{PAGED, get, post, request, rows, texts};
use fake_harness::{ACCOUNT_ID, Account, FakeHarness, GenerateSpec, Scope, router};
use serde_json::{Value, json};

fn generated(assignments: usize) -> FakeHarness {
    FakeHarness::new(Account::generate(&GenerateSpec {
        assignments,
        ..GenerateSpec::default()
    }))
}

fn walk(fake: &FakeHarness, path: &str, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for page in 0.. {
        let next = rows(&get(
            fake,
            path,
            &format!("{query}&pageSize=100&pageIndex={page}"),
        ));
        if next.is_empty() {
            break;
        }
        found.extend(next);
    }
    found
}

#[test]
fn every_list_has_a_first_page() {
    let fake = FakeHarness::demo();
    for (method, path) in PAGED {
        let answer = fake
            .handle(&request(
                &fake,
                method,
                path,
                "pageSize=100&sortOrders=identifier,ASC",
            ))
            .answer();
        let page = &answer.value()["data"];
        assert!(!rows(&answer).is_empty(), "{path}");
        assert_eq!(
            (&page["pageIndex"], &page["empty"], &page["pageToken"]),
            (&json!(0), &json!(false), &Value::Null)
        );
    }
    for path in [
        router::SERVICE_ACCOUNTS,
        router::PERMISSIONS,
        router::RESOURCE_TYPES,
    ] {
        let answer = get(&fake, path, "scopeFilterDisabled=true").value();
        assert!(
            answer["data"]
                .as_array()
                .is_some_and(|rows| !rows.is_empty()),
            "{path} is a bare array"
        );
    }
    let account = get(&fake, &format!("/ng/api/accounts/{ACCOUNT_ID}"), "").value();
    assert_eq!(account["data"]["name"], "Example Corp");
}

#[test]
fn a_sorted_walk_sees_every_row_once() {
    let fake = generated(305);
    let found = walk(&fake, router::ROLE_ASSIGNMENTS, "sortOrders=identifier,ASC");
    let names = texts(&found, "/roleAssignment/identifier");
    assert_eq!(names.len(), 305);
    assert!(
        names.windows(2).all(|pair| pair[0] < pair[1]),
        "ascending and unique"
    );
    let beyond = get(&fake, router::ROLE_ASSIGNMENTS, "pageSize=100&pageIndex=9").value();
    assert_eq!(
        (&beyond["data"]["totalItems"], &beyond["data"]["totalPages"]),
        (&json!(305), &json!(4))
    );
    assert_eq!(
        (&beyond["data"]["empty"], &beyond["data"]["content"]),
        (&json!(true), &json!([]))
    );
}

#[test]
fn an_unsorted_walk_does_not() {
    let fake = generated(305);
    for query in ["", "sortOrders=noSuchField,ASC"] {
        let found = walk(&fake, router::ROLE_ASSIGNMENTS, query);
        let names: BTreeSet<String> = texts(&found, "/roleAssignment/identifier")
            .into_iter()
            .collect();
        assert!(names.len() < 305, "{query}");
    }
}

#[test]
fn a_sort_without_direction_descends() {
    let fake = FakeHarness::demo();
    let ask = |sort: &str| texts(&rows(&get(&fake, router::USER_GROUPS, sort)), "/identifier");
    let mut ascending = ask("sortOrders=identifier,ASC");
    ascending.reverse();
    assert_eq!(ask("sortOrders=identifier"), ascending);
    assert_eq!(ask("sortOrders=identifier,UPWARDS"), ascending);
}

#[test]
fn a_page_has_fifty_rows_unless_asked_and_more_than_a_hundred_only_on_demand() {
    let fake = generated(305);
    assert_eq!(rows(&get(&fake, router::ROLE_ASSIGNMENTS, "")).len(), 50);
    fake.switch(|switches| switches.larger_pages = true);
    assert_eq!(
        rows(&get(&fake, router::ROLE_ASSIGNMENTS, "pageSize=500")).len(),
        305
    );
}

#[test]
fn sets_come_in_another_order_each_time() {
    let fake = FakeHarness::demo();
    let ask = || {
        let roles = rows(&get(
            &fake,
            router::ROLES,
            "pageSize=100&sortOrders=identifier,ASC",
        ));
        let admin = roles
            .iter()
            .find(|row| row["role"]["identifier"] == "_account_admin")
            .expect("listed");
        admin["role"]["permissions"]
            .as_array()
            .expect("permissions")
            .clone()
    };
    let (mut one, mut other) = (ask(), ask());
    assert_ne!(one, other);
    one.sort_by_key(Value::to_string);
    other.sort_by_key(Value::to_string);
    assert_eq!(one, other);
}

#[test]
fn nulls_are_written_or_left_out_as_each_service_does() {
    let fake = FakeHarness::demo();
    let find = |path: &str, pointer: &str, wanted: &str| {
        let all = rows(&get(&fake, path, "pageSize=100"));
        all.into_iter()
            .find(|row| row.pointer(pointer) == Some(&json!(wanted)))
            .expect(wanted)
    };
    let viewer = find(router::ROLES, "/role/identifier", "_account_viewer");
    assert_eq!(
        (&viewer["scope"], viewer["role"].get("tags")),
        (&Value::Null, Some(&Value::Null))
    );
    let custom = find(router::ROLES, "/role/identifier", "auditor");
    assert_eq!(custom["scope"].get("orgIdentifier"), Some(&Value::Null));
    let managed = find(
        router::RESOURCE_GROUPS,
        "/resourceGroup/identifier",
        "_all_account_level_resources",
    );
    assert_eq!(managed["resourceGroup"].get("accountIdentifier"), None);
    assert_eq!(managed["harnessManaged"], true);
    let on_call = find(router::USER_GROUPS, "/identifier", "on_call");
    assert_eq!(
        (on_call.get("description"), on_call.get("orgIdentifier")),
        (None, None)
    );
    fake.change(|account| account.group(&Scope::account(), "_lost$found").users = None);
    let lost = find(router::USER_GROUPS, "/identifier", "_lost$found");
    assert_eq!(lost.get("users"), None);
    let service_account = find(
        router::SERVICE_ACCOUNTS_AGGREGATE,
        "/serviceAccount/identifier",
        "snapshotter",
    );
    assert_eq!(
        service_account["serviceAccount"].get("projectIdentifier"),
        Some(&Value::Null)
    );
    assert_eq!(service_account["tokensCount"], 1, "API keys, not tokens");
    let users = rows(&post(&fake, router::USERS, "pageSize=100", &json!({})));
    let bob = users
        .iter()
        .find(|row| row["email"] == "bob@example.test")
        .expect("listed");
    assert_eq!(bob.get("name"), Some(&Value::Null));
}

#[test]
fn lists_hold_exactly_the_asked_scope_unless_child_scopes_are_asked_for() {
    let fake = FakeHarness::demo();
    let project = "orgIdentifier=payments&projectIdentifier=shop";
    let groups = texts(
        &rows(&get(&fake, router::USER_GROUPS, project)),
        "/identifier",
    );
    assert_eq!(groups.len(), 2);
    let all = rows(&get(
        &fake,
        router::USER_GROUPS,
        "filterType=INCLUDE_CHILD_SCOPE_GROUPS",
    ));
    assert_eq!(all.len(), 11);
    let body = json!({"accountIdentifier": ACCOUNT_ID, "filterType": "INCLUDE_CHILD_SCOPE_GROUPS"});
    assert_eq!(
        rows(&post(&fake, router::USER_GROUPS_BATCH, "", &body)).len(),
        11
    );

    let child_scopes = "filterType=INCLUDE_CHILD_SCOPE_SERVICE_ACCOUNTS";
    assert_eq!(
        rows(&get(
            &fake,
            router::SERVICE_ACCOUNTS_AGGREGATE,
            child_scopes
        ))
        .len(),
        5
    );
    fake.switch(|switches| switches.service_account_filter_type = false);
    assert_eq!(
        rows(&get(
            &fake,
            router::SERVICE_ACCOUNTS_AGGREGATE,
            child_scopes
        ))
        .len(),
        3
    );

    let members = rows(&post(&fake, router::USERS, project, &json!({})));
    assert_eq!(members.len(), 2);
    let in_scope = post(
        &fake,
        "/ng/api/user-groups/developers/users",
        project,
        &json!({}),
    );
    assert_eq!(texts(&rows(&in_scope), "/email"), ["bob@example.test"]);
}

#[test]
fn managed_roles_of_organizations_and_projects_can_be_hidden_while_assignments_stay() {
    let fake = FakeHarness::demo();
    fake.switch(|switches| switches.hide_managed_roles = true);
    let payments = &Scope::org("payments").query();
    let roles = rows(&get(&fake, router::ROLES, payments));
    assert_eq!(texts(&roles, "/role/identifier"), ["release_manager"]);
    let assignments = rows(&get(&fake, router::ROLE_ASSIGNMENTS, payments));
    assert!(
        texts(&assignments, "/roleAssignment/roleIdentifier")
            .contains(&"_organization_viewer".into())
    );
    assert!(
        rows(&get(&fake, router::ROLES, "pageSize=100")).len() > 20,
        "the account shows them"
    );
}

#[test]
fn one_dangling_role_fails_a_page_of_assignments_over_many_scopes() {
    let fake = FakeHarness::demo();
    let body = json!({"scopeFilters": [{"accountIdentifier": ACCOUNT_ID, "filter": "INCLUDING_CHILD_SCOPES"}]});
    let ask = || {
        post(
            &fake,
            router::ROLE_ASSIGNMENTS_V2,
            "pageSize=100&sortOrders=identifier,ASC",
            &body,
        )
    };
    assert_eq!(ask().status, 500);
    fake.switch(|switches| switches.v2_fails_on_dangling_role = false);
    let all = rows(&ask());
    let listed: usize = fake
        .look(Account::scopes)
        .iter()
        .map(|scope| {
            rows(&get(
                &fake,
                router::ROLE_ASSIGNMENTS,
                &format!("pageSize=100{}", scope.query()),
            ))
            .len()
        })
        .sum();
    assert_eq!(all.len(), listed);
    let by_parent = all
        .iter()
        .find(|row| row["identifier"] == "role_assignment_parentRole0000000001")
        .expect("listed");
    assert_eq!(by_parent["role"]["role"]["name"], "Auditor");
    assert_eq!(by_parent["scope"]["orgName"], "Payments");
    fake.switch(|switches| switches.v2_filter = false);
    assert_eq!(ask().status, 400);
}
