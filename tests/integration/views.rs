//! The views are the contract.

use std::collections::BTreeSet;

use crate::support::{Database, Test};
use fake_harness::{Account, Caller, Scope};

/// Every view and the columns it is documented to have, in order. More may follow at the end.
const VIEWS: [(&str, &str); 28] = [
    (
        "snapshots",
        "id, label, state, started_at, finished_at, account_id, base_url, scopes, caller, tool_version, requests, \
         users, service_accounts, user_groups, roles, resource_groups, grants, disabled_role_assignments, requested, notes, digest",
    ),
    (
        "listings",
        "snapshot_id, kind, scope, endpoint, state, reason, reported_total, rows, pages, requests, retries, \
         started_at, finished_at, accepted",
    ),
    (
        "resources",
        "id, type, scope, identifier, name, attributes, since_snapshot, since, unverified, first_seen",
    ),
    (
        "users",
        "id, uuid, email, name, locked, disabled, externally_managed, two_factor_enabled, since, first_seen, \
         last_login, last_login_unknown_before, last_login_unknown_after",
    ),
    (
        "service_accounts",
        "id, scope, identifier, name, email, description, api_keys, since, first_seen",
    ),
    (
        "user_groups",
        "id, scope, identifier, name, description, members, sso_linked, sso_type, sso_group, externally_managed, \
         harness_managed, since, first_seen",
    ),
    (
        "group_members",
        "group_id, group_name, user_id, email, since, first_seen",
    ),
    (
        "roles",
        "id, scope, identifier, name, description, harness_managed, permissions, since, first_seen",
    ),
    ("role_permissions", "role_id, role_name, permission"),
    (
        "resource_groups",
        "id, scope, identifier, name, description, harness_managed, all_resources, child_scopes, used_by_grants, since, \
         first_seen",
    ),
    (
        "resource_group_selectors",
        "resource_group_id, resource_type, identifier, attribute_filter",
    ),
    (
        "entitlements",
        "id, resource_id, resource_type, slug, name, grantable_to",
    ),
    (
        "grants",
        "entitlement_id, slug, principal_id, principal_type, principal_name, resource_id, resource_name, scope, \
         resource_group_id, role_assignment, harness_managed, created_at, since_snapshot, since, unverified, \
         unresolved, email, first_seen",
    ),
    (
        "unresolved_grants",
        "entitlement_id, slug, principal_id, principal_type, principal_name, resource_id, resource_name, scope, \
         resource_group_id, role_assignment, harness_managed, created_at, since_snapshot, since, unverified, \
         unresolved, email, first_seen",
    ),
    (
        "effective_access",
        "principal_id, principal_type, principal_name, email, role_id, role_name, scope, resource_group_id, \
         resource_group_name, via_group_id, via_group_name, role_assignment, since, first_seen, disabled, locked, via_sso",
    ),
    (
        "changes",
        "snapshot_id, at, change, kind, type, id, name, detail, principal_id, principal_name, email, role_id, scope, \
         resource_group_id, via_group_id, escalates, changed_by, changed_by_certainty, changed_at, \
         changed_by_type, changed_as, changed_told",
    ),
    (
        "tokens",
        "id, scope, identifier, name, kind, owner_id, api_key, valid_from, expires_at, valid, since, first_seen, \
         owner_name, owner_email",
    ),
    (
        "auth_settings",
        "id, mechanism, two_factor_enabled, session_timeout_minutes, public_access_enabled, oauth_enabled, settings, \
         allowed_domains, since, first_seen",
    ),
    (
        "resource_history",
        "id, type, scope, identifier, name, attributes, since_snapshot, since, unverified, until_snapshot, until, \
         first_seen",
    ),
    (
        "grant_history",
        "entitlement_id, slug, principal_id, principal_type, principal_name, resource_id, resource_name, scope, \
         resource_group_id, role_assignment, harness_managed, created_at, since_snapshot, since, unverified, \
         unresolved, until_snapshot, until, email, first_seen",
    ),
    (
        "scopes",
        "path, level, name, parent, snapshots, present, people, service_accounts",
    ),
    (
        "holders",
        "principal_id, principal_type, principal_name, email, roles",
    ),
    (
        "permissions",
        "identifier, name, resource_type, action, status, scope_levels, since, first_seen",
    ),
    (
        "access_in_scope",
        "scope, granted_at, all_resources, principal_id, principal_type, principal_name, email, role_id, role_name, \
         resource_group_id, resource_group_name, via_group_id, via_group_name, role_assignment, since, first_seen, \
         disabled, locked, via_sso",
    ),
    (
        "effective_access_history",
        "principal_id, principal_type, principal_name, email, role_id, role_name, scope, resource_group_id, \
         resource_group_name, via_group_id, via_group_name, role_assignment, since_snapshot, since, until_snapshot, until, \
         first_seen",
    ),
    (
        "audit_events",
        "at, action, actor_id, actor_type, actor_name, impersonation, resource_type, resource_id, resource_name, scope, \
         audit_id",
    ),
    ("audit_windows", "begins, ends, state, reason, attempts"),
    (
        "unseen_events",
        "snapshot_id, at, action, actor_id, actor_type, actor_name, impersonation, resource_type, resource_id, \
         resource_name, scope, audit_id",
    ),
];

