//! What an event shows of a thing before and after: YAML, as the server writes it, secrets of groups included.

use serde_json::{Value, json};

use crate::account::{Group, ResourceGroup, Role, RoleAssignment};

pub(crate) fn role_assignment(row: &RoleAssignment) -> String {
    document(&json!({"roleAssignment": {
        "identifier": row.identifier, "resourceGroupIdentifier": row.resource_group, "roleIdentifier": row.role,
        "principal": {
            "scopeLevel": row.principal.scope_level, "identifier": row.principal.identifier, "type": row.principal.kind
        },
        "disabled": row.disabled, "managed": row.managed, "internal": row.internal
    }}))
}

pub(crate) fn group(row: &Group) -> String {
    document(&json!({"userGroup": {
        "identifier": row.identifier, "name": row.name, "users": row.users,
        "ssoLinked": row.sso.is_some(), "externallyManaged": row.externally_managed,
        "notificationConfigs": row.notification_configs
    }}))
}

pub(crate) fn role(row: &Role) -> String {
    document(&json!({"role": {
        "identifier": row.identifier, "name": row.name, "permissions": row.permissions
    }}))
}

pub(crate) fn resource_group(row: &ResourceGroup) -> String {
    let resources = row.filter.iter().flat_map(|filter| &filter.resources);
    let resources: Vec<Value> = resources
        .map(|row| json!({"resourceType": row.resource_type, "identifiers": row.identifiers}))
        .collect();
    let all = row.filter.as_ref().is_some_and(|filter| filter.all);
    document(&json!({"resourceGroup": {
        "identifier": row.identifier, "name": row.name, "includeAllResources": all, "resources": resources
    }}))
}

/// Anything else: identifier and name.
pub(crate) fn named(kind: &str, identifier: &str, name: &str) -> String {
    document(&json!({kind: {"identifier": identifier, "name": name}}))
}

fn document(value: &Value) -> String {
    let mut text = String::from("---\n");
    write(&mut text, value, 0);
    text
}

fn write(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                text.extend([indent.as_str(), name, ":"]);
                write_value(text, value, depth);
            }
        }
        Value::Array(items) => {
            for item in items {
                if item.is_object() {
                    let mut block = String::new();
                    write(&mut block, item, depth + 1);
                    text.extend([indent.as_str(), "- ", block.trim_start()]);
                } else {
                    text.extend([indent.as_str(), "-"]);
                    write_value(text, item, depth);
                }
            }
        }
        _ => write_value(text, value, depth),
    }
}

fn write_value(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            write(text, value, depth + 1);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            write(text, value, depth);
        }
        // Plain where YAML reads it as the same text, else quoted, which JSON's quoting is good for.
        Value::String(plain) if is_plain(plain) => text.extend([" ", plain, "\n"]),
        other => text.extend([" ", &other.to_string(), "\n"]),
    }
}

fn is_plain(text: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | ' ');
    text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !matches!(text, "true" | "false" | "null" | "yes" | "no")
        && !text.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_is_written_as_the_server_writes_it() {
        let group = Group {
            identifier: "on_call".into(),
            name: "On: call".into(),
            users: Some(vec!["uADA".into()]),
            notification_configs: vec![
                json!({"type": "SLACK", "slackWebhookUrl": "https://hooks.example.test/x"}),
            ],
            ..Group::default()
        };
        let yaml = "---\nuserGroup:\n  externallyManaged: false\n  identifier: on_call\n  name: \"On: call\"\n  \
                    notificationConfigs:\n  - slackWebhookUrl: \"https://hooks.example.test/x\"\n    type: SLACK\n  \
                    ssoLinked: false\n  users:\n  - uADA\n";
        assert_eq!(super::group(&group), yaml);
    }
}
