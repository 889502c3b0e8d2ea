//! The access check: what may the caller do, item by item, in the order asked.

use serde_json::{Value, json};

use crate::context::Context;
use crate::http::Answer;
use crate::scope::Scope;
use crate::shapes::{self, Result, omit_nulls};

const MOST_CHECKS: usize = 10_000;

pub(crate) fn check(cx: &Context<'_>) -> Result<Answer> {
    let Some(checks) = cx.body.get("permissions").and_then(Value::as_array) else {
        return Err(shapes::unknown_error());
    };
    if checks.len() > MOST_CHECKS {
        return Err(bad_request("too many permission checks"));
    }
    if checks.is_empty() {
        return Ok(cx.ok(json!({"principal": null, "accessControlList": []})));
    }
    let named_other = |principal: &Value| {
        principal["principalIdentifier"] != *cx.caller.identifier
            || principal["principalType"] != cx.caller.kind
    };
    if cx
        .body
        .get("principal")
        .is_some_and(|principal| !principal.is_null() && named_other(principal))
    {
        return Err(bad_request("only the caller's own access can be checked"));
    }
    if checks[0]["resourceScope"].is_null() && checks[0]["resourceIdentifier"].is_null() {
        return Err(shapes::unknown_error());
    }
    let answers = checks
        .iter()
        .map(|check| answer(cx, check))
        .collect::<Result<Vec<_>>>()?;
    let principal = (!cx.access.is_unchecked()).then(
        || json!({"principalIdentifier": cx.caller.identifier, "principalType": cx.caller.kind}),
    );
    Ok(cx.ok(json!({"principal": principal, "accessControlList": answers})))
}

fn answer(cx: &Context<'_>, check: &Value) -> Result<Value> {
    let identifier = check["resourceIdentifier"].as_str();
    if identifier.is_some() && check["resourceAttributes"].is_object() {
        return Err(bad_request(
            "resourceIdentifier and resourceAttributes exclude each other",
        ));
    }
    let scope = &check["resourceScope"];
    let account = scope["accountIdentifier"]
        .as_str()
        .is_none_or(|account| account == cx.account.id);
    let scope = Scope::from_identifiers(
        scope["orgIdentifier"].as_str(),
        scope["projectIdentifier"].as_str(),
    );
    if cx.switches.reject_sentinels && !cx.account.has_scope(&scope) {
        return Err(shapes::not_found(
            400,
            &format!("scope {scope} not found"),
            &cx.correlation,
        ));
    }
    let (permission, kind) = (check["permission"].as_str(), check["resourceType"].as_str());
    let (Some(permission), Some(kind)) = (permission, kind) else {
        return Err(shapes::invalid_argument(
            "permissions: permission and resourceType must not be empty",
        ));
    };
    let is_denied = cx.switches.deny_sentinels && !cx.account.has_scope(&scope);
    let permitted = account && !is_denied && cx.access.allows(permission, kind, identifier, &scope);
    Ok(omit_nulls(json!({
        "permission": permission, "resourceScope": check["resourceScope"], "resourceType": kind,
        "resourceIdentifier": identifier, "permitted": permitted
    })))
}

fn bad_request(reason: &str) -> Answer {
    shapes::general_error(
        400,
        "INVALID_REQUEST",
        &format!("Invalid request: {reason}"),
    )
}
