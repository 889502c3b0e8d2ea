//! What differs inside a resource, exactly and in a fixed order. Approvals quote these lines, so they lose nothing.

use serde_json::{Map, Value};

use super::Change;
use crate::model::{ResourceFact, differs};

/// One line for each difference, such as `permissions: + core_role_edit` or `disabled: true -> false`. For a role or
/// resource group that came: what it holds, since that is what approving it means. For anything else that came or went:
/// nothing.
#[must_use]
pub fn details(change: &Change) -> Vec<String> {
    match change {
        Change::ResourceChanged { before, after } => differences(Some(before), after),
        Change::ResourceAdded(after) if after.kind.defines_access() => differences(None, after),
        Change::ResourceAdded(_)
        | Change::ResourceRemoved(_)
        | Change::GrantAdded(_)
        | Change::GrantRemoved(_) => Vec::new(),
    }
}

fn attributes(fact: &ResourceFact) -> Map<String, Value> {
    serde_json::from_str(&fact.attributes).unwrap_or_default()
}

fn differences(before: Option<&ResourceFact>, after: &ResourceFact) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(before) = before
        && before.name != after.name
    {
        let name = |fact: &ResourceFact| fact.name.clone().map_or(Value::Null, Value::String);
        lines.push(format!("name: {} -> {}", name(before), name(after)));
    }
    if let Some(before) = before.filter(|before| before.scope != after.scope) {
        lines.push(format!("scope: {} -> {}", before.scope, after.scope));
    }
    let (old, new) = (
        before.map(attributes).unwrap_or_default(),
        attributes(after),
    );
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (old, new) if before.is_some() && !differs(key, old, new) => {}
            (old @ (Some(Value::Array(_)) | None), Some(Value::Array(new))) => {
                let old = old.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let came = new.iter().filter(|item| !old.contains(item));
                let went = old.iter().filter(|item| !new.contains(item));
                let known = lines.len();
                lines.extend(came.map(|item| format!("{key}: + {}", plain(item))));
                lines.extend(went.map(|item| format!("{key}: - {}", plain(item))));
                // Only the order differs, or an empty list came.
                if lines.len() == known && before.is_some() {
                    let array = |items: &[Value]| Value::Array(items.to_vec()).to_string();
                    lines.push(format!("{key}: {} -> {}", array(old), array(new)));
                }
            }
            (old, new) if before.is_some() => {
                lines.push(format!("{key}: {} -> {}", shown(old), shown(new)));
            }
            (_, new) => lines.push(format!("{key}: {}", shown(new))),
        }
    }
    lines
}

/// Whether a line that says what came, or what something became, says what is now. What went says nothing about access.
#[must_use]
pub(super) fn is_still_so(line: &str, now: &ResourceFact) -> bool {
    let Some((key, said)) = line.split_once(": ") else {
        return false;
    };
    let attributes = attributes(now);
    match (attributes.get(key), said.strip_prefix("+ ")) {
        (Some(Value::Array(items)), Some(came)) => items.iter().any(|item| plain(item) == came),
        (value, None) if !said.starts_with("- ") && key != "name" => {
            let became = said.rsplit_once(" -> ").map_or(said, |(_, became)| became);
            shown(value) == became
        }
        _ => false,
    }
}

/// Identifiers read better without quotes; whatever could be mistaken keeps them.
fn plain(item: &Value) -> String {
    match item {
        Value::String(text)
            if !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$')) =>
        {
            text.clone()
        }
        other => other.to_string(),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "null".to_owned(), Value::to_string)
}