/// Views that fill only when a sync asks for what no test account serves here.
const EMPTY: [&str; 3] = ["audit_events", "audit_windows", "unseen_events"];

#[test]
fn every_view_has_the_documented_columns_and_answers() {
    let test = Test::synced();
    test.fake
        .change(|account| account.rename_user("uDANA00000000000000000", "Dana Example-Lee"));
    test.fake.caller(
        Caller::default()
            .and("core_serviceaccount_manageapikey")
            .and("core_authsetting_view"),
    );
    test.sync()
        .args(&["--with", "tokens", "--with", "auth-settings"])
        .exits(0);
    let database = Database::open(&test.database());
    for (view, documented) in VIEWS {
        let documented: Vec<&str> = documented.split(", ").collect();
        let columns = database.columns(view);
        assert!(
            columns.len() >= documented.len(),
            "{view} lacks columns: {columns:?}"
        );
        assert_eq!(columns[..documented.len()], documented, "{view}");
        let is_empty = database.rows(&format!("SELECT * FROM {view}")).is_empty();
        assert_eq!(is_empty, EMPTY.contains(&view), "{view}");
    }
}

#[test]
fn no_view_is_undocumented() {
    let test = Test::synced();
    let views = test.ask("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name");
    let documented: BTreeSet<&str> = VIEWS.iter().map(|(view, _)| *view).collect();
    assert_eq!(
        views.lines().collect::<Vec<_>>(),
        documented.into_iter().collect::<Vec<_>>()
    );
}

#[test]
fn counts_equal_the_fixtures() {
    let test = Test::synced();
    let account = Account::demo();
    let top = Scope::account();
    let here = |scope: &Option<Scope>, levels: &[String]| match scope {
        Some(scope) => *scope == top,
        None => levels.iter().any(|level| level == "account"),
    };
    let groups = account.groups.iter().filter(|row| row.scope == top);
    let members: usize = groups
        .clone()
        .map(|group| group.users.as_ref().map_or(0, Vec::len))
        .sum();
    let listed = account.role_assignments.iter().filter(|row| {
        row.scope == top && !row.internal && !row.principal.kind.eq_ignore_ascii_case("SERVICE")
    });
    let (disabled, enabled): (Vec<_>, Vec<_>) = listed.partition(|row| row.disabled);
    assert_eq!((disabled.len(), enabled.len()), (1, 20));
    let expected = [
        account.users.len(),
        account
            .service_accounts
            .iter()
            .filter(|row| row.scope == top)
            .count(),
        groups.count(),
        account
            .roles
            .iter()
            .filter(|row| !row.internal && here(&row.scope, &row.levels))
            .count(),
        account
            .resource_groups
            .iter()
            .filter(|row| here(&row.scope, row.levels.as_deref().unwrap_or_default()))
            .count(),
        members + enabled.len(),
        disabled.len(),
    ];
    let expected = expected.map(|count| count.to_string()).join("|");
    assert_eq!(
        test.ask(
            "SELECT users, service_accounts, user_groups, roles, resource_groups, grants, disabled_role_assignments
             FROM snapshots"
        ),
        expected
    );
    assert_eq!(
        test.ask(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM service_accounts),
               (SELECT count(*) FROM user_groups), (SELECT count(*) FROM roles),
               (SELECT count(*) FROM resource_groups), (SELECT count(*) FROM grants), 1"
        ),
        expected
    );
}

