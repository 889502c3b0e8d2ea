//! `diff --format json`: one document, stable and ordered.

use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

use crate::diff::{Change, Report, Side, Tally};
use crate::model::{Gap, GrantFact, Named, ResourceFact};

/// Writes the document.
///
/// # Errors
/// When the output fails.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (resources, grants) = report.comparison.tallies();
    let document = Document {
        format_version: 1,
        from: side(&report.from),
        to: side(&report.to),
        comparable: report.is_comparable(),
        coverage: [("from", &report.from), ("to", &report.to)]
            .into_iter()
            .flat_map(|(name, side)| {
                side.gaps
                    .iter()
                    .map(move |gap| CoverageDoc { side: name, gap })
            })
            .collect(),
        newly_visible: report.comparison.newly_visible,
        summary: Summary { resources, grants },
        changes: report.comparison.changes.iter().map(change).collect(),
    };
    super::write_json(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    from: SideDoc<'a>,
    to: SideDoc<'a>,
    comparable: bool,
    coverage: Vec<CoverageDoc<'a>>,
    newly_visible: u64,
    summary: Summary,
    changes: Vec<ChangeDoc<'a>>,
}

#[derive(Serialize)]
struct SideDoc<'a> {
    snapshot: i64,
    label: Option<&'a str>,
    finished_at: &'a str,
    state: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct CoverageDoc<'a> {
    side: &'static str,
    #[serde(flatten)]
    gap: &'a Gap,
}

#[derive(Serialize)]
struct Summary {
    resources: Tally,
    grants: Tally,
}

#[derive(Serialize)]
struct ChangeDoc<'a> {
    change: &'static str,
    kind: &'static str,
    id: String,
    r#type: &'a str,
    principal: Option<PrincipalDoc<'a>>,
    resource: NamedDoc<'a>,
    scope: Option<&'a str>,
    resource_group: Option<NamedDoc<'a>>,
    approved: Option<Value>,
    before: Option<Value>,
    after: Option<Value>,
}

#[derive(Serialize)]
struct PrincipalDoc<'a> {
    id: &'a str,
    r#type: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
}

#[derive(Serialize)]
struct NamedDoc<'a> {
    id: &'a str,
    name: Option<&'a str>,
}

fn side(side: &Side) -> SideDoc<'_> {
    SideDoc {
        snapshot: side.snapshot.id,
        label: side.snapshot.label.as_deref(),
        finished_at: &side.snapshot.finished_at,
        state: &side.snapshot.state,
        file: &side.file,
    }
}

fn change(change: &Change) -> ChangeDoc<'_> {
    let (verb, kind, id) = (change.verb().as_str(), change.kind(), change.id());
    match change {
        Change::Resource { before, after } => {
            let fact = after.as_ref().or(before.as_ref());
            ChangeDoc {
                change: verb,
                kind,
                id,
                r#type: fact.map_or("", |fact| &fact.kind),
                principal: None,
                resource: NamedDoc {
                    id: fact.map_or("", |fact| &fact.id),
                    name: fact.and_then(|fact| fact.name.as_deref()),
                },
                scope: fact.map(|fact| fact.scope.as_str()),
                resource_group: None,
                approved: None,
                before: before.as_ref().map(resource_state),
                after: after.as_ref().map(resource_state),
            }
        }
        Change::GrantAdded(grant) | Change::GrantRemoved(grant) => {
            let state = Some(grant_state(grant));
            let added = matches!(change, Change::GrantAdded(_));
            let (before, after) = if added { (None, state) } else { (state, None) };
            ChangeDoc {
                change: verb,
                kind,
                id,
                r#type: &grant.target.kind,
                principal: Some(principal(&grant.principal)),
                resource: named(&grant.target),
                scope: grant.scope.as_deref(),
                resource_group: grant.resource_group.as_ref().map(named),
                approved: None,
                before,
                after,
            }
        }
    }
}

fn principal(principal: &Named) -> PrincipalDoc<'_> {
    PrincipalDoc {
        id: &principal.id,
        r#type: &principal.kind,
        name: principal.name.as_deref(),
        email: principal.email.as_deref(),
    }
}

fn named(named: &Named) -> NamedDoc<'_> {
    NamedDoc {
        id: &named.id,
        name: named.name.as_deref(),
    }
}

fn resource_state(fact: &ResourceFact) -> Value {
    let attributes: Value = serde_json::from_str(&fact.attributes).unwrap_or(Value::Null);
    json!({"name": fact.name, "attributes": attributes})
}

fn grant_state(grant: &GrantFact) -> Value {
    json!({
        "role_assignment": grant.role_assignment,
        "created_at": grant.created_at,
        "harness_managed": grant.harness_managed,
    })
}
