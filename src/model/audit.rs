//! The audit trail: who did what to access, as Harness recorded it.
//!
//! Only who, what, where and when are kept. Harness can also tell the text of what was changed; it holds webhooks and
//! keys in clear, so no more of it than members, role and resource group gets this far.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::{ListingState, Scope, Timestamp};

/// Who acted, or who was acted as.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// As Harness names it: the e-mail address of a user at the time, the identifier of a service account (without its
    /// scope), the name of an old API key, `SYSTEM`.
    pub identifier: String,
    /// The uuid of a user, where Harness says it.
    pub user_id: Option<String>,
    /// The name of a user, where Harness says it.
    pub name: Option<String>,
}

/// The kind of an [`Actor`]. Harness keeps the list open.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActorKind {
    /// A person.
    User,
    /// A service account.
    ServiceAccount,
    /// An API key of the time before service accounts.
    ApiKey,
    /// Harness itself: a sync of single sign-on, an accepted invitation, background work.
    System,
    /// A kind this program does not know, lower-cased.
    Other(String),
}

impl ActorKind {
    /// The kinds with a name of their own.
    pub const KNOWN: [Self; 4] = [Self::User, Self::ServiceAccount, Self::ApiKey, Self::System];

    /// The name used in views and documents.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::User => "user",
            Self::ServiceAccount => "service_account",
            Self::ApiKey => "api_key",
            Self::System => "system",
            Self::Other(name) => name,
        }
    }

    /// Reads the name written by [`Self::as_str`], or Harness's spelling of it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .unwrap_or_else(|| Self::Other(text.to_ascii_lowercase()))
    }
}

impl Actor {
    /// Somebody of whom Harness does not say who it is.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            kind: ActorKind::Other("unknown".to_owned()),
            identifier: String::new(),
            user_id: None,
            name: None,
        }
    }

    /// Whether it is said who it is.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.user_id.is_some() || !self.identifier.is_empty()
    }

    /// Whether two records name the same actor. A user keeps the uuid when the address changes.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        if self.kind != other.kind || !self.is_known() {
            return false;
        }
        match (&self.user_id, &other.user_id) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ if self.kind == ActorKind::User => {
                self.identifier.eq_ignore_ascii_case(&other.identifier)
            }
            _ => self.identifier == other.identifier,
        }
    }

    /// The text id: a user's by uuid. A service account has none, because Harness leaves out its scope.
    #[must_use]
    pub fn text_id(&self) -> Option<String> {
        match self.kind {
            ActorKind::User => self.user_id.as_ref().map(|uuid| format!("user/{uuid}")),
            ActorKind::ServiceAccount
            | ActorKind::ApiKey
            | ActorKind::System
            | ActorKind::Other(_) => None,
        }
    }
}

impl fmt::Display for Actor {
    /// How people name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ActorKind::User => f.write_str(&self.identifier),
            ActorKind::ServiceAccount => write!(f, "service account {}", self.identifier),
            ActorKind::ApiKey => write!(f, "API key {}", self.identifier),
            ActorKind::System => f.write_str("Harness"),
            ActorKind::Other(kind) if self.identifier.is_empty() => f.write_str(kind),
            ActorKind::Other(kind) => write!(f, "{kind} {}", self.identifier),
        }
    }
}

/// What was acted on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActedOn {
    /// Its type as Harness spells it, such as `USER_GROUP`. A role assignment is recorded under its principal.
    pub kind: String,
    /// Its identifier; of a user the e-mail address, or the uuid when Harness does not know the user.
    pub identifier: String,
    /// The uuid of a user, where Harness says it.
    pub user_id: Option<String>,
    /// Its name, where Harness says it.
    pub name: Option<String>,
}

/// One recorded action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Harness's identifier of the record.
    pub audit_id: String,
    /// When; within milliseconds of the change itself.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The second person while an administrator acts as another user. Harness does not document which of the two fields
    /// names the administrator, so both are always shown.
    pub impersonation: Option<Actor>,
    /// What was done, as Harness spells it, such as `ROLE_ASSIGNMENT_CREATED`. Harness keeps the list open.
    pub action: String,
    /// To what.
    pub acted_on: ActedOn,
    /// Where: of a role assignment the scope that it applies at.
    pub scope: Scope,
    /// How somebody came to be in the account, where Harness says it, such as `Invitation`.
    pub source: Option<String>,
    /// What exactly it changed, where that was asked for.
    pub detail: Option<EventDetail>,
}

impl AuditEvent {
    /// Who acted: the actor, and where somebody acted as another person, that one too.
    pub fn who_acted(&self) -> impl Iterator<Item = &Actor> + Clone {
        std::iter::once(&self.actor).chain(&self.impersonation)
    }
}

/// What an event changed, as far as it tells candidates apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventDetail {
    /// Of a user group: uuids of people.
    Members {
        /// Who joined.
        joined: Vec<String>,
        /// Who left.
        left: Vec<String>,
    },
    /// Of a role assignment.
    Assignment {
        /// Identifier of the role.
        role: String,
        /// Identifier of the resource group.
        resource_group: String,
    },
}

