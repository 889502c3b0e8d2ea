//! Deviations of rows: odd types, missing parts, twins, rows of another scope.

use serde_json::{Value, json};

use super::{Table, answers, not_found, rewrites};
use crate::router;
use crate::{FakeHarness, Fault, FaultKind, Rewrite, Scope};

pub(super) const ALL: Table = &[
    ("a user on two pages", |fake| {
        twin(fake, router::USERS, |_| {});
    }),
    ("two users of one key", |fake| {
        twin(fake, router::USERS, |row| {
            row["name"] = json!("Somebody Else");
        });
    }),
    ("two roles of one key", |fake| {
        twin(fake, router::ROLES, |row| {
            row["role"]["permissions"] = json!(["core_user_view"]);
        });
    }),
    ("times are fractions", |fake| {
        everywhere(fake, |name, value| {
            if name == "createdAt" || name == "lastModifiedAt" {
                *value = json!(value.as_f64());
            }
        });
    }),
    ("times are text", |fake| {
        everywhere(fake, |name, value| {
            if name == "createdAt" {
                *value = json!("2026-01-01");
            }
        });
    }),
    ("counts are text", |fake| {
        everywhere(fake, |name, value| {
            if name == "tokensCount" {
                *value = json!("several");
            }
        });
    }),
    ("booleans are null", |fake| {
        everywhere(fake, |name, value| {
            // Whether an assignment counts and what a group covers is no decoration.
            let decides = ["disabled", "includeAllResources", "permitted", "empty"];
            if value.is_boolean() && !decides.contains(&name) {
                *value = Value::Null;
            }
        });
    }),
    ("names are numbers", |fake| {
        everywhere(fake, |name, value| {
            if name == "name" || name == "description" {
                *value = json!(17);
            }
        });
    }),
    ("tags are a list", |fake| {
        everywhere(fake, |name, value| {
            if name == "tags" {
                *value = json!(["a:b"]);
            }
        });
    }),
    ("a role is null", |fake| {
        first(fake, router::ROLES, |row| *row = Value::Null);
    }),
    ("a user is a text", |fake| {
        first(fake, router::USERS, |row| *row = json!("ada"));
    }),
    ("a user has no uuid", |fake| {
        first(fake, router::USERS, |row| row["uuid"] = Value::Null);
    }),
    ("a group has no identifier", |fake| {
        first(fake, router::USER_GROUPS, |row| {
            row["identifier"] = json!("");
        });
    }),
    ("an assignment has no resource group", |fake| {
        let empty =
            |row: &mut Value| row["roleAssignment"]["resourceGroupIdentifier"] = Value::Null;
        first(fake, router::ROLE_ASSIGNMENTS, empty);
    }),
    ("an assignment has no principal", |fake| {
        let empty = |row: &mut Value| row["roleAssignment"]["principal"] = Value::Null;
        first(fake, router::ROLE_ASSIGNMENTS, empty);
    }),
    ("groups have null for members", |fake| {
        rewrites(
            fake,
            "user-groups",
            Rewrite::row(|row| row["users"] = Value::Null),
        );
    }),
    (
        "groups do not say who is in them, nor who is no more",
        |fake| {
            rewrites(fake, router::USER_GROUPS, without_members());
            answers(fake, "member/", not_found());
        },
    ),
    ("groups never say who is in them", |fake| {
        rewrites(fake, router::USER_GROUPS, without_members());
        answers(fake, "users", not_found());
    }),
    ("lists of members count hidden rows", |fake| {
        rewrites(fake, router::USER_GROUPS, without_members());
        rewrites(fake, "users", Rewrite::total(|total| json!(total + 2)));
    }),
    ("members of groups are objects", |fake| {
        let dress = |row: &mut Value| {
            let users = row["users"].as_array().cloned().unwrap_or_default();
            row["users"] = users
                .into_iter()
                .map(|uuid| json!({"uuid": uuid}))
                .collect();
        };
        rewrites(fake, router::USER_GROUPS, Rewrite::row(dress));
    }),
    ("members of groups are a number", |fake| {
        let count = |row: &mut Value| row["users"] = json!(row["users"].as_array().map(Vec::len));
        rewrites(fake, router::USER_GROUPS, Rewrite::row(count));
    }),
    ("a member is null", |fake| {
        let spoil = |row: &mut Value| {
            if let Some(users) = row["users"].as_array_mut() {
                users.push(Value::Null);
            }
        };
        rewrites(fake, router::USER_GROUPS, Rewrite::row(spoil));
    }),
    (
        "groups of a parent say no members in child lists",
        parents_without_members,
    ),
    ("emails are null", |fake| {
        everywhere(fake, |name, value| {
            if name == "email" {
                *value = Value::Null;
            }
        });
    }),
    ("names are empty", |fake| {
        everywhere(fake, |name, value| {
            if name == "name" {
                *value = json!("");
            }
        });
    }),
    ("descriptions are lists of lists", |fake| {
        everywhere(fake, |name, value| {
            if name == "description" {
                *value = json!([[["deep"]], {"deep": [{}]}]);
            }
        });
    }),
    ("rows are nested deeply", |fake| {
        let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
        let nest = move |body: Vec<u8>| {
            let text = String::from_utf8_lossy(&body);
            text.replace("\"name\":", &format!("\"nest\":{deep},\"name\":"))
                .into_bytes()
        };
        rewrites(fake, router::USERS, Rewrite::bytes(nest));
    }),
    ("names come twice in a row", |fake| {
        let double = |body: Vec<u8>| {
            let text = String::from_utf8_lossy(&body);
            text.replace("\"name\":", "\"name\":\"once\",\"name\":")
                .into_bytes()
        };
        rewrites(fake, "api", Rewrite::bytes(double));
    }),
    ("enums in lower case", |fake| {
        everywhere(fake, |name, value| {
            let is_enum =
                ["type", "scopeLevel", "filter", "resourceType", "status"].contains(&name);
            if let (true, Some(text)) = (is_enum, value.as_str()) {
                *value = json!(text.to_ascii_lowercase());
            }
        });
    }),
    ("enums in mixed case", |fake| {
        everywhere(fake, |name, value| {
            if let ("type" | "scopeLevel" | "filter", Some(text)) = (name, value.as_str()) {
                let (first, rest) = text.split_at(1);
                *value = json!(format!("{}{}", first.to_uppercase(), rest.to_lowercase()));
            }
        });
    }),
    ("an assignment of a principal at an unknown level", |fake| {
        let rise = |row: &mut Value| {
            if row.pointer("/roleAssignment/principal").is_some() {
                row["roleAssignment"]["principal"]["scopeLevel"] = json!("galaxy");
            }
        };
        rewrites(fake, "api/roleassignments", Rewrite::row(rise));
    }),
    ("an assignment of a principal without a type", |fake| {
        first(fake, router::ROLE_ASSIGNMENTS, |row| {
            row["roleAssignment"]["principal"]["type"] = json!("");
        });
    }),
    ("assignments are disabled in texts", |fake| {
        everywhere(fake, |name, value| {
            if name == "disabled" && value.is_boolean() {
                *value = json!(value.to_string());
            }
        });
    }),
    ("an assignment is disabled perhaps", |fake| {
        first(fake, router::ROLE_ASSIGNMENTS, |row| {
            row["roleAssignment"]["disabled"] = json!("perhaps");
        });
    }),
    ("a role does not say its permissions", |fake| {
        first(fake, router::ROLES, |row| {
            row["role"]["permissions"] = Value::Null;
        });
    }),
    ("permissions of a role are an object", |fake| {
        first(fake, router::ROLES, |row| {
            row["role"]["permissions"] = json!({});
        });
    }),
    ("a resource group does not say what it covers", |fake| {
        first(fake, router::RESOURCE_GROUPS, |row| {
            row["resourceGroup"]["resourceFilter"] = Value::Null;
        });
    }),
    ("a resource group covers scopes in an unknown way", |fake| {
        first(fake, router::RESOURCE_GROUPS, |row| {
            row["resourceGroup"]["includedScopes"] = json!([{"filter": "SOME_CHILD_SCOPES"}]);
        });
    }),
    ("an identifier is a number", |fake| {
        first(fake, router::ROLES, |row| {
            row["role"]["identifier"] = json!(17);
        });
    }),
    ("an identifier has a slash", |fake| {
        first(fake, router::USER_GROUPS, |row| {
            row["identifier"] = json!("a/b");
        });
    }),
    ("a row is a list", |fake| {
        first(fake, router::SERVICE_ACCOUNTS_AGGREGATE, |row| {
            *row = json!([row.take()]);
        });
    }),
    ("empty groups have no members", |fake| {
        let drop = |row: &mut Value| {
            if row["users"].as_array().is_some_and(Vec::is_empty) {
                row.as_object_mut().map(|row| row.remove("users"));
            }
        };
        rewrites(fake, "user-groups", Rewrite::row(drop));
    }),
    ("rows of the parent in child lists", |fake| {
        fake.switch(|switches| switches.parent_rows = true);
    }),
    ("a name has half a character", |fake| {
        let halve = |body: Vec<u8>| {
            let text = String::from_utf8_lossy(&body);
            text.replace("Ada Example", "Ada \\ud83d Example")
                .into_bytes()
        };
        rewrites(fake, "api", Rewrite::bytes(halve));
    }),
    ("fields of 2026", |fake| {
        rewrites(fake, "api", Rewrite::row(add_fields_of_2026));
    }),
];

