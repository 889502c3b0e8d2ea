//! Deviations of rows that name another scope than they should.

use serde_json::{Value, json};

use super::{Table, rewrites};
use crate::router;
use crate::{FakeHarness, Rewrite};

pub(super) const ALL: Table = &[
    (
        "a project is of an organization that no list shows",
        |fake| {
            rewrites(
                fake,
                router::PROJECTS,
                of_ledger(|project| project["orgIdentifier"] = json!("nowhere")),
            );
        },
    ),
    ("a project is of an organization in another case", |fake| {
        rewrites(
            fake,
            router::PROJECTS,
            of_ledger(|project| project["orgIdentifier"] = json!("PAYMENTS")),
        );
    }),
    ("a project is of no organization", |fake| {
        rewrites(
            fake,
            router::PROJECTS,
            of_ledger(|project| project["orgIdentifier"] = Value::Null),
        );
    }),
    ("a project has no identifier", |fake| {
        rewrites(
            fake,
            router::PROJECTS,
            of_ledger(|project| project["identifier"] = Value::Null),
        );
    }),
    ("a project has an empty identifier", |fake| {
        rewrites(
            fake,
            router::PROJECTS,
            of_ledger(|project| project["identifier"] = json!("")),
        );
    }),
    ("an organization comes twice, in another case", |fake| {
        let twice = |rows: &mut Vec<Value>| {
            let mut other = rows.last().cloned().unwrap_or_default();
            other["organization"]["identifier"] = json!("PAYMENTS");
            rows.push(other);
        };
        rewrites(fake, router::ORGANIZATIONS, Rewrite::rows(twice));
        rewrites(fake, router::ORGANIZATIONS, one_more());
    }),
    ("an organization has an empty identifier", |fake| {
        let empty = |row: &mut Value| {
            if row["organization"]["identifier"] == "attic" {
                row["organization"]["identifier"] = json!("");
            }
        };
        rewrites(fake, router::ORGANIZATIONS, Rewrite::row(empty));
    }),
    (
        "a role assignment is of a project that nobody asked for",
        |fake| {
            let elsewhere = |row: &mut Value| {
                if row["scope"]["projectIdentifier"] == "ledger" {
                    row["scope"]["projectIdentifier"] = json!("elsewhere");
                }
            };
            rewrites(fake, "api/roleassignments", Rewrite::row(elsewhere));
        },
    ),
    (
        "a role assignment is of a project without organization",
        |fake| {
            let lost = |row: &mut Value| {
                if row["scope"]["projectIdentifier"] == "ledger" {
                    row["scope"]["orgIdentifier"] = Value::Null;
                }
            };
            rewrites(fake, "api/roleassignments", Rewrite::row(lost));
        },
    ),
    ("a group is of a project that nobody asked for", |fake| {
        let elsewhere = |row: &mut Value| {
            if row["projectIdentifier"] == "shop" {
                row["projectIdentifier"] = json!("elsewhere");
            }
        };
        rewrites(fake, router::USER_GROUPS, Rewrite::row(elsewhere));
    }),
    ("a service account is of another account", |fake| {
        let account = "/serviceAccount/accountIdentifier";
        one_of_another(fake, router::SERVICE_ACCOUNTS_AGGREGATE, account);
    }),
    ("a group is of another account", |fake| {
        one_of_another(fake, router::USER_GROUPS, "/accountIdentifier");
    }),
    ("a role is of another account", |fake| {
        one_of_another(fake, router::ROLES, "/scope/accountIdentifier");
    }),
    ("a resource group is of another account", |fake| {
        let account = "/resourceGroup/accountIdentifier";
        one_of_another(fake, router::RESOURCE_GROUPS, account);
    }),
    ("a resource group covers another account", |fake| {
        let account = "/resourceGroup/includedScopes/0/accountIdentifier";
        one_of_another(fake, router::RESOURCE_GROUPS, account);
    }),
    ("a role assignment is of another account", |fake| {
        one_of_another(fake, "api/roleassignments", "/scope/accountIdentifier");
    }),
    ("a token is of another account", |fake| {
        one_of_another(fake, router::TOKENS, "/token/accountIdentifier");
    }),
];

/// The first row of each list that says its account names another.
fn one_of_another(fake: &FakeHarness, route: &str, account: &'static str) {
    let another = move |rows: &mut Vec<Value>| {
        let mut said = rows.iter_mut().filter_map(|row| row.pointer_mut(account));
        if let Some(said) = said.find(|said| said.is_string()) {
            *said = json!("anotherAccount");
        }
    };
    rewrites(fake, route, Rewrite::rows(another));
}

fn of_ledger(change: fn(&mut Value)) -> Rewrite {
    Rewrite::row(move |row| {
        if row["project"]["identifier"] == "ledger" {
            change(&mut row["project"]);
        }
    })
}

fn one_more() -> Rewrite {
    Rewrite::total(|total| json!(total + 1))
}
