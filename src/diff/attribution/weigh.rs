//! What the candidates of one change prove.

use super::candidates::Candidates;
use super::interval::{Interval, SAME_MOMENT_MS, is_same_moment};
use crate::diff::Change;
use crate::model::{Acting, AuditEvent, AuditTrail, By, Certainty, Timestamp};

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
    let whole = interval.both_whole && trail.covers(from, until);
    let mut positions: Vec<usize> = candidates.direct.clone();
    positions.extend(candidates.along.iter().map(|(position, _)| *position));
    positions.sort_unstable();
    positions.dedup();
    let through = candidates
        .direct
        .is_empty()
        .then(|| candidates.along.last().map(|(_, id)| id.clone()))
        .flatten();
    let by = match positions.is_empty() {
        true if candidates.may_be_silent => By::nobody(Certainty::NeverRecorded),
        true if whole && !candidates.nameless => By::nobody(Certainty::Unexplained),
        true => By::nobody(Certainty::Unknown),
        false => {
            let doubtful = candidates.nameless || candidates.crowded || candidates.may_be_silent;
            By {
                through,
                ..by(&positions, events, whole && !doubtful)
            }
        }
    };
    Weighed { by, positions }
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
    let around = |by: i64| Timestamp::from_millis(made.as_millis() + by);
    let (first, last) = (around(-SAME_MOMENT_MS), around(SAME_MOMENT_MS));
    let made_it = |position: &usize| {
        let event = events[*position];
        let is_creation = event.action.eq_ignore_ascii_case("ROLE_ASSIGNMENT_CREATED");
        is_creation && is_same_moment(made, event.at)
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
    By {
        certainty: match (actors.len(), proven) {
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
