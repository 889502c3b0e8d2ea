//! Deviations of lists that show less than there is, and agree with themselves about it.

use serde_json::{Value, json};

use super::{Table, rewrites};
use crate::router;
use crate::{FakeHarness, Fault, FaultKind, Rewrite, Scope};

pub(super) const ALL: Table = &[
    ("role assignments of a project come back empty", |fake| {
        let others = |row: &Value| row["scope"]["projectIdentifier"] != "shop";
        rewrites(fake, "api/roleassignments", Rewrite::keeping(others));
    }),
    (
        "role assignments come back without those of users",
        |fake| {
            let others = |row: &Value| {
                let principal = row
                    .get("principal")
                    .unwrap_or(&row["roleAssignment"]["principal"]);
                principal["type"] != "USER"
            };
            rewrites(fake, "api/roleassignments", Rewrite::keeping(others));
        },
    ),
    ("users come back empty", |fake| {
        rewrites(fake, router::USERS, Rewrite::keeping(|_| false));
    }),
    ("users come back empty and look filtered", |fake| {
        let filtered = |data: &mut Value| {
            *data = json!({
                "totalPages": 1, "totalItems": 0, "pageItemCount": 0, "pageSize": 0, "content": [],
                "pageIndex": 0, "empty": true, "pageToken": null
            });
        };
        rewrites(fake, router::USERS, Rewrite::data(filtered));
    }),
    ("service accounts come back empty", |fake| {
        rewrites(
            fake,
            router::SERVICE_ACCOUNTS_AGGREGATE,
            Rewrite::keeping(|_| false),
        );
    }),
    ("service accounts of the account alone come", |fake| {
        let top = |row: &Value| row["serviceAccount"]["orgIdentifier"].is_null();
        rewrites(
            fake,
            router::SERVICE_ACCOUNTS_AGGREGATE,
            Rewrite::keeping(top),
        );
    }),
    ("groups come back empty", |fake| {
        rewrites(fake, router::USER_GROUPS, Rewrite::keeping(|_| false));
    }),
    ("groups of projects come back empty", |fake| {
        let above = |row: &Value| {
            row["userGroup"]["projectIdentifier"].is_null() && row["projectIdentifier"].is_null()
        };
        rewrites(fake, router::USER_GROUPS, Rewrite::keeping(above));
    }),
    ("groups come without members", |fake| {
        let nobody = |row: &mut Value| row["users"] = json!([]);
        rewrites(fake, router::USER_GROUPS, Rewrite::row(nobody));
    }),
    ("roles come back empty", |fake| {
        rewrites(fake, router::ROLES, Rewrite::keeping(|_| false));
    }),
    ("roles of a project come back empty", |fake| {
        let kind = FaultKind::Rewritten(Rewrite::keeping(|_| false));
        fake.fault(Fault::on(router::ROLES, kind).at(&Scope::project("payments", "shop")));
    }),
    ("resource groups come back empty", |fake| {
        rewrites(fake, router::RESOURCE_GROUPS, Rewrite::keeping(|_| false));
    }),
    ("projects come back empty", |fake| {
        rewrites(fake, router::PROJECTS, Rewrite::keeping(|_| false));
    }),
    ("projects of an organization come back empty", |fake| {
        let others = |row: &Value| row["project"]["orgIdentifier"] != "payments";
        rewrites(fake, router::PROJECTS, Rewrite::keeping(others));
    }),
    ("organizations come back empty", |fake| {
        rewrites(fake, router::ORGANIZATIONS, Rewrite::keeping(|_| false));
    }),
    ("an organization is missing, but not its projects", |fake| {
        let others = |row: &Value| row["organization"]["identifier"] != "payments";
        rewrites(fake, router::ORGANIZATIONS, Rewrite::keeping(others));
    }),
    ("one of three organizations comes back", |fake| {
        let first = |row: &Value| row["organization"]["identifier"] == "default";
        rewrites(fake, router::ORGANIZATIONS, Rewrite::keeping(first));
    }),
    ("custom roles are missing", |fake| {
        rewrites(fake, router::ROLES, Rewrite::keeping(is_managed));
    }),
    ("custom roles of a project are missing", |fake| {
        at_shop(fake, router::ROLES, Rewrite::keeping(is_managed));
    }),
    ("one custom role is missing", |fake| {
        let others = |row: &Value| row["role"]["identifier"] != "secret_keeper";
        rewrites(fake, router::ROLES, Rewrite::keeping(others));
    }),
    ("Harness's own roles are missing", |fake| {
        rewrites(
            fake,
            router::ROLES,
            Rewrite::keeping(|row| !is_managed(row)),
        );
    }),
    ("Harness's own roles of projects are missing", |fake| {
        let others = |row: &Value| row["role"]["allowedScopeLevels"] != json!(["project"]);
        rewrites(
            fake,
            router::ROLES,
            Rewrite::keeping(move |row| !is_managed(row) || others(row)),
        );
    }),
    ("custom resource groups are missing", |fake| {
        rewrites(fake, router::RESOURCE_GROUPS, Rewrite::keeping(is_managed));
    }),
    ("one custom resource group is missing", |fake| {
        let others = |row: &Value| row["resourceGroup"]["identifier"] != "payments_tree";
        rewrites(fake, router::RESOURCE_GROUPS, Rewrite::keeping(others));
    }),
    (
        "a resource group named as Harness's own is missing",
        |fake| {
            let others = |row: &Value| row["resourceGroup"]["name"] != "Ours, not Harness's";
            rewrites(fake, router::RESOURCE_GROUPS, Rewrite::keeping(others));
        },
    ),
    ("Harness's own resource groups are missing", |fake| {
        let custom = |row: &Value| !is_managed(row);
        rewrites(fake, router::RESOURCE_GROUPS, Rewrite::keeping(custom));
    }),
    ("custom groups are missing", |fake| {
        rewrites(fake, router::USER_GROUPS, Rewrite::keeping(is_managed));
    }),
    ("one user is missing", |fake| {
        let others = |row: &Value| row["uuid"] != "uHAL000000000000000000";
        rewrites(fake, router::USERS, Rewrite::keeping(others));
    }),
    ("half of the users are missing", |fake| {
        let some = |row: &Value| row["uuid"].as_str() < Some("uG");
        rewrites(fake, router::USERS, Rewrite::keeping(some));
    }),
    ("one service account is missing", |fake| {
        let others = |row: &Value| row["serviceAccount"]["identifier"] != "terraform";
        rewrites(
            fake,
            router::SERVICE_ACCOUNTS_AGGREGATE,
            Rewrite::keeping(others),
        );
    }),
    ("one role assignment is missing", |fake| {
        let others = |row: &Value| !names(row, "terraform_is_admin");
        rewrites(fake, "api/roleassignments", Rewrite::keeping(others));
    }),
    (
        "role assignments that Harness did not make are missing",
        |fake| {
            rewrites(fake, "api/roleassignments", Rewrite::keeping(is_managed));
        },
    ),
    (
        "one role assignment is disabled in the list alone",
        |fake| {
            let disable = |row: &mut Value| {
                if names(row, "terraform_is_admin") {
                    let is_aggregate = row["roleAssignment"].is_null();
                    let inner = if is_aggregate {
                        row
                    } else {
                        &mut row["roleAssignment"]
                    };
                    inner["disabled"] = json!(true);
                }
            };
            rewrites(fake, "api/roleassignments", Rewrite::row(disable));
        },
    ),
    (
        "role assignments do not say the level of their groups",
        |fake| {
            let nowhere = |row: &mut Value| inner(row)["principal"]["scopeLevel"] = Value::Null;
            rewrites(fake, "api/roleassignments", Rewrite::row(nowhere));
        },
    ),
    (
        "a role assignment names another person in the list",
        |fake| {
            let another = |row: &mut Value| {
                if names(row, "role_assignment_danaSecrets000000001") {
                    inner(row)["principal"]["identifier"] = json!("uGUS000000000000000000");
                }
            };
            rewrites(fake, "api/roleassignments", Rewrite::row(another));
        },
    ),
    ("one project is missing", |fake| {
        let others = |row: &Value| row["project"]["identifier"] != "ledger";
        rewrites(fake, router::PROJECTS, Rewrite::keeping(others));
    }),
    ("an organization is missing with its projects", |fake| {
        rewrites(
            fake,
            router::ORGANIZATIONS,
            Rewrite::keeping(|row| row["organization"]["identifier"] != "payments"),
        );
        rewrites(
            fake,
            router::PROJECTS,
            Rewrite::keeping(|row| row["project"]["orgIdentifier"] != "payments"),
        );
    }),
    ("an organization without projects is missing", |fake| {
        let others = |row: &Value| row["organization"]["identifier"] != "attic";
        rewrites(fake, router::ORGANIZATIONS, Rewrite::keeping(others));
    }),
    ("groups come without some of their members", |fake| {
        let some = |row: &mut Value| {
            if let Some(users) = row["users"].as_array_mut() {
                users.retain(|user| user.as_str() < Some("uD"));
            }
        };
        rewrites(fake, router::USER_GROUPS, Rewrite::row(some));
    }),
    (
        "groups come without members, and no question finds any",
        |fake| {
            let fewer = |row: &mut Value| {
                if row["identifier"] == "developers" {
                    row["users"] = json!([]);
                }
            };
            rewrites(fake, router::USER_GROUPS, Rewrite::row(fewer));
            rewrites(fake, "member/", Rewrite::data(|data| *data = json!(false)));
        },
    ),
    ("roles come without permissions", |fake| {
        let nothing = Rewrite::field("/role/permissions", json!([]));
        rewrites(fake, router::ROLES, nothing);
    }),
    (
        "custom roles come without some of their permissions",
        |fake| {
            let fewer = |row: &mut Value| {
                let permissions = row["role"]["permissions"].as_array_mut();
                if let Some(permissions) = permissions.filter(|all| all.len() > 1) {
                    permissions.retain(|permission| permission != "core_secret_access");
                }
            };
            rewrites(fake, router::ROLES, Rewrite::row(fewer));
        },
    ),
    ("resource groups come without scopes", |fake| {
        let nothing = Rewrite::field("/resourceGroup/includedScopes", json!([]));
        rewrites(fake, router::RESOURCE_GROUPS, nothing);
    }),
    ("resource groups come without resources", |fake| {
        let filter = json!({"includeAllResources": false, "resources": []});
        let nothing = Rewrite::field("/resourceGroup/resourceFilter", filter);
        rewrites(fake, router::RESOURCE_GROUPS, nothing);
    }),
    ("resource groups come without identifiers", |fake| {
        let every = |row: &mut Value| {
            let selectors = row["resourceGroup"]["resourceFilter"]["resources"].as_array_mut();
            for selector in selectors.into_iter().flatten() {
                selector["identifiers"] = json!([]);
            }
        };
        rewrites(fake, router::RESOURCE_GROUPS, Rewrite::row(every));
    }),
];

fn is_managed(row: &Value) -> bool {
    row["harnessManaged"] == true
}

fn names(row: &Value, assignment: &str) -> bool {
    row["identifier"] == assignment || row["roleAssignment"]["identifier"] == assignment
}

/// A role assignment in a row of either list.
fn inner(row: &mut Value) -> &mut Value {
    let is_aggregate = row["roleAssignment"].is_null();
    if is_aggregate {
        row
    } else {
        &mut row["roleAssignment"]
    }
}

fn at_shop(fake: &FakeHarness, route: &str, rewrite: Rewrite) {
    let fault = Fault::on(route, FaultKind::Rewritten(rewrite));
    fake.fault(fault.at(&Scope::project("payments", "shop")));
}
