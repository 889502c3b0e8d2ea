//! Role assignments of one scope. A principal type that the caller may not view vanishes silently.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::account::{Grantee, RoleAssignment};
use crate::context::Context;
use crate::http::Answer;
use crate::scope::{Scope, ScopeDto};
use crate::shapes::{self, Result};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire<'a> {
    role_assignment: Inner<'a>,
    scope: ScopeDto<'a>,
    created_at: i64,
    last_modified_at: i64,
    harness_managed: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inner<'a> {
    identifier: &'a str,
    resource_group_identifier: &'a str,
    role_identifier: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_reference: Option<Reference<'a>>,
    principal: PrincipalWire<'a>,
    disabled: bool,
    managed: bool,
    internal: bool,
    #[serde(flatten)]
    extra: &'a Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'a> {
    identifier: &'a str,
    scope_level: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrincipalWire<'a> {
    scope_level: Option<&'a str>,
    identifier: &'a str,
    r#type: &'a str,
}

pub(crate) fn wire<'a>(cx: &'a Context<'_>, row: &'a RoleAssignment) -> Wire<'a> {
    Wire {
        role_assignment: Inner {
            identifier: &row.identifier,
            resource_group_identifier: &row.resource_group,
            role_identifier: &row.role,
            role_reference: row.role_reference.as_ref().map(|reference| Reference {
                identifier: &reference.identifier,
                scope_level: &reference.scope_level,
            }),
            principal: PrincipalWire {
                scope_level: row.principal.scope_level.as_deref(),
                identifier: &row.principal.identifier,
                r#type: &row.principal.kind,
            },
            disabled: row.disabled,
            managed: row.managed,
            internal: false,
            extra: &row.extra,
        },
        scope: row.scope.dto(&cx.account.id),
        created_at: row.times.created_at,
        last_modified_at: row.times.last_modified_at,
        harness_managed: row.managed,
    }
}

pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    answer(cx, &Filter::default())
}

pub(crate) fn filter(cx: &Context<'_>) -> Result<Answer> {
    let filter = Filter::from_body(cx)?;
    answer(cx, &filter)
}

fn answer(cx: &Context<'_>, filter: &Filter) -> Result<Answer> {
    let page = cx.page_request()?;
    let types = ViewableTypes::at(cx, &cx.scope)?;
    let key = format!("role assignments {} {types:?} {filter:?}", cx.scope);
    let rows = &cx.account.role_assignments;
    let matching = cx.indexes.filtered(&key, || {
        let mut of_scope = cx.indexes.assignments_of(cx.account, &cx.scope);
        if cx.switches.parent_rows {
            let scopes = cx.scope.upwards().into_iter();
            let all = scopes.flat_map(|scope| {
                let of_scope = cx.indexes.assignments_of(cx.account, &scope);
                of_scope.iter().copied().collect::<Vec<_>>()
            });
            of_scope = all.collect::<Vec<_>>().into();
        }
        let matches = |position: &&u32| {
            let row = &rows[**position as usize];
            types.shows(row) && filter.matches(row)
        };
        of_scope.iter().filter(matches).copied().collect()
    });
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &[]);
    Ok(cx.page(&page, rows, &sorted, |row| wire(cx, row)))
}

/// Principal types whose view the caller holds on everything of that scope; grants on named users do not count.
#[derive(Debug)]
pub(crate) struct ViewableTypes {
    users: bool,
    groups: bool,
    service_accounts: bool,
}

impl ViewableTypes {
    pub(crate) fn at(cx: &Context<'_>, scope: &Scope) -> Result<Self> {
        let types = Self {
            users: cx.access.blanket("core_user_view", "USER", scope),
            groups: cx.access.blanket("core_usergroup_view", "USERGROUP", scope),
            service_accounts: cx.access.blanket(
                "core_serviceaccount_view",
                "SERVICEACCOUNT",
                scope,
            ),
        };
        if types.users || types.groups || types.service_accounts {
            return Ok(types);
        }
        Err(shapes::general_error(
            400,
            "USER_NOT_AUTHORIZED",
            "User not authorized",
        ))
    }

    pub(crate) fn shows(&self, row: &RoleAssignment) -> bool {
        !row.internal
            && match &*row.principal.kind {
                "USER" => self.users,
                "USER_GROUP" => self.groups,
                "SERVICE_ACCOUNT" => self.service_accounts,
                "SERVICE" | "API_KEY" => false,
                // A type from the future is only there when nothing had to be filtered.
                _ => self.users && self.groups && self.service_accounts,
            }
    }
}

/// The body of the filter; empty lists do not restrict.
#[derive(Debug, Default)]
struct Filter {
    resource_groups: Vec<String>,
    roles: Vec<String>,
    principal_types: Vec<String>,
    principals: Vec<Value>,
    levels: Vec<String>,
    managed: Vec<bool>,
    disabled: Vec<bool>,
}

impl Filter {
    fn from_body(cx: &Context<'_>) -> Result<Self> {
        if cx.body.is_null() {
            return Err(shapes::unknown_error());
        }
        let list = |field: &str| match cx.body.get(field).and_then(Value::as_array) {
            Some(items) if items.len() > 100 => Err(shapes::invalid_argument(&format!(
                "{field}: size must be between 0 and 100"
            ))),
            items => Ok(items.cloned().unwrap_or_default()),
        };
        let texts = |field: &str| -> Result<Vec<String>> {
            Ok(list(field)?
                .iter()
                .filter_map(|item| item.as_str().map(String::from))
                .collect())
        };
        let flags = |field: &str| -> Result<Vec<bool>> {
            Ok(list(field)?.iter().filter_map(Value::as_bool).collect())
        };
        let filter = Self {
            resource_groups: texts("resourceGroupFilter")?,
            roles: texts("roleFilter")?,
            principal_types: texts("principalTypeFilter")?,
            principals: list("principalFilter")?,
            levels: texts("principalScopeLevelFilter")?,
            managed: flags("harnessManagedFilter")?,
            disabled: flags("disabledFilter")?,
        };
        let by_type = !filter.principal_types.is_empty();
        if !filter.principals.is_empty() && (by_type || !filter.levels.is_empty()) {
            let message = "Invalid request: principalFilter excludes principalTypeFilter and principalScopeLevelFilter";
            return Err(shapes::general_error(400, "INVALID_REQUEST", message));
        }
        if !filter.levels.is_empty() && !by_type {
            let message = "Invalid request: principalScopeLevelFilter needs principalTypeFilter";
            return Err(shapes::general_error(400, "INVALID_REQUEST", message));
        }
        Ok(filter)
    }

    fn matches(&self, row: &RoleAssignment) -> bool {
        fn among(wanted: &[String], value: &str) -> bool {
            wanted.is_empty() || wanted.iter().any(|item| item == value)
        }
        among(&self.resource_groups, &row.resource_group)
            && among(&self.roles, &row.role)
            && among(&self.principal_types, &row.principal.kind)
            && among(
                &self.levels,
                row.principal.scope_level.as_deref().unwrap_or_default(),
            )
            && (self.principals.is_empty()
                || self
                    .principals
                    .iter()
                    .any(|wanted| is_principal(wanted, &row.principal)))
            && (self.managed.is_empty() || self.managed.contains(&row.managed))
            && (self.disabled.is_empty() || self.disabled.contains(&row.disabled))
    }
}

pub(crate) fn is_principal(wanted: &Value, principal: &Grantee) -> bool {
    wanted["type"] == *principal.kind
        && wanted["identifier"] == *principal.identifier
        && wanted["scopeLevel"].as_str() == principal.scope_level.as_deref()
}
