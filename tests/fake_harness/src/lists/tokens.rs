//! API keys and tokens. Listing those of others takes manage permissions.

use serde_json::{Value, json};

use super::with_times;
use crate::account::{ApiKey, Token};
use crate::context::Context;
use crate::http::Answer;
use crate::paging::SortOrder;
use crate::scope::Scope;
use crate::shapes::{self, Needed, Result};

pub(crate) fn api_keys(cx: &Context<'_>) -> Result<Answer> {
    let (_, rows) = matching_api_keys(cx)?;
    let rows: Vec<Value> = rows
        .iter()
        .map(|&at| api_key(cx, &cx.account.api_keys[at as usize])["apiKey"].take())
        .collect();
    Ok(cx.ok(rows))
}

pub(crate) fn api_keys_aggregate(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let (key, matching) = matching_api_keys(cx)?;
    let rows = &cx.account.api_keys;
    let sorted = cx.sorted(
        &key,
        rows,
        &matching,
        &page.sort,
        &[SortOrder::descending("lastModifiedAt")],
    );
    Ok(cx.page(&page, rows, &sorted, |row| api_key(cx, row)))
}

fn matching_api_keys(cx: &Context<'_>) -> Result<(String, crate::index::Positions)> {
    let kind = kind(cx)?;
    let Some(parent) = cx.query.get("parentIdentifier") else {
        return Err(shapes::invalid_field(
            "parentIdentifier",
            "must not be null",
            &cx.correlation,
        ));
    };
    cx.require_scope(&cx.scope)?;
    may_manage(cx, kind, Some(parent))?;
    let named = cx.query.get("identifiers");
    let key = format!("api keys {} {kind} {parent} {named:?}", cx.scope);
    let rows = &cx.account.api_keys;
    let matching = cx.filtered(&key, rows, |row| {
        row.kind == kind
            && row.parent == parent
            && row.scope == cx.scope
            && named.is_none_or(|named| named == row.identifier)
    });
    Ok((key, matching))
}

/// Organization and project restrict only when given: at account scope the tokens of all scopes come.
pub(crate) fn tokens_aggregate(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let kind = kind(cx)?;
    let (parent, api_key) = (
        cx.query.get("parentIdentifier"),
        cx.query.get("apiKeyIdentifier"),
    );
    if api_key.is_some() && parent.is_none() {
        return Err(shapes::general_error(
            400,
            "INVALID_REQUEST",
            "Invalid request: parentIdentifier is required",
        ));
    }
    cx.require_scope(&cx.scope)?;
    may_manage(cx, kind, parent)?;
    let named = cx.query.get("identifiers");
    let key = format!(
        "tokens {} {kind} {parent:?} {api_key:?} {named:?}",
        cx.scope
    );
    let rows = &cx.account.tokens;
    let matching = cx.filtered(&key, rows, |row| {
        row.kind == kind
            && cx.scope.contains(&row.scope)
            && parent.is_none_or(|parent| parent == row.parent)
            && api_key.is_none_or(|api_key| api_key == row.api_key)
            && named.is_none_or(|named| named == row.identifier)
    });
    let sorted = cx.sorted(
        &key,
        rows,
        &matching,
        &page.sort,
        &[SortOrder::descending("lastModifiedAt")],
    );
    Ok(cx.page(&page, rows, &sorted, |row| token(cx, row)))
}

fn kind<'a>(cx: &'a Context<'_>) -> Result<&'a str> {
    match cx.query.get("apiKeyType") {
        Some(kind @ ("USER" | "SERVICE_ACCOUNT")) => Ok(kind),
        Some(_) => Err(shapes::not_found(
            400,
            "HTTP 404 Not Found",
            &cx.correlation,
        )),
        None => Err(shapes::invalid_field(
            "apiKeyType",
            "must not be null",
            &cx.correlation,
        )),
    }
}

fn may_manage(cx: &Context<'_>, kind: &str, parent: Option<&str>) -> Result<()> {
    if kind == "SERVICE_ACCOUNT" {
        return cx.require_one(Needed {
            permission: "core_serviceaccount_manageapikey",
            resource_type: "SERVICEACCOUNT",
            identifier: parent,
            scope: &cx.scope,
        });
    }
    if cx.caller.kind == "USER" && parent == Some(&cx.caller.identifier) {
        return Ok(());
    }
    cx.require("core_user_manage", "USER", &cx.scope)
}

fn scope_fields(cx: &Context<'_>, scope: &Scope, mut value: Value) -> Value {
    value["accountIdentifier"] = json!(cx.account.id);
    value["orgIdentifier"] = json!(scope.org);
    value["projectIdentifier"] = json!(scope.project);
    value
}

fn api_key(cx: &Context<'_>, row: &ApiKey) -> Value {
    let inner = json!({
        "identifier": row.identifier, "name": row.name, "description": null, "tags": {}, "apiKeyType": row.kind,
        "parentIdentifier": row.parent, "defaultTimeToExpireToken": null
    });
    let tokens = cx.account.tokens.iter().filter(|token| {
        token.kind == row.kind
            && token.parent == row.parent
            && token.api_key == row.identifier
            && token.scope == row.scope
    });
    let mut outer = with_times("apiKey", scope_fields(cx, &row.scope, inner), row.times);
    outer.insert("tokensCount".into(), tokens.count().into());
    outer.into()
}

fn token(cx: &Context<'_>, row: &Token) -> Value {
    let inner = json!({
        "identifier": row.identifier, "name": row.name, "validFrom": row.valid_from, "validTo": row.valid_to,
        "scheduledExpireTime": row.scheduled_expire_time, "valid": row.valid, "apiKeyIdentifier": row.api_key,
        "parentIdentifier": row.parent, "apiKeyType": row.kind, "description": null, "tags": {}, "email": null,
        "username": null, "encodedPassword": null
    });
    let mut outer = with_times("token", scope_fields(cx, &row.scope, inner), row.times);
    outer.insert(
        "expiryAt".into(),
        row.scheduled_expire_time.unwrap_or(row.valid_to).into(),
    );
    outer.into()
}
