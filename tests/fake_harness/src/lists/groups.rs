//! User groups with all their members, from a list, a filter and an unpaged batch.

use serde_json::{Map, Value, json};

use super::users;
use crate::account::{Account, Group};
use crate::context::{Context, Visible};
use crate::http::Answer;
use crate::index::Positions;
use crate::paging::{SortOrder, filtered_to_nothing};
use crate::scope::Scope;
use crate::shapes::{self, Result, omit_nulls, with_extra};

const VIEW: (&str, &str) = ("core_usergroup_view", "USERGROUP");

pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let (key, visible) = visible(cx, &cx.scope, cx.query.get("filterType"), &[])?;
    let (key, positions) = match visible {
        Visible::All(positions) => (key, positions),
        Visible::Some(positions) => (cx.seen_by_caller(&key), positions),
        Visible::None => return Err(cx.all_items_denied(VIEW.0, VIEW.1, &cx.scope)),
        Visible::Nothing => return Ok(filtered_to_nothing(&cx.correlation)),
    };
    let rows = &cx.account.groups;
    let sorted = cx.sorted(
        &key,
        rows,
        &positions,
        &page.sort,
        &[SortOrder::descending("lastModifiedAt")],
    );
    Ok(cx.page(&page, rows, &sorted, |row| wire(cx, row)))
}

pub(crate) fn filter(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let (key, positions, all) = from_body(cx)?;
    let rows = &cx.account.groups;
    // In database order, whatever sort was asked for, once single groups had to be checked.
    let sorted = if all {
        cx.sorted(&key, rows, &positions, &page.sort, &[])
    } else {
        positions
    };
    Ok(cx.page(&page, rows, &sorted, |row| wire(cx, row)))
}

pub(crate) fn batch(cx: &Context<'_>) -> Result<Answer> {
    let (_, positions, _) = from_body(cx)?;
    let mut positions = Vec::clone(&positions);
    cx.random.borrow_mut().shuffle(&mut positions);
    let rows = positions
        .iter()
        .map(|&position| wire(cx, &cx.account.groups[position as usize]));
    Ok(cx.ok(rows.collect::<Vec<_>>()))
}

fn from_body(cx: &Context<'_>) -> Result<(String, Positions, bool)> {
    let scope = cx.body_scope()?;
    let identifiers = cx.body_texts("identifierFilter");
    if !identifiers.is_empty() && !cx.body_texts("databaseIdFilter").is_empty() {
        let message = "Invalid request: identifierFilter and databaseIdFilter exclude each other";
        return Err(shapes::general_error(400, "INVALID_REQUEST", message));
    }
    let (key, visible) = visible(cx, &scope, cx.body_text("filterType"), &identifiers)?;
    match visible {
        Visible::All(positions) => Ok((key, positions, true)),
        Visible::Some(positions) => Ok((key, positions, false)),
        Visible::Nothing => Ok((key, Positions::default(), false)),
        Visible::None => Err(cx.all_items_denied(VIEW.0, VIEW.1, &scope)),
    }
}

/// Permission is judged at the asked scope only, also for the groups of its child scopes.
fn visible(
    cx: &Context<'_>,
    scope: &Scope,
    filter_type: Option<&str>,
    identifiers: &[&str],
) -> Result<(String, Visible)> {
    cx.require_scope(scope)?;
    let filter_type = filter_type
        .filter(|_| cx.switches.user_group_filter_type)
        .unwrap_or("EXCLUDE_INHERITED_GROUPS");
    let key = format!("groups {scope} {filter_type} {identifiers:?}");
    let rows = &cx.account.groups;
    let matching = cx.filtered(&key, rows, |row| {
        let in_scope = match filter_type {
            "INCLUDE_CHILD_SCOPE_GROUPS" => scope.contains(&row.scope),
            "INCLUDE_INHERITED_GROUPS" => {
                row.scope == *scope || is_inherited(cx.account, row, scope)
            }
            _ => cx.is_listed_at(&row.scope, scope),
        };
        in_scope && (identifiers.is_empty() || identifiers.contains(&&*row.identifier))
    });
    if !matches!(
        filter_type,
        "EXCLUDE_INHERITED_GROUPS"
            | "INCLUDE_CHILD_SCOPE_GROUPS"
            | "INCLUDE_INHERITED_GROUPS"
            | "INCLUDE_PARENT_SCOPE_GROUPS"
    ) {
        return Err(shapes::not_found(
            400,
            "HTTP 404 Not Found",
            &cx.correlation,
        ));
    }
    Ok((
        key,
        cx.visible(matching, rows, VIEW, scope, |row| &row.identifier),
    ))
}