fn without_members() -> Rewrite {
    Rewrite::row(|row| row["users"] = Value::Null)
}

/// Child lists show the groups of the account too, but not who is in them; no list is of all scopes.
fn parents_without_members(fake: &FakeHarness) {
    fake.switch(|switches| {
        switches.parent_rows = true;
        switches.user_group_filter_type = false;
    });
    let strip = Rewrite::row(|row| {
        if row["orgIdentifier"].is_null() {
            row["users"] = Value::Null;
        }
    });
    for scope in [Scope::org("payments"), Scope::project("payments", "shop")] {
        let stripped = FaultKind::Rewritten(strip.clone());
        fake.fault(Fault::on(router::USER_GROUPS, stripped).at(&scope));
    }
}

/// The last row comes twice, the second time changed.
fn twin(fake: &FakeHarness, route: &str, change: fn(&mut Value)) {
    let double = move |rows: &mut Vec<Value>| {
        if let Some(mut last) = rows.last().cloned() {
            change(&mut last);
            rows.push(last);
        }
    };
    let double = Rewrite::envelope(move |answer| {
        let page = &mut answer["data"];
        if let Some(rows) = page["content"].as_array_mut() {
            double(rows);
            if let Some(total) = page.get_mut("totalItems") {
                *total = one_more(total);
            }
        }
    });
    rewrites(fake, route, double);
}

