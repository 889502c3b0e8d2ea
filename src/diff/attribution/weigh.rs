//! What the candidates of one change prove.

use super::candidates::Candidates;
use super::interval::{Interval, SAME_MOMENT_MS, is_creation, is_same_moment};
use crate::diff::{Change, Subject};
use crate::model::{Acting, AuditEvent, AuditTrail, By, Certainty};

/// An answer, and the events it rests on.
pub(super) struct Weighed {
    pub(super) by: By,
    pub(super) positions: Vec<usize>,
}

pub(super) fn weigh(
    change: &Change,
    candidates: &Candidates,
    events: &[&AuditEvent],
    trail: &AuditTrail,
    interval: Interval,
) -> Weighed {
    if let Some(weighed) = by_time_of_creation(change, candidates, events, trail) {
        return weighed;
    }
    let (from, until) = interval.with_skew();
    let whole = is_between(change) && trail.covers(from, until);
    let mut positions: Vec<usize> = candidates.direct.clone();
    positions.extend(candidates.along.iter().map(|(position, _)| *position));
    positions.sort_unstable();
    positions.dedup();
    let fits_in_time = !positions.is_empty();
    if !fits_in_time {
        positions.clone_from(&candidates.of_another_time);
    }
    let through = candidates
        .direct
        .is_empty()
        .then(|| candidates.along.last().map(|(_, id)| id.clone()))
        .flatten();
    let by = match positions.is_empty() {
        true if candidates.may_be_silent => By::nobody(Certainty::NeverRecorded),
        true if whole && !candidates.nameless && !is_of_another_time(change, interval) => {
            By::nobody(Certainty::Unexplained)
        }
        true => By::nobody(Certainty::Unknown),
        false => {
            let doubtful = !fits_in_time
                || candidates.nameless
                || candidates.crowded
                || candidates.may_be_silent;
            By {
                through,
                ..by(&positions, events, whole && !doubtful)
            }
        }
    };
    Weighed { by, positions }
}

/// Whether it certainly happened between the two looks: both read the list that shows it. What else they could not read
/// does not matter.
fn is_between(change: &Change) -> bool {
    match change.subject() {
        Subject::Resource(fact) => fact.read_by_both,
        Subject::Grant(grant) => grant.read_by_both,
    }
}

/// Whether a new grant says that it was made at a time whose records were not looked at.
fn is_of_another_time(change: &Change, interval: Interval) -> bool {
    let Change::GrantAdded(grant) = change else {
        return false;
    };
    grant
        .created_at
        .is_some_and(|made| made < interval.from || interval.until < made)
}

/// A grant that says when it was made needs only the trail of that moment.
fn by_time_of_creation(
    change: &Change,
    candidates: &Candidates,
    events: &[&AuditEvent],
    trail: &AuditTrail,
) -> Option<Weighed> {
    let Change::GrantAdded(grant) = change else {
        return None;
    };
    let made = grant.created_at?;
    let (first, last) = (made.moved(-SAME_MOMENT_MS), made.moved(SAME_MOMENT_MS));
    let made_it = |position: &usize| {
        let event = events[*position];
        is_creation(event) && is_same_moment(made, event.at)
    };
    let positions: Vec<usize> = candidates.direct.iter().copied().filter(made_it).collect();
    if positions.is_empty() {
        return None;
    }
    let by = by(&positions, events, trail.covers(first, last));
    Some(Weighed { by, positions })
}

fn by(positions: &[usize], events: &[&AuditEvent], proven: bool) -> By {
    let latest = positions.last().map(|position| events[*position].clone());
    let mut actors: Vec<Acting> = Vec::new();
    for position in positions.iter().rev() {
        let acting = Acting::from(events[*position]);
        if !actors.iter().any(|known| known.is(&acting)) {
            actors.push(acting);
        }
    }
    let is_known = actors.iter().all(|acting| acting.actor.is_known());
    By {
        certainty: match (actors.len(), proven && is_known) {
            (1, true) => Certainty::Exact,
            (1, false) => Certainty::Likely,
            _ => Certainty::OneOf,
        },
        event: latest,
        actors,
        records: positions
            .iter()
            .map(|position| events[*position].audit_id.clone())
            .collect(),
        through: None,
        behind: None,
    }
}
