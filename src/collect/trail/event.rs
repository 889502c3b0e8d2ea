//! From a row of the audit trail to the model. Who, what, where and when must be there; the rest is decoration.

use serde_json::Value;

use crate::api::http::quote::quote;
use crate::api::misfit;
use crate::api::wire::{AuditItem, AuditTime, AuthenticationInfo};
use crate::model::{ActedOn, Actor, ActorKind, AuditEvent, Scope, Timestamp};

/// Reads one row.
pub(super) fn read(row: &Value) -> Result<AuditEvent, String> {
    let id = row
        .get("auditId")
        .and_then(Value::as_str)
        .unwrap_or("without an id")
        .to_owned();
    let item: AuditItem =
        misfit::read(row).map_err(|wrong| format!("event {}: {}", quote(&id), quote(&wrong)))?;
    let at = item
        .timestamp
        .map(Timestamp::from_millis)
        .ok_or_else(|| format!("event {id}: it has no time that can be true"))?;
    let scope = &item.resource_scope;
    let scope = Scope::from_parts(
        scope.org_identifier.as_deref(),
        scope.project_identifier.as_deref(),
    )
    .ok_or_else(|| format!("event {id}: a project without an organization"))?;
    let labels = item.resource.labels;
    let (user_id, name) = labels.map_or((None, None), |labels| {
        (labels.user_id, labels.resource_name)
    });
    Ok(AuditEvent {
        audit_id: item.audit_id,
        at,
        actor: actor(item.authentication_info.unwrap_or_default()),
        impersonation: item.impersonating_authentication_info.map(actor),
        action: item.action,
        acted_on: ActedOn {
            kind: item.resource.r#type,
            identifier: item.resource.identifier,
            user_id,
            name,
        },
        scope,
        source: item
            .audit_event_data
            .and_then(|data| data.source)
            .and_then(|source| source.r#type),
        detail: None,
    })
}

/// When a row says that it happened, whatever else of it can be read.
pub(super) fn time(row: &Value) -> Option<Timestamp> {
    let said: AuditTime = misfit::read(row).ok()?;
    said.timestamp.map(Timestamp::from_millis)
}

/// Who acted; [`Actor::unknown`] where that is not said.
fn actor(info: Value) -> Actor {
    let Ok(info) = misfit::read::<AuthenticationInfo>(&info) else {
        return Actor::unknown();
    };
    let (user_id, name) = info
        .labels
        .map_or((None, None), |labels| (labels.user_id, labels.username));
    Actor {
        kind: ActorKind::parse(&info.principal.r#type),
        identifier: info.principal.identifier,
        user_id,
        name,
    }
}
