//! The numbers of a report are those of the views and of the questions, whatever the account.

use std::path::Path;

use serde_json::Value;

use fake_harness::{Caller, Random};
use harness_access::model::ListingKind;

use super::{ADMIN, between, island, report, rows_of};
use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{Database, TempDir, Test, run};

/// An account of any shape: people in groups, custom roles, projects, assignments that name what is gone.
fn random(seed: u64) -> Account {
    let mut random = Random::new(seed);
    let mut account = Account::example();
    let scopes = ["account", "org/pay", "org/pay/project/api"];
    account.project("pay", "api");
    for person in 0..12 {
        let uuid = format!("u{person}");
        if random.below(5) == 0 {
            account.disabled_person(&uuid, &format!("Person {person}"));
        } else {
            account.person(&uuid, &format!("Person {person}"));
        }
    }
    for group in 0..4 {
        let id = format!("user_group/account/g{group}");
        let members: Vec<String> = (0..12)
            .filter(|_| random.below(3) == 0)
            .map(|person| format!("u{person}"))
            .collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        account.group_of(&id, &format!("Group {group}"), &members);
    }
    account.role("role/account/keeper", "Keeper", &["core_secret_access"]);
    account.service_account("service_account/account/ci", "CI");
    for _ in 0..25 {
        let principal = match random.below(4) {
            0 => format!("user_group/account/g{}", random.below(4)),
            1 => "service_account/account/ci".to_owned(),
            _ => format!("user/u{}", random.below(14)),
        };
        let role = [ADMIN, "role/account/keeper", "role/account/lost"][random.below(3)];
        let over = [EVERYTHING, ACCOUNT_ONLY][random.below(2)];
        account.assign(&principal, role, scopes[random.below(3)], over);
    }
    account
}

/// `certain` and `depends` of an answer of `who-can`.
fn who_can(db: &Path, arguments: &[&str]) -> (u64, u64) {
    let mut all = vec!["who-can", "--format", "json"];
    all.extend(arguments);
    let summary = &run(db, &all).json()["summary"];
    let number = |name: &str| summary[name].as_u64().unwrap();
    (number("yes"), number("depends"))
}

#[test]
fn its_numbers_are_those_of_the_views_and_the_questions() {
    for seed in 0..8 {
        let folder = TempDir::new();
        let db = folder.file("a.db");
        random(seed).publish(&db, 1);
        let page = report(&db, &[]);
        let ask = |sql: &str| Database::open(&db).ask(sql);
        for (list, sql) in [
            ("people<", "SELECT count(*) FROM users"),
            (
                "role grants",
                "SELECT count(*) FROM grants WHERE slug = 'assigned'",
            ),
            (
                "memberships<",
                "SELECT count(*) FROM grants WHERE slug = 'member'",
            ),
            ("roles<", "SELECT count(*) FROM roles"),
        ] {
            let expected = format!("{} {list}", ask(sql));
            assert!(page.contains(&expected), "seed {seed}: {expected}");
        }
        let matrix = run(&db, &["export", "--format", "csv"]).stdout;
        let rows = matrix.trim_end().split("\r\n").count() - 1;
        assert_eq!(rows_of(&island(&page)), rows, "seed {seed}");
        for (key, asked) in [
            ("account-administrators", ADMIN),
            ("secrets", "core_secret_access"),
        ] {
            let (yes, depends) = who_can(&db, &[asked]);
            let number = between(&page, &format!("id=\"power/{key}\">"), ")</h3>");
            let number = number.rsplit('(').next().unwrap();
            assert_eq!(number, (yes + depends).to_string(), "seed {seed}, {key}");
        }
        let findings = run(&db, &["findings", "--format", "json"]).json();
        for rule in findings["rules"].as_array().unwrap() {
            let code = rule["code"].as_str().unwrap();
            let found = rule["findings"].as_array().unwrap().len();
            match page.find(&format!("id=\"finding/{code}\"")) {
                None => assert_eq!(found, 0, "seed {seed}, {code}"),
                Some(at) => {
                    let number = between(&page[at..], " (", ")</h3>")
                        .rsplit('(')
                        .next()
                        .unwrap();
                    assert_eq!(number, found.to_string(), "seed {seed}, {code}");
                }
            }
        }
    }
}

