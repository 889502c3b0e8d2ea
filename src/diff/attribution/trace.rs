//! What the audit trail must show of a change: which actions on which subjects, in which scopes.
//!
//! A role assignment is recorded under its principal, at the scope of the assignment; a membership as an update of the
//! group. What goes along with something else (the assignments of a deleted role) has no event of its own, so the
//! actions on everything that a grant hangs on belong to its trace as well, whether or not the diff shows that thing
//! gone: it may have been made again since.

use super::pattern::{EventPattern, Who};
use crate::diff::{Change, Subject, Verb};
use crate::model::{GrantFact, Named, ResourceFact, ResourceId, ResourceType, Scope};

/// The trace of one change.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// Actions that bring the change about by themselves.
    pub(super) direct: Vec<EventPattern>,
    /// Actions that bring it along, each with the text id of what they are done to.
    pub(super) along: Vec<(EventPattern, String)>,
    /// Whether the same can happen without a record, so that silence says nothing.
    pub(super) may_be_silent: bool,
}

const MADE: &[&str] = &["CREATE", "UPSERT"];
const EDITED: &[&str] = &["UPDATE", "UPSERT"];
const REMOVED: &[&str] = &["DELETE", "FORCE_DELETE"];
const RESTORED: &[&str] = &["RESTORE"];
const JOINED: &[&str] = &["ADD_COLLABORATOR", "ADD_MEMBERSHIP"];
const LEFT: &[&str] = &["REMOVE_COLLABORATOR", "REMOVE_MEMBERSHIP"];
const ASSIGNED: &[&str] = &["ROLE_ASSIGNMENT_CREATED", "ROLE_ASSIGNMENT_UPDATED"];
const UNASSIGNED: &[&str] = &["ROLE_ASSIGNMENT_DELETED", "ROLE_ASSIGNMENT_UPDATED"];
const SWITCHED: &[&str] = &["ENABLED", "DISABLED", "UPDATE"];
const TOKEN_MADE: &[&str] = &["CREATE", "UPSERT", "CREATE_TOKEN"];
const TOKEN_REMOVED: &[&str] = &["DELETE", "FORCE_DELETE", "REVOKE_TOKEN"];
const ANY_EDIT: &[&str] = &["CREATE", "UPSERT", "UPDATE", "DELETE", "FORCE_DELETE"];

/// The trace of a change.
pub(super) fn trace(change: &Change, built_in: bool) -> Trace {
    let mut trace = match change.subject() {
        Subject::Grant(grant) => grant_trace(grant, change.verb()),
        Subject::Resource(fact) => resource_trace(fact, change.verb()),
    };
    trace.may_be_silent |= built_in;
    trace
}

fn grant_trace(grant: &GrantFact, verb: Verb) -> Trace {
    let mut trace = match &grant.scope {
        Some(scope) => assignment(grant, scope, verb),
        None => membership(grant, verb),
    };
    trace.may_be_silent |= grant.harness_managed;
    trace
}

fn assignment(grant: &GrantFact, scope: &str, verb: Verb) -> Trace {
    let mut trace = Trace::default();
    let Some(scope) = Scope::parse(scope) else {
        return Trace {
            may_be_silent: true,
            ..trace
        };
    };
    let Some((subject, who)) = principal(&grant.principal) else {
        return Trace {
            may_be_silent: true,
            ..trace
        };
    };
    if verb == Verb::Removed {
        trace
            .direct
            .push(EventPattern::at(UNASSIGNED, subject, who, &scope));
        trace.gone_with_containers(&scope);
        trace.gone_with(&grant.principal, &scope);
        trace.gone_with(&grant.target, &scope);
        if let Some(over) = &grant.resource_group {
            trace.gone_with(over, &scope);
        }
    } else {
        trace
            .direct
            .push(EventPattern::at(ASSIGNED, subject, who, &scope));
        trace.back_with_containers(&scope);
    }
    trace
}

fn membership(grant: &GrantFact, verb: Verb) -> Trace {
    let mut trace = Trace::default();
    let Some(group) = located(&grant.target.id) else {
        return Trace {
            may_be_silent: true,
            ..trace
        };
    };
    let who = || Who::Identifier(group.identifier.clone());
    trace
        .direct
        .push(EventPattern::at(EDITED, "USER_GROUP", who(), &group.scope));
    if verb == Verb::Removed {
        trace.gone_with_containers(&group.scope);
        trace.gone_with(&grant.target, &group.scope);
        trace.gone_with(&grant.principal, &group.scope);
    } else {
        trace
            .direct
            .push(EventPattern::at(MADE, "USER_GROUP", who(), &group.scope));
        trace.back_with_containers(&group.scope);
    }
    // Harness keeps the groups of all users itself, and does not record it.
    trace.may_be_silent |= group.identifier == group.scope.group_of_all_users();
    trace
}

