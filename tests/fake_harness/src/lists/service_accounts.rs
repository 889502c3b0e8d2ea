//! Service accounts: a bare array, and a paged aggregate. Both show a silent subset to callers without the view.

use serde_json::{Value, json};

use super::with_times;
use crate::account::ServiceAccount;
use crate::context::{Context, Visible};
use crate::http::Answer;
use crate::index::Positions;
use crate::paging::{SortOrder, filtered_to_nothing};
use crate::shapes::{Result, with_extra};

const VIEW: (&str, &str) = ("core_serviceaccount_view", "SERVICEACCOUNT");

pub(crate) fn list(cx: &Context<'_>) -> Result<Answer> {
    let (_, visible) = visible(cx, false)?;
    let positions = match visible {
        Visible::All(positions) | Visible::Some(positions) => positions,
        Visible::None => return Err(cx.all_items_denied(VIEW.0, VIEW.1, &cx.scope)),
        Visible::Nothing => Positions::default(),
    };
    let rows = positions
        .iter()
        .map(|&position| inner(cx, &cx.account.service_accounts[position as usize]));
    Ok(cx.ok(rows.collect::<Vec<_>>()))
}

pub(crate) fn aggregate(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let children = cx.query.get("filterType") == Some("INCLUDE_CHILD_SCOPE_SERVICE_ACCOUNTS");
    let (key, visible) = visible(cx, children && cx.switches.service_account_filter_type)?;
    let (key, positions) = match visible {
        Visible::All(positions) => (key, positions),
        Visible::Some(positions) => (cx.seen_by_caller(&key), positions),
        Visible::None => return Err(cx.all_items_denied(VIEW.0, VIEW.1, &cx.scope)),
        Visible::Nothing => return Ok(filtered_to_nothing(&cx.correlation)),
    };
    let rows = &cx.account.service_accounts;
    let sorted = cx.sorted(
        &key,
        rows,
        &positions,
        &page.sort,
        &[SortOrder::descending("lastModifiedAt")],
    );
    Ok(cx.page(&page, rows, &sorted, |row| aggregated(cx, row)))
}

fn visible(cx: &Context<'_>, children: bool) -> Result<(String, Visible)> {
    cx.require_scope(&cx.scope)?;
    let wanted: Vec<&str> = cx.query.all("identifiers").collect();
    let key = format!("service accounts {} {children} {wanted:?}", cx.scope);
    let rows = &cx.account.service_accounts;
    let matching = cx.filtered(&key, rows, |row| {
        (cx.is_listed_at(&row.scope, &cx.scope) || children && cx.scope.contains(&row.scope))
            && (wanted.is_empty() || wanted.contains(&&*row.identifier))
    });
    Ok((
        key,
        cx.visible(matching, rows, VIEW, &cx.scope, |row| &row.identifier),
    ))
}

fn inner(cx: &Context<'_>, row: &ServiceAccount) -> Value {
    let value = json!({
        "identifier": row.identifier, "name": row.name, "email": row.email, "description": row.description,
        "tags": row.tags, "accountIdentifier": cx.account.id, "orgIdentifier": row.scope.org,
        "projectIdentifier": row.scope.project
    });
    with_extra(value, &row.extra)
}

/// Its `tokensCount` counts API keys.
pub(crate) fn aggregated(cx: &Context<'_>, row: &ServiceAccount) -> Value {
    let keys = cx.account.api_keys.iter().filter(|key| {
        key.kind == "SERVICE_ACCOUNT" && key.parent == row.identifier && key.scope == row.scope
    });
    let mut outer = with_times("serviceAccount", inner(cx, row), row.times);
    outer.insert("tokensCount".into(), keys.count().into());
    outer.insert("roleAssignmentsMetadataDTO".into(), json!([]));
    outer.into()
}
