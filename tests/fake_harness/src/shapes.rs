//! Envelopes of success and the four shapes of Harness's errors.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::http::Answer;
use crate::scope::Scope;

/// A refusal or failure in place of data.
pub(crate) type Result<T> = std::result::Result<T, Answer>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Success<'a, T> {
    status: &'static str,
    data: T,
    meta_data: Option<()>,
    correlation_id: &'a str,
}

pub(crate) fn success<T: Serialize>(data: T, correlation_id: &str) -> Answer {
    let envelope = Success {
        status: "SUCCESS",
        data,
        meta_data: None,
        correlation_id,
    };
    Answer::new(
        200,
        "application/json",
        serde_json::to_vec(&envelope).expect("answers serialize"),
    )
}

/// Shape A: a general error. Some of its texts are fixed templates of the code.
pub(crate) fn general_error(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({
            "status": "ERROR", "code": code, "message": message, "correlationId": null, "detailedMessage": null,
            "responseMessages": [
                {"code": code, "level": "ERROR", "message": message, "exception": null, "failureTypes": []}
            ],
            "metadata": null
        }),
    )
}

/// Every way in which a key can be wrong looks like this.
pub(crate) fn invalid_token() -> Answer {
    general_error(401, "INVALID_TOKEN", "Token is not valid.")
}

pub(crate) fn unknown_error() -> Answer {
    let message = "Oops, something went wrong on our end. Please contact Harness Support.";
    general_error(500, "UNKNOWN_ERROR", message)
}

/// Shape B with the field that failed validation.
pub(crate) fn invalid_field(field: &str, error: &str, correlation_id: &str) -> Answer {
    Answer::json(
        400,
        &json!({
            "status": "FAILURE", "code": "INVALID_REQUEST", "message": format!("{field}: {error}"),
            "correlationId": correlation_id, "errors": [{"fieldId": field, "error": error}]
        }),
    )
}

/// Shape B for an unknown path, a query value of the wrong type, an unknown organization: 400, not 404.
pub(crate) fn not_found(status: u16, message: &str, correlation_id: &str) -> Answer {
    Answer::json(
        status,
        &json!({
            "status": "FAILURE", "code": "RESOURCE_NOT_FOUND_EXCEPTION", "message": message,
            "correlationId": correlation_id, "errors": null
        }),
    )
}

/// Shape C: bean validation inside the access-control service; nothing but messages.
pub(crate) fn invalid_argument(message: &str) -> Answer {
    let message = format!("Invalid argument(s): {message}");
    Answer::json(
        400,
        &json!({
            "metaData": null, "resource": null,
            "responseMessages": [
                {"code": "INVALID_ARGUMENT", "level": "ERROR", "message": message, "exception": null, "failureTypes": []}
            ]
        }),
    )
}

/// One permission that was asked for, with what it was asked on.
#[derive(Clone, Copy, Debug)]
pub struct Needed<'a> {
    pub permission: &'a str,
    pub resource_type: &'a str,
    pub identifier: Option<&'a str>,
    pub scope: &'a Scope,
}

/// Shape D for a failed blanket check.
pub(crate) fn access_denied(account: &str, principal: &str, needed: Needed<'_>) -> Answer {
    let check = json!({
        "resourceScope": omit_nulls(json!(needed.scope.dto(account))), "resourceType": needed.resource_type,
        "resourceAttributes": null, "resourceIdentifier": needed.identifier, "permission": needed.permission
    });
    denied(principal, needed, &json!([check]))
}

/// Shape D when a list asked item by item and none was permitted: the checks are left empty.
pub(crate) fn all_items_denied(principal: &str, needed: Needed<'_>) -> Answer {
    denied(principal, needed, &json!([]))
}

fn denied(principal: &str, needed: Needed<'_>, checks: &Value) -> Answer {
    let Needed {
        permission,
        resource_type,
        ..
    } = needed;
    let what = resource_type.to_lowercase();
    Answer::json(
        403,
        &json!({
            "status": "ERROR", "code": "NG_ACCESS_DENIED",
            "message": format!("{principal} : Missing permission {permission} on {what}"),
            "correlationId": null, "detailedMessage": null, "responseMessages": null, "metadata": null,
            "failedPermissionChecks": checks
        }),
    )
}

/// Several services leave null fields out, at every depth.
pub(crate) fn omit_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                kept.map(|(name, value)| (name, omit_nulls(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(omit_nulls).collect()),
        other => other,
    }
}

/// The object with the fields that only newer servers send.
pub(crate) fn with_extra(mut value: Value, extra: &Map<String, Value>) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.extend(extra.clone());
    }
    value
}