impl Trace {
    /// Things inside a deleted organization or project go along.
    fn gone_with_containers(&mut self, scope: &Scope) {
        self.with_containers(scope, REMOVED);
    }

    /// And come back with it.
    fn back_with_containers(&mut self, scope: &Scope) {
        self.with_containers(scope, RESTORED);
    }

    fn with_containers(&mut self, scope: &Scope, actions: &'static [&'static str]) {
        for container in crate::model::ResourceId::containing(scope) {
            let Some(own) = container.as_scope() else {
                continue;
            };
            let subject = match own {
                Scope::Organization { .. } => "ORGANIZATION",
                _ => "PROJECT",
            };
            let who = Who::Identifier(container.identifier.clone());
            self.along.push((
                EventPattern::at_or_above(actions, subject, who, &own),
                container.to_string(),
            ));
        }
    }

    /// A grant goes along with the principal, group, role or resource group it hangs on; also when a person leaves just
    /// the scope it applies at.
    fn gone_with(&mut self, thing: &Named, scope: &Scope) {
        let pattern = match principal(thing) {
            Some((subject, who @ Who::User { .. })) => {
                EventPattern::at_or_above(LEFT, subject, who, scope)
            }
            Some((subject, who)) => match located(&thing.id) {
                Some(place) => EventPattern::at(REMOVED, subject, who, &place.scope),
                None => return,
            },
            None => {
                let subject = if thing.kind == ResourceType::Role {
                    "ROLE"
                } else {
                    "RESOURCE_GROUP"
                };
                let Some(place) = located(&thing.id) else {
                    return;
                };
                EventPattern::at(
                    REMOVED,
                    subject,
                    Who::Identifier(place.identifier),
                    &place.scope,
                )
            }
        };
        self.along.push((pattern, thing.id.clone()));
    }
}

fn principal(named: &Named) -> Option<(&'static str, Who)> {
    let identifier = located(&named.id)?.identifier;
    match named.kind {
        ResourceType::User => {
            let emails = named.email.iter().cloned().collect();
            Some((
                "USER",
                Who::User {
                    uuid: identifier,
                    emails,
                },
            ))
        }
        ResourceType::UserGroup => Some(("USER_GROUP", Who::Identifier(identifier))),
        ResourceType::ServiceAccount => Some(("SERVICE_ACCOUNT", Who::Identifier(identifier))),
        ResourceType::Account
        | ResourceType::Organization
        | ResourceType::Project
        | ResourceType::Role
        | ResourceType::ResourceGroup
        | ResourceType::ServiceAccountToken
        | ResourceType::PersonalToken
        | ResourceType::AuthSetting
        | ResourceType::Permission
        | ResourceType::Other(_) => None,
    }
}

fn resource_trace(fact: &ResourceFact, verb: Verb) -> Trace {
    let Some(thing) = located(&fact.id) else {
        return unrecorded();
    };
    let mut trace = match &fact.kind {
        ResourceType::User => return user(fact, thing.identifier, verb),
        ResourceType::AuthSetting => return sign_in(false),
        ResourceType::Account => return sign_in(true),
        ResourceType::Organization => return container("ORGANIZATION", &thing, verb),
        ResourceType::Project => container("PROJECT", &thing, verb),
        ResourceType::ServiceAccount => service_account(&thing, verb),
        ResourceType::UserGroup => named_events("USER_GROUP", &thing, verb),
        ResourceType::Role => named_events("ROLE", &thing, verb),
        ResourceType::ResourceGroup => named_events("RESOURCE_GROUP", &thing, verb),
        ResourceType::ServiceAccountToken | ResourceType::PersonalToken => {
            token(fact, &thing, verb)
        }
        ResourceType::Permission | ResourceType::Other(_) => return unrecorded(),
    };
    match verb {
        Verb::Removed => trace.gone_with_containers(&thing.scope),
        Verb::Added => trace.back_with_containers(&thing.scope),
        Verb::Changed => {
            trace.gone_with_containers(&thing.scope);
            trace.back_with_containers(&thing.scope);
        }
    }
    trace
}

/// Nothing in the trail tells of it.
fn unrecorded() -> Trace {
    Trace {
        may_be_silent: true,
        ..Trace::default()
    }
}

/// The events of a thing that is made, edited and deleted under its own identifier, in its own scope.
fn named_events(subject: &'static str, thing: &ScopedIdentifier, verb: Verb) -> Trace {
    let who = Who::Identifier(thing.identifier.clone());
    direct(EventPattern::at(
        made_edited_removed(verb),
        subject,
        who,
        &thing.scope,
    ))
}