#[test]
fn the_picture_of_power_counts_as_who_can_does_in_a_scope() {
    for seed in 0..8 {
        let folder = TempDir::new();
        let db = folder.file("a.db");
        random(seed).publish(&db, 1);
        let page = report(&db, &[]);
        let picture = between(&page, "Who can do how much, by scope</caption>", "</table>");
        for scope in ["account", "org/pay", "org/pay/project/api"] {
            let row = between(picture, &format!("<th scope=\"row\">{scope}</th>"), "</tr>");
            let secrets = row.split("<td>").nth(2).unwrap();
            let words = between(secrets, "</svg> ", "</span>");
            let people: u64 = words
                .split(" + ")
                .map(|part| part.parse::<u64>().unwrap())
                .sum();
            let answer = run(
                &db,
                &[
                    "who-can",
                    "core_secret_access",
                    "--in",
                    scope,
                    "--format",
                    "json",
                ],
            )
            .json();
            let holders = answer["principals"].as_array().unwrap().iter();
            let listed = holders.filter(|holder| {
                let flags = holder["flags"].as_array().unwrap();
                holder["verdict"] == "yes" && !flags.contains(&Value::from("in no list"))
            });
            assert_eq!(
                people,
                listed.count() as u64,
                "seed {seed}, {scope}: {words}"
            );
        }
    }
}

#[test]
fn a_group_without_members_holds_a_role_for_nobody() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    super::story()
        .group("user_group/account/empty", "Empty")
        .assign(
            "user_group/account/empty",
            "role/account/keeper",
            "account",
            EVERYTHING,
        )
        .publish(&db, 1);
    let page = report(&db, &[]);
    let card = between(&page, "id=\"role/account/keeper\"", "</summary>");
    assert!(card.contains("1 holder,"), "{card}");
}

#[test]
fn whoever_is_in_no_list_is_counted_apart_everywhere() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    super::story()
        .assign("user_group/account/gone", ADMIN, "account", EVERYTHING)
        .publish(&db, 1);
    let page = report(&db, &[]);
    assert!(
        page.contains("2 principals are named by assignments or user groups and are in no list")
    );
    assert!(page.contains("<b>2 people and 2 principals in no list</b> hold"));
    assert!(page.contains("<b>2 people</b> are <a href=\"#power/account-administrators\">account administrators</a>, 1 of them disabled or locked."));
    let row = between(
        &page,
        "<caption>Organizations and projects</caption>",
        "</table>",
    );
    let row = between(row, "<th scope=\"row\">account</th>", "</tr>");
    assert_eq!(
        row.matches("<td class=\"n\">2</td>").count(),
        2,
        "people, in no list: {row}"
    );
}

#[test]
fn the_numbers_that_reconcile_say_of_every_kind_of_list_what_became_of_it() {
    let test = Test::new();
    test.fake.caller(Caller::everything());
    let extras = [
        "tokens",
        "auth-settings",
        "project-users",
        "audit",
        "logins",
    ];
    let with: Vec<&str> = extras.iter().flat_map(|extra| ["--with", *extra]).collect();
    test.sync()
        .args(&[&["--scopes", "all", "-q"][..], &with].concat())
        .exits(0);
    let page = report(&test.database(), &[]);
    let table = between(&page, "<caption>Numbers that reconcile", "</table>");
    let rows: Vec<&str> = table
        .split("</tr>")
        .skip(1)
        .filter(|row| row.contains("<td"))
        .collect();
    assert_eq!(rows.len(), ListingKind::ALL.len(), "{table}");
    for row in rows {
        assert!(!row.trim_end().ends_with("<td></td>"), "{row}");
    }
}
