//! Events that tell the move of a project piece by piece: what went in its old scope and what came in its new one. What came
//! there and went again is another matter.

use std::collections::BTreeMap;

use crate::diff::Change;
use crate::model::{AuditEvent, ResourceId, ResourceType, Scope};

/// Marks the events that belong to projects which moved, among those that no change shows; they are in order of time.
pub(super) fn mark<'a>(
    changes: impl Iterator<Item = &'a Change>,
    events: &[&AuditEvent],
    shown: &mut [bool],
) {
    for (from, to) in changes.filter_map(moved) {
        let mut belonging = surplus(&to, Way::Came, events, shown);
        belonging.extend(surplus(&from, Way::Went, events, shown));
        for at in belonging {
            shown[at] = true;
        }
    }
}

/// Where things of a scope came more often than they went, or the other way round: the first that came, the last that went.
fn surplus(scope: &Scope, way: Way, events: &[&AuditEvent], shown: &[bool]) -> Vec<usize> {
    let mut by_thing: BTreeMap<(&str, &str), (Vec<usize>, usize)> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        if shown[at] || event.scope != *scope {
            continue;
        }
        let thing = (&*event.acted_on.kind, &*event.acted_on.identifier);
        match Way::of(event) {
            Some(this) if this == way => by_thing.entry(thing).or_default().0.push(at),
            Some(_) => by_thing.entry(thing).or_default().1 += 1,
            None => {}
        }
    }
    let mut belonging = Vec::new();
    for (these, others) in by_thing.into_values() {
        let surplus = these.len().saturating_sub(others);
        match way {
            Way::Came => belonging.extend(these.into_iter().take(surplus)),
            Way::Went => belonging.extend(these.into_iter().rev().take(surplus)),
        }
    }
    belonging
}

/// The scopes of a project before and after it moved.
fn moved(change: &Change) -> Option<(Scope, Scope)> {
    let Change::ResourceChanged { before, after } = change else {
        return None;
    };
    if after.kind != ResourceType::Project || before.scope == after.scope {
        return None;
    }
    let scope = |id: &str| ResourceId::parse(id)?.as_scope();
    Some((scope(&before.id)?, scope(&after.id)?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Came,
    Went,
}

impl Way {
    fn of(event: &AuditEvent) -> Option<Self> {
        match event.action.as_str() {
            "CREATE" | "ADD_COLLABORATOR" | "ADD_MEMBERSHIP" | "ROLE_ASSIGNMENT_CREATED" => {
                Some(Self::Came)
            }
            "DELETE"
            | "FORCE_DELETE"
            | "REMOVE_COLLABORATOR"
            | "REMOVE_MEMBERSHIP"
            | "ROLE_ASSIGNMENT_DELETED" => Some(Self::Went),
            _ => None,
        }
    }
}
