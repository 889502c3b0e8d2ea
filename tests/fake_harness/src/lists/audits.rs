//! The audit trail: a page with totals, a slice without, and the YAML of one event.

use serde_json::{Value, json};

use crate::context::Context;
use crate::http::Answer;
use crate::paging;
use crate::scope::Scope;
use crate::shapes::{self, Result};
use crate::trail::Event;

const VIEW: (&str, &str) = ("core_audit_view", "AUDIT");

pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let rows = matching(cx)?;
    Ok(cx.ok(paging::page(&page, rows.len(), cx.bend, |at| {
        rows[at].wire(&cx.account.id)
    })))
}

/// No totals: whether there is more is all that it tells.
pub(crate) fn list_v2(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let rows = matching(cx)?;
    let from = page.index.saturating_mul(page.size).min(rows.len());
    let to = from.saturating_add(page.size).min(rows.len());
    let content: Vec<Value> = rows[from..to]
        .iter()
        .map(|event| event.wire(&cx.account.id))
        .collect();
    Ok(cx.ok(json!({
        "pageItemCount": content.len(), "pageSize": page.size, "content": content, "pageIndex": page.index,
        "hasNext": to < rows.len(), "pageToken": null
    })))
}

pub(crate) fn yaml(cx: &Context<'_>) -> Result<Answer> {
    require_view(cx, &Scope::account())?;
    let id = cx.query.get("auditId").unwrap_or_default();
    let events = &cx.trail.events;
    let Some(event) = events.iter().find(|event| event.id == id) else {
        return Err(invalid(&format!("No audit found for id {id}")));
    };
    let (old, new) = &event.yaml;
    // Without a meaningful difference there is none.
    if old == new {
        let message = format!("Yaml Diff corresponding to audit with id {id} does not exist");
        return Err(invalid(&message));
    }
    Ok(cx.ok(json!({"oldYaml": old, "newYaml": new})))
}

/// The events that a filter lets through, in the order asked for; only one by time is honoured.
fn matching<'a>(cx: &'a Context<'_>) -> Result<Vec<&'a Event>> {
    let filter = Filter::from_body(cx)?;
    if filter.scopes.is_empty() {
        require_view(cx, &Scope::account())?;
    }
    for scope in &filter.scopes {
        require_view(cx, scope)?;
    }
    let now = cx.trail.now();
    let retention = cx.switches.audit_retention;
    let kept = |event: &&Event| {
        event.published_at <= now
            && retention.is_none_or(|kept| event.at >= now - kept)
            && filter.lets_through(event)
    };
    let mut events: Vec<&Event> = cx.trail.events.iter().filter(kept).collect();
    // Ties have no second key.
    cx.random.borrow_mut().shuffle(&mut events);
    let sort = PageSort::of(cx);
    match sort {
        PageSort::Ascending => events.sort_by_key(|event| event.at),
        PageSort::Descending => events.sort_by_key(|event| std::cmp::Reverse(event.at)),
    }
    Ok(events)
}

enum PageSort {
    Ascending,
    Descending,
}

impl PageSort {
    fn of(cx: &Context<'_>) -> Self {
        let orders: Vec<&str> = cx.query.all("sortOrders").collect();
        match orders[..] {
            ["timestamp,ASC"] => Self::Ascending,
            _ => Self::Descending,
        }
    }
}

/// Names that the server does not know restrict nothing.
struct Filter<'a> {
    scopes: Vec<Scope>,
    child_scopes: bool,
    resources: &'a [Value],
    actions: Vec<&'a str>,
    principals: &'a [Value],
    logins: bool,
    system: bool,
    from: i64,
    to: i64,
}

impl<'a> Filter<'a> {
    fn from_body(cx: &'a Context<'_>) -> Result<Self> {
        let body = &cx.body;
        if body["filterType"] != "Audit" {
            return Err(invalid("Invalid request: filterType must be Audit"));
        }
        let list = |field: &str| body[field].as_array().map_or(&[][..], Vec::as_slice);
        let time = |field: &str, default: i64| body[field].as_i64().unwrap_or(default);
        let (from, to) = (time("startTime", 0), time("endTime", cx.trail.now()));
        if from < 0 || to < 0 || from > to {
            return Err(invalid("Invalid request: startTime and endTime"));
        }
        let actions = cx.body_texts("actions");
        let unknown = actions.iter().find(|action| !ACTIONS.contains(action));
        if let Some(action) = unknown.filter(|_| cx.switches.closed_audit_actions) {
            return Err(invalid(&format!("Invalid request: no action {action}")));
        }
        if list("resources").iter().any(|of| !of["type"].is_string()) {
            return Err(invalid("Invalid request: resource type is required"));
        }
        let scopes = list("scopes").iter().map(|scope| scope_of(cx, scope));
        Ok(Self {
            scopes: scopes.collect::<Result<_>>()?,
            child_scopes: body["includeChildScopes"].as_bool().unwrap_or(true),
            resources: list("resources"),
            actions,
            principals: list("principals"),
            logins: body["staticFilter"] != "EXCLUDE_LOGIN_EVENTS",
            system: body["staticFilter"] != "EXCLUDE_SYSTEM_EVENTS",
            from,
            to,
        })
    }

