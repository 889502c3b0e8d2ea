//! The catalogue of permissions. Nobody needs a permission to read it.

use serde_json::{Value, json};

use crate::context::Context;
use crate::http::Answer;
use crate::shapes::Result;

#[expect(clippy::unnecessary_wraps, reason = "as the lists that may refuse")]
pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    let everywhere = cx.query.get("scopeFilterDisabled") == Some("true");
    let level = cx.scope.level();
    let status = |identifier| cx.switches.status_of(identifier).unwrap_or("ACTIVE");
    let listed = cx.switches.catalogue().iter().filter(|row| {
        !matches!(status(row.identifier), "INACTIVE" | "STAGING")
            && (everywhere || row.levels.contains(&level))
    });
    let mut rows: Vec<Value> = listed
        .map(|row| {
            json!({"permission": {
                "identifier": row.identifier, "name": row.name, "status": status(row.identifier), "includeInAllRoles": false,
                "allowedScopeLevels": cx.set(&row.levels), "resourceType": row.resource_type,
                "action": row.identifier.rsplit('_').next()
            }})
        })
        .collect();
    cx.random.borrow_mut().shuffle(&mut rows);
    Ok(cx.ok(rows))
}

#[expect(clippy::unnecessary_wraps, reason = "as the lists that may refuse")]
pub(crate) fn resource_types(cx: &Context<'_>) -> Result<Answer> {
    let mut types: Vec<&str> = cx
        .switches
        .catalogue()
        .iter()
        .map(|row| row.resource_type)
        .collect();
    types.sort_unstable();
    types.dedup();
    Ok(cx.ok(cx.set(&types)))
}
