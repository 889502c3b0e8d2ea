//! Deviations of rows: odd types, missing parts, twins, rows of another scope.

use serde_json::{Value, json};

use super::{Table, rewrites};
use crate::router;
use crate::{FakeHarness, Rewrite};

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
            // Whether an assignment counts is no decoration.
            if value.is_boolean() && name != "disabled" && name != "permitted" && name != "empty" {
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