    fn lets_through(&self, event: &Event) -> bool {
        let in_scope = |scope: &Scope| {
            event.scope == *scope || self.child_scopes && scope.contains(&event.scope)
        };
        let is_of = |of: &Value| {
            of["type"] == event.resource_type
                && (of["identifier"].is_null() || of["identifier"] == event.identifier)
                && of["labels"].as_object().is_none_or(|wanted| {
                    let has = |(name, value): (&String, &Value)| {
                        event.labels.get(name).map(String::as_str) == value.as_str()
                    };
                    wanted.iter().all(has)
                })
        };
        let is_by = |of: &Value| {
            event.actor.as_ref().is_some_and(|actor| {
                of["type"] == actor.kind && of["identifier"] == actor.identifier
            })
        };
        (self.from..=self.to).contains(&event.at)
            && (self.scopes.is_empty() || self.scopes.iter().any(in_scope))
            && (self.resources.is_empty() || self.resources.iter().any(is_of))
            && (self.actions.is_empty() || self.actions.contains(&&*event.action))
            && (self.principals.is_empty() || self.principals.iter().any(is_by))
            && (self.logins || !event.is_login())
            && (self.system || !event.is_by_system())
    }
}

fn scope_of(cx: &Context<'_>, scope: &Value) -> Result<Scope> {
    let (org, project) = (
        scope["orgIdentifier"].as_str(),
        scope["projectIdentifier"].as_str(),
    );
    if scope["accountIdentifier"] != cx.account.id {
        return Err(invalid("Invalid request: wrong account in scopes"));
    }
    if project.is_some() && org.is_none() {
        return Err(invalid("Invalid request: a project needs an organization"));
    }
    Ok(Scope::from_identifiers(org, project))
}

/// The message names the level; a grant at the account covers every scope below.
fn require_view(cx: &Context<'_>, scope: &Scope) -> Result<()> {
    let (permission, kind) = VIEW;
    let may_view = |scope: &Scope| cx.access.blanket(permission, kind, scope);
    if scope.upwards().iter().any(may_view) {
        return Ok(());
    }
    let identifier = scope.project.as_ref().or(scope.org.as_ref());
    let identifier = identifier.map_or(&*cx.account.id, |identifier| identifier);
    let message = format!(
        "You need {permission} permission on {} with identifier: {identifier} to perform this action",
        scope.level().to_uppercase()
    );
    Err(shapes::general_error(403, "NG_ACCESS_DENIED", &message))
}

fn invalid(message: &str) -> Answer {
    shapes::general_error(400, "INVALID_REQUEST", message)
}

/// What the server knew in December 2023.
const ACTIONS: [&str; 31] = [
    "CREATE",
    "UPDATE",
    "RESTORE",
    "DELETE",
    "FORCE_DELETE",
    "UPSERT",
    "INVITE",
    "RESEND_INVITE",
    "REVOKE_INVITE",
    "ADD_COLLABORATOR",
    "REMOVE_COLLABORATOR",
    "CREATE_TOKEN",
    "REVOKE_TOKEN",
    "LOGIN",
    "LOGIN2FA",
    "UNSUCCESSFUL_LOGIN",
    "ADD_MEMBERSHIP",
    "REMOVE_MEMBERSHIP",
    "ERROR_BUDGET_RESET",
    "START",
    "END",
    "STAGE_START",
    "STAGE_END",
    "PAUSE",
    "RESUME",
    "ABORT",
    "TIMEOUT",
    "SIGNED_EULA",
    "ROLE_ASSIGNMENT_CREATED",
    "ROLE_ASSIGNMENT_UPDATED",
    "ROLE_ASSIGNMENT_DELETED",
];
