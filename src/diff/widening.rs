//! Whether a resource group covers more than before.

use crate::model::{Details, IncludedScope, Scope, Selector};

/// What a resource group covers.
struct Cover<'a> {
    all_resources: bool,
    scopes: &'a [IncludedScope],
    selectors: &'a [Selector],
}

/// What is wider in a newer version of a resource group, for people; empty when nothing is.
pub(super) fn widened(before: &Details, after: &Details) -> Vec<String> {
    let (Some(before), Some(after)) = (Cover::of(before), Cover::of(after)) else {
        return Vec::new();
    };
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
    for new in after.scopes {
        if before.scopes.iter().any(|old| includes(old, new)) {
            continue;
        }
        let name = new
            .scope
            .as_deref()
            .unwrap_or("the scope it is assigned at");
        let with = if new.child_scopes {
            " and everything below"
        } else {
            ""
        };
        wider.push(format!("reaches into {name}{with} now"));
    }
    if !after.all_resources && !before.all_resources {
        for selector in after.selectors {
            if !is_within(selector, before.selectors) {
                wider.push(format!("covers more of {} now", selector.resource_type));
            }
        }
    }
    wider.dedup();
    wider
}

/// Whether an included scope reaches all that another one does.
fn includes(old: &IncludedScope, new: &IncludedScope) -> bool {
    if old.scope == new.scope {
        return old.child_scopes || !new.child_scopes;
    }
    let parsed = |included: &IncludedScope| included.scope.as_deref().and_then(Scope::parse);
    match (parsed(old), parsed(new)) {
        // Whatever is assigned lies below the account.
        (Some(Scope::Account), _) => old.child_scopes,
        (Some(old_scope), Some(new)) => old.child_scopes && old_scope.contains(&new),
        (None, _) | (_, None) => false,
    }
}

/// Whether some selectors together cover all that another one does.
fn is_within(selector: &Selector, old: &[Selector]) -> bool {
    let mut named: Vec<&String> = Vec::new();
    for old in old
        .iter()
        .filter(|old| old.resource_type == selector.resource_type)
    {
        match &old.attribute {
            None if old.identifiers.is_empty() => return true,
            None => named.extend(&old.identifiers),
            Some(name) => {
                let asked = &selector.attribute_values;
                let within = selector.attribute.as_ref() == Some(name)
                    && asked
                        .iter()
                        .all(|value| old.attribute_values.contains(value));
                if within {
                    return true;
                }
            }
        }
    }
    let identifiers = &selector.identifiers;
    !identifiers.is_empty() && identifiers.iter().all(|mine| named.contains(&mine))
}

impl<'a> Cover<'a> {
    fn of(details: &'a Details) -> Option<Self> {
        match details {
            Details::ResourceGroup {
                all_resources,
                included_scopes,
                selectors,
                ..
            } => Some(Self {
                all_resources: *all_resources,
                scopes: included_scopes,
                selectors,
            }),
            _ => None,
        }
    }

    fn covers_nothing(&self) -> bool {
        self.scopes.is_empty() || !self.all_resources && self.selectors.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::widened;
    use crate::model::{Details, ResourceType};

    fn wider(before: Value, after: Value) -> Vec<String> {
        let read = |json: Value| {
            Details::from_json(&ResourceType::ResourceGroup, &json.to_string())
                .expect("a resource group")
        };
        widened(&read(before), &read(after))
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
