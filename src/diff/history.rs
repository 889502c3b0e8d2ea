//! The history of one thing: events, made from the intervals in which its facts held.

use std::collections::HashMap;

use super::{Change, details};
use crate::model::{By, GrantFact, Moment, ResourceFact, Span};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The first snapshot that shows it.
    pub moment: Moment,
    /// What it was.
    pub change: Change,
    /// What differs inside a resource.
    pub details: Vec<String>,
    /// The first snapshot that listed such things already shows it, so how long it has existed is unknown.
    pub first_look: bool,
    /// Earlier snapshots were deleted.
    pub forgotten: bool,
    /// Who did it, where the audit trail was read.
    pub by: Option<By>,
}

/// Events in order of time; at the same snapshot resources before grants, then by id.
#[must_use]
pub fn events(versions: Vec<Span<ResourceFact>>, grants: Vec<Span<GrantFact>>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut by_id: HashMap<String, Vec<Span<ResourceFact>>> = HashMap::new();
    for version in versions {
        by_id
            .entry(version.fact.id.clone())
            .or_default()
            .push(version);
    }
    for versions in by_id.into_values() {
        of_resource(versions, &mut events);
    }
    of_grants(grants, &mut events);
    events.sort_by_cached_key(|event| {
        let (snapshot, kind) = (event.moment.snapshot, event.change.kind() == "grant");
        (snapshot, kind, event.change.id(), event.change.verb())
    });
    events
}

fn of_resource(versions: Vec<Span<ResourceFact>>, events: &mut Vec<Event>) {
    let mut before: Option<Span<ResourceFact>> = None;
    for version in versions {
        // In a pruned file, the end of one version and the start of the next may name different snapshots.
        let follows = |ended: &Moment| ended.snapshot >= version.since.snapshot;
        let old = match before.take() {
            Some(old) if old.until.as_ref().is_some_and(follows) => Some(old.fact),
            Some(old) => {
                gone(old, events);
                None
            }
            None => None,
        };
        let same = old
            .as_ref()
            .is_some_and(|old| old.says_the_same(&version.fact));
        if !same {
            let first_look = old.is_none() && version.fact.newly_visible;
            let forgotten = first_look && version.forgotten;
            let change = Change::of_resource(old, version.fact.clone());
            let event = event(version.since.clone(), change);
            events.push(Event {
                first_look,
                forgotten,
                ..event
            });
        }
        before = Some(version);
    }
    if let Some(last) = before {
        gone(last, events);
    }
}

fn gone(version: Span<ResourceFact>, events: &mut Vec<Event>) {
    if let Some(until) = version.until {
        let change = Change::ResourceRemoved(Box::new(version.fact));
        events.push(event(until, change));
    }
}

/// Access that is created again without a break counts as the same access.
fn of_grants(grants: Vec<Span<GrantFact>>, events: &mut Vec<Event>) {
    let mut open: HashMap<String, Span<GrantFact>> = HashMap::new();
    for grant in grants {
        let id = grant.fact.id();
        if let Some(old) = open.remove(&id) {
            if old
                .until
                .as_ref()
                .is_some_and(|until| until.snapshot >= grant.since.snapshot)
            {
                let since = old.since;
                open.insert(id, Span { since, ..grant });
                continue;
            }
            ended(old, events);
        }
        let first_look = grant.fact.newly_visible;
        let change = Change::GrantAdded(grant.fact.clone());
        events.push(Event {
            first_look,
            ..event(grant.since.clone(), change)
        });
        open.insert(id, grant);
    }
    for grant in open.into_values() {
        ended(grant, events);
    }
}

fn ended(grant: Span<GrantFact>, events: &mut Vec<Event>) {
    if let Some(until) = grant.until {
        events.push(event(until, Change::GrantRemoved(grant.fact)));
    }
}

fn event(moment: Moment, change: Change) -> Event {
    Event {
        moment,
        details: details(&change),
        change,
        first_look: false,
        forgotten: false,
        by: None,
    }
}
