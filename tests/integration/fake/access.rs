//! Permissions: what is refused, what is silently thinned, and what the access check says about it.

use super::{check, get, permitted, post, rows, texts};
use fake_harness::{
    ACCOUNT_ID, Account, Caller, FakeHarness, ResourceFilter, ResourceSelector, Scope, router,
};
use serde_json::{Value, json};

const SENTINEL: &str = "zz_probe_k3f9q2";

fn one_project() -> FakeHarness {
    let mut account = Account::empty(ACCOUNT_ID);
    account.add_organization("o1", "One");
    account.add_project("o1", "p1", "First");
    FakeHarness::new(account)
}

/// A list without its view: a silent subset, then a refusal; and without any row, the page of a filter.
#[track_caller]
fn thinned_refused_and_empty(
    fake: &FakeHarness,
    permission: &'static str,
    path: &str,
    (pointer, one): (&str, &'static str),
) {
    fake.allow_all();
    fake.only_named(permission, &Scope::account(), &[one]);
    assert_eq!(
        texts(&rows(&get(fake, path, "")), pointer),
        [one],
        "{path}: a silent subset"
    );
    fake.allow_all();
    fake.deny(permission, &Scope::account());
    let refused = get(fake, path, "");
    assert_eq!(
        (refused.status, &refused.value()["failedPermissionChecks"]),
        (403, &json!([])),
        "{path}"
    );
    // Attic holds nothing of the kind.
    fake.deny(permission, &Scope::org("attic"));
    let nothing = get(fake, path, "orgIdentifier=attic&pageSize=100").value();
    if path != router::SERVICE_ACCOUNTS {
        assert_eq!(
            (&nothing["data"]["totalPages"], &nothing["data"]["pageSize"]),
            (&json!(1), &json!(0)),
            "{path}"
        );
    }
}

/// Lists show o1 and p1; null-id ORG @A; sentinel ORG @A; null-id PROJECT @o1; sentinel PROJECT @o1; sentinel PROJECT
/// account-wide; USER gate @A, @o1, @p1, @sentinels.
fn verdicts(fake: &FakeHarness) -> [bool; 11] {
    let (top, o1, p1) = (
        Scope::account(),
        Scope::org("o1"),
        Scope::project("o1", "p1"),
    );
    let nowhere = Scope::project(SENTINEL, SENTINEL);
    let (see_org, see_project) = ("core_organization_view", "core_project_view");
    let checks = [
        check("ORGANIZATION", None, see_org, &top),
        check("ORGANIZATION", Some(SENTINEL), see_org, &top),
        check("PROJECT", None, see_project, &o1),
        check("PROJECT", Some(SENTINEL), see_project, &o1),
        check("PROJECT", Some(SENTINEL), see_project, &top),
        check("USER", None, "core_user_view", &top),
        check("USER", None, "core_user_view", &o1),
        check("USER", None, "core_user_view", &p1),
        check("USER", None, "core_user_view", &nowhere),
    ];
    let organizations = texts(
        &rows(&get(fake, router::ORGANIZATIONS, "")),
        "/organization/identifier",
    );
    let projects = texts(
        &rows(&get(fake, router::PROJECTS, "")),
        "/project/identifier",
    );
    let lists = [
        organizations.contains(&"o1".into()),
        projects.contains(&"p1".into()),
    ];
    [&lists[..], &permitted(fake, &checks)[..]]
        .concat()
        .try_into()
        .expect("eleven verdicts")
}

#[test]
fn sentinel_and_gate_answers_follow_the_grant_of_the_caller() {
    const T: bool = true;
    const F: bool = false;
    let fake = one_project();
    let (top, o1) = (Scope::account(), Scope::org("o1"));
    let two_users = ResourceFilter {
        all: false,
        resources: vec![ResourceSelector {
            resource_type: "USER".into(),
            identifiers: Some(vec!["u1".into(), "u2".into()]),
            ..ResourceSelector::default()
        }],
    };
    let table = [
        (
            Caller::viewer("_all_account_level_resources", &top),
            [F, F, T, F, F, F, F, T, F, F, F],
        ),
        (
            Caller::viewer("_all_resources_including_child_scopes", &top),
            [T, T, T, T, T, T, T, T, T, T, T],
        ),
        (
            Caller::viewer("_all_organization_level_resources", &o1),
            [T, F, F, F, T, F, F, F, T, F, F],
        ),
        (
            Caller::viewer("_all_resources_including_child_scopes", &o1),
            [T, T, F, F, T, T, F, F, T, T, F],
        ),
        (
            Caller::viewer_of(two_users, &top),
            [F, F, F, F, F, F, F, F, F, F, F],
        ),
    ];
    for (caller, expected) in table {
        let name = format!("{:?}", caller.grants);
        fake.caller(caller);
        assert_eq!(verdicts(&fake), expected, "{name}");
    }
}

#[test]
fn a_caller_of_the_account_holds_what_its_assignments_give() {
    let fake = FakeHarness::demo();
    let gate = [check(
        "USER",
        None,
        "core_user_view",
        &Scope::project("payments", "shop"),
    )];
    for (caller, expected) in [
        (Caller::service_account("snapshotter"), true),
        // Account level only.
        (Caller::service_account("terraform"), false),
        // Through the group platform_admins.
        (Caller::user("uADA000000000000000000"), true),
        (Caller::user("uEVAN00000000000000000"), false),
    ] {
        let name = caller.identifier.clone();
        fake.caller(caller);
        assert_eq!(permitted(&fake, &gate), [expected], "{name}");
    }
}

#[test]
fn a_permission_denied_at_one_scope_closes_that_scope_and_the_sentinels() {
    let fake = FakeHarness::demo();
    let shop = Scope::project("payments", "shop");
    fake.deny("core_role_view", &shop);
    let gate = |scope: &Scope| check("ROLE", None, "core_role_view", scope);
    let nowhere = Scope::project(SENTINEL, SENTINEL);
    assert_eq!(
        permitted(
            &fake,
            &[gate(&Scope::account()), gate(&shop), gate(&nowhere)]
        ),
        [true, false, false]
    );
    let refused = get(&fake, router::ROLES, &shop.query());
    assert_eq!(refused.status, 403);
    let value = refused.value();
    assert_eq!(
        value["failedPermissionChecks"][0]["permission"],
        "core_role_view"
    );
    assert_eq!(value["responseMessages"], Value::Null);
    assert_eq!(get(&fake, router::ROLES, "").status, 200);
    fake.allow_all();
    assert_eq!(get(&fake, router::ROLES, &shop.query()).status, 200);
}

#[test]
fn lists_without_the_view_are_refused_thinned_or_empty_each_in_its_way() {
    let fake = FakeHarness::demo();
    let top = Scope::account();
    fake.deny("core_user_view", &top);
    assert_eq!(post(&fake, router::USERS, "", &json!({})).status, 403);

    for (permission, path, pointer, one) in [
        (
            "core_usergroup_view",
            router::USER_GROUPS,
            "/identifier",
            "developers",
        ),
        (
            "core_serviceaccount_view",
            router::SERVICE_ACCOUNTS,
            "/identifier",
            "ci_bot",
        ),
        (
            "core_serviceaccount_view",
            router::SERVICE_ACCOUNTS_AGGREGATE,
            "/serviceAccount/identifier",
            "ci_bot",
        ),
        (
            "core_resourcegroup_view",
            router::RESOURCE_GROUPS,
            "/resourceGroup/identifier",
            "prod_resources",
        ),
    ] {
        thinned_refused_and_empty(&fake, permission, path, (pointer, one));
    }
    let body = json!({"accountIdentifier": ACCOUNT_ID, "orgIdentifier": "attic"});
    let refused = post(&fake, router::RESOURCE_GROUPS_FILTER, "", &body);
    assert_eq!(
        (
            refused.status,
            refused.value().get("failedPermissionChecks")
        ),
        (403, None)
    );
}

#[test]
fn role_assignments_of_a_type_that_may_not_be_seen_vanish_from_rows_and_totals() {
    let fake = FakeHarness::demo();
    let top = Scope::account();
    let types = |fake: &FakeHarness| {
        let answer = get(fake, router::ROLE_ASSIGNMENTS, "pageSize=100");
        let found = texts(&rows(&answer), "/roleAssignment/principal/type");
        assert_eq!(answer.value()["data"]["totalItems"], json!(found.len()));
        found
    };
    let all = types(&fake);
    assert!(all.contains(&"ROBOT_FLEET".into()));
    assert!(!all.contains(&"SERVICE".into()), "never listed");
    fake.deny("core_serviceaccount_view", &top);
    let fewer = types(&fake);
    assert!(fewer.len() < all.len() && fewer.contains(&"USER".into()));
    assert!(!fewer.contains(&"SERVICE_ACCOUNT".into()));
    // A grant on named users does not count.
    fake.only_named("core_user_view", &top, &["uADA000000000000000000"]);
    assert!(types(&fake).iter().all(|kind| kind == "USER_GROUP"));
    fake.deny("core_usergroup_view", &top);
    let refused = get(&fake, router::ROLE_ASSIGNMENTS, "");
    assert_eq!(
        (refused.status, &refused.value()["code"]),
        (400, &json!("USER_NOT_AUTHORIZED"))
    );
}

#[test]
fn counts_beside_roles_give_away_assignments_that_are_hidden() {
    let fake = FakeHarness::demo();
    fake.deny("core_serviceaccount_view", &Scope::account());
    let roles = rows(&get(&fake, router::ROLES, "pageSize=100"));
    let admin = roles
        .iter()
        .find(|row| row["role"]["identifier"] == "_account_admin")
        .expect("listed");
    assert_eq!(admin["roleAssignedToServiceAccountCount"], 1);
}

#[test]
fn organizations_and_projects_are_never_refused() {
    let fake = FakeHarness::demo();
    fake.deny("core_organization_view", &Scope::org("default"));
    let seen = texts(
        &rows(&get(&fake, router::ORGANIZATIONS, "")),
        "/organization/identifier",
    );
    assert_eq!(seen, ["attic", "payments"]);
    fake.deny("core_project_view", &Scope::account());
    let page = get(&fake, router::PROJECTS, "pageSize=100").value()["data"].clone();
    assert_eq!(
        (&page["totalPages"], &page["totalItems"], &page["pageSize"]),
        (&json!(1), &json!(0), &json!(0))
    );
}

#[test]
fn without_access_control_everything_is_permitted_to_nobody() {
    let fake = FakeHarness::demo();
    fake.deny("core_user_view", &Scope::account());
    fake.switch(|switches| switches.access_control = false);
    let checks = [check("USER", None, "core_user_view", &Scope::account())];
    let answer = post(
        &fake,
        router::ACCESS_CHECK,
        "",
        &json!({"permissions": checks}),
    )
    .value();
    assert_eq!(answer["data"]["principal"], Value::Null);
    assert_eq!(answer["data"]["accessControlList"][0]["permitted"], true);
}

#[test]
fn a_server_that_looks_at_scopes_refuses_the_sentinels_as_a_whole() {
    let fake = FakeHarness::demo();
    fake.switch(|switches| switches.reject_sentinels = true);
    let gate = |scope: &Scope| check("USER", None, "core_user_view", scope);
    assert_eq!(
        permitted(
            &fake,
            &[gate(&Scope::account()), gate(&Scope::org("payments"))]
        ),
        [true, true]
    );
    let checks = [
        gate(&Scope::account()),
        gate(&Scope::project(SENTINEL, SENTINEL)),
    ];
    assert_eq!(
        post(
            &fake,
            router::ACCESS_CHECK,
            "",
            &json!({"permissions": checks})
        )
        .status,
        400
    );
}

#[test]
fn permissions_that_are_not_enforced_are_always_granted() {
    let fake = FakeHarness::demo();
    fake.caller(Caller::with_grants(Vec::new()));
    let table = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/permissions.tsv"
    ));
    let experimental = table
        .lines()
        .find(|line| line.contains("\tEXPERIMENTAL\t"))
        .expect("there are some");
    let cells: Vec<&str> = experimental.split('\t').collect();
    let top = Scope::account();
    let checks = [
        check(cells[4], None, cells[0], &top),
        check("USER", None, "core_user_view", &top),
    ];
    assert_eq!(permitted(&fake, &checks), [true, false]);
}