/// An organization or project is recorded in the scope that it is.
fn container(subject: &'static str, thing: &ScopedIdentifier, verb: Verb) -> Trace {
    let own = match thing.scope.org() {
        None => Scope::from_parts(Some(&thing.identifier), None),
        Some(org) => Scope::from_parts(Some(org), Some(&thing.identifier)),
    };
    let who = || Who::Identifier(thing.identifier.clone());
    let own = own.unwrap_or(Scope::Account);
    let mut trace = direct(EventPattern::at_or_above(
        made_edited_removed(verb),
        subject,
        who(),
        &own,
    ));
    if verb == Verb::Added {
        trace
            .direct
            .push(EventPattern::at_or_above(RESTORED, subject, who(), &own));
    }
    trace
}

/// Somebody joins or leaves the account. What happens to the person inside it is not recorded everywhere.
fn user(fact: &ResourceFact, uuid: String, verb: Verb) -> Trace {
    let emails = email(fact).into_iter().collect();
    let who = Who::User { uuid, emails };
    match verb {
        Verb::Added => direct(EventPattern::at(JOINED, "USER", who, &Scope::Account)),
        Verb::Removed => direct(EventPattern::at(LEFT, "USER", who, &Scope::Account)),
        Verb::Changed => Trace {
            may_be_silent: true,
            ..direct(EventPattern::at(SWITCHED, "USER", who, &Scope::Account))
        },
    }
}

/// An edit of a service account may be one API key more or less, which is recorded under the key.
fn service_account(thing: &ScopedIdentifier, verb: Verb) -> Trace {
    let mut trace = named_events("SERVICE_ACCOUNT", thing, verb);
    if verb == Verb::Changed {
        trace.direct.push(EventPattern::at(
            ANY_EDIT,
            "API_KEY",
            Who::Any,
            &thing.scope,
        ));
    }
    trace
}

/// Identifiers of tokens are unique in their API key only, and the trail does not tell the key.
fn token(fact: &ResourceFact, thing: &ScopedIdentifier, verb: Verb) -> Trace {
    let (actions, parts) = match verb {
        Verb::Added => (TOKEN_MADE, token_parts(&thing.identifier)),
        Verb::Changed => (EDITED, token_parts(&thing.identifier)),
        Verb::Removed => (TOKEN_REMOVED, token_parts(&thing.identifier)),
    };
    let Some([owner, key, token]) = parts else {
        return unrecorded();
    };
    let mut trace = direct(EventPattern::at(
        actions,
        "TOKEN",
        Who::Identifier(token),
        &thing.scope,
    ));
    if verb == Verb::Removed {
        let of_key = EventPattern::at(REMOVED, "API_KEY", Who::Identifier(key), &thing.scope);
        let (subject, owner_id, who) = if fact.kind == ResourceType::PersonalToken {
            (
                "USER",
                format!("user/{owner}"),
                Who::User {
                    uuid: owner,
                    emails: Vec::new(),
                },
            )
        } else {
            let id = format!("service_account/{}/{owner}", thing.scope);
            ("SERVICE_ACCOUNT", id, Who::Identifier(owner))
        };
        let actions = if subject == "USER" { LEFT } else { REMOVED };
        trace.along.push((of_key, owner_id.clone()));
        trace.along.push((
            EventPattern::at(actions, subject, who, &thing.scope),
            owner_id,
        ));
    }
    trace
}

fn sign_in(other_changes_are_silent: bool) -> Trace {
    Trace {
        may_be_silent: other_changes_are_silent,
        ..direct(EventPattern::at(
            ANY_EDIT,
            "NG_LOGIN_SETTINGS",
            Who::Any,
            &Scope::Account,
        ))
    }
}

fn direct(pattern: EventPattern) -> Trace {
    Trace {
        direct: vec![pattern],
        ..Trace::default()
    }
}

fn made_edited_removed(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Added => MADE,
        // Also what was deleted and made again.
        Verb::Changed => ANY_EDIT,
        Verb::Removed => REMOVED,
    }
}

/// Where a thing lives, and its identifier there.
struct ScopedIdentifier {
    scope: Scope,
    identifier: String,
}

/// A principal, group, role or resource group by its text id: what Harness supplies lives in every scope of its level
/// and is never acted on, so it has no place.
fn located(id: &str) -> Option<ScopedIdentifier> {
    let id = ResourceId::parse(id)?;
    Some(ScopedIdentifier {
        scope: id.scope,
        identifier: id.identifier,
    })
}

fn token_parts(identifier: &str) -> Option<[String; 3]> {
    let parts: Vec<String> = identifier.split('/').map(str::to_owned).collect();
    parts.try_into().ok()
}

/// The address of a user.
pub(super) fn email(fact: &ResourceFact) -> Option<String> {
    let attributes: serde_json::Value = serde_json::from_str(&fact.attributes).ok()?;
    Some(attributes.get("email")?.as_str()?.to_owned())
}
