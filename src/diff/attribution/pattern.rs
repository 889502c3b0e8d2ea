//! What an event must look like to be part of a trace.

use crate::model::{AuditEvent, Scope};

/// The events that could have brought something about.
#[derive(Debug)]
pub(super) struct EventPattern {
    actions: &'static [&'static str],
    subject: &'static str,
    who: Who,
    scope: Scope,
    /// Whether the scopes above count as well.
    or_above: bool,
}

/// Which thing an event is about.
#[derive(Debug)]
pub(super) enum Who {
    /// The thing with this identifier.
    Identifier(String),
    /// The user with this uuid; where an event has no uuid, with one of these addresses.
    User {
        /// The uuid.
        uuid: String,
        /// Addresses that the snapshots know.
        emails: Vec<String>,
    },
    /// Any of them: the trail does not say which.
    Any,
}

impl EventPattern {
    pub(super) fn at(
        actions: &'static [&'static str],
        subject: &'static str,
        who: Who,
        scope: &Scope,
    ) -> Self {
        Self {
            actions,
            subject,
            who,
            scope: scope.clone(),
            or_above: false,
        }
    }

    pub(super) fn at_or_above(
        actions: &'static [&'static str],
        subject: &'static str,
        who: Who,
        scope: &Scope,
    ) -> Self {
        Self {
            or_above: true,
            ..Self::at(actions, subject, who, scope)
        }
    }

    /// Which thing the events are about.
    pub(super) fn who(&self) -> &Who {
        &self.who
    }

    /// Whether the event is one of these.
    pub(super) fn matches(&self, event: &AuditEvent) -> bool {
        self.matches_but_for_who(event) && self.who.is(event)
    }

    /// Whether the event could be one of these if its subject had another name: of a user who left, the trail tells the
    /// address of the time alone.
    pub(super) fn may_match(&self, event: &AuditEvent) -> bool {
        matches!(self.who, Who::User { .. })
            && event.acted_on.user_id.is_none()
            && self.matches_but_for_who(event)
    }

    fn matches_but_for_who(&self, event: &AuditEvent) -> bool {
        let in_scope = if self.or_above {
            event.scope.contains(&self.scope)
        } else {
            event.scope == self.scope
        };
        in_scope
            && event.acted_on.kind.eq_ignore_ascii_case(self.subject)
            && self
                .actions
                .iter()
                .any(|action| action.eq_ignore_ascii_case(&event.action))
    }
}

impl Who {
    fn is(&self, event: &AuditEvent) -> bool {
        let acted_on = &event.acted_on;
        match self {
            Self::Identifier(identifier) => acted_on.identifier == *identifier,
            Self::User { uuid, emails } => match &acted_on.user_id {
                Some(said) => said == uuid,
                None => {
                    acted_on.identifier == *uuid
                        || emails
                            .iter()
                            .any(|email| email.eq_ignore_ascii_case(&acted_on.identifier))
                }
            },
            Self::Any => true,
        }
    }
}
