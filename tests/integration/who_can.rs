//! `who-can` through the program.

#![allow(clippy::unwrap_used)]

use harness_access::model::ListingKind;

use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{TempDir, on_terminal, run};

const ADMIN: &str = "role/harness/_account_admin";
const SHOP: &str = "org/default/project/shop";

fn story() -> Account {
    Account::example()
        .scope("org/default")
        .scope(SHOP)
        .person("ada", "Ada")
        .person("bob", "Bob")
        .disabled_person("dis", "Disabled Dee")
        .person("eve", "=cmd|' /C calc'!A0")
        .service_account("service_account/account/ci", "CI")
        .group_of("user_group/account/ops", "Ops", &["ada", "dis"])
        .group_of("user_group/account/empty", "Nobody yet", &[])
        .role(
            "role/org/default/project/shop/keeper",
            "Keeper",
            &["core_secret_access"],
        )
        .resource_group(
            "resource_group/org/default/project/shop/some",
            "Some",
            &["SECRET/prod", "CONNECTOR?category=CLOUD_PROVIDER"],
        )
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign("user_group/account/empty", ADMIN, "account", EVERYTHING)
        .assign("service_account/account/ci", ADMIN, "account", ACCOUNT_ONLY)
        .assign(
            "user/eve",
            "role/org/default/project/shop/keeper",
            SHOP,
            "resource_group/org/default/project/shop/some",
        )
        .assign("user/bob", "role/account/gone", "account", EVERYTHING)
        .clone()
}

fn principals(answer: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    answer["principals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|holder| (text(&holder["id"]), text(&holder["verdict"])))
        .collect()
}

#[test]
fn people_are_found_through_groups_and_marked_when_disabled() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(
        &db,
        &[
            "who-can",
            "core_secret_access",
            "--in",
            SHOP,
            "--format",
            "json",
        ],
    );
    assert_eq!(ran.status, 0, "{ran:?}");
    let answer = ran.json();
    assert_eq!(answer["format_version"], 1);
    let found = [
        ("user/ada", "yes"),
        ("user/bob", "depends"),
        ("user/dis", "yes"),
        ("user/eve", "yes"),
    ];
    let found = found.map(|(id, verdict)| (id.to_owned(), verdict.to_owned()));
    assert_eq!(principals(&answer), found);
    assert_eq!(answer["principals"][2]["flags"][0], "disabled");
    assert_eq!(answer["empty_groups"][0]["id"], "user_group/account/empty");
    assert_eq!(
        answer["principals"][1]["paths"][0]["depends_on"][0]["code"],
        "role_unresolved"
    );
}

#[test]
fn a_group_of_one_scope_does_not_reach_below() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let at_account = run(
        &db,
        &[
            "who-can",
            "core_secret_access",
            "--in",
            "account",
            "--format",
            "csv",
        ],
    );
    assert!(
        at_account.stdout.contains("service_account/account/ci,"),
        "{at_account:?}"
    );
    assert!(!at_account.stdout.contains("user/eve"), "{at_account:?}");
    let below = run(
        &db,
        &[
            "who-can",
            "core_secret_access",
            "--in",
            SHOP,
            "--format",
            "csv",
        ],
    );
    assert!(
        !below.stdout.contains("service_account/account/ci,"),
        "{below:?}"
    );
}

#[test]
fn one_resource_of_a_type_is_told_from_another() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    for (resource, found) in [
        ("SECRET/prod", true),
        ("secret", true),
        ("SECRET/dev", false),
    ] {
        let ran = run(
            &db,
            &[
                "who-can",
                "core_secret_access",
                "--in",
                SHOP,
                "--resource",
                resource,
                "--format",
                "csv",
            ],
        );
        assert_eq!(
            ran.stdout.contains("user/eve"),
            found,
            "{resource}: {ran:?}"
        );
    }
    let wrong = run(
        &db,
        &["who-can", "core_secret_access", "--resource", "PIPELINE"],
    );
    assert_eq!(wrong.status, 3);
    assert!(
        wrong
            .stderr
            .contains("about resources of type SECRET, not PIPELINE"),
        "{wrong:?}"
    );
}

#[test]
fn cells_of_a_spreadsheet_are_no_formulas() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["who-can", "core_secret_access", "--format", "csv"]);
    assert!(ran.stdout.contains(",'=cmd|' /C calc'!A0,"), "{ran:?}");
    for row in ran.stdout.lines() {
        assert!(
            !row.split(',')
                .any(|cell| cell.starts_with(['=', '+', '-', '@'])),
            "{row}"
        );
    }
}

#[test]
fn roles_are_found_by_any_of_their_names() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    for name in ["_account_admin", "account admin", ADMIN] {
        let ran = run(&db, &["who-can", name, "--format", "json"]);
        let ids: Vec<String> = principals(&ran.json())
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(
            ids,
            ["user/ada", "user/dis", "service_account/account/ci"],
            "{ran:?}"
        );
    }
}

#[test]
fn what_nothing_is_named_gets_suggestions() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["who-can", "core_secret_acces"]);
    assert_eq!(ran.status, 3);
    assert!(
        ran.stderr
            .contains("no permission and no role is named `core_secret_acces`"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("core_secret_access"), "{ran:?}");
    let ran = run(
        &db,
        &["who-can", "core_secret_access", "--in", "org/defualt"],
    );
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("org/default"), "{ran:?}");
}

