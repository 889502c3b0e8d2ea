//! `diff --format json`: one document, stable and ordered.

use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

use super::unread::UnreadDoc;
use crate::agreed::Agreement;
use crate::diff::{AssessedChange, Cause, Change, Comparison, Escalation, Side, Subject, Tally};
use crate::model::{Gap, GrantFact, Impact, ResourceFact, ResourceType};
use crate::output::audit::EventDoc;
use crate::output::by::ByDoc;
use crate::output::documents::{FORMAT_VERSION, NamedDoc, PrincipalDoc, SnapshotDoc};

/// Writes the document.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let changes = comparison.changes.iter().map(change).collect();
    crate::output::write_json(&Document::new(comparison, Some(changes)), out)
}

/// Writes the document without the changes.
///
/// # Errors
/// When the output fails.
pub fn write_counts(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    crate::output::write_json(&Document::new(comparison, None), out)
}

impl<'a> Document<'a> {
    fn new(comparison: &'a Comparison, changes: Option<Vec<ChangeDoc<'a>>>) -> Self {
        let (resources, grants) = comparison.tallies();
        let gaps = |name, side: &'a Side| {
            side.gaps
                .iter()
                .map(move |gap| CoverageDoc { side: name, gap })
        };
        Self {
            format_version: FORMAT_VERSION,
            from: SnapshotDoc::new(&comparison.from.snapshot, &comparison.from.file),
            to: SnapshotDoc::new(&comparison.to.snapshot, &comparison.to.file),
            comparable: comparison.is_comparable(),
            coverage: gaps("from", &comparison.from)
                .chain(gaps("to", &comparison.to))
                .collect(),
            newly_visible: comparison.newly_visible,
            out_of_sight: comparison.out_of_sight,
            summary: Summary {
                resources,
                grants,
                escalations: comparison.count(AssessedChange::escalates),
                built_in: comparison.count(|f| f.built_in.is_some()),
                approved: comparison.count(|f| f.approved.is_some()),
                counted: comparison
                    .checked()
                    .filter(|(_, counts, _)| *counts)
                    .count(),
                lapsed: comparison.lapsed.len(),
                unknown: comparison.undecided(),
            },
            changes,
            unseen: comparison.unseen.iter().map(EventDoc::from).collect(),
            unread: comparison
                .unread
                .as_ref()
                .map(|unread| unread.iter().map(UnreadDoc::from).collect()),
            lapsed: comparison
                .lapsed
                .iter()
                .map(|lapsed| LapsedDoc {
                    agreement: &lapsed.agreement,
                    access: change(&lapsed.access),
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    from: SnapshotDoc<'a>,
    to: SnapshotDoc<'a>,
    comparable: bool,
    coverage: Vec<CoverageDoc<'a>>,
    newly_visible: u64,
    out_of_sight: u64,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangeDoc<'a>>>,
    unseen: Vec<EventDoc<'a>>,
    /// Stretches of which the audit trail was not read whole; `null`: it was never read.
    unread: Option<Vec<UnreadDoc<'a>>>,
    lapsed: Vec<LapsedDoc<'a>>,
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
    escalations: usize,
    built_in: usize,
    approved: usize,
    counted: usize,
    lapsed: usize,
    /// Changes of which the audit trail does not tell who made them.
    unknown: usize,
}

/// Access that was approved until a day that is over.
#[derive(Serialize)]
struct LapsedDoc<'a> {
    agreement: &'a Agreement,
    #[serde(flatten)]
    access: ChangeDoc<'a>,
}

#[derive(Serialize)]
pub(super) struct ChangeDoc<'a> {
    change: &'static str,
    kind: &'static str,
    id: String,
    r#type: &'a ResourceType,
    principal: Option<PrincipalDoc<'a>>,
    resource: NamedDoc<'a>,
    scope: Option<&'a str>,
    resource_group: Option<NamedDoc<'a>>,
    approved: Option<&'a Agreement>,
    before: Option<StateDoc<'a>>,
    after: Option<StateDoc<'a>>,
    cause: Cause,
    gone_with: Option<&'a str>,
    reach: Option<Impact>,
    escalation: Option<&'a Escalation>,
    built_in: Option<&'static str>,
    details: &'a [String],
    by: Option<ByDoc<'a>>,
}

pub(super) fn change(assessed: &AssessedChange) -> ChangeDoc<'_> {
    let change = &assessed.change;
    let (before, after) = match change {
        Change::ResourceAdded(after) => (None, Some(resource_state(after))),
        Change::ResourceChanged { before, after } => {
            (Some(resource_state(before)), Some(resource_state(after)))
        }
        Change::ResourceRemoved(before) => (Some(resource_state(before)), None),
        Change::GrantAdded(grant) => (None, Some(grant_state(grant))),
        Change::GrantRemoved(grant) => (Some(grant_state(grant)), None),
    };
    let (resource, scope) = match change.subject() {
        Subject::Resource(fact) => {
            let resource = NamedDoc {
                id: &fact.id,
                name: fact.name.as_deref(),
            };
            (resource, Some(fact.scope.as_str()))
        }
        Subject::Grant(grant) => (NamedDoc::from(&*grant.target), grant.scope.as_deref()),
    };
    let grant = change.grant();
    ChangeDoc {
        change: change.verb().as_str(),
        kind: change.kind(),
        id: change.id(),
        r#type: change.resource_type(),
        principal: grant.map(|grant| PrincipalDoc::from(&*grant.principal)),
        resource,
        scope,
        resource_group: grant
            .and_then(|grant| grant.resource_group.as_deref())
            .map(NamedDoc::from),
        approved: assessed.approved.as_deref(),
        before,
        after,
        cause: assessed.cause,
        gone_with: assessed.gone_with.as_deref(),
        reach: assessed.impact,
        escalation: assessed.escalation.as_ref(),
        built_in: assessed.built_in,
        details: &assessed.details,
        by: assessed.by.as_deref().map(ByDoc::from),
    }
}

/// What was, or is, in the order of its names.
#[derive(Serialize)]
#[serde(untagged)]
enum StateDoc<'a> {
    Resource {
        attributes: Value,
        name: Option<&'a str>,
    },
    Grant {
        created_at: Option<String>,
        harness_managed: bool,
        role_assignment: Option<&'a str>,
    },
}

fn resource_state(fact: &ResourceFact) -> StateDoc<'_> {
    StateDoc::Resource {
        attributes: serde_json::from_str(&fact.attributes).unwrap_or(Value::Null),
        name: fact.name.as_deref(),
    }
}

fn grant_state(grant: &GrantFact) -> StateDoc<'_> {
    StateDoc::Grant {
        created_at: grant.created_at.map(|moment| moment.to_string()),
        harness_managed: grant.harness_managed,
        role_assignment: grant.role_assignment.as_deref(),
    }
}
