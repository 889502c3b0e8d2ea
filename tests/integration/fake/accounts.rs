//! The accounts themselves: the hand-written one, the generated ones, and changes.

use std::collections::HashSet;

use super::{get, post, rows, texts};
use fake_harness::{Account, FakeHarness, GenerateSpec, Principal, Scope, router};
use serde_json::json;

#[test]
fn the_demo_account_holds_the_traps_of_the_data() {
    let account = Account::demo();
    let top = Scope::account();
    let here = || {
        account
            .role_assignments
            .iter()
            .filter(|row| row.scope == top && !row.internal)
    };
    assert!(account.users.iter().any(|user| user.name.is_none()));
    assert!(account.users.iter().any(|user| user.disabled));
    assert!(here().any(|row| row.disabled));
    assert!(here().any(|row| row.managed));
    assert!(here().any(|row| account.role_of(row).is_none()));
    assert!(here().any(|row| account.resource_group_of(row).is_none()));
    let developers = account
        .groups
        .iter()
        .find(|group| group.identifier == "developers")
        .expect("a group");
    let members = developers.users.as_ref().expect("members");
    assert!(
        members
            .iter()
            .any(|member| account.users.iter().all(|user| user.uuid != *member))
    );
    assert!(here().any(|row| row.principal.kind == "ROBOT_FLEET"));
    let twice = here()
        .filter(|row| row.role == "release_manager" && row.principal.identifier == "developers");
    assert_eq!(twice.count(), 2, "one role over two resource groups");
    let groups = get(
        &FakeHarness::new(account),
        router::USER_GROUPS,
        "pageSize=100",
    )
    .value()
    .to_string();
    assert!(groups.contains("SECRET-slack-webhook"));
}

#[test]
fn generated_accounts_depend_on_their_numbers_only() {
    let spec = GenerateSpec {
        organizations: 3,
        projects: 7,
        ..GenerateSpec::default()
    };
    let (one, other) = (Account::generate(&spec), Account::generate(&spec));
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    let next = Account::generate(&GenerateSpec { seed: 2, ..spec });
    assert_ne!(format!("{one:?}"), format!("{next:?}"));
    assert_eq!(
        (one.role_assignments.len(), one.scopes().len()),
        (1_000, 12)
    );
    let keys: HashSet<String> = one
        .role_assignments
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {:?}",
                row.scope, row.role, row.resource_group, row.principal
            )
        })
        .collect();
    assert_eq!(keys.len(), 1_000, "no natural key twice");
    assert!(
        one.role_assignments
            .iter()
            .all(|row| one.role_of(row).is_some() && one.resource_group_of(row).is_some())
    );
}

#[test]
fn changes_show_at_the_next_request() {
    let fake = FakeHarness::demo();
    let top = Scope::account();
    let total = |fake: &FakeHarness| {
        get(fake, router::ROLE_ASSIGNMENTS, "sortOrders=identifier,ASC").value()["data"]["totalItems"].clone()
    };
    let before = total(&fake).as_u64().expect("a number");
    let made = fake.change(|account| {
        account.add_user("uNEW", "new@example.test", "New");
        account.assign(
            Principal::User("uNEW"),
            "_account_viewer",
            "_all_account_level_resources",
            &top,
        )
    });
    assert_eq!(total(&fake), json!(before + 1));
    fake.change(|account| account.remove_assignment(&made));
    assert_eq!(total(&fake), json!(before));
    let users = rows(&post(&fake, router::USERS, "pageSize=100", &json!({})));
    assert!(texts(&users, "/uuid").contains(&"uNEW".into()));
}

#[test]
fn a_hook_sees_each_request_first_and_may_change_the_account() {
    let fake = FakeHarness::demo();
    fake.on_request(|request, account| {
        if request.is_on(router::ROLES) && request.query.get("pageIndex") == Some("1") {
            account.add_role(&Scope::account(), "midway", &[]);
        }
    });
    let total = |page: usize| {
        get(
            &fake,
            router::ROLES,
            &format!("pageSize=10&pageIndex={page}"),
        )
        .value()["data"]["totalItems"]
            .as_u64()
    };
    assert_eq!(total(0).map(|total| total + 1), total(1));
}
