//! The audit trail: who did what to access, as Harness recorded it.
//!
//! Only who, what, where and when are kept. Harness can also tell the text of what was changed; it holds webhooks and
//! keys in clear, so no more of it than members, role and resource group gets this far.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::{Scope, Timestamp};

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

    /// Whether two records name the same actor. A user keeps the uuid when the address changes, and an address changes hands:
    /// beside one with a uuid, an address alone proves nothing.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        if self.kind != other.kind || !self.is_known() {
            return false;
        }
        match (&self.user_id, &other.user_id) {
            (Some(mine), Some(theirs)) => mine == theirs,
            (Some(_), None) | (None, Some(_)) => false,
            (None, None) if self.kind == ActorKind::User => {
                self.identifier.eq_ignore_ascii_case(&other.identifier)
            }
            (None, None) => self.identifier == other.identifier,
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
