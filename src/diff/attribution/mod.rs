//! Who made each change: events of the audit trail joined to the changes between two snapshots.
//!
//! The rule that keeps every answer true: *exact* is said only where the trail was read whole over the time in which the
//! change can have happened, and everything recorded that can have brought it about was done by one and the same actor.
//! Silence is called *unexplained* only in a stretch that was read whole, and only for what Harness records at all.

mod along;
mod candidates;
mod interval;
mod pattern;
mod trace;
mod weigh;

pub use interval::Interval;

use candidates::Candidates;
use weigh::Weighed;

use std::collections::BTreeSet;

use super::{AssessedChange, Change, Subject};
use crate::model::{ActorKind, AuditEvent, AuditTrail, Behind};

/// Adds to each change who made it; `synced_groups` are the text ids of groups that an identity provider keeps. Returns the
/// events in between that no change shows: what they did came and went.
pub fn attribute(
    changes: &mut [AssessedChange],
    trail: &AuditTrail,
    interval: Interval,
    synced_groups: &BTreeSet<String>,
) -> Vec<AuditEvent> {
    let (from, until) = interval.with_skew();
    let events: Vec<&AuditEvent> = trail
        .events
        .iter()
        .filter(|event| from <= event.at && event.at <= until)
        .collect();
    let candidates = Candidates::find(changes, &events);
    let mut shown = vec![false; events.len()];
    for (change, candidates) in changes.iter_mut().zip(candidates) {
        let Weighed { mut by, positions } =
            weigh::weigh(&change.change, &candidates, &events, trail, interval);
        by.behind = by
            .event
            .as_ref()
            .and_then(|event| behind(&change.change, event, trail, synced_groups));
        if matches!(by.behind, Some(Behind::Invitation(_))) {
            mark_invitations(by.event.as_ref(), &events, &mut shown);
        }
        change.by = Some(Box::new(by));
        for position in positions {
            shown[position] = true;
        }
    }
    along::mark(changes.iter().map(|of| &of.change), &events, &mut shown);
    let between = |event: &AuditEvent| interval.from < event.at && event.at < interval.until;
    events
        .iter()
        .zip(shown)
        .filter(|(event, shown)| !shown && between(event))
        .map(|(event, _)| (*event).clone())
        .collect()
}

/// Who joined by an invitation is told with it.
fn mark_invitations(joined: Option<&AuditEvent>, events: &[&AuditEvent], shown: &mut [bool]) {
    let Some(joined) = joined else { return };
    for (event, shown) in events.iter().zip(shown) {
        let is_of_them = event
            .acted_on
            .identifier
            .eq_ignore_ascii_case(&joined.acted_on.identifier);
        *shown |= is_of_them && event.action.eq_ignore_ascii_case("INVITE");
    }
}

/// What stands behind an event of Harness itself. The inviter is in an earlier event of the same address.
fn behind(
    change: &Change,
    event: &AuditEvent,
    trail: &AuditTrail,
    synced_groups: &BTreeSet<String>,
) -> Option<Behind> {
    if event.actor.kind != ActorKind::System {
        return None;
    }
    let email = &event.acted_on.identifier;
    let invited = |earlier: &&AuditEvent| {
        earlier.action.eq_ignore_ascii_case("INVITE")
            && earlier.at <= event.at
            && earlier.acted_on.identifier.eq_ignore_ascii_case(email)
    };
    let invitation = trail.events.iter().rfind(invited);
    if invitation.is_some() || event.source.as_deref() == Some("Invitation") {
        return Some(Behind::Invitation(
            invitation.map(|invite| invite.actor.clone()),
        ));
    }
    let group = match change.subject() {
        Subject::Grant(grant) if grant.scope.is_none() => &grant.target.id,
        Subject::Grant(_) => return None,
        Subject::Resource(fact) => &fact.id,
    };
    synced_groups
        .contains(group)
        .then_some(Behind::IdentityProvider)
}
