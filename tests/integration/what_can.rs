//! `what-can` through the program.

#![allow(clippy::unwrap_used)]

use crate::support::account_builder::{ACCOUNT_ONLY, AccountBuilder, EVERYTHING, run, scratch};

const ADMIN: &str = "role/harness/_account_admin";

fn story() -> AccountBuilder {
    AccountBuilder::new()
        .user("u1", "Ada Byron")
        .user("u2", "Ada Yonath")
        .user("u3", "Bob\u{1b}[2J")
        .group("user_group/account/ops", "Ops", &["u1"])
        .role(
            "role/account/keeper",
            "Keeper",
            &["core_secret_access", "core_pipeline_execute"],
        )
        .resource_group("resource_group/account/secrets", "Secrets", &["SECRET"])
        .grant("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .grant(
            "user/u1",
            "role/account/keeper",
            "account",
            "resource_group/account/secrets",
        )
        .grant("user/u3", "role/account/keeper", "account", ACCOUNT_ONLY)
}

#[test]
fn a_person_is_found_by_uuid_address_id_or_part_of_the_name() {
    let db = scratch("what-names");
    story().publish(&db);
    for name in ["u1", "U1@example.test", "user/u1", "byron"] {
        let ran = run(&db, &["what-can", name, "--format", "json"]);
        assert_eq!(ran.status, 0, "{ran:?}");
        let answer = ran.json();
        assert_eq!(answer["principal"]["id"], "user/u1", "{name}");
        assert_eq!(answer["access"].as_array().unwrap().len(), 2);
        assert_eq!(answer["access"][0]["via_group"], serde_json::Value::Null);
        assert_eq!(
            answer["access"][1]["via_group"]["id"],
            "user_group/account/ops"
        );
    }
}

#[test]
fn an_ambiguous_name_lists_who_it_may_be() {
    let db = scratch("what-ambiguous");
    story().publish(&db);
    let ran = run(&db, &["what-can", "ada"]);
    assert_eq!(ran.status, 3);
    assert!(ran.err.contains("`ada` may be 2 principals"), "{ran:?}");
    assert!(
        ran.err.contains("user/u1") && ran.err.contains("user/u2"),
        "{ran:?}"
    );
    let ran = run(&db, &["what-can", "nemo"]);
    assert_eq!(ran.status, 3, "{ran:?}");
}

#[test]
fn permissions_are_only_those_that_fit_what_is_covered() {
    let db = scratch("what-permissions");
    story().publish(&db);
    let ran = run(&db, &["what-can", "u1", "--permissions", "--format", "csv"]);
    let keeper: Vec<&str> = ran
        .out
        .lines()
        .filter(|row| row.contains("Keeper"))
        .collect();
    assert_eq!(keeper.len(), 1, "no pipelines among the secrets: {ran:?}");
    assert!(keeper[0].contains("core_secret_access"), "{ran:?}");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let db = scratch("what-hostile");
    story().publish(&db);
    let ran = run(&db, &["who-can", "core_secret_access"]);
    assert!(!ran.out.contains('\u{1b}'));
    let ran = run(&db, &["what-can", "bob"]);
    assert!(
        !ran.err.contains('\u{1b}') && !ran.out.contains('\u{1b}'),
        "{ran:?}"
    );
}

#[test]
fn nothing_is_exit_1_only_on_request() {
    let db = scratch("what-nothing");
    story().publish(&db);
    let ran = run(&db, &["what-can", "u2"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""));
    assert_eq!(run(&db, &["what-can", "u2", "--exit-code"]).status, 1);
}

#[test]
fn the_program_agrees_with_itself() {
    let db = scratch("what-agrees");
    story().publish(&db);
    let held = run(
        &db,
        &["what-can", "u1", "--permissions", "--format", "json"],
    )
    .json();
    let mut permissions: Vec<&str> = held["access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["permission"].as_str().unwrap())
        .collect();
    permissions.dedup();
    assert!(permissions.len() >= 4, "{held}");
    for permission in permissions {
        let answer = run(&db, &["who-can", permission, "--format", "json"]).json();
        let holders = answer["principals"].as_array().unwrap();
        assert!(
            holders.iter().any(|holder| holder["id"] == "user/u1"),
            "{permission}"
        );
    }
}

#[test]
fn who_is_in_no_list_is_found_by_what_who_can_prints() {
    let db = scratch("what-unresolved");
    AccountBuilder::new()
        .user("ada", "Ada")
        .grant("user/uGONE1", ADMIN, "account", EVERYTHING)
        .grant("user_group/account/lost", ADMIN, "account", EVERYTHING)
        .grant(
            "service_account/account/old_ci",
            ADMIN,
            "account",
            EVERYTHING,
        )
        .publish(&db);
    let shown = run(&db, &["who-can", ADMIN]).out;
    for (shown_as, id) in [
        ("uGONE1", "user/uGONE1"),
        ("lost", "user_group/account/lost"),
        ("old_ci", "service_account/account/old_ci"),
    ] {
        assert!(
            shown.lines().any(|line| line.starts_with(shown_as)),
            "{shown}"
        );
        for name in [id, shown_as, &id.to_uppercase()] {
            let ran = run(&db, &["what-can", name]);
            assert_eq!(ran.status, 0, "{name}: {ran:?}");
            assert!(
                ran.err
                    .contains(&format!("({id}), in no list: it depends, by 1 role")),
                "{ran:?}"
            );
            let ran = run(&db, &["why", name, ADMIN, "--exit-code"]);
            assert_eq!(ran.status, 0, "{name}: {ran:?}");
        }
    }
}

#[test]
fn a_blank_name_shows_the_identifier() {
    let db = scratch("what-blank");
    AccountBuilder::new()
        .user("ada", " ")
        .service_account("service_account/account/ci", "")
        .group("user_group/account/ops", "\u{a0}", &["ada"])
        .role("role/account/keeper", "", &["core_secret_access"])
        .resource_group("resource_group/account/some", " ", &["SECRET"])
        .grant(
            "user_group/account/ops",
            "role/account/keeper",
            "account",
            "resource_group/account/some",
        )
        .grant(
            "service_account/account/ci",
            "role/account/keeper",
            "account",
            "resource_group/account/some",
        )
        .publish(&db);
    let ran = run(&db, &["who-can", "core_secret_access"]);
    let rows: Vec<Vec<&str>> = ran
        .out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        rows[1][..5],
        ["ada@example.test", "user", "ops", "(account)", "keeper"]
    );
    assert_eq!(
        rows[2][..5],
        ["ci", "service", "account", "direct", "keeper"]
    );
    let ran = run(&db, &["why", "ada", "core_secret_access"]);
    assert!(
        ran.out.contains(
            "the user group \"ops\" (account), which holds role \"keeper\" at account over \"some\""
        ),
        "{ran:?}"
    );
    let ran = run(&db, &["what-can", "ci"]);
    assert!(ran.out.contains("keeper  some  "), "{ran:?}");
    let ran = run(&db, &["history", "ci"]);
    assert!(
        ran.out.contains(
            "service_account/account/ci holds role/account/keeper over resource_group/account/some"
        ),
        "{ran:?}"
    );
    let ran = run(&db, &["export", "--format", "csv", "--preset", "vanta"]);
    assert!(ran.out.contains(",keeper (account),"), "{ran:?}");
}
