//! Deviations of servers whose lists say less or otherwise, and that do not answer about single things.

use serde_json::{Value, json};

use super::{Table, not_found, rewrites};
use crate::router;
use crate::{FakeHarness, Rewrite};

pub(super) const ALL: Table = &[
    (
        "roles give one permission each, and none is found by itself",
        |fake| {
            let one = Rewrite::field("/role/permissions", json!(["core_project_view"]));
            rewrites(fake, router::ROLES, one);
            finds_none(fake, router::ROLES);
        },
    ),
    (
        "resource groups cover one resource each, and none is found by itself",
        |fake| {
            let one = json!({
                "includeAllResources": false,
                "resources": [{"resourceType": "PROJECT", "identifiers": ["shop"]}]
            });
            let one = Rewrite::field("/resourceGroup/resourceFilter", one);
            rewrites(fake, router::RESOURCE_GROUPS, one);
            finds_none(fake, router::RESOURCE_GROUPS);
        },
    ),
    (
        "role assignments give one role, and none is found by itself",
        |fake| {
            let same = |row: &mut Value| {
                let assignment = match row.get_mut("roleAssignment") {
                    Some(inner) => inner,
                    None => row,
                };
                assignment["roleIdentifier"] = json!("_account_viewer");
            };
            rewrites(fake, "api/roleassignments", Rewrite::row(same));
            finds_none(fake, "api/roleassignments");
        },
    ),
    (
        "resource groups come back empty, and none is found by itself",
        |fake| {
            rewrites(fake, router::RESOURCE_GROUPS, Rewrite::keeping(|_| false));
            finds_none(fake, router::RESOURCE_GROUPS);
        },
    ),
    (
        "groups come without members, and nobody is found in any",
        |fake| {
            let empty = Rewrite::field("/users", json!([]));
            rewrites(fake, router::USER_GROUPS, empty);
            rewrites(fake, "member/", Rewrite::data(|data| *data = json!(false)));
            rewrites(fake, "users", Rewrite::keeping(|_| false));
        },
    ),
];

/// Whatever is asked for by its identifier is not found; lists come as ever.
fn finds_none(fake: &FakeHarness, route: &str) {
    let crate::FaultKind::Answer(nothing) = not_found() else {
        return;
    };
    let single = Rewrite::answer(move |answer| {
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if said["data"].is_object() && said["data"]["content"].is_null() {
            *answer = nothing.clone();
        }
    });
    rewrites(fake, route, single);
}
