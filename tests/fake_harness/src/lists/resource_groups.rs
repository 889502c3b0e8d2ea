//! Resource groups: the custom ones of exactly the scope and those Harness supplies at its level.

use serde_json::{Value, json};

use super::with_times;
use crate::account::{IncludedScope, ResourceGroup, ResourceSelector};
use crate::context::{Context, Visible};
use crate::http::Answer;
use crate::paging::{PageRequest, SortOrder, filtered_to_nothing};
use crate::scope::Scope;
use crate::shapes::{self, Result, omit_nulls, with_extra};

const VIEW: (&str, &str) = ("core_resourcegroup_view", "RESOURCEGROUP");

pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let default = [
        SortOrder::descending("harnessManaged"),
        SortOrder::descending("lastModifiedAt"),
    ];
    answer(cx, &page, &cx.scope, "NO_FILTER", &[], &default)?
        .ok_or(())
        .or_else(|()| Ok(filtered_to_nothing(&cx.correlation)))
}

pub(crate) fn filter(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let scope = cx.body_scope()?;
    let managed = cx.body_text("managedFilter").unwrap_or("NO_FILTER");
    let identifiers = cx.body_texts("identifierFilter");
    let answer = answer(cx, &page, &scope, managed, &identifiers, &[])?;
    // Not a missing permission: there is nothing to have it on. Told apart by the shape only.
    answer.ok_or_else(|| {
        shapes::general_error(
            403,
            "NG_ACCESS_DENIED",
            "Missing permission core_resourcegroup_view",
        )
    })
}

/// `None`: nothing is there and the caller may not see all.
fn answer(
    cx: &Context<'_>,
    page: &PageRequest,
    scope: &Scope,
    managed: &str,
    identifiers: &[&str],
    default: &[SortOrder],
) -> Result<Option<Answer>> {
    let level = scope.level();
    let key = format!("resource groups {scope} {managed} {identifiers:?}");
    let rows = &cx.account.resource_groups;
    let matching = cx.filtered(&key, rows, |row| {
        let in_scope = if let Some(own) = &row.scope {
            cx.is_listed_at(own, scope) && managed != "ONLY_MANAGED"
        } else {
            let levels = row.levels.as_deref().unwrap_or_default();
            managed != "ONLY_CUSTOM" && levels.iter().any(|allowed| allowed == level)
        };
        in_scope && (identifiers.is_empty() || identifiers.contains(&&*row.identifier))
    });
    let blanket = cx.access.blanket(VIEW.0, VIEW.1, scope);
    // Managed resource groups drop out as soon as single ones are checked.
    let matching = if blanket {
        matching
    } else {
        cx.filtered(&format!("{key} custom"), rows, |row| {
            row.scope.as_ref() == Some(scope)
                && (identifiers.is_empty() || identifiers.contains(&&*row.identifier))
        })
    };
    match cx.visible(matching, rows, VIEW, scope, |row| &row.identifier) {
        Visible::All(positions) => {
            let sorted = cx.sorted(&key, rows, &positions, &page.sort, default);
            Ok(Some(cx.page(page, rows, &sorted, |row| wire(cx, row))))
        }
        Visible::Some(positions) => {
            let key = cx.seen_by_caller(&key);
            let sorted = cx.sorted(
                &key,
                rows,
                &positions,
                &[],
                &[SortOrder::descending("createdAt")],
            );
            Ok(Some(cx.page(page, rows, &sorted, |row| wire(cx, row))))
        }
        Visible::None => Err(cx.all_items_denied(VIEW.0, VIEW.1, scope)),
        Visible::Nothing => Ok(None),
    }
}

pub(crate) fn wire(cx: &Context<'_>, row: &ResourceGroup) -> Value {
    let mut outer = with_times("resourceGroup", inner(cx, row), row.times);
    outer.insert("harnessManaged".into(), row.scope.is_none().into());
    outer.into()
}

/// Managed ones carry no account, although the specification requires it.
pub(crate) fn inner(cx: &Context<'_>, row: &ResourceGroup) -> Value {
    let custom = row.scope.as_ref();
    let filter = row.filter.as_ref().map(|filter| {
        json!({
            "includeAllResources": filter.all,
            "resources": filter.resources.iter().map(|resource| selector(cx, resource)).collect::<Vec<_>>()
        })
    });
    let value = json!({
        "accountIdentifier": custom.map(|_| &cx.account.id), "orgIdentifier": custom.and_then(|scope| scope.org.as_ref()),
        "projectIdentifier": custom.and_then(|scope| scope.project.as_ref()), "identifier": row.identifier,
        "name": row.name, "description": row.description, "color": "#0063f7", "tags": row.tags,
        "allowedScopeLevels": row.levels.as_ref().map(|levels| cx.set(levels)),
        "includedScopes": row.included_scopes.iter().map(|scope| included(cx, scope)).collect::<Vec<_>>(),
        "resourceFilter": filter
    });
    with_extra(omit_nulls(value), &row.extra)
}

fn included(cx: &Context<'_>, row: &IncludedScope) -> Value {
    let scope = row.scope.as_ref();
    json!({
        "filter": if row.child_scopes { "INCLUDING_CHILD_SCOPES" } else { "EXCLUDING_CHILD_SCOPES" },
        "accountIdentifier": scope.map(|_| &cx.account.id), "orgIdentifier": scope.and_then(|scope| scope.org.as_ref()),
        "projectIdentifier": scope.and_then(|scope| scope.project.as_ref())
    })
}

fn selector(cx: &Context<'_>, row: &ResourceSelector) -> Value {
    let attributes = row.attributes.as_ref().map(|attributes| {
        json!({"attributeName": attributes.name, "attributeValues": attributes.values})
    });
    json!({
        "resourceType": row.resource_type, "identifiers": row.identifiers.as_ref().map(|items| cx.set(items)),
        "attributeFilter": attributes
    })
}
