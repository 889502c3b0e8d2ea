//! Organizations and projects: permission is asked entity by entity, and what is not permitted is silently missing.

use serde_json::{Value, json};

use super::with_times;
use crate::account::{Organization, Project};
use crate::context::Context;
use crate::http::Answer;
use crate::paging::{SortOrder, filtered_to_nothing};
use crate::scope::Scope;
use crate::shapes::{Result, omit_nulls, with_extra};

pub(crate) fn organizations(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let top = Scope::account();
    let wanted: Vec<&str> = cx.query.all("identifiers").collect();
    let key = cx.seen_by_caller(&format!("organizations {wanted:?}"));
    let rows = &cx.account.organizations;
    let matching = cx.filtered(&key, rows, |row| {
        (wanted.is_empty() || wanted.contains(&&*row.identifier))
            && cx.access.allows(
                "core_organization_view",
                "ORGANIZATION",
                Some(&row.identifier),
                &top,
            )
    });
    if matching.is_empty() {
        return Ok(filtered_to_nothing(&cx.correlation));
    }
    let default = [
        SortOrder::descending("harnessManaged"),
        SortOrder::ascending("name"),
    ];
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &default);
    Ok(cx.page(&page, rows, &sorted, organization))
}

fn organization(row: &Organization) -> Value {
    let inner = json!({
        "identifier": row.identifier, "name": row.name, "description": row.description, "tags": row.tags
    });
    let mut outer = with_times("organization", omit_nulls(inner), row.times);
    outer.insert("harnessManaged".into(), row.harness_managed.into());
    with_extra(outer.into(), &row.extra)
}

/// Without an organization: those of the whole account in one walk.
pub(crate) fn projects(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    let org = cx.query.get("orgIdentifier");
    if let Some(org) = org {
        cx.require_scope(&Scope::org(org))?;
    }
    let wanted: Vec<&str> = cx.query.all("identifiers").collect();
    let key = cx.seen_by_caller(&format!("projects {org:?} {wanted:?}"));
    let rows = &cx.account.projects;
    let matching = cx.filtered(&key, rows, |row| {
        org.is_none_or(|org| org == row.org)
            && (wanted.is_empty() || wanted.contains(&&*row.identifier))
            && cx.access.allows(
                "core_project_view",
                "PROJECT",
                Some(&row.identifier),
                &Scope::org(&row.org),
            )
    });
    if matching.is_empty() {
        return Ok(filtered_to_nothing(&cx.correlation));
    }
    let sorted = cx.sorted(
        &key,
        rows,
        &matching,
        &page.sort,
        &[SortOrder::descending("lastModifiedAt")],
    );
    Ok(cx.page(&page, rows, &sorted, project))
}

fn project(row: &Project) -> Value {
    let inner = json!({
        "orgIdentifier": row.org, "identifier": row.identifier, "name": row.name, "color": "#0063f7",
        "modules": ["CD", "CI", "CE", "STO"], "description": row.description, "tags": row.tags
    });
    let mut outer = with_times("project", omit_nulls(inner), row.times);
    outer.insert("isFavorite".into(), false.into());
    with_extra(outer.into(), &row.extra)
}
