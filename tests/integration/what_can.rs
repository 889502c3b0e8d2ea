//! `what-can` through the program.

#![allow(clippy::unwrap_used)]

use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{TempDir, run};

const ADMIN: &str = "role/harness/_account_admin";

fn story() -> Account {
    Account::example()
        .person("u1", "Ada Byron")
        .person("u2", "Ada Yonath")
        .person("u3", "Bob\u{1b}[2J")
        .group_of("user_group/account/ops", "Ops", &["u1"])
        .role(
            "role/account/keeper",
            "Keeper",
            &["core_secret_access", "core_pipeline_execute"],
        )
        .resource_group("resource_group/account/secrets", "Secrets", &["SECRET"])
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign(
            "user/u1",
            "role/account/keeper",
            "account",
            "resource_group/account/secrets",
        )
        .assign("user/u3", "role/account/keeper", "account", ACCOUNT_ONLY)
        .clone()
}

#[test]
fn a_person_is_found_by_uuid_address_id_or_part_of_the_name() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
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
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["what-can", "ada"]);
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("`ada` may be 2 principals"), "{ran:?}");
    assert!(
        ran.stderr.contains("user/u1") && ran.stderr.contains("user/u2"),
        "{ran:?}"
    );
    let ran = run(&db, &["what-can", "nemo"]);
    assert_eq!(ran.status, 3, "{ran:?}");
}

#[test]
fn names_are_found_whatever_their_case_a_whole_one_before_a_part() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = story();
    account.person("u4", "Ren\u{e9}").person("u5", "Ren\u{e9}e");
    account.publish(&db, 1);
    account.remove("user/u1").publish(&db, 2);
    for (name, id) in [
        ("REN\u{c9}", "user/u4"),
        ("EN\u{c9}E", "user/u5"),
        ("u2@EXAMPLE", "user/u2"),
        ("USER_GROUP/account/OP", "user_group/account/ops"),
    ] {
        for at in ["1", "latest"] {
            let ran = run(&db, &["what-can", name, "--at", at, "--format", "json"]);
            assert_eq!(ran.json()["principal"]["id"], id, "{ran:?}");
        }
    }
}

#[test]
fn of_two_that_no_list_shows_the_one_that_still_holds_something_is_meant() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let holding = |id: &str| story().assign(id, ADMIN, "account", EVERYTHING).clone();
    holding("service_account/org/gone/ghost").publish(&db, 1);
    holding("service_account/account/ghost").publish(&db, 2);
    let ran = run(&db, &["what-can", "ghost", "--format", "json"]);
    assert_eq!(
        ran.json()["principal"]["id"],
        "service_account/account/ghost"
    );
    assert_eq!(ran.json()["access"].as_array().unwrap().len(), 1, "{ran:?}");
}

#[test]
fn permissions_are_only_those_that_fit_what_is_covered() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["what-can", "u1", "--permissions", "--format", "csv"]);
    let keeper: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|row| row.contains("Keeper"))
        .collect();
    assert_eq!(keeper.len(), 1, "no pipelines among the secrets: {ran:?}");
    assert!(keeper[0].contains("core_secret_access"), "{ran:?}");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["who-can", "core_secret_access"]);
    assert!(!ran.stdout.contains('\u{1b}'));
    let ran = run(&db, &["what-can", "bob"]);
    assert!(
        !ran.stderr.contains('\u{1b}') && !ran.stdout.contains('\u{1b}'),
        "{ran:?}"
    );
}

#[test]
fn nothing_is_exit_1_only_on_request() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["what-can", "u2"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert_eq!(run(&db, &["what-can", "u2", "--exit-code"]).status, 1);
}

#[test]
fn the_program_agrees_with_itself() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
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
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example()
        .person("ada", "Ada")
        .assign("user/uGONE1", ADMIN, "account", EVERYTHING)
        .assign("user_group/account/lost", ADMIN, "account", EVERYTHING)
        .assign(
            "service_account/account/old_ci",
            ADMIN,
            "account",
            EVERYTHING,
        )
        .publish(&db, 1);
    let shown = run(&db, &["who-can", ADMIN]).stdout;
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
                ran.stderr
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
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example()
        .person("ada", " ")
        .service_account("service_account/account/ci", "")
        .group_of("user_group/account/ops", "\u{a0}", &["ada"])
        .role("role/account/keeper", "", &["core_secret_access"])
        .resource_group("resource_group/account/some", " ", &["SECRET"])
        .assign(
            "user_group/account/ops",
            "role/account/keeper",
            "account",
            "resource_group/account/some",
        )
        .assign(
            "service_account/account/ci",
            "role/account/keeper",
            "account",
            "resource_group/account/some",
        )
        .publish(&db, 1);
    let ran = run(&db, &["who-can", "core_secret_access"]);
    let rows: Vec<Vec<&str>> = ran
        .stdout
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
        ran.stdout.contains(
            "the user group \"ops\" (account), which holds role \"keeper\" at account over \"some\""
        ),
        "{ran:?}"
    );
    let ran = run(&db, &["what-can", "ci"]);
    assert!(ran.stdout.contains("keeper  some  "), "{ran:?}");
    let ran = run(&db, &["history", "ci"]);
    assert!(
        ran.stdout.contains(
            "service_account/account/ci holds role/account/keeper over resource_group/account/some"
        ),
        "{ran:?}"
    );
    let ran = run(&db, &["export", "--format", "csv", "--preset", "vanta"]);
    assert!(ran.stdout.contains(",keeper (account),"), "{ran:?}");
}
