//! The audit trail: an event for every change of the account that Harness records one for, and for sign-ins.
//!
//! `FakeHarness::change_by` makes a change as somebody, at a time, and the account before and after tell which events
//! that means. `change` does the same as Harness itself (`SYSTEM`), now. The traps of the real trail are all there:
//!
//! - What goes with something else (the grants of a removed group, all of a deleted project) has no event of its own.
//! - Changes that Harness records nothing for (a user disabled, locked or renamed, managed roles, the groups of all
//!   users) have none. `By::nobody` makes any other change leave none either.
//! - `By::late_by` publishes the events later than they happened; until the clock of the trail gets there, no list has
//!   them. `FakeHarness::trail_time` sets that clock; without it, it is the system's.
//! - Users act by the e-mail they have at that time, service accounts by identifier without scope, and who leaves is
//!   named without labels.
//! - `By::invitation` makes people join by invitation: `INVITE` by the actor, `ADD_COLLABORATOR` by `SYSTEM`.
//! - `By::impersonating` shows two people in one event.
//! - The YAML of a group holds webhook addresses and keys in clear text.
//! - `FakeHarness::record` adds any event, of an action that nobody knows too.
//! - The lists ignore names that they do not know (`page`, `size`, `resourceType`), sort by `timestamp` alone, give
//!   events of one millisecond in another order each time, and answer 403 without `core_audit_view`.
//!
//! `Switches` tell which of the two lists exist (`audit_list`, `audit_list_v2`), whether unknown actions in a filter are
//! refused (`closed_audit_actions`), and how long events are kept (`audit_retention`).

mod event;
mod follow;
mod yaml;

use std::time::{SystemTime, UNIX_EPOCH};

pub use event::{Actor, Event};

use crate::account::{Account, Times};
use follow::Recording;

/// Who makes a change, when, and what becomes of its events.
#[derive(Clone, Debug)]
pub struct By {
    /// `None`: nobody is recorded.
    who: Option<Who>,
    impersonated: Option<String>,
    at: Option<i64>,
    late: i64,
    is_invitation: bool,
}

#[derive(Clone, Debug)]
enum Who {
    User(String),
    ServiceAccount(String),
    ApiKey(String),
    System,
}

impl By {
    fn who(who: Who) -> Self {
        Self {
            who: Some(who),
            impersonated: None,
            at: None,
            late: 0,
            is_invitation: false,
        }
    }

    /// A user, by uuid.
    pub fn user(uuid: &str) -> Self {
        Self::who(Who::User(uuid.to_owned()))
    }

    /// A service account, by the identifier that its namesakes share.
    pub fn service_account(identifier: &str) -> Self {
        Self::who(Who::ServiceAccount(identifier.to_owned()))
    }

    /// An old key, by name.
    pub fn api_key(name: &str) -> Self {
        Self::who(Who::ApiKey(name.to_owned()))
    }

    /// Harness itself: a sync with the identity provider, an accepted invitation.
    pub fn system() -> Self {
        Self::who(Who::System)
    }

    /// A change that the trail does not know of.
    pub fn nobody() -> Self {
        Self {
            who: None,
            ..Self::system()
        }
    }

    /// At this time, in epoch milliseconds; otherwise now, by the clock of the trail.
    #[must_use]
    pub fn at(mut self, milliseconds: i64) -> Self {
        self.at = Some(milliseconds);
        self
    }

    /// So many milliseconds pass before a list shows the events.
    #[must_use]
    pub fn late_by(mut self, milliseconds: i64) -> Self {
        self.late = milliseconds;
        self
    }

    /// Acting as this user, by uuid.
    #[must_use]
    pub fn impersonating(mut self, uuid: &str) -> Self {
        self.impersonated = Some(uuid.to_owned());
        self
    }

    /// Who joins does so by an invitation of this actor.
    #[must_use]
    pub fn invitation(mut self) -> Self {
        self.is_invitation = true;
        self
    }
}

/// What happened so far.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    pub(crate) events: Vec<Event>,
    /// Epoch milliseconds; `None`: the system's clock.
    pub(crate) clock: Option<i64>,
    numbered: u64,
}

impl Trail {
    pub(crate) fn now(&self) -> i64 {
        self.clock.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| since.as_millis() as i64)
        })
    }

    /// Adds the events of a change.
    pub(crate) fn follow(&mut self, before: &Account, after: &Account, by: &By) {
        let Some(who) = &by.who else { return };
        let at = by.at.unwrap_or_else(|| self.now());
        let people = |uuid: &str| {
            let known = after.users.iter().chain(&before.users);
            Actor::user(known.into_iter().find(|user| user.uuid == uuid), uuid)
        };
        let actor = match who {
            Who::User(uuid) => people(uuid),
            Who::ServiceAccount(identifier) => Actor::new("SERVICE_ACCOUNT", identifier),
            Who::ApiKey(name) => Actor::new("API_KEY", name),
            Who::System => Actor::system(),
        };
        let impersonated = by.impersonated.as_deref().map(people);
        let mut recording = Recording::new(before, after, by.is_invitation);
        recording.follow();
        for mut event in recording.events {
            event.at += at;
            event.published_at = event.at + by.late;
            if event.actor.is_none() {
                event.actor = Some(actor.clone());
                event.impersonated.clone_from(&impersonated);
            }
            self.add(event);
        }
    }

    /// Numbers an event and keeps it.
    pub(crate) fn add(&mut self, mut event: Event) {
        self.numbered += 1;
        event.id = format!("65a0{:020x}", self.numbered);
        self.events.push(event);
    }

    /// Somebody signs in, or tries to.
    pub(crate) fn sign_in(&mut self, account: &Account, uuid: &str, action: &str, at: i64) {
        let user = account.users.iter().find(|user| user.uuid == uuid);
        let actor = Actor::user(user, uuid);
        let mut event = Event::new(action, "USER", &actor.identifier);
        event.labels = user.map(follow::labels_of).unwrap_or_default();
        event.actor = Some(actor);
        (event.at, event.published_at) = (at, at);
        self.add(event);
    }
}

/// What was made by this change was created when it was made.
pub(crate) fn stamp(before: &Account, after: &mut Account, at: i64) {
    let known: std::collections::HashSet<_> = before
        .role_assignments
        .iter()
        .map(|row| (&row.scope, row.identifier.as_str()))
        .collect();
    let fresh = |times: Times| times == Times::default();
    for row in &mut after.role_assignments {
        if fresh(row.times) && !known.contains(&(&row.scope, row.identifier.as_str())) {
            row.times = Times::at(at);
        }
    }
}

impl By {
    /// When it happens, by the clock of a trail.
    pub(crate) fn time(&self, trail: &Trail) -> i64 {
        self.at.unwrap_or_else(|| trail.now())
    }
}