#[test]
fn tokens_take_manage_permissions() {
    let fake = FakeHarness::demo();
    let ask = |kind: &str| {
        get(
            &fake,
            router::TOKENS,
            &format!("apiKeyType={kind}&pageSize=100"),
        )
    };
    assert_eq!(
        (ask("SERVICE_ACCOUNT").status, ask("USER").status),
        (403, 403)
    );
    fake.caller(
        Caller::default()
            .and("core_serviceaccount_manageapikey")
            .and("core_user_manage"),
    );
    let tokens = rows(&ask("SERVICE_ACCOUNT"));
    let scopes: Vec<&Value> = tokens
        .iter()
        .map(|row| &row["token"]["orgIdentifier"])
        .collect();
    assert_eq!(
        (tokens.len(), scopes.contains(&&json!("payments"))),
        (3, true),
        "of every scope"
    );
    assert_eq!(rows(&ask("USER")).len(), 1);
    let keys = get(
        &fake,
        router::API_KEYS,
        "apiKeyType=SERVICE_ACCOUNT&parentIdentifier=ci_bot",
    );
    assert_eq!(texts(&rows(&keys), "/identifier"), ["ci_key"]);
}

#[test]
fn authentication_settings_come_in_their_own_envelope_with_secrets() {
    let fake = FakeHarness::demo();
    assert_eq!(get(&fake, router::AUTHENTICATION_SETTINGS, "").status, 403);
    fake.caller(Caller::default().and("core_authsetting_view"));
    let answer = get(&fake, router::AUTHENTICATION_SETTINGS, "").value();
    assert_eq!(
        (
            answer.get("status"),
            &answer["resource"]["authenticationMechanism"]
        ),
        (None, &json!("SAML"))
    );
    assert!(answer.to_string().contains("SECRET-saml-client-secret"));
}
