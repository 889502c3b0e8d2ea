//! The recorded events that can have brought each change about.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::interval::{is_creation, is_same_moment};
use super::pattern::{EventPattern, Who};
use super::trace::{Trace, email, trace};
use crate::diff::{AssessedChange, Change, Verb};
use crate::model::{AuditEvent, EventDetail, GrantFact, ResourceId};

/// What fits one change, as positions in the list of events, in order of time.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Events that bring it about by themselves.
    pub(super) direct: Vec<usize>,
    /// Events that bring it along, with the text id of what was acted on.
    pub(super) along: Vec<(usize, String)>,
    /// Records of a creation of the right kind at another time than the grant says, which belong to no other change.
    pub(super) of_another_time: Vec<usize>,
    /// Whether an event may belong here of which only an address is known that no snapshot knows.
    pub(super) nameless: bool,
    /// Whether more changes need an event of their own than there are events.
    pub(super) crowded: bool,
    /// Whether the same can happen without a record.
    pub(super) may_be_silent: bool,
}

impl Candidates {
    /// The candidates of each change, in the same order.
    pub(super) fn find(changes: &[AssessedChange], events: &[&AuditEvent]) -> Vec<Self> {
        let index = Index::of(events, &addresses(changes));
        let mut found: Vec<Self> = changes
            .iter()
            .map(|change| {
                let trace = trace(&change.change, change.built_in.is_some());
                let mut candidates = index.candidates(&trace);
                candidates
                    .direct
                    .retain(|position| is_not_of_another(events[*position], &change.change));
                let of_its_time =
                    |position: &usize| is_of_its_time(events[*position], &change.change);
                (candidates.direct, candidates.of_another_time) =
                    candidates.direct.into_iter().partition(of_its_time);
                candidates
            })
            .collect();
        let taken: HashSet<usize> = found
            .iter()
            .flat_map(|candidates| candidates.direct.iter().copied())
            .collect();
        for candidates in &mut found {
            candidates
                .of_another_time
                .retain(|position| !taken.contains(position));
        }
        mark_crowded(changes, &mut found);
        found
    }
}

/// Whether the text of an event that is about the right thing, where it is known, tells of this grant of it.
fn is_not_of_another(event: &AuditEvent, change: &Change) -> bool {
    match (&event.detail, change.grant()) {
        (Some(detail), Some(grant)) => is_in_detail(detail, grant, change.verb()),
        _ => true,
    }
}

fn is_in_detail(detail: &EventDetail, grant: &GrantFact, verb: Verb) -> bool {
    let is = |id: &str, identifier: &str| {
        ResourceId::parse(id).is_some_and(|id| id.identifier == identifier)
    };
    match detail {
        EventDetail::Members { joined, left } => {
            let people = if verb == Verb::Removed { left } else { joined };
            people.iter().any(|uuid| is(&grant.principal.id, uuid))
        }
        EventDetail::Assignment {
            role,
            resource_group,
        } => {
            is(&grant.target.id, role)
                && grant
                    .resource_group
                    .as_ref()
                    .is_some_and(|over| is(&over.id, resource_group))
        }
    }
}

/// A record of a creation is of the moment of the creation, which a role assignment tells: an assignment of another time is
/// another one.
fn is_of_its_time(event: &AuditEvent, change: &Change) -> bool {
    let Change::GrantAdded(grant) = change else {
        return true;
    };
    if event.detail.is_some() {
        return true;
    }
    let made = grant.created_at.filter(|_| is_creation(event));
    made.is_none_or(|made| is_same_moment(made, event.at))
}

