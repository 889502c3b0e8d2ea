//! Deviations of lists that show less than there is, and agree with themselves about it.

use serde_json::{Value, json};

use super::{Table, rewrites};
use crate::router;
use crate::{Fault, FaultKind, Rewrite, Scope};

pub(super) const ALL: Table = &[
    ("role assignments of a project come back empty", |fake| {
        let others = |row: &Value| row["scope"]["projectIdentifier"] != "shop";
        rewrites(fake, "api/roleassignments", keeping(others));
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
            rewrites(fake, "api/roleassignments", keeping(others));
        },
    ),
    ("users come back empty", |fake| {
        rewrites(fake, router::USERS, keeping(|_| false));
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
        rewrites(fake, router::SERVICE_ACCOUNTS_AGGREGATE, keeping(|_| false));
    }),
    ("service accounts of the account alone come", |fake| {
        let top = |row: &Value| row["serviceAccount"]["orgIdentifier"].is_null();
        rewrites(fake, router::SERVICE_ACCOUNTS_AGGREGATE, keeping(top));
    }),
    ("groups come back empty", |fake| {
        rewrites(fake, router::USER_GROUPS, keeping(|_| false));
    }),
    ("groups of projects come back empty", |fake| {
        let above = |row: &Value| {
            row["userGroup"]["projectIdentifier"].is_null() && row["projectIdentifier"].is_null()
        };
        rewrites(fake, router::USER_GROUPS, keeping(above));
    }),
    ("groups come without members", |fake| {
        let nobody = |row: &mut Value| row["users"] = json!([]);
        rewrites(fake, router::USER_GROUPS, Rewrite::row(nobody));
    }),
    ("roles come back empty", |fake| {
        rewrites(fake, router::ROLES, keeping(|_| false));
    }),
    ("roles of a project come back empty", |fake| {
        let kind = FaultKind::Rewritten(keeping(|_| false));
        fake.fault(Fault::on(router::ROLES, kind).at(&Scope::project("payments", "shop")));
    }),
    ("resource groups come back empty", |fake| {
        rewrites(fake, router::RESOURCE_GROUPS, keeping(|_| false));
    }),
    ("projects come back empty", |fake| {
        rewrites(fake, router::PROJECTS, keeping(|_| false));
    }),
    ("projects of an organization come back empty", |fake| {
        let others = |row: &Value| row["project"]["orgIdentifier"] != "payments";
        rewrites(fake, router::PROJECTS, keeping(others));
    }),
    ("organizations come back empty", |fake| {
        rewrites(fake, router::ORGANIZATIONS, keeping(|_| false));
    }),
    ("an organization is missing, but not its projects", |fake| {
        let others = |row: &Value| row["organization"]["identifier"] != "payments";
        rewrites(fake, router::ORGANIZATIONS, keeping(others));
    }),
    ("one of three organizations comes back", |fake| {
        let first = |row: &Value| row["organization"]["identifier"] == "default";
        rewrites(fake, router::ORGANIZATIONS, keeping(first));
    }),
];

/// Pages with some of their rows, which count these alone.
fn keeping(kept: fn(&Value) -> bool) -> Rewrite {
    Rewrite::data(move |data| {
        let Some(rows) = data["content"].as_array_mut() else {
            return;
        };
        let before = rows.len();
        rows.retain(kept);
        let (left, gone) = (rows.len(), before - rows.len());
        let total = data["totalItems"].as_u64().unwrap_or_default();
        let total = total.saturating_sub(gone as u64);
        data["totalItems"] = json!(total);
        data["totalPages"] = json!(total.div_ceil(100));
        data["pageItemCount"] = json!(left);
        data["empty"] = json!(left == 0);
    })
}