/// A total and one more, in the form in which another deviation may have written it.
fn one_more(total: &Value) -> Value {
    match total {
        Value::String(text) => json!((text.parse::<i64>().unwrap_or_default() + 1).to_string()),
        Value::Number(number) if number.is_f64() => {
            json!(number.as_f64().unwrap_or_default() + 1.0)
        }
        Value::Number(number) => json!(number.as_i64().unwrap_or_default() + 1),
        other => other.clone(),
    }
}

/// Another value in the first row of each list.
fn first(fake: &FakeHarness, route: &str, change: fn(&mut Value)) {
    let change = move |rows: &mut Vec<Value>| {
        if let Some(row) = rows.first_mut() {
            change(row);
        }
    };
    rewrites(fake, route, Rewrite::rows(change));
}

/// Every field of every row, by name, however deep.
fn everywhere(fake: &FakeHarness, change: fn(&str, &mut Value)) {
    rewrites(fake, "api", Rewrite::row(move |row| visit(row, change)));
}

fn visit(value: &mut Value, change: fn(&str, &mut Value)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                change(name, value);
                visit(value, change);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        _ => {}
    }
}

fn add_fields_of_2026(row: &mut Value) {
    let Some(fields) = row.as_object_mut() else {
        return;
    };
    for value in fields.values_mut().filter(|value| value.is_object()) {
        value["uniqueId"] = json!("AbCdEfGhIjKlMnOpQrStUv");
        value["parentUniqueId"] = json!("VuTsRqPoNmLkJiHgFeDcBa");
    }
    fields.insert(
        "governanceMetadata".into(),
        json!({"deny": false, "details": [{}]}),
    );
    fields.insert("lastMovedAt".into(), json!(1_764_000_000_000_i64));
}
