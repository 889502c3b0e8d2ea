//! Attributes that comparisons and findings look at, in forms that nobody can read, or not at all.

use serde_json::{Value, json};

use super::{Table, rewrites};
use crate::{FakeHarness, Rewrite, router};

pub(super) const ALL: Table = &[
    ("flags of users are no booleans", |fake| {
        spoil(fake, router::USERS, |row| {
            row["locked"] = json!("n/a");
            row["disabled"] = Value::Null;
            row["twoFactorAuthenticationEnabled"] = json!(7);
            row["externallyManaged"] = json!([true]);
        });
    }),
    ("flags of users are missing", |fake| {
        const FLAGS: [&str; 4] = [
            "locked",
            "disabled",
            "twoFactorAuthenticationEnabled",
            "externallyManaged",
        ];
        spoil(fake, router::USERS, |row| {
            for flag in FLAGS {
                row.as_object_mut().map(|row| row.remove(flag));
            }
        });
    }),
    ("flags of groups are no booleans", |fake| {
        spoil(fake, router::USER_GROUPS, |row| {
            row["ssoLinked"] = json!("maybe");
            row["externallyManaged"] = Value::Null;
            row["harnessManaged"] = json!({});
        });
    }),
    ("groups are linked to something odd", |fake| {
        spoil(fake, router::USER_GROUPS, |row| {
            row["ssoLinked"] = Value::Null;
            row["linkedSsoType"] = json!(["SAML"]);
            row["ssoGroupName"] = json!({"name": "x"});
            row["description"] = json!(1);
        });
    }),
    ("names are objects", |fake| {
        rewrites(fake, "api", Rewrite::row(rename));
    }),
    ("keys of service accounts are countless", |fake| {
        spoil(fake, router::SERVICE_ACCOUNTS_AGGREGATE, |row| {
            row["tokensCount"] = json!("many");
            row["serviceAccount"]["email"] = json!(false);
        });
    }),
    ("keys of service accounts are fewer than none", |fake| {
        spoil(fake, router::SERVICE_ACCOUNTS_AGGREGATE, |row| {
            row["tokensCount"] = json!(-3);
        });
    }),
    ("emails are empty", |fake| {
        spoil(fake, router::USERS, |row| row["email"] = json!(" "));
    }),
    ("uuids have spaces around", |fake| {
        spoil(fake, router::USERS, |row| {
            row["uuid"] = json!(format!(" {} ", row["uuid"].as_str().unwrap_or_default()));
        });
    }),
    ("a resource group selects a type without a name", |fake| {
        spoil(fake, router::RESOURCE_GROUPS, |row| {
            row["resourceGroup"]["resourceFilter"] =
                json!({"includeAllResources": false, "resources": [{"resourceType": ""}]});
        });
    }),
    ("organizations are managed perhaps", |fake| {
        spoil(fake, router::ORGANIZATIONS, |row| {
            row["harnessManaged"] = json!("perhaps");
            row["organization"]["description"] = json!([]);
        });
    }),
    ("roles do not say their levels", |fake| {
        spoil(fake, "api/roles", |row| {
            row["role"]["allowedScopeLevels"] = json!("project");
            row["role"]["description"] = json!(0);
        });
    }),
    ("assignments are managed perhaps", |fake| {
        spoil(fake, "api/roleassignments", |row| {
            row["harnessManaged"] = json!("perhaps");
            row["createdAt"] = json!("a while ago");
            if row.get("roleAssignment").is_some() {
                row["roleAssignment"]["managed"] = json!(-1);
            }
        });
    }),
    ("whether assignments are disabled is null", |fake| {
        spoil(fake, "api/roleassignments", |row| {
            let assignment = match row.get("roleAssignment") {
                Some(_) => &mut row["roleAssignment"],
                None => row,
            };
            assignment["disabled"] = Value::Null;
        });
    }),
    ("resource groups cover neither all nor some", |fake| {
        spoil(fake, router::RESOURCE_GROUPS, |row| {
            row["resourceGroup"]["resourceFilter"] = json!({"includeAllResources": null});
        });
    }),
    ("resource groups do not say how far they reach", |fake| {
        spoil(fake, router::RESOURCE_GROUPS, |row| {
            row["resourceGroup"]["includedScopes"] = json!([{}]);
        });
    }),
    (
        "a resource group filters by an attribute without a name",
        |fake| {
            spoil(fake, router::RESOURCE_GROUPS, |row| {
                row["resourceGroup"]["resourceFilter"] = json!({"includeAllResources": false, "resources": [
                    {"resourceType": "ENVIRONMENT", "attributeFilter": {"attributeValues": ["Production"]}}]});
            });
        },
    ),
    ("tokens are valid perhaps", |fake| {
        spoil(fake, router::TOKENS, |row| {
            row["token"]["valid"] = json!("perhaps");
            row["token"]["validFrom"] = json!("long ago");
        });
    }),
    ("tokens expire some day", |fake| {
        spoil(fake, router::TOKENS, |row| {
            row["expiryAt"] = json!("some day");
        });
    }),
    ("the account is odd", |fake| {
        fake.fault(crate::Fault::on(
            "ng/api/accounts/",
            crate::FaultKind::Rewritten(Rewrite::data(|data| {
                data["authenticationMechanism"] = json!({});
                data["publicAccessEnabled"] = json!("sometimes");
                data["twoFactorAdminEnforced"] = Value::Null;
                data["name"] = json!(["Example"]);
            })),
        ));
    }),
    ("authentication settings are odd", |fake| {
        let settings = Rewrite::envelope(|answer| {
            let settings = &mut answer["resource"];
            settings["authenticationMechanism"] = json!(1);
            settings["twoFactorEnabled"] = json!("partly");
            settings["publicAccessEnabled"] = Value::Null;
            settings["oauthEnabled"] = json!([]);
            settings["whitelistedDomains"] = Value::Null;
            settings["ngAuthSettings"] = json!([{"settingsType": null}]);
            settings["sessionTimeoutInMinutes"] = json!("an hour");
        });
        rewrites(fake, router::AUTHENTICATION_SETTINGS, settings);
    }),
];

fn spoil(fake: &FakeHarness, route: &str, change: fn(&mut Value)) {
    rewrites(fake, route, Rewrite::row(change));
}

/// Another type for each name, wherever the row has it.
fn rename(row: &mut Value) {
    for inner in [
        "",
        "/role",
        "/resourceGroup",
        "/serviceAccount",
        "/organization",
        "/project",
    ] {
        if let Some(fields) = row.pointer_mut(inner).and_then(Value::as_object_mut)
            && let Some(name) = fields.get_mut("name")
        {
            *name = json!({"en": name.take()});
        }
    }
}