/// A group of a parent scope that holds a role assignment here.
fn is_inherited(account: &Account, group: &Group, scope: &Scope) -> bool {
    group.scope.contains(scope)
        && account.role_assignments.iter().any(|row| {
            row.scope == *scope
                && row.principal.kind == "USER_GROUP"
                && *row.principal.identifier == group.identifier
                && row.principal.scope_level.as_deref() == Some(group.scope.level())
        })
}

/// Only members who also belong to the asked scope; an unknown group has none.
pub(crate) fn members(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    let page = cx.page_request()?;
    if cx.body.is_null() {
        return Err(shapes::unknown_error());
    }
    cx.require_scope(&cx.scope)?;
    cx.require_one(shapes::Needed {
        permission: VIEW.0,
        resource_type: VIEW.1,
        identifier: Some(identifier),
        scope: &cx.scope,
    })?;
    let group = cx
        .account
        .groups
        .iter()
        .find(|row| row.scope == cx.scope && row.identifier == identifier);
    let uuids = group
        .and_then(|group| group.users.as_deref())
        .unwrap_or_default();
    let key = format!("members {} {identifier}", cx.scope);
    let rows = &cx.account.users;
    let matching = cx.filtered(&key, rows, |user| {
        uuids.contains(&user.uuid) && Account::is_member(user, &cx.scope)
    });
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &[]);
    Ok(cx.page(&page, rows, &sorted, users::wire))
}

/// Whether somebody is among the stored members of a group, wherever that person belongs; `GROUP/UUID`.
pub(crate) fn has_member(cx: &Context<'_>, names: &str) -> Result<Answer> {
    let (identifier, uuid) = names.split_once('/').unwrap_or((names, ""));
    cx.require_scope(&cx.scope)?;
    cx.require_one(shapes::Needed {
        permission: VIEW.0,
        resource_type: VIEW.1,
        identifier: Some(identifier),
        scope: &cx.scope,
    })?;
    let mut groups = cx.account.groups.iter();
    let group = groups.find(|row| row.scope == cx.scope && row.identifier == identifier);
    let users = group.and_then(|group| group.users.as_deref());
    let is_member = users.is_some_and(|users| users.iter().any(|user| **user == *uuid));
    Ok(cx.ok(is_member))
}

pub(crate) fn wire(cx: &Context<'_>, row: &Group) -> Value {
    let mut value = json!({
        "accountIdentifier": cx.account.id, "orgIdentifier": row.scope.org, "projectIdentifier": row.scope.project,
        "identifier": row.identifier, "name": row.name, "description": row.description, "tags": row.tags,
        "users": row.users.as_ref().map(|users| cx.set(users)), "notificationConfigs": row.notification_configs,
        "externallyManaged": row.externally_managed, "harnessManaged": row.harness_managed,
        "ssoLinked": row.sso.is_some()
    });
    if let Some(sso) = &row.sso {
        let fields = [
            ("linkedSsoId", &sso.id),
            ("linkedSsoDisplayName", &sso.name),
            ("linkedSsoType", &sso.kind),
            ("ssoGroupId", &sso.group_id),
            ("ssoGroupName", &sso.group_name),
        ];
        let fields: Map<String, Value> = fields
            .into_iter()
            .map(|(name, text)| (name.into(), text.as_str().into()))
            .collect();
        value = with_extra(value, &fields);
    }
    with_extra(omit_nulls(value), &row.extra)
}
