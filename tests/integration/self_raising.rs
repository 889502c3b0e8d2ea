//! Permissions that give more than themselves: acting as others, changing groups, changing how people sign in.

use harness_access::model::SELF_RAISING;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{TempDir, run};

const HELPER: &str = "role/account/helper";

/// Bob may act as others through a group, Cy may keep secrets, Ci is no person.
fn story() -> Account {
    Account::example()
        .person("bob", "Bob")
        .person("cy", "Cy")
        .service_account("service_account/account/ci", "CI")
        .group_of("user_group/account/help", "Help desk", &["bob"])
        .role(HELPER, "Helper", &["core_user_impersonate"])
        .role("role/account/keeper", "Keeper", &["core_secret_access"])
        .role("role/account/runner", "Runner", &["core_pipeline_execute"])
        .assign("user_group/account/help", HELPER, "account", EVERYTHING)
        .assign("user/cy", "role/account/keeper", "account", EVERYTHING)
        .assign(
            "service_account/account/ci",
            "role/account/runner",
            "account",
            EVERYTHING,
        )
        .clone()
}

#[test]
fn who_can_names_who_may_act_as_those_who_can() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let told = run(&db, &["who-can", "core_secret_access"]);
    assert!(
        told.stderr.contains("1 principal may act as any person")
            && told.stderr.contains("bob@example.test through Help desk"),
        "{told:?}"
    );
    assert!(!told.stdout.contains("bob@example.test"), "{told:?}");
    let answer = run(&db, &["who-can", "core_secret_access", "--format", "json"]).json();
    let impersonators = answer["impersonators"].as_array().unwrap();
    assert_eq!(impersonators.len(), 1);
    assert_eq!(impersonators[0]["id"], "user/bob");
    assert_eq!(impersonators[0]["verdict"], "yes");
    assert_eq!(
        impersonators[0]["via_group"]["id"],
        "user_group/account/help"
    );
}

#[test]
fn nobody_acts_as_a_service_account() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    for question in ["core_pipeline_execute", "core_user_impersonate"] {
        let told = run(&db, &["who-can", question]);
        assert!(!told.stderr.contains("may act as"), "{told:?}");
    }
}

#[test]
fn every_permission_that_raises_escalates_and_is_a_finding() {
    for (permission, _) in SELF_RAISING {
        let folder = TempDir::new();
        let db = folder.file("a.db");
        let mut account = story();
        account
            .role(HELPER, "Helper", &["core_secret_view"])
            .publish(&db, 1);
        account.role(HELPER, "Helper", &["core_secret_view", permission]);
        account.publish(&db, 2);
        let gate = run(&db, &["diff", "--fail-on", "escalation"]);
        assert_eq!(gate.status, 1, "{permission}: {gate:?}");
        let findings = run(&db, &["findings"]);
        let found = findings.stdout.contains("HA008") && findings.stdout.contains(permission);
        assert!(found, "{permission}: {findings:?}");
    }
}
