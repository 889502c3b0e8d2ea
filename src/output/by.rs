//! Who made a change, for people and for documents.

use serde::Serialize;

use crate::model::{Acting, Actor, ActorKind, AuditEvent, Behind, By, Certainty, Timestamp};

/// More candidates than this are counted, not named.
const NAMED: usize = 3;

/// Who and when, in a few words; nothing where the audit trail was not read.
pub(in crate::output) fn words(by: Option<&By>) -> String {
    by.map_or_else(String::new, who_and_when)
}

/// The same as a note among others.
pub(in crate::output) fn note(by: Option<&By>) -> Option<String> {
    let by = by?;
    Some(match by.certainty {
        Certainty::Exact | Certainty::Likely | Certainty::OneOf => {
            format!("by {}", who_and_when(by))
        }
        Certainty::NeverRecorded | Certainty::Unexplained => who_and_when(by),
        Certainty::Unknown => {
            "who made it is unknown: the audit trail was not read whole or does not fit".to_owned()
        }
    })
}

fn who_and_when(by: &By) -> String {
    let at = by
        .event
        .as_ref()
        .map(|event| minute(event.at))
        .unwrap_or_default();
    let through = by
        .through
        .as_ref()
        .map(|id| format!(" through {id}"))
        .unwrap_or_default();
    match by.certainty {
        Certainty::Exact => format!("{} {at}{through}", actor(by)),
        Certainty::Likely => format!("probably {} {at}{through}", actor(by)),
        Certainty::OneOf if by.actors.len() > NAMED => {
            format!("one of {} actors, last {at}{through}", by.actors.len())
        }
        Certainty::OneOf => {
            let actors: Vec<String> = by.actors.iter().map(Acting::to_string).collect();
            format!("one of {}, last {at}{through}", actors.join(", "))
        }
        Certainty::NeverRecorded => "Harness records nobody for this".to_owned(),
        Certainty::Unexplained => "nobody recorded".to_owned(),
        Certainty::Unknown => "?".to_owned(),
    }
}

fn actor(by: &By) -> String {
    let Some(event) = &by.event else {
        return String::new();
    };
    let behind = match &by.behind {
        Some(Behind::Invitation(Some(inviter))) => format!(" (invitation by {inviter})"),
        Some(Behind::Invitation(None)) => " (invitation)".to_owned(),
        Some(Behind::IdentityProvider) => " (SSO sync)".to_owned(),
        None => String::new(),
    };
    format!("{}{behind}", acting(event))
}

/// The actor of an event; both people of an impersonation.
pub(in crate::output) fn acting(event: &AuditEvent) -> String {
    Acting::from(event).to_string()
}

/// `2026-11-24 11:52`, UTC.
pub(in crate::output) fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..16)
        .map_or_else(|| text.clone(), |text| text.replace('T', " "))
}

/// Who made a change, in JSON.
#[derive(Serialize)]
pub(in crate::output) struct ByDoc<'a> {
    certainty: &'static str,
    at: Option<String>,
    actor: Option<ActorDoc<'a>>,
    impersonation: Option<ActorDoc<'a>>,
    action: Option<&'a str>,
    audit_id: Option<&'a str>,
    through: Option<&'a str>,
    candidates: usize,
    candidate_actors: Vec<ActingDoc<'a>>,
    behind: Option<&'static str>,
    invited_by: Option<ActorDoc<'a>>,
}

/// An actor, in JSON.
#[derive(Serialize)]
pub(in crate::output) struct ActorDoc<'a> {
    id: Option<String>,
    r#type: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    identifier: &'a str,
}

/// An actor, and the other person of an impersonation.
#[derive(Serialize)]
struct ActingDoc<'a> {
    #[serde(flatten)]
    actor: ActorDoc<'a>,
    impersonation: Option<ActorDoc<'a>>,
}

impl<'a> From<&'a Acting> for ActingDoc<'a> {
    fn from(acting: &'a Acting) -> Self {
        Self {
            actor: ActorDoc::from(&acting.actor),
            impersonation: acting.impersonation.as_ref().map(ActorDoc::from),
        }
    }
}

impl<'a> From<&'a By> for ByDoc<'a> {
    fn from(by: &'a By) -> Self {
        let event = by.event.as_ref();
        let named = event.filter(|_| by.certainty != Certainty::OneOf);
        let invited_by = match &by.behind {
            Some(Behind::Invitation(inviter)) => inviter.as_ref(),
            Some(Behind::IdentityProvider) | None => None,
        };
        Self {
            certainty: by.certainty.as_str(),
            at: event.map(|event| event.at.to_string()),
            actor: named.map(|event| ActorDoc::from(&event.actor)),
            impersonation: named
                .and_then(|event| event.impersonation.as_ref())
                .map(ActorDoc::from),
            action: event.map(|event| event.action.as_str()),
            audit_id: named.map(|event| event.audit_id.as_str()),
            through: by.through.as_deref(),
            candidates: by.actors.len(),
            candidate_actors: if by.certainty == Certainty::OneOf {
                by.actors.iter().map(ActingDoc::from).collect()
            } else {
                Vec::new()
            },
            behind: by.behind.as_ref().map(Behind::as_str),
            invited_by: invited_by.map(ActorDoc::from),
        }
    }
}

impl<'a> From<&'a Actor> for ActorDoc<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self {
            id: actor.text_id(),
            r#type: actor.kind.as_str(),
            name: actor.name.as_deref(),
            email: (actor.kind == ActorKind::User).then_some(actor.identifier.as_str()),
            identifier: &actor.identifier,
        }
    }
}
