//! As much of JSON Schema as the schemas under `fixtures/schemas` use; a keyword it does not know is a failure.

#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

use serde_json::Value;

/// Fails unless a document is as the schema of that name says.
pub fn assert_valid(name: &str, document: &Value) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("fixtures/schemas/{name}.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    if let Err(wrong) = check(&schema, document, "") {
        panic!("{name}{wrong}\n{document:#}");
    }
}

fn check(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    for (keyword, wanted) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "title" | "properties" => {}
            "type" => {
                let types = wanted
                    .as_array()
                    .cloned()
                    .unwrap_or_else(|| vec![wanted.clone()]);
                if !types.iter().any(|kind| is(kind.as_str().unwrap(), value)) {
                    return Err(format!("{at}: {value} is no {wanted}"));
                }
            }
            "enum" => {
                if !wanted.as_array().unwrap().contains(value) {
                    return Err(format!("{at}: {value} is none of {wanted}"));
                }
            }
            "anyOf" => {
                let mut any = wanted.as_array().unwrap().iter();
                if !any.any(|schema| check(schema, value, at).is_ok()) {
                    return Err(format!("{at}: {value} is as no alternative says"));
                }
            }
            "required" => {
                for name in wanted.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        return Err(format!("{at}: {name} is missing"));
                    }
                }
            }
            "additionalProperties" => {
                for (name, field) in value.as_object().into_iter().flatten() {
                    match schema["properties"].get(name) {
                        Some(schema) => check(schema, field, &format!("{at}/{name}"))?,
                        None => return Err(format!("{at}: {name} is not described")),
                    }
                }
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(wanted, item, &format!("{at}/{number}"))?;
                }
            }
            other => return Err(format!("{at}: unknown keyword {other}")),
        }
    }
    Ok(())
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    }
}
