//! Roles: the custom ones of exactly the scope and those Harness supplies at its level.

use serde_json::{Value, json};

use super::with_times;
use crate::account::Role;
use crate::context::Context;
use crate::http::Answer;
use crate::paging::SortOrder;
use crate::shapes::{self, Result, with_extra};

pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let managed = match cx.query.get("harnessManaged") {
        None | Some("") => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            return Err(shapes::not_found(
                400,
                "HTTP 404 Not Found",
                &cx.correlation,
            ));
        }
    };
    cx.require("core_role_view", "ROLE", &cx.scope)?;
    let level = cx.scope.level();
    let hidden = cx.switches.hide_managed_roles && level != "account";
    let key = format!("roles {} {managed:?} {hidden}", cx.scope);
    let rows = &cx.account.roles;
    let matching = cx.filtered(&key, rows, |row| match &row.scope {
        Some(own) => cx.is_listed_at(own, &cx.scope) && managed != Some(true),
        None => {
            !row.internal
                && !hidden
                && managed != Some(false)
                && row.levels.iter().any(|allowed| allowed == level)
        }
    });
    let default = [
        SortOrder::descending("managed"),
        SortOrder::descending("lastModifiedAt"),
    ];
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &default);
    let counts = cx.indexes.role_counts(cx.account);
    Ok(cx.page(&page, rows, &sorted, |row| {
        let [users, groups, service_accounts] = counts
            .get(&(cx.scope.clone(), row.identifier.clone()))
            .copied()
            .unwrap_or_default();
        let mut value = wire(cx, row);
        value["roleAssignedToUserCount"] = users.into();
        value["roleAssignedToUserGroupCount"] = groups.into();
        value["roleAssignedToServiceAccountCount"] = service_accounts.into();
        value
    }))
}

pub(crate) fn wire(cx: &Context<'_>, row: &Role) -> Value {
    let levels = row
        .scope
        .as_ref()
        .map_or_else(|| cx.set(&row.levels), |scope| vec![scope.level()]);
    let inner = json!({
        "identifier": row.identifier, "name": row.name, "permissions": cx.set(&row.permissions),
        "allowedScopeLevels": levels, "description": row.description, "tags": row.tags
    });
    let mut outer = with_times("role", with_extra(inner, &row.extra), row.times);
    outer.insert(
        "scope".into(),
        json!(row.scope.as_ref().map(|scope| scope.dto(&cx.account.id))),
    );
    outer.insert("harnessManaged".into(), row.scope.is_none().into());
    outer.into()
}
