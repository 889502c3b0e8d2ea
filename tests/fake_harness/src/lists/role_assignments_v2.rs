//! Role assignments of many scopes in one walk, with what they name. One row without a role fails its whole page.

use serde_json::{Value, json};

use super::role_assignments::{ViewableTypes, is_principal};
use super::{resource_groups, roles};
use crate::account::RoleAssignment;
use crate::context::Context;
use crate::http::Answer;
use crate::scope::Scope;
use crate::shapes::{self, Result};

pub(crate) fn filter(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    if cx.body.is_null() {
        return Err(shapes::unknown_error());
    }
    let scopes = scope_filters(cx)?;
    // Judged at the query scope only, whatever scopes are asked for.
    let types = ViewableTypes::at(cx, &cx.scope)?;
    let key = format!("role assignments v2 {} {types:?} {}", cx.scope, cx.body);
    let rows = &cx.account.role_assignments;
    let matching = cx.filtered(&key, rows, |row| {
        types.shows(row) && in_scope(row, &scopes) && matches(cx, row)
    });
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &[]);
    let start = page.index.saturating_mul(page.size).min(sorted.len());
    let shown = &sorted[start..(start + page.size).min(sorted.len())];
    let dangling = |&position: &u32| cx.account.role_of(&rows[position as usize]).is_none();
    if cx.switches.v2_fails_on_dangling_role && shown.iter().any(dangling) {
        return Err(shapes::unknown_error());
    }
    Ok(cx.page(&page, rows, &sorted, |row| wire(cx, row)))
}

/// The scopes asked for, each with or without what lies below it.
fn scope_filters(cx: &Context<'_>) -> Result<Vec<(Scope, bool)>> {
    let filters = cx
        .body
        .get("scopeFilters")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if filters.len() > 100 {
        return Err(shapes::invalid_argument(
            "scopeFilters: size must be between 0 and 100",
        ));
    }
    if filters.is_empty() {
        return Ok(vec![(cx.scope.clone(), false)]);
    }
    let scope = |filter: &Value| {
        let children = filter["filter"] == "INCLUDING_CHILD_SCOPES";
        (
            Scope::from_identifiers(
                filter["orgIdentifier"].as_str(),
                filter["projectIdentifier"].as_str(),
            ),
            children,
        )
    };
    Ok(filters.iter().map(scope).collect())
}

fn in_scope(row: &RoleAssignment, scopes: &[(Scope, bool)]) -> bool {
    scopes.iter().any(|(scope, children)| {
        if *children {
            scope.contains(&row.scope)
        } else {
            *scope == row.scope
        }
    })
}

fn matches(cx: &Context<'_>, row: &RoleAssignment) -> bool {
    let among = |field: &str, value: &str| {
        let wanted = cx.body_texts(field);
        wanted.is_empty() || wanted.contains(&value)
    };
    let flag = |field: &str, value: bool| {
        cx.body
            .get(field)
            .and_then(Value::as_bool)
            .is_none_or(|flag| flag == value)
    };
    among("resourceGroupFilter", &row.resource_group)
        && among("roleFilter", &row.role)
        && among("principalTypeFilter", &row.principal.kind)
        && cx
            .body
            .get("principalFilter")
            .is_none_or(|wanted| wanted.is_null() || is_principal(wanted, &row.principal))
        && flag("harnessManagedFilter", row.managed)
        && flag("disabledFilter", row.disabled)
}

fn wire(cx: &Context<'_>, row: &RoleAssignment) -> Value {
    let (name, email) = principal_names(cx, row);
    json!({
        "identifier": row.identifier,
        "principal": {
            "scopeLevel": row.principal.scope_level, "identifier": row.principal.identifier, "name": name,
            "email": email, "type": row.principal.kind
        },
        "disabled": row.disabled,
        "role": cx.account.role_of(row).map(|role| roles::wire(cx, role)),
        "resourceGroup": cx.account.resource_group_of(row).map(|group| resource_groups::inner(cx, group)),
        "scope": scope_with_names(cx, &row.scope),
        "createdAt": row.times.created_at, "lastModifiedAt": row.times.last_modified_at, "harnessManaged": row.managed
    })
}

fn principal_names<'a>(
    cx: &'a Context<'_>,
    row: &RoleAssignment,
) -> (Option<&'a str>, Option<&'a str>) {
    let identifier = &*row.principal.identifier;
    let home = row.scope.at_level(
        row.principal
            .scope_level
            .as_deref()
            .unwrap_or(row.scope.level()),
    );
    match &*row.principal.kind {
        "USER" => {
            let user = cx.account.users.iter().find(|user| user.uuid == identifier);
            (
                user.and_then(|user| user.name.as_deref()),
                user.map(|user| user.email.as_str()),
            )
        }
        "USER_GROUP" => {
            let groups = &mut cx.account.groups.iter();
            let group = groups.find(|group| {
                group.identifier == identifier && home.as_ref() == Some(&group.scope)
            });
            (group.map(|group| group.name.as_str()), None)
        }
        "SERVICE_ACCOUNT" => {
            let rows = &mut cx.account.service_accounts.iter();
            let found = rows.find(|account| {
                account.identifier == identifier && home.as_ref() == Some(&account.scope)
            });
            (
                found.map(|account| account.name.as_str()),
                found.map(|account| account.email.as_str()),
            )
        }
        _ => (None, None),
    }
}

fn scope_with_names(cx: &Context<'_>, scope: &Scope) -> Value {
    let org = cx
        .account
        .organizations
        .iter()
        .find(|row| scope.org.as_deref() == Some(&row.identifier));
    let is_own = |org: &str, project: &str| {
        scope.org.as_deref() == Some(org) && scope.project.as_deref() == Some(project)
    };
    let project = cx
        .account
        .projects
        .iter()
        .find(|row| is_own(&row.org, &row.identifier));
    json!({
        "accountIdentifier": cx.account.id, "accountName": cx.account.name,
        "orgIdentifier": scope.org, "orgName": org.map(|row| &row.name),
        "projectIdentifier": scope.project, "projectName": project.map(|row| &row.name)
    })
}
