//! The history of one thing: events, made from the intervals in which its facts held.

use std::collections::HashMap;

use super::moved::Move;
use super::{Change, details};
use crate::model::{By, GrantFact, Moment, MovedProject, ResourceFact, ResourceType, Span};

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

/// Events in order of time; at the same snapshot resources before grants, then by id. What came along with a project that
/// moved is told by the move alone.
#[must_use]
pub fn events(
    mut versions: Vec<Span<ResourceFact>>,
    mut grants: Vec<Span<GrantFact>>,
    moves: &[MovedProject],
) -> Vec<Event> {
    versions.sort_by_key(|version| version.since.snapshot);
    grants.sort_by_key(|grant| grant.since.snapshot);
    let mut past = Past {
        moves,
        events: Vec::new(),
    };
    past.of_resources(versions);
    past.of_grants(grants);
    let mut events = past.events;
    events.sort_by_cached_key(|event| {
        let (snapshot, kind) = (event.moment.snapshot, event.change.kind() == "grant");
        (snapshot, kind, event.change.id(), event.change.verb())
    });
    events.dedup(); // several facts tell of one move
    events
}

struct Past<'a> {
    moves: &'a [MovedProject],
    events: Vec<Event>,
}

impl Past<'_> {
    fn of_resources(&mut self, versions: Vec<Span<ResourceFact>>) {
        let mut open: HashMap<String, Span<ResourceFact>> = HashMap::new();
        for version in versions {
            let old = match open.remove(&version.fact.id) {
                // In a pruned file, the end of one version and the start of the next may name different snapshots.
                Some(old) if goes_on(&old, &version) => Some(old.fact),
                Some(old) => {
                    gone(old, &mut self.events);
                    None
                }
                None => self.moved_resource(&mut open, &version),
            };
            let same = old
                .as_ref()
                .is_some_and(|old| old.says_the_same(&version.fact));
            if !same {
                let first_look = old.is_none() && version.fact.newly_visible;
                let forgotten = first_look && version.forgotten;
                let change = Change::of_resource(old, version.fact.clone());
                let event = event(version.since.clone(), change);
                self.events.push(Event {
                    first_look,
                    forgotten,
                    ..event
                });
            }
            open.insert(version.fact.id.clone(), version);
        }
        for last in open.into_values() {
            gone(last, &mut self.events);
        }
    }

    /// Access that is created again without a break counts as the same access.
    fn of_grants(&mut self, grants: Vec<Span<GrantFact>>) {
        let mut open: HashMap<String, Span<GrantFact>> = HashMap::new();
        for grant in grants {
            let id = grant.fact.id();
            let old = match open.remove(&id) {
                Some(old) if goes_on(&old, &grant) => Some(old),
                Some(old) => {
                    ended(old, &mut self.events);
                    None
                }
                None => self.moved_grant(&mut open, &grant),
            };
            if let Some(old) = old {
                let since = old.since;
                open.insert(id, Span { since, ..grant });
                continue;
            }
            let first_look = grant.fact.newly_visible;
            let change = Change::GrantAdded(grant.fact.clone());
            self.events.push(Event {
                first_look,
                ..event(grant.since.clone(), change)
            });
            open.insert(id, grant);
        }
        for grant in open.into_values() {
            ended(grant, &mut self.events);
        }
    }

    /// What a thing was before its project moved, under its new id.
    fn moved_resource(
        &mut self,
        open: &mut HashMap<String, Span<ResourceFact>>,
        version: &Span<ResourceFact>,
    ) -> Option<ResourceFact> {
        let (way, old) = self.came_from(open, version, |way| way.renamed(&version.fact.id))?;
        if version.fact.kind == ResourceType::Project {
            return Some(version.fact.clone()); // the move says what differs
        }
        let mut fact = old.fact;
        way.carry(&mut fact);
        Some(fact)
    }

    fn moved_grant(
        &mut self,
        open: &mut HashMap<String, Span<GrantFact>>,
        grant: &Span<GrantFact>,
    ) -> Option<Span<GrantFact>> {
        let came = self.came_from(open, grant, |way| way.moved_grant(&grant.fact).id())?;
        Some(came.1)
    }

    /// The fact that a move ended and this one goes on with, by the id that `before` gives it for the way back. Tells of the
    /// move.
    fn came_from<T>(
        &mut self,
        open: &mut HashMap<String, Span<T>>,
        new: &Span<T>,
        before: impl Fn(&Move) -> String,
    ) -> Option<(Move, Span<T>)> {
        let moves = self.moves;
        moves.iter().find_map(|moved| {
            let at = moved.moment.snapshot;
            let way = Move::between(&moved.before, &moved.after)?;
            let id = before(&way.back());
            let ended = |old: &Span<T>| old.until.as_ref().is_some_and(|end| end.snapshot == at);
            if new.since.snapshot > at || !open.get(&id).is_some_and(ended) {
                return None;
            }
            let change = Change::of_resource(Some(moved.before.clone()), moved.after.clone());
            self.events.push(event(moved.moment.clone(), change));
            Some((way, open.remove(&id)?))
        })
    }
}

fn goes_on<T>(old: &Span<T>, new: &Span<T>) -> bool {
    let until = old.until.as_ref();
    until.is_some_and(|until| until.snapshot >= new.since.snapshot)
}

fn gone(version: Span<ResourceFact>, events: &mut Vec<Event>) {
    if let Some(until) = version.until {
        let change = Change::ResourceRemoved(Box::new(version.fact));
        events.push(event(until, change));
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