#[test]
fn the_snapshot_says_what_it_is() {
    let test = Test::synced();
    let row = test
        .ask("SELECT id, label, state, account_id, base_url, scopes, tool_version FROM snapshots");
    let base_url = test.server.base_url();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        row,
        format!("1||complete|AbCdEfGhIjKlMnOpQrStUv|{base_url}|account|{version}")
    );
}

#[test]
fn every_listing_is_in_the_ledger() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT kind, scope, state, rows FROM listings WHERE state = 'complete' ORDER BY kind"
        ),
        "accounts|account|complete|1
permissions|account|complete|260
resource_groups|account|complete|5
role_assignments|account|complete|21
roles|account|complete|23
service_accounts|account|complete|3
user_groups|account|complete|6
users|account|complete|12"
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM listings WHERE rows <> reported_total OR requests < pages OR retries <> 0"),
        "0"
    );
}

#[test]
fn times_are_utc_with_milliseconds() {
    let test = Test::synced();
    for (view, column) in [
        ("snapshots", "started_at"),
        ("snapshots", "finished_at"),
        ("listings", "started_at"),
        ("resources", "since"),
        ("users", "since"),
        ("grants", "since"),
        ("effective_access", "since"),
    ] {
        let odd = format!(
            "SELECT {column} FROM {view} WHERE {column} NOT GLOB '20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z'"
        );
        assert_eq!(test.ask(&odd), "", "{view}.{column}");
    }
    assert_eq!(
        test.ask("SELECT DISTINCT created_at FROM grants WHERE slug = 'assigned'"),
        "2023-11-14T22:13:20.000Z"
    );
}

#[test]
fn ids_are_the_public_text_ids() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT id FROM resources WHERE id IN ('account/AbCdEfGhIjKlMnOpQrStUv', 'user/uADA000000000000000000',
               'service_account/account/ci_bot', 'user_group/account/developers', 'role/account/auditor',
               'role/harness/_account_admin', 'resource_group/account/prod_resources',
               'resource_group/harness/_all_account_level_resources') ORDER BY id"
        ),
        "account/AbCdEfGhIjKlMnOpQrStUv
resource_group/account/prod_resources
resource_group/harness/_all_account_level_resources
role/account/auditor
role/harness/_account_admin
service_account/account/ci_bot
user/uADA000000000000000000
user_group/account/developers"
    );
}

#[test]
fn entitlements_are_membership_of_groups_and_assignment_of_roles() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT * FROM entitlements WHERE resource_id IN ('user_group/account/developers', 'role/account/auditor')
             ORDER BY id"
        ),
        "role/account/auditor:assigned|role/account/auditor|role|assigned|Auditor assigned|user,user_group,service_account
user_group/account/developers:member|user_group/account/developers|user_group|member|Developers member|user"
    );
    assert_eq!(
        test.ask("SELECT count(*) FROM entitlements"),
        test.ask("SELECT count(*) FROM resources WHERE type IN ('role', 'user_group')")
    );
}