/// A stretch of time of which every event was read, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Its first moment.
    pub from: Timestamp,
    /// Its last moment.
    pub until: Timestamp,
}

/// A stretch of time of which the trail was read, and how completely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadWindow {
    /// The stretch.
    pub window: Window,
    /// How much of it was read.
    pub state: ListingState,
}

/// When a person signed in last, as far as the trail was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The uuid.
    pub user: String,
    /// The latest sign-in that was read; `None` = not between the two moments below.
    pub last: Option<Timestamp>,
    /// Nothing before this moment was read.
    pub read_from: Timestamp,
    /// Nor after this one.
    pub read_until: Timestamp,
}

/// What one sync read of the trail.
#[derive(Clone, Debug, Default)]
pub struct TrailRead {
    /// Events about access, each once, in order of time.
    pub events: Vec<AuditEvent>,
    /// The stretches of time that were read for them.
    pub windows: Vec<ReadWindow>,
    /// People whose sign-ins were read.
    pub sign_ins: Vec<SignIn>,
}

impl TrailRead {
    /// The first moment that was read for events.
    #[must_use]
    pub fn begin(&self) -> Option<Timestamp> {
        self.windows.iter().map(|read| read.window.from).min()
    }
}

/// What is known of the audit trail about some stretch of time.
#[derive(Clone, Debug, Default)]
pub struct AuditTrail {
    /// The events, in order of time.
    pub events: Vec<AuditEvent>,
    /// The stretches that were read whole.
    pub read_whole: Vec<Window>,
}

impl AuditTrail {
    /// Whether every event between two moments was read, so that silence means that nothing was recorded.
    #[must_use]
    pub fn covers(&self, from: Timestamp, until: Timestamp) -> bool {
        let mut windows: Vec<Window> = self.read_whole.clone();
        windows.sort_unstable();
        let mut covered_until = None;
        for window in windows {
            let next = match covered_until {
                None if window.from > from => return false,
                None => window.until,
                // Windows include both ends, so the next one may begin a millisecond later.
                Some(end) if window.from > Timestamp::moved(end, 1) => break,
                Some(end) => end.max(window.until),
            };
            if next >= from {
                covered_until = Some(next);
            }
        }
        covered_until.is_some_and(|end| end >= until)
    }
}

impl AuditTrail {
    /// The stretches between two moments that were not read whole; without a first moment, from the first that was.
    #[must_use]
    pub fn holes(&self, from: Option<Timestamp>, until: Timestamp) -> Vec<Window> {
        let mut windows = self.read_whole.clone();
        windows.sort_unstable();
        let first = windows.first().map(|window| window.from);
        let Some(mut next) = from.or(first) else {
            return Vec::new();
        };
        let after = |moment: Timestamp| Timestamp::from_millis(moment.as_millis() + 1);
        let before = |moment: Timestamp| Timestamp::from_millis(moment.as_millis() - 1);
        let mut holes = Vec::new();
        for window in windows {
            if window.from > next && window.from <= until {
                holes.push(Window {
                    from: next,
                    until: before(window.from),
                });
            }
            next = next.max(after(window.until));
        }
        if next <= until {
            holes.push(Window { from: next, until });
        }
        holes
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditTrail, Window};
    use crate::model::Timestamp;

    fn trail(windows: &[(i64, i64)]) -> AuditTrail {
        let window = |(from, until): &(i64, i64)| Window {
            from: Timestamp::from_millis(*from),
            until: Timestamp::from_millis(*until),
        };
        AuditTrail {
            events: Vec::new(),
            read_whole: windows.iter().map(window).collect(),
        }
    }

    fn covers(trail: &AuditTrail, from: i64, until: i64) -> bool {
        trail.covers(Timestamp::from_millis(from), Timestamp::from_millis(until))
    }

    #[test]
    fn windows_that_touch_cover_together() {
        let trail = trail(&[(50, 90), (0, 20), (15, 49)]);
        assert!(covers(&trail, 0, 90));
        assert!(covers(&trail, 30, 60));
        assert!(!covers(&trail, 30, 91));
        assert!(!covers(&trail, -1, 60));
    }

    #[test]
    fn a_gap_of_a_moment_is_a_gap() {
        let trail = trail(&[(0, 20), (22, 40)]);
        assert!(!covers(&trail, 0, 40));
        assert!(covers(&trail, 22, 40));
        assert!(!covers(&trail, 21, 40));
    }

    #[test]
    fn a_short_window_inside_a_long_one_takes_nothing_away() {
        let trail = trail(&[(0, 100), (10, 20), (101, 120)]);
        assert!(covers(&trail, 5, 120));
    }

    #[test]
    fn nothing_read_covers_nothing() {
        assert!(!covers(&trail(&[]), 0, 0));
    }
}