/// Every assignment has a record of its own: where several changes share fewer records, one of them has another origin.
/// What can have gone along with something else needs none.
fn mark_crowded(changes: &[AssessedChange], found: &mut [Candidates]) {
    let mut sharing: BTreeMap<(Verb, Vec<usize>), usize> = BTreeMap::new();
    let key = |change: &AssessedChange, candidates: &Candidates| {
        let grant = change.change.grant()?;
        let alone = grant.scope.is_some() && candidates.along.is_empty();
        alone.then(|| (change.change.verb(), candidates.direct.clone()))
    };
    for (change, candidates) in changes.iter().zip(found.iter()) {
        if let Some(key) = key(change, candidates) {
            *sharing.entry(key).or_default() += 1;
        }
    }
    for (change, candidates) in changes.iter().zip(found) {
        candidates.crowded = key(change, candidates)
            .and_then(|key| sharing.get(&key).copied())
            .is_some_and(|changes| changes > candidates.direct.len());
    }
}

/// Every address that the changes know, lower-cased.
fn addresses(changes: &[AssessedChange]) -> HashSet<String> {
    let mut addresses = HashSet::new();
    for change in changes {
        let emails = match &change.change {
            Change::ResourceAdded(fact) | Change::ResourceRemoved(fact) => [email(fact), None],
            Change::ResourceChanged { before, after } => [email(before), email(after)],
            Change::GrantAdded(grant) | Change::GrantRemoved(grant) => {
                [grant.principal.email.clone(), None]
            }
        };
        addresses.extend(
            emails
                .into_iter()
                .flatten()
                .map(|email| email.to_lowercase()),
        );
    }
    addresses
}

/// Events by what they are about.
struct Index<'a> {
    events: &'a [&'a AuditEvent],
    by_acted_on: HashMap<String, Vec<usize>>,
    /// Events about users of whom only an address is known, and no snapshot knows it.
    nameless: Vec<usize>,
}

impl<'a> Index<'a> {
    fn of(events: &'a [&'a AuditEvent], addresses: &HashSet<String>) -> Self {
        let mut by_acted_on: HashMap<String, Vec<usize>> = HashMap::new();
        let mut nameless = Vec::new();
        for (event, position) in events.iter().zip(0..) {
            let acted_on = &event.acted_on;
            by_acted_on
                .entry(acted_on.identifier.to_lowercase())
                .or_default()
                .push(position);
            match &acted_on.user_id {
                Some(uuid) => by_acted_on
                    .entry(uuid.to_lowercase())
                    .or_default()
                    .push(position),
                None if addresses.contains(&acted_on.identifier.to_lowercase()) => {}
                None => nameless.push(position),
            }
        }
        Self {
            events,
            by_acted_on,
            nameless,
        }
    }

    fn candidates(&self, trace: &Trace) -> Candidates {
        let mut direct: Vec<usize> = trace
            .direct
            .iter()
            .flat_map(|pattern| self.matching(pattern))
            .collect();
        direct.sort_unstable();
        direct.dedup();
        let mut along: Vec<(usize, String)> = trace
            .along
            .iter()
            .flat_map(|(pattern, id)| {
                self.matching(pattern)
                    .into_iter()
                    .map(|position| (position, id.clone()))
            })
            .collect();
        along.sort_unstable();
        along.dedup_by_key(|(position, _)| *position);
        let mut patterns = trace
            .direct
            .iter()
            .chain(trace.along.iter().map(|(pattern, _)| pattern));
        let nameless = patterns.any(|pattern| {
            self.nameless
                .iter()
                .any(|position| pattern.may_match(self.events[*position]))
        });
        Candidates {
            direct,
            along,
            of_another_time: Vec::new(),
            nameless,
            crowded: false,
            may_be_silent: trace.may_be_silent,
        }
    }

    fn matching(&self, pattern: &EventPattern) -> Vec<usize> {
        let of = |key: &str| {
            self.by_acted_on
                .get(&key.to_lowercase())
                .map_or(&[][..], Vec::as_slice)
        };
        let positions: Vec<usize> = match pattern.who() {
            Who::Identifier(identifier) => of(identifier).to_vec(),
            Who::User { uuid, emails } => {
                let by_email = emails.iter().flat_map(|email| of(email));
                of(uuid).iter().chain(by_email).copied().collect()
            }
            Who::Any => (0..self.events.len()).collect(),
        };
        positions
            .into_iter()
            .filter(|position| pattern.matches(self.events[*position]))
            .collect()
    }
}
