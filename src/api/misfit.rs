//! What does not fit, in plain words. The decoder speaks of types of this program, and does not say which member it is
//! about.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Levels of members that are looked into.
const DEEPEST: usize = 4;

/// What the decoder says of a value, without the place; nothing where it fits.
type Says = fn(&Value) -> Option<String>;

/// Reads a value as a `T`.
///
/// # Errors
/// Which member does not fit, and why.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    decode(value).map_err(|said| in_words(value, &said, says::<T>))
}

/// Which member of what bytes hold cannot be read as a `T`, and why.
pub(crate) fn of_bytes<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> String {
    const ENOUGH: usize = 1 << 20;
    let value = (bytes.len() <= ENOUGH).then(|| serde_json::from_slice::<Value>(bytes));
    let said = without_place(error);
    match value {
        Some(Ok(value)) => in_words(&value, &said, says::<T>),
        _ => plain(&said),
    }
}

fn says<T: DeserializeOwned>(value: &Value) -> Option<String> {
    decode::<T>(value).err()
}

/// By way of text, so that each type is decoded from bytes alone: a second decoder for each would be a tenth of the program.
fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_slice(value.to_string().as_bytes()).map_err(|error| without_place(&error))
}

fn in_words(value: &Value, said: &str, says: Says) -> String {
    let told = plain(said);
    let missing = said.strip_prefix("missing field ");
    let path = match missing.map(|name| name.trim_matches('`')) {
        Some(name) => lacking(value, &[], name, said, says).unwrap_or_default(),
        None => culprit(value, said, says),
    };
    if path.is_empty() {
        told
    } else {
        format!("{}: {told}", path.join("."))
    }
}

/// The object that lacks a member: with it the decoder would say something else.
fn lacking(
    value: &Value,
    path: &[String],
    name: &str,
    said: &str,
    says: Says,
) -> Option<Vec<String>> {
    let Some(Value::Object(members)) = value.pointer(&pointer(path)) else {
        return None;
    };
    let mut with = value.clone();
    if let Some(Value::Object(members)) = with.pointer_mut(&pointer(path)) {
        members.entry(name).or_insert(Value::Null);
    }
    if says(&with).as_deref() != Some(said) {
        return Some(path.to_vec());
    }
    let inner = members
        .keys()
        .map(|member| [path, std::slice::from_ref(member)].concat());
    inner
        .filter(|path| path.len() <= DEEPEST)
        .find_map(|path| lacking(value, &path, name, said, says))
}

/// The member without which the decoder says something else, from the outermost to the innermost.
fn culprit(value: &Value, said: &str, says: Says) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    while path.len() < DEEPEST {
        let Some(Value::Object(members)) = value.pointer(&pointer(&path)) else {
            break;
        };
        let blamed = members.keys().find(|name| {
            let mut without = value.clone();
            if let Some(Value::Object(members)) = without.pointer_mut(&pointer(&path)) {
                members.remove(*name);
            }
            says(&without).as_deref() != Some(said)
        });
        match blamed {
            Some(name) => path.push(name.clone()),
            None => break,
        }
    }
    path
}

fn pointer(path: &[String]) -> String {
    let escaped = path
        .iter()
        .map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")));
    escaped.collect()
}

fn without_place(error: &serde_json::Error) -> String {
    let mut said = error.to_string();
    said.truncate(said.rfind(" at line ").unwrap_or(said.len()));
    said
}

/// The decoder's words as those of a reader of JSON.
fn plain(said: &str) -> String {
    let unexpected = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|begin| said.strip_prefix(begin)?.rsplit_once(", expected "));
    if let Some((came, wanted)) = unexpected {
        return format!(
            "{} was expected, and {} came",
            wanted_in_words(wanted),
            came_in_words(came)
        );
    }
    if let Some(name) = said.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some(name) = said.strip_prefix("duplicate field ") {
        return format!("{name} comes twice");
    }
    if let Some((value, _)) = said
        .strip_prefix("unknown variant ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{value} is none of the values that are known");
    }
    if let Some((length, wanted)) = said
        .strip_prefix("invalid length ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format!(
            "{} was expected, and {length} came",
            wanted_in_words(wanted)
        );
    }
    said.to_owned()
}

fn came_in_words(came: &str) -> String {
    let (kind, value) = came.split_once(' ').unwrap_or((came, ""));
    match kind {
        "null" | "unit" | "Option" => "null".to_owned(),
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "integer" => format!("the number {value}"),
        "floating" => format!("the number {}", value.trim_start_matches("point ")),
        "boolean" => value.to_owned(),
        "string" => format!("the text {value}"),
        _ => came.to_owned(),
    }
}

fn wanted_in_words(wanted: &str) -> String {
    match wanted {
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a string" | "a borrowed string" => "a text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "i64" | "u64" | "i32" | "u32" | "f64" | "u16" | "u8" => "a number".to_owned(),
        _ if wanted.starts_with("struct ") => "an object".to_owned(),
        _ => wanted.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only decoded")]
    struct Row {
        identifier: String,
        inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Inner {
        members: Vec<i64>,
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Known,
    }

    #[test]
    fn a_reader_learns_which_member_does_not_fit_and_what_came() {
        let inner = json!({"members": [1], "kind": "Known"});
        for (row, told) in [
            (json!(null), "an object was expected, and null came"),
            (
                json!(17),
                "an object was expected, and the number `17` came",
            ),
            (json!({"identifier": "a"}), "`inner` is missing"),
            (
                json!({"identifier": [], "inner": inner}),
                "identifier: a text was expected, and a list came",
            ),
            (
                json!({"identifier": true, "inner": inner}),
                "identifier: a text was expected, and `true` came",
            ),
            (
                json!({"identifier": "a", "inner": {"members": {}, "kind": "Known"}}),
                "inner.members: a list was expected, and an object came",
            ),
            (
                json!({"identifier": "a", "inner": {"members": ["x"], "kind": "Known"}}),
                "inner.members: a number was expected, and the text \"x\" came",
            ),
            (
                json!({"identifier": "a", "inner": {"members": []}}),
                "inner: `kind` is missing",
            ),
            (
                json!({"identifier": "a", "inner": {"members": [], "kind": "Odd"}}),
                "inner.kind: `Odd` is none of the values that are known",
            ),
        ] {
            assert_eq!(read::<Row>(&row).expect_err(told), told);
        }
    }
}
