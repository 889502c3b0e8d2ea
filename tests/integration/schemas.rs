//! JSON documents are as the schemas under `fixtures/schemas` say, so that programs can rely on them.

use harness_access::model::ListingKind;

use crate::support::account::{Account, EVERYTHING};
use crate::support::schema::assert_valid;
use crate::support::{TempDir, run};

const ADMIN: &str = "role/harness/_account_admin";

/// One of everything that documents can hold.
fn story() -> Account {
    Account::example()
        .person("ada", "Ada")
        .disabled_person("dis", "Dee")
        .service_account("service_account/account/ci", "CI")
        .group_of("user_group/account/ops", "Ops", &["ada", "dis", "gone"])
        .group_of("user_group/account/void", "Void", &[])
        .role(
            "role/account/keeper",
            "Keeper",
            &["core_secret_access", "core_connector_view"],
        )
        .resource_group(
            "resource_group/account/some",
            "Some",
            &["SECRET/prod", "CONNECTOR?category=CLOUD_PROVIDER"],
        )
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign("user_group/account/void", ADMIN, "account", EVERYTHING)
        .assign(
            "service_account/account/ci",
            "role/account/keeper",
            "account",
            "resource_group/account/some",
        )
        .assign(
            "user/ada",
            "role/account/keeper",
            "account",
            "resource_group/account/gone",
        )
        .assign("user/ada", "role/harness/_hidden", "account", EVERYTHING)
        .gap(ListingKind::Roles, "account")
        .clone()
}

#[test]
fn answers_are_as_their_schemas_say() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let questions: [(&str, &[&str]); 10] = [
        ("who-can", &["who-can", "core_secret_access"]),
        (
            "who-can",
            &[
                "who-can",
                "core_connector_view",
                "--resource",
                "CONNECTOR/x",
                "--in",
                "account",
            ],
        ),
        ("who-can", &["who-can", "keeper"]),
        (
            "who-can",
            &["who-can", "ccm_budget_view", "--in", "account"],
        ),
        ("what-can", &["what-can", "ada"]),
        ("what-can", &["what-can", "ci", "--permissions"]),
        ("what-can", &["what-can", "Void"]),
        ("why", &["why", "ada", "core_secret_access"]),
        ("why", &["why", "ci", ADMIN]),
        ("findings", &["findings"]),
    ];
    for (schema, arguments) in questions {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--format", "json"]);
        assert_valid(schema, &run(&db, &arguments).json());
    }
}

#[test]
fn manifests_are_as_their_schema_says() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    for format in ["csv", "ndjson", "sqlite", "c1z", "datasette-metadata"] {
        let output = db.with_extension(format);
        let ran = run(
            &db,
            &["export", "--format", format, "-o", output.to_str().unwrap()],
        );
        assert_eq!(ran.status, 0, "{ran:?}");
        let manifest =
            std::fs::read_to_string(format!("{}.manifest.json", output.display())).unwrap();
        assert_valid("manifest", &serde_json::from_str(&manifest).unwrap());
    }
}