#[test]
fn nobody_is_an_answer_only_when_everything_was_seen() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(
        &db,
        &[
            "who-can",
            "core_pipeline_execute",
            "--in",
            SHOP,
            "--resource",
            "PIPELINE/x",
        ],
    );
    assert_eq!(ran.status, 0, "an unresolved role depends: {ran:?}");
    let account = || Account::example().person("ada", "Ada").clone();
    let folder = TempDir::new();
    let db = folder.file("a.db");
    account().publish(&db, 1);
    let ran = run(&db, &["who-can", "core_pipeline_execute"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "nobody\n"));
    let ran = run(&db, &["who-can", "core_pipeline_execute", "--exit-code"]);
    assert_eq!(ran.status, 1);
    let folder = TempDir::new();
    let db = folder.file("a.db");
    account()
        .gap(ListingKind::RoleAssignments, "account")
        .publish(&db, 1);
    let ran = run(&db, &["who-can", "core_pipeline_execute", "--exit-code"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.starts_with("could not tell"), "{ran:?}");
    assert!(
        ran.stderr.contains("not seen: role assignments of account"),
        "{ran:?}"
    );
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = account();
    account.asked = "account";
    account.publish(&db, 1);
    let ran = run(&db, &["who-can", "core_pipeline_execute", "--in", "org/x"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    let ran = run(
        &db,
        &["who-can", "core_pipeline_execute", "--in", "account"],
    );
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn an_earlier_snapshot_answers_as_it_did() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example()
        .person("ada", "Ada")
        .assign("user/ada", ADMIN, "account", EVERYTHING)
        .publish(&db, 1);
    Account::example()
        .person("bob", "Bob")
        .assign("user/bob", ADMIN, "account", EVERYTHING)
        .publish(&db, 2);
    for (at, who) in [("1", "user/ada"), ("2", "user/bob"), ("latest", "user/bob")] {
        let ran = run(&db, &["who-can", ADMIN, "--at", at, "--format", "json"]);
        assert_eq!(
            principals(&ran.json()),
            [(who.to_owned(), "yes".to_owned())]
        );
    }
}

#[test]
fn service_accounts_of_one_identifier_share_their_grants() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example()
        .scope("org/default")
        .service_account("service_account/account/ci", "CI")
        .service_account("service_account/org/default/ci", "Other CI")
        .assign(
            "service_account/org/default/ci",
            ADMIN,
            "account",
            EVERYTHING,
        )
        .publish(&db, 1);
    let answer = run(&db, &["who-can", ADMIN, "--format", "json"]).json();
    let yes = |id: &str, verdict: &str| (id.to_owned(), verdict.to_owned());
    assert_eq!(
        principals(&answer),
        [
            yes("service_account/account/ci", "depends"),
            yes("service_account/org/default/ci", "yes")
        ]
    );
}

#[test]
fn what_rests_on_a_list_that_was_not_complete_is_no_plain_yes() {
    let story = || {
        Account::example()
            .person("ada", "Ada")
            .role("role/account/keeper", "Keeper", &["core_secret_access"])
            .resource_group("resource_group/account/some", "Some", &["SECRET"])
            .assign(
                "user/ada",
                "role/account/keeper",
                "account",
                "resource_group/account/some",
            )
            .clone()
    };
    for (gap, verdict) in [
        (None, "yes"),
        (Some(ListingKind::Users), "yes"),
        (Some(ListingKind::Roles), "depends"),
        (Some(ListingKind::ResourceGroups), "depends"),
        (Some(ListingKind::RoleAssignments), "depends"),
    ] {
        let folder = TempDir::new();
        let db = folder.file("a.db");
        let mut account = story();
        if let Some(kind) = gap {
            account.gap(kind, "account");
        }
        account.publish(&db, 1);
        for question in [
            &["who-can", "core_secret_access", "--format", "json"][..],
            &["why", "ada", "core_secret_access", "--format", "json"],
            &["what-can", "ada", "--format", "json"],
            &["what-can", "ada", "--permissions", "--format", "json"],
        ] {
            let answer = run(&db, question).json();
            let path = match question[0] {
                "who-can" => &answer["principals"][0]["paths"][0],
                "why" => &answer["paths"][0],
                _ => &answer["access"][0],
            };
            assert_eq!(path["verdict"], verdict, "{gap:?} {question:?}: {answer:#}");
            let doubts = path["depends_on"].as_array().unwrap();
            assert_eq!(doubts.is_empty(), verdict == "yes");
            assert!(doubts.iter().all(|doubt| doubt["code"] == "unverified"));
        }
    }
}

#[test]
fn long_names_are_cut_in_tables_only_and_long_lists_on_terminals() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let long = "long ".repeat(50);
    let secrets: Vec<String> = (0..50).map(|n| format!("SECRET/secret_{n}")).collect();
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    Account::example()
        .person("ada", "Ada")
        .group_of("user_group/account/ops", &long, &["ada"])
        .service_account("service_account/account/ci", &long)
        .role("role/account/keeper", &long, &["core_secret_access"])
        .resource_group("resource_group/account/some", &long, &secrets)
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
    for question in [
        &["who-can", "core_secret_access"][..],
        &["what-can", "ada"],
        &["what-can", "service_account/account/ci", "--permissions"],
    ] {
        let table = run(&db, question).stdout;
        assert!(table.contains('…') && !table.contains(&long), "{table}");
        assert!(table.contains("secret_49"), "{table}");
        let shown = on_terminal(100, &db, question).stdout;
        let is_short = shown.lines().all(|line| line.chars().count() <= 100);
        assert!(is_short && !shown.contains("secret_49"), "{shown}");
        let csv = run(&db, &[question, &["--format", "csv"]].concat()).stdout;
        assert!(csv.contains(&long) && csv.contains("secret_49"), "{csv}");
    }
}