#[test]
fn disabled_role_assignments_grant_nothing_and_are_counted() {
    let test = Test::synced();
    let paused = "role_assignment_paused0000000000001";
    assert_eq!(
        test.ask(&format!(
            "SELECT count(*) FROM grants WHERE role_assignment = '{paused}'
             UNION ALL SELECT count(*) FROM grant_history WHERE role_assignment = '{paused}'
             UNION ALL SELECT count(*) FROM effective_access WHERE role_assignment = '{paused}'
             UNION ALL SELECT disabled_role_assignments FROM snapshots"
        )),
        "0\n0\n0\n1"
    );
}

#[test]
fn effective_access_expands_groups_to_their_people() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT principal_id, email, via_group_id, via_group_name FROM effective_access
             WHERE role_id = 'role/harness/_account_admin' ORDER BY principal_id"
        ),
        "service_account/account/terraform|terraform@service.harness.io||
user/uADA000000000000000000|ada@example.test|user_group/account/platform_admins|Platform Admins
user/uGUS000000000000000000|gus@example.test|user_group/account/platform_admins|Platform Admins"
    );
    assert_eq!(
        test.ask(
            "SELECT count(*) FROM effective_access WHERE via_group_id = 'user_group/account/developers'
             AND resource_group_id = 'resource_group/account/prod_resources'"
        ),
        "5"
    );
}

#[test]
fn a_group_without_members_shows_as_itself() {
    let test = Test::synced();
    assert_eq!(
        test.ask(
            "SELECT principal_id, principal_type, role_id, via_group_id FROM effective_access
             WHERE principal_type = 'user_group' ORDER BY principal_id"
        ),
        "user_group/account/deleted_team|user_group|role/account/auditor|
user_group/account/on_call|user_group|role/harness/_pipeline_executor|"
    );
}

#[test]
fn history_shows_ends_and_changes_show_what_happened() {
    let test = Test::synced();
    test.observe_after(|account| {
        account.rename_user("uDANA00000000000000000", "Dana Example-Lee");
        account.remove_assignment("role_assignment_contractor000000001");
    });
    assert_eq!(
        test.ask(
            "SELECT name, since_snapshot, until_snapshot FROM resource_history WHERE id = 'user/uDANA00000000000000000'
             ORDER BY since_snapshot"
        ),
        "Dana Example|1|2\nDana Example-Lee|2|"
    );
    assert_eq!(
        test.ask(
            "SELECT principal_id, principal_name, since_snapshot, until_snapshot FROM grant_history
             WHERE until_snapshot IS NOT NULL"
        ),
        "user/uCLEO00000000000000000|Cleo Contractor|1|2"
    );
    assert_eq!(
        test.ask("SELECT snapshot_id, change, kind, type, id, name FROM changes ORDER BY kind"),
        "2|removed|grant|assigned|role/harness/_account_viewer:assigned|Account Viewer
2|changed|resource|user|user/uDANA00000000000000000|Dana Example-Lee"
    );
}

#[test]
fn the_schema_opens_in_old_shells_and_explains_itself() {
    let test = Test::synced();
    let schema = test.ask("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL");
    let without_comments: String = schema
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    for newer in ["STRICT", "->", "FULL JOIN", "RIGHT JOIN", "unixepoch("] {
        assert!(!without_comments.contains(newer), "{newer} in the schema");
    }
    for (view, _) in VIEWS {
        let sql = test.ask(&format!(
            "SELECT sql FROM sqlite_master WHERE name = '{view}'"
        ));
        assert!(sql.contains("--"), "{view} has no comment");
    }
    assert_eq!(test.ask("PRAGMA integrity_check"), "ok");
    assert_eq!(test.ask("PRAGMA foreign_key_check"), "");
    assert_eq!(test.ask("PRAGMA user_version"), "2");
    assert_eq!(
        test.ask("PRAGMA application_id"),
        0x4872_6e41_u32.to_string()
    );
    assert_eq!(test.ask("PRAGMA journal_mode"), "delete");
}
