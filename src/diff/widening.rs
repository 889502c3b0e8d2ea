//! Whether a resource group covers more than before.

use serde_json::{Map, Value};

use crate::model::Scope;

/// What a resource group covers, read from its attributes.
struct Cover {
    all_resources: bool,
    /// Scope path (`None` = wherever the group is assigned) and whether everything below is meant too.
    scopes: Vec<(Option<String>, bool)>,
    selectors: Vec<Selector>,
}

struct Selector {
    resource_type: String,
    /// Empty = every one of the type.
    identifiers: Vec<String>,
    /// A filter by one of some values; empty = none.
    attribute: Option<(String, Vec<String>)>,
}

/// What is wider in a newer version of a resource group, for people; empty when nothing is.
pub(super) fn widened(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let (before, after) = (Cover::read(before), Cover::read(after));
    if after.covers_nothing() {
        return Vec::new();
    }
    if before.covers_nothing() {
        return vec!["covers something now".to_owned()];
    }
    let mut wider = Vec::new();
    if after.all_resources && !before.all_resources {
        wider.push("covers every resource now".to_owned());
    }
    for (scope, below) in &after.scopes {
        if before
            .scopes
            .iter()
            .any(|old| reaches(old, scope.as_deref(), *below))
        {
            continue;
        }
        let name = scope.as_deref().unwrap_or("the scope it is assigned at");
        let with = if *below { " and everything below" } else { "" };
        wider.push(format!("reaches into {name}{with} now"));
    }
    if !after.all_resources && !before.all_resources {
        for selector in &after.selectors {
            if !selector.is_within(&before.selectors) {
                wider.push(format!("covers more of {} now", selector.resource_type));
            }
        }
    }
    wider.dedup();
    wider
}

/// Whether an included scope reaches all that another one does.
fn reaches(old: &(Option<String>, bool), scope: Option<&str>, below: bool) -> bool {
    let (old, old_below) = (old.0.as_deref(), old.1);
    if old == scope {
        return old_below || !below;
    }
    // Whatever is assigned lies below the account.
    if old == Some("account") && old_below {
        return true;
    }
    let (Some(old), Some(scope)) = (old.and_then(Scope::parse), scope.and_then(Scope::parse))
    else {
        return false;
    };
    old_below && old.contains(&scope)
}

impl Selector {
    fn is_within(&self, old: &[Self]) -> bool {
        let mut named = Vec::new();
        for old in old
            .iter()
            .filter(|old| old.resource_type == self.resource_type)
        {
            match &old.attribute {
                None if old.identifiers.is_empty() => return true,
                None => named.extend(&old.identifiers),
                Some((name, values)) => {
                    let within = self.attribute.as_ref().is_some_and(|(mine, asked)| {
                        mine == name && asked.iter().all(|value| values.contains(value))
                    });
                    if within {
                        return true;
                    }
                }
            }
        }
        let identifiers = &self.identifiers;
        !identifiers.is_empty() && identifiers.iter().all(|mine| named.contains(&mine))
    }
}

impl Cover {
    fn read(attributes: &Map<String, Value>) -> Self {
        let list = |name: &str| attributes.get(name).and_then(Value::as_array);
        let flag = |value: &Value, name: &str| value.get(name).and_then(Value::as_bool);
        Self {
            all_resources: attributes.get("all_resources").and_then(Value::as_bool) == Some(true),
            scopes: list("included_scopes")
                .into_iter()
                .flatten()
                .map(|scope| {
                    let below = flag(scope, "child_scopes").unwrap_or_default();
                    (text(scope, "scope"), below)
                })
                .collect(),
            selectors: list("selectors")
                .into_iter()
                .flatten()
                .map(selector)
                .collect(),
        }
    }

    fn covers_nothing(&self) -> bool {
        self.scopes.is_empty() || !self.all_resources && self.selectors.is_empty()
    }
}

fn selector(value: &Value) -> Selector {
    Selector {
        resource_type: text(value, "resource_type").unwrap_or_default(),
        identifiers: texts(value, "identifiers"),
        attribute: text(value, "attribute").map(|name| (name, texts(value, "attribute_values"))),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    Some(value.get(name)?.as_str()?.to_owned())
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    let items = value.get(name).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::widened;
    use serde_json::{Value, json};

    fn wider(before: Value, after: Value) -> Vec<String> {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => widened(&before, &after),
            _ => unreachable!("objects only"),
        }
    }

    fn group(selectors: Value) -> Value {
        json!({"all_resources": false, "included_scopes": [{"child_scopes": false}], "selectors": selectors})
    }

    fn scopes(scopes: Value) -> Value {
        json!({"all_resources": true, "included_scopes": scopes, "selectors": []})
    }

    #[test]
    fn selectors_widen_when_something_new_is_covered() {
        let some = || group(json!([{"resource_type": "PIPELINE", "identifiers": ["a", "b"]}]));
        let every = || group(json!([{"resource_type": "PIPELINE"}]));
        let fewer = || group(json!([{"resource_type": "PIPELINE", "identifiers": ["b"]}]));
        let prod = || {
            group(
                json!([{"resource_type": "ENVIRONMENT", "attribute": "type", "attribute_values": ["Production"]}]),
            )
        };
        let environments = || group(json!([{"resource_type": "ENVIRONMENT"}]));
        assert_eq!(wider(some(), every()), ["covers more of PIPELINE now"]);
        assert_eq!(wider(fewer(), some()), ["covers more of PIPELINE now"]);
        assert_eq!(
            wider(prod(), environments()),
            ["covers more of ENVIRONMENT now"]
        );
        assert_eq!(wider(group(json!([])), every()), ["covers something now"]);
        for (before, after) in [
            (every(), some()),
            (some(), fewer()),
            (environments(), prod()),
            (some(), some()),
            (every(), group(json!([]))),
        ] {
            assert!(wider(before, after).is_empty());
        }
    }

    #[test]
    fn every_resource_is_more_than_any_selector() {
        let all = json!({"all_resources": true, "included_scopes": [{"child_scopes": false}], "selectors": []});
        let some = group(json!([{"resource_type": "PIPELINE"}]));
        assert_eq!(
            wider(some.clone(), all.clone()),
            ["covers every resource now"]
        );
        assert!(wider(all, some).is_empty());
    }

    #[test]
    fn scopes_widen_when_they_reach_further() {
        let account = || scopes(json!([{"scope": "account", "child_scopes": true}]));
        let org = |below: bool| scopes(json!([{"scope": "org/a", "child_scopes": below}]));
        let project = || scopes(json!([{"scope": "org/a/project/b", "child_scopes": false}]));
        assert_eq!(
            wider(org(false), org(true)),
            ["reaches into org/a and everything below now"]
        );
        assert_eq!(
            wider(org(false), project()),
            ["reaches into org/a/project/b now"]
        );
        for (before, after) in [
            (org(true), project()),
            (account(), org(true)),
            (org(true), org(false)),
        ] {
            assert!(wider(before, after).is_empty());
        }
    }
}
