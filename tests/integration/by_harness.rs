//! What Harness does by itself is a change, and nobody's doing.

use crate::support::account::Account;
use crate::support::{TempDir, run};

const VIEWER: &str = "role/harness/_organization_viewer";
const ORG_RESOURCES: &str = "resource_group/harness/_all_organization_level_resources";

#[test]
fn harness_makes_an_account_service_account_a_viewer_of_the_organization() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = Account::default();
    account
        .role(VIEWER, "Organization Viewer", &["a"])
        .everything(ORG_RESOURCES, "All of the organization")
        .service_account("service_account/account/bot", "Bot")
        .service_account("service_account/org/pay/bot", "Bot")
        .project("pay", "shop");
    account.publish(&db, 1);
    account.assign(
        "service_account/account/bot",
        VIEWER,
        "org/pay",
        ORG_RESOURCES,
    );
    account.publish(&db, 2);
    run(&db, &["diff", "--fail-on", "escalation"])
        .exits(0)
        .says("1 by Harness");
    // What somebody gives a service account of the organization itself is another thing.
    account.assign(
        "service_account/org/pay/bot",
        VIEWER,
        "org/pay",
        ORG_RESOURCES,
    );
    account.publish(&db, 3);
    run(&db, &["diff", "--fail-on", "escalation"]).exits(1);
}
