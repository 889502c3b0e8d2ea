//! Whether somebody can do more than before.

use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

use super::Change;
use super::details::attributes;
use super::widening::widened;
use crate::model::ResourceFact;

/// Why a change lets somebody do more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Escalation {
    /// A stable word for the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub reason: Cow<'static, str>,
}

/// Looks at one change. `held_before`: somebody held the role or resource group in both snapshots.
pub(super) fn escalation(change: &Change, held_before: bool) -> Option<Escalation> {
    let (code, reason) = match change {
        Change::GrantRemoved(_) | Change::Resource { after: None, .. } => return None,
        Change::GrantAdded(grant) if grant.scope.is_none() => ("membership_added", "joined".into()),
        Change::GrantAdded(_) => ("role_granted", "role granted".into()),
        Change::Resource {
            before: None,
            after: Some(after),
        } => match after.kind.as_str() {
            // Nobody holds a new thing, unless grants were left over from an earlier thing of the same name.
            "role" | "resource_group" if held_before => (
                "revived",
                "grants of a thing of this id were there already".into(),
            ),
            _ => return None,
        },
        Change::Resource {
            before: Some(before),
            after: Some(after),
        } => changed(before, after)?,
    };
    Some(Escalation { code, reason })
}

fn changed(
    before: &ResourceFact,
    after: &ResourceFact,
) -> Option<(&'static str, Cow<'static, str>)> {
    let (old, new) = (attributes(before), attributes(after));
    match after.kind.as_str() {
        "role" => match added_permissions(&old, &new) {
            0 => None,
            1 => Some(("role_widened", "gains 1 permission".into())),
            more => Some(("role_widened", format!("gains {more} permissions").into())),
        },
        "resource_group" => {
            let wider = widened(&old, &new);
            (!wider.is_empty()).then(|| ("resource_group_widened", wider.join(", ").into()))
        }
        "user" if turned(&old, &new, "disabled", false) => {
            Some(("user_enabled", "enabled again".into()))
        }
        "user" if turned(&old, &new, "locked", false) => Some(("user_unlocked", "unlocked".into())),
        "service_account" => {
            let keys = |of: &Map<String, Value>| of.get("api_keys").and_then(Value::as_i64);
            (keys(&new)? > keys(&old)?).then(|| ("api_key_added", "gains an API key".into()))
        }
        "account" if turned(&old, &new, "public_access_enabled", true) => {
            Some(("public_access", "anonymous access is allowed now".into()))
        }
        _ => None,
    }
}

fn added_permissions(old: &Map<String, Value>, new: &Map<String, Value>) -> usize {
    let empty = Vec::new();
    let list = |of: &Map<String, Value>| {
        of.get("permissions")
            .and_then(Value::as_array)
            .unwrap_or(&empty)
            .clone()
    };
    let old = list(old);
    list(new).iter().filter(|item| !old.contains(item)).count()
}

fn turned(old: &Map<String, Value>, new: &Map<String, Value>, name: &str, to: bool) -> bool {
    let flag = |of: &Map<String, Value>| of.get(name).and_then(Value::as_bool);
    flag(new) == Some(to) && flag(old) != Some(to)
}
