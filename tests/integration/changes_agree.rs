//! The view `changes` says of each snapshot what `diff` says of it and the one before.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Database, TempDir, Test, run};
use fake_harness::{Random, Scope};

const VIEWER: &str = "role/harness/_organization_viewer";
const ORG_RESOURCES: &str = "resource_group/harness/_all_organization_level_resources";

/// What `diff --format json` says, each change as verb, id of the resource or entitlement, holder, scope, and whether it
/// lets somebody do more.
fn of_diff(db: &Path, newer: i64) -> BTreeSet<String> {
    let document = run(
        db,
        &[
            "diff",
            &(newer - 1).to_string(),
            &newer.to_string(),
            "--format",
            "json",
        ],
    )
    .json();
    let changes = document["changes"].as_array().unwrap();
    let told = changes.iter().map(|change| {
        let text = |pointer: &str| change.pointer(pointer).and_then(|value| value.as_str());
        let id = match text("/kind") {
            Some("resource") => text("/id").map(str::to_owned),
            _ => text("/resource/id").map(|id| {
                let slug = if id.starts_with("role/") {
                    "assigned"
                } else {
                    "member"
                };
                format!("{id}:{slug}")
            }),
        };
        format!(
            "{} {} {} {} {}",
            text("/change").unwrap(),
            id.unwrap(),
            text("/principal/id").unwrap_or_default(),
            text("/resource_group/id").unwrap_or_default(),
            i32::from(!change["escalation"].is_null() && change["built_in"].is_null())
        )
    });
    told.collect()
}

fn of_view(db: &Path, snapshot: i64) -> BTreeSet<String> {
    let told = Database::open(db).ask(&format!(
        "SELECT change || ' ' || id || ' ' || CASE kind WHEN 'grant' THEN principal_id ELSE '' END || ' '
           || ifnull(resource_group_id, '') || ' ' || escalates FROM changes WHERE snapshot_id = {snapshot}"
    ));
    told.lines().map(str::to_owned).collect()
}

#[track_caller]
fn agree(db: &Path, snapshots: std::ops::RangeInclusive<i64>) {
    for snapshot in snapshots {
        assert_eq!(
            of_view(db, snapshot),
            of_diff(db, snapshot),
            "snapshot {snapshot}"
        );
    }
}

/// A project `shop` of an organization, with everything that a project may hold.
fn shop(account: &mut Account, org: &str) {
    let scope = format!("org/{org}/project/shop");
    let [group, bot, role, over] = ["user_group", "service_account", "role", "resource_group"]
        .map(|kind| format!("{kind}/{scope}/own"));
    account
        .project(org, "shop")
        .member("user/ada", &format!("project/{org}/shop"))
        .member("user/evan", &format!("project/{org}/shop"))
        .group_of(&group, "Own", &["ada", "evan"])
        .service_account(&bot, "Bot")
        .role(&role, "Own", &["core_secret_access"])
        .resource_group(&over, "Own", &["SECRET"])
        .assign(&group, &role, &scope, &over)
        .assign(&bot, "role/harness/_account_admin", &scope, &over)
        .assign("user/ada", &role, &scope, EVERYTHING);
}

fn without_shop() -> Account {
    let mut account = Account::example();
    account
        .person("ada", "Ada")
        .person("evan", "Evan")
        .project("pay", "other")
        .project("attic", "old");
    account
}

#[test]
fn a_moved_project_is_one_change_in_the_view() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    for (number, org) in [(1, "pay"), (2, "attic")] {
        let mut account = without_shop();
        shop(&mut account, org);
        account.publish(&db, number);
    }
    let told = Database::open(&db).ask(
        "SELECT change, id, scope, escalates, json_extract(detail, '$.before.scope'),
           json_extract(detail, '$.after.scope') FROM changes",
    );
    assert_eq!(
        told,
        "changed|project/attic/shop|org/attic|0|org/pay|org/attic"
    );
    agree(&db, 2..=2);
}

/// What was found at the same time as the move, and half a project that is another one.
#[test]
fn moves_agree_whatever_else_changed() {
    let folder = TempDir::new();
    let mut random = Random::new(14);
    for case in 0..24 {
        let db = folder.file(&format!("{case}.db"));
        let mut account = without_shop();
        shop(&mut account, "pay");
        account.publish(&db, 1);
        let mut account = without_shop();
        shop(&mut account, "attic");
        let inside = |id: &str| id.contains("project/shop") || id.contains("user/");
        account
            .grants
            .retain(|(principal, ..), _| !inside(principal) || random.below(3) > 0);
        account
            .resources
            .retain(|id, _| !id.contains("org/attic/project/shop/") || random.below(4) > 0);
        if random.below(2) > 0 {
            account.role(
                "role/org/attic/project/shop/own",
                "Own",
                &["core_secret_access", "core_role_edit"],
            );
        }
        account.publish(&db, 2);
        agree(&db, 2..=2);
    }
}

#[test]
fn what_harness_does_by_itself_lets_nobody_do_more() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = without_shop();
    account
        .role(VIEWER, "Organization Viewer", &["core_project_view"])
        .everything(ORG_RESOURCES, "All of the organization")
        .service_account("service_account/account/bot", "Bot")
        .service_account("service_account/org/pay/bot", "Bot")
        .group_of("user_group/account/team", "Team", &["ada"]);
    account.publish(&db, 1);
    account
        .role(
            VIEWER,
            "Organization Viewer",
            &["core_project_view", "core_new_view"],
        )
        .assign("user_group/account/team", VIEWER, "org/pay", ORG_RESOURCES)
        .assign(
            "service_account/account/bot",
            VIEWER,
            "org/pay",
            ORG_RESOURCES,
        )
        .assign(
            "service_account/org/pay/bot",
            VIEWER,
            "org/pay",
            ORG_RESOURCES,
        )
        .assign("user/evan", VIEWER, "org/pay", ORG_RESOURCES);
    account.publish(&db, 2);
    agree(&db, 2..=2);
    run(
        &db,
        &["query", "--name", "what-escalates", "--format", "csv"],
    )
    .exits(0)
    .prints("service_account/org/pay/bot")
    .hides("service_account/account/bot")
    .hides("user_group/account/team");
}

#[test]
fn a_move_over_a_deleted_snapshot_is_still_one_change() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    for (number, org) in [(1, "pay"), (2, "pay"), (3, "attic"), (4, "attic")] {
        let mut account = without_shop();
        shop(&mut account, org);
        account.publish(&db, number);
    }
    run(&db, &["snapshots", "label", "1", "first"]).exits(0);
    run(&db, &["prune", "--keep-last", "1"]).exits(0);
    let told = Database::open(&db).ask("SELECT snapshot_id, change, id FROM changes");
    assert_eq!(told, "4|changed|project/attic/shop");
}

#[test]
fn the_next_day_of_the_demo_and_a_move_agree() {
    let test = Test::new();
    test.sync().args(&["--scopes", "all"]).exits(0);
    test.observe_after(|account| account.move_project("payments", "shop", "attic"));
    test.observe_after(|account| account.remove_role(&Scope::account(), "auditor"));
    agree(&test.database(), 2..=3);
}
