//! Whether somebody can do more than before.

use serde::Serialize;
use std::borrow::Cow;

use super::Change;
use super::widening::widened;
use crate::model::{Details, ResourceFact};

/// Why a change lets somebody do more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Escalation {
    /// A stable word for the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub reason: Cow<'static, str>,
}

type Reason = (&'static str, Cow<'static, str>);

/// Looks at one change. `held_before`: somebody held the role or resource group in both snapshots.
pub(super) fn escalation(change: &Change, held_before: bool) -> Option<Escalation> {
    let (code, reason) = match change {
        Change::GrantAdded(grant) if grant.scope.is_none() => ("membership_added", "joined".into()),
        Change::GrantAdded(_) => ("role_granted", "role granted".into()),
        // Nobody holds a new thing, unless grants were left over from an earlier thing of the same id.
        Change::ResourceAdded(after) if after.kind.defines_access() && held_before => (
            "revived",
            "grants of a thing of this id were there already".into(),
        ),
        Change::ResourceChanged { before, after } => changed(before, after)?,
        Change::ResourceAdded(_) | Change::ResourceRemoved(_) | Change::GrantRemoved(_) => {
            return None;
        }
    };
    Some(Escalation { code, reason })
}

fn changed(before: &ResourceFact, after: &ResourceFact) -> Option<Reason> {
    let (old, new) = (&before.details()?, &after.details()?);
    match new {
        Details::Role { .. } => role_widened(old, new),
        Details::ResourceGroup { .. } => {
            let wider = widened(old, new);
            (!wider.is_empty()).then(|| ("resource_group_widened", wider.join(", ").into()))
        }
        Details::User { .. } => may_sign_in_again(old, new),
        Details::ServiceAccount { .. } => key_added(old, new),
        Details::Account { .. } => opened_to_everybody(old, new),
        Details::Container { .. }
        | Details::UserGroup { .. }
        | Details::Token { .. }
        | Details::AuthSetting { .. }
        | Details::Permission { .. } => None,
    }
}

fn role_widened(old: &Details, new: &Details) -> Option<Reason> {
    let permissions = |of: &Details| match of {
        Details::Role { permissions, .. } => Some(permissions.clone()),
        _ => None,
    };
    let (old, new) = (permissions(old)?, permissions(new)?);
    match new.iter().filter(|item| !old.contains(item)).count() {
        0 => None,
        1 => Some(("role_widened", "gains 1 permission".into())),
        more => Some(("role_widened", format!("gains {more} permissions").into())),
    }
}

fn may_sign_in_again(old: &Details, new: &Details) -> Option<Reason> {
    let barred = |of: &Details| match of {
        Details::User {
            disabled, locked, ..
        } => Some((*disabled, *locked)),
        _ => None,
    };
    match (barred(old)?, barred(new)?) {
        ((true, _), (false, _)) => Some(("user_enabled", "enabled again".into())),
        ((_, true), (_, false)) => Some(("user_unlocked", "unlocked".into())),
        _ => None,
    }
}

fn key_added(old: &Details, new: &Details) -> Option<Reason> {
    let keys = |of: &Details| match of {
        Details::ServiceAccount { api_keys, .. } => *api_keys,
        _ => None,
    };
    (keys(new)? > keys(old)?).then(|| ("api_key_added", "gains an API key".into()))
}

fn opened_to_everybody(old: &Details, new: &Details) -> Option<Reason> {
    let public = |of: &Details| match of {
        Details::Account {
            public_access_enabled,
            ..
        } => *public_access_enabled,
        _ => None,
    };
    (public(new) == Some(true) && public(old) != Some(true))
        .then(|| ("public_access", "anonymous access is allowed now".into()))
}
