//! What first-party clients ask beside lists: one thing by identifier, users with their grants, a token's owner.

use serde_json::{Value, json};

use super::{groups, resource_groups, role_assignments, roles, service_accounts, users};
use crate::account::Account;
use crate::context::Context;
use crate::http::Answer;
use crate::shapes::{self, Needed, Result};

pub(crate) fn group(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    allowed(cx, "core_usergroup_view", "USERGROUP", identifier)?;
    let mut rows = cx.account.groups.iter();
    let row = rows.find(|row| row.scope == cx.scope && row.identifier == identifier);
    // The user group resource knows no not-found of its own.
    let row = row.ok_or_else(|| shapes::not_found(400, "HTTP 404 Not Found", &cx.correlation))?;
    Ok(cx.ok(groups::wire(cx, row)))
}

pub(crate) fn role(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    allowed(cx, "core_role_view", "ROLE", identifier)?;
    // What the list hides, this hides too.
    let hidden = cx.switches.hide_managed_roles && cx.scope.level() != "account";
    let named = || {
        let roles = cx.account.roles.iter();
        roles.filter(|row| row.identifier == identifier)
    };
    let own = named().find(|row| row.scope.as_ref() == Some(&cx.scope));
    let row = own.or_else(|| named().find(|row| row.scope.is_none() && !hidden));
    let row = row.ok_or_else(|| missing("Role", identifier))?;
    Ok(cx.ok(roles::wire(cx, row)))
}

pub(crate) fn resource_group(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    allowed(cx, "core_resourcegroup_view", "RESOURCEGROUP", identifier)?;
    let row = cx.account.resource_group(identifier, &cx.scope);
    let row = row.ok_or_else(|| missing("Resource group", identifier))?;
    Ok(cx.ok(resource_groups::wire(cx, row)))
}

pub(crate) fn role_assignment(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    let types = role_assignments::ViewableTypes::at(cx, &cx.scope)?;
    let mut rows = cx.account.role_assignments.iter();
    let row =
        rows.find(|row| row.scope == cx.scope && row.identifier == identifier && types.shows(row));
    let row = row.ok_or_else(|| missing("Role assignment", identifier))?;
    Ok(cx.ok(json!(role_assignments::wire(cx, row))))
}

pub(crate) fn service_account(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    allowed(cx, "core_serviceaccount_view", "SERVICEACCOUNT", identifier)?;
    let mut rows = cx.account.service_accounts.iter();
    let row = rows.find(|row| row.scope == cx.scope && row.identifier == identifier);
    let row = row.ok_or_else(|| missing("Service account", identifier))?;
    Ok(cx.ok(service_accounts::aggregated(cx, row)))
}

/// The child scopes that inherit a service account: none, while the hierarchy is off.
pub(crate) fn service_account_scopes(cx: &Context<'_>, identifier: &str) -> Result<Answer> {
    allowed(cx, "core_serviceaccount_view", "SERVICEACCOUNT", identifier)?;
    Ok(cx.ok(json!([])))
}

pub(crate) fn users(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    cx.require_scope(&cx.scope)?;
    cx.require("core_user_view", "USER", &cx.scope)?;
    let rows = &cx.account.users;
    let key = format!("users with grants {}", cx.scope);
    let matching = cx.filtered(&key, rows, |user| Account::is_member(user, &cx.scope));
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &[]);
    Ok(cx.page(&page, rows, &sorted, |user| {
        with_grants(cx, &user.uuid, user)
    }))
}

pub(crate) fn user(cx: &Context<'_>, uuid: &str) -> Result<Answer> {
    allowed(cx, "core_user_view", "USER", uuid)?;
    let user = cx.account.users.iter().find(|user| user.uuid == uuid);
    let user = user.ok_or_else(|| missing("User", uuid))?;
    Ok(cx.ok(with_grants(cx, uuid, user)))
}

fn with_grants(cx: &Context<'_>, uuid: &str, user: &crate::account::User) -> Value {
    let rows = cx.account.role_assignments.iter().filter(|row| {
        row.scope == cx.scope && row.principal.kind == "USER" && *row.principal.identifier == *uuid
    });
    let grants: Vec<Value> = rows
        .map(|row| {
            json!({
                "identifier": row.identifier, "roleIdentifier": row.role,
                "resourceGroupIdentifier": row.resource_group, "managedRole": false
            })
        })
        .collect();
    json!({"user": json!(users::wire(user)), "roleAssignmentMetadata": grants})
}

/// How the first-party client learns whose token it has: service accounts seldom may read the account.
#[expect(clippy::unnecessary_wraps, reason = "as the lists that may refuse")]
pub(crate) fn validate_token(cx: &Context<'_>) -> Result<Answer> {
    Ok(cx.ok(json!({
        "identifier": "token", "parentIdentifier": cx.caller.identifier, "apiKeyType": cx.caller.kind,
        "accountIdentifier": cx.account.id, "valid": true, "validTo": 4_102_444_800_000_i64
    })))
}

/// Changes whenever access does.
#[expect(clippy::unnecessary_wraps, reason = "as the lists that may refuse")]
pub(crate) fn access_entries(cx: &Context<'_>) -> Result<Answer> {
    let rows = cx.account.role_assignments.iter();
    Ok(cx.ok(rows
        .filter(|row| row.scope == cx.scope && !row.disabled)
        .count()))
}

fn allowed(cx: &Context<'_>, permission: &str, kind: &str, identifier: &str) -> Result<()> {
    cx.require_one(Needed {
        permission,
        resource_type: kind,
        identifier: Some(identifier),
        scope: &cx.scope,
    })
}

fn missing(what: &str, identifier: &str) -> Answer {
    let message = format!("{what} with identifier [{identifier}] not found");
    shapes::general_error(404, "RESOURCE_NOT_FOUND", &message)
}
