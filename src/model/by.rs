//! Who made a change, and how sure that is.

use std::fmt;

use super::{Actor, AuditEvent};
use crate::worded::worded;

worded! {
    /// How sure it is who made a change.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Certainty {
        /// Nobody else can have.
        Exact = "exact",
        /// The record fits, but the trail was not read whole, or something recorded has a name that nobody knows.
        Likely = "likely",
        /// Several people did something that fits.
        OneOf = "one_of",
        /// Harness does not record this kind of change.
        NeverRecorded = "never_recorded",
        /// The trail was read whole, and nobody is recorded.
        Unexplained = "unexplained",
        /// The trail was not read whole for the time in question.
        Unknown = "unknown",
    }
}

impl Certainty {
    /// Reads the word written by [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|certainty| certainty.as_str() == word)
    }
}

/// Who made a change, as far as the trail tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// How sure it is.
    pub certainty: Certainty,
    /// The latest record that fits.
    pub event: Option<AuditEvent>,
    /// Everybody who did something that fits, each once, the latest first.
    pub actors: Vec<Acting>,
    /// Harness's identifiers of everything recorded that fits; of what a file keeps, the latest alone.
    pub records: Vec<String>,
    /// For what went along with something else: its text id.
    pub through: Option<String>,
    /// Why Harness itself did it, where that can be known.
    pub behind: Option<Behind>,
}

/// Who acted, and the other person of an impersonation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// Who.
    pub actor: Actor,
    /// The other person, see [`AuditEvent::impersonation`].
    pub impersonation: Option<Actor>,
}

impl Acting {
    /// Whether both are the same people.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.actor.is(&other.actor)
            && match (&self.impersonation, &other.impersonation) {
                (None, None) => true,
                (Some(one), Some(other)) => one.is(other),
                (None, Some(_)) | (Some(_), None) => false,
            }
    }
}

impl From<&AuditEvent> for Acting {
    fn from(event: &AuditEvent) -> Self {
        Self {
            actor: event.actor.clone(),
            impersonation: event.impersonation.clone(),
        }
    }
}

impl fmt::Display for Acting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.impersonation {
            Some(other) => write!(f, "{} (impersonation: {other})", self.actor),
            None => self.actor.fmt(f),
        }
    }
}

/// What stands behind something that Harness itself did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Somebody accepted an invitation; whose it was, where it is recorded.
    Invitation(Option<Actor>),
    /// The identity provider, which keeps this group.
    IdentityProvider,
}

impl Behind {
    /// The word used in documents.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "invitation",
            Self::IdentityProvider => "identity_provider",
        }
    }
}

impl By {
    /// Nobody is known, and this is why.
    #[must_use]
    pub fn nobody(certainty: Certainty) -> Self {
        Self {
            certainty,
            event: None,
            actors: Vec::new(),
            records: Vec::new(),
            through: None,
            behind: None,
        }
    }
}
