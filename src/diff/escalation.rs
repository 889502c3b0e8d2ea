//! Whether somebody can do more than before.

use serde::Serialize;
use std::borrow::Cow;

use super::Change;
use super::widening::widened;
use crate::model::{Details, ResourceFact, raises};

/// Why a change lets somebody do more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Escalation {
    /// A stable word for the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub reason: Cow<'static, str>,
}

type EscalationReason = (&'static str, Cow<'static, str>);

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

fn changed(before: &ResourceFact, after: &ResourceFact) -> Option<EscalationReason> {
    let (old, new) = (&before.details()?, &after.details()?);
    match new {
        Details::Role { .. } => role_widened(old, new),
        Details::ResourceGroup { .. } => {
            let wider = widened(old, new);
            (!wider.is_empty()).then(|| ("resource_group_widened", wider.join(", ").into()))
        }
        Details::User { .. } => may_sign_in_again(old, new),
        Details::ServiceAccount { .. } => key_added(old, new),
        Details::Account { .. } | Details::AuthSetting { .. } => sign_in_widened(old, new),
        Details::UserGroup { .. } => linked(old, new),
        Details::Container { .. } | Details::Token { .. } | Details::Permission { .. } => None,
    }
}

fn role_widened(old: &Details, new: &Details) -> Option<EscalationReason> {
    let permissions = |of: &Details| match of {
        Details::Role { permissions, .. } => Some(permissions.clone()),
        _ => None,
    };
    let (old, new) = (permissions(old)?, permissions(new)?);
    let gained: Vec<&String> = new.iter().filter(|item| !old.contains(item)).collect();
    let number = match gained.len() {
        0 => return None,
        1 => "gains 1 permission".to_owned(),
        more => format!("gains {more} permissions"),
    };
    let mut raising = gained
        .iter()
        .filter_map(|gained| Some((gained, raises(gained)?)));
    let reason = match raising.next() {
        None => number,
        Some((permission, what)) => {
            let more = match raising.count() {
                0 => String::new(),
                more => format!(" and {more} more of this kind"),
            };
            format!("{number}, with {permission}{more}: its holders can {what}")
        }
    };
    Some(("role_widened", reason.into()))
}

fn may_sign_in_again(old: &Details, new: &Details) -> Option<EscalationReason> {
    let barred = |of: &Details| match of {
        Details::User {
            disabled, locked, ..
        } => Some((*disabled, *locked)),
        _ => None,
    };
    match (barred(old)?, barred(new)?) {
        ((Some(true), _), (Some(false), _)) => Some(("user_enabled", "enabled again".into())),
        ((_, Some(true)), (_, Some(false))) => Some(("user_unlocked", "unlocked".into())),
        _ => None,
    }
}

fn key_added(old: &Details, new: &Details) -> Option<EscalationReason> {
    let keys = |of: &Details| match of {
        Details::ServiceAccount { api_keys, .. } => *api_keys,
        _ => None,
    };
    (keys(new)? > keys(old)?).then(|| ("api_key_added", "gains an API key".into()))
}

/// A user group whose members come from the identity provider, or from another group there than before.
fn linked(old: &Details, new: &Details) -> Option<EscalationReason> {
    let link = |of: &Details| match of {
        Details::UserGroup {
            sso_linked,
            sso_group,
            ..
        } => Some((*sso_linked, sso_group.clone())),
        _ => None,
    };
    let (old, new) = (link(old)?, link(new)?);
    // A group of which nobody knew whether, or to what, it is linked is no newly linked one.
    let is_linked = match (old, new) {
        ((Some(false), _), (Some(true), _)) => true,
        ((Some(true), Some(old)), (Some(true), Some(new))) => old != new,
        _ => false,
    };
    is_linked.then(|| {
        (
            "group_linked",
            "members come from another group of the identity provider now".into(),
        )
    })
}

fn sign_in_widened(old: &Details, new: &Details) -> Option<EscalationReason> {
    let (old, new) = (SignInRules::of(old)?, SignInRules::of(new)?);
    let wider_domains = match (&old.domains, &new.domains) {
        (Some(old), Some(new)) => !old.is_empty() && (new.is_empty() || has_more(old, new)),
        _ => false,
    };
    // What was not known before is no new way.
    let (old_ways, new_ways) = (old.ways(&new), new.ways(&old));
    let another_way = old.oauth == Some(false) && new.oauth == Some(true)
        || !old_ways.is_empty() && has_more(&old_ways, &new_ways);
    if new.public_access == Some(true) && old.public_access == Some(false) {
        Some(("public_access", "anonymous access is allowed now".into()))
    } else if new.two_factor == Some(false) && old.two_factor == Some(true) {
        let reason = "a second factor is no longer required";
        Some(("two_factor_off", reason.into()))
    } else if wider_domains {
        let reason = "people of more domains can sign in";
        Some(("sign_in_widened", reason.into()))
    } else if another_way {
        Some(("sign_in_widened", "there is another way to sign in".into()))
    } else {
        None
    }
}

fn has_more<T: PartialEq>(old: &[T], new: &[T]) -> bool {
    new.iter().any(|item| !old.contains(item))
}

/// What decides who can sign in, as the account or its sign-in settings have it.
#[derive(Default)]
struct SignInRules {
    public_access: Option<bool>,
    two_factor: Option<bool>,
    oauth: Option<bool>,
    mechanism: Option<String>,
    /// The kinds of sign-in that are set up.
    settings: Option<Vec<String>>,
    /// Empty = any.
    domains: Option<Vec<String>>,
}

impl SignInRules {
    fn of(details: &Details) -> Option<Self> {
        match details {
            Details::Account {
                authentication_mechanism,
                public_access_enabled,
                two_factor_enforced,
            } => Some(Self {
                public_access: *public_access_enabled,
                two_factor: *two_factor_enforced,
                mechanism: authentication_mechanism.clone(),
                ..Self::default()
            }),
            Details::AuthSetting {
                mechanism,
                two_factor_enabled,
                public_access_enabled,
                oauth_enabled,
                settings,
                allowed_domains,
                ..
            } => Some(Self {
                public_access: *public_access_enabled,
                two_factor: *two_factor_enabled,
                oauth: *oauth_enabled,
                mechanism: mechanism.clone(),
                settings: settings.clone(),
                domains: allowed_domains.clone(),
            }),
            _ => None,
        }
    }

    /// The ways to sign in of the sorts that the other knows too.
    fn ways(&self, other: &Self) -> Vec<&str> {
        let mechanism = self
            .mechanism
            .as_ref()
            .filter(|_| other.mechanism.is_some());
        let settings = self.settings.as_ref().filter(|_| other.settings.is_some());
        let all = mechanism.into_iter().chain(settings.into_iter().flatten());
        all.map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::changed;
    use crate::model::{ResourceFact, ResourceType};

    fn code(kind: &ResourceType, before: &str, after: &str) -> Option<&'static str> {
        let fact = |attributes: &str| ResourceFact {
            namesake: None,
            scope: "account".to_owned(),
            kind: kind.clone(),
            id: format!("{kind}/x"),
            name: None,
            attributes: attributes.to_owned(),
            newly_visible: false,
            read_by_both: false,
        };
        changed(&fact(before), &fact(after)).map(|(code, _)| code)
    }

    #[test]
    fn weaker_sign_in_lets_somebody_do_more() {
        let kind = ResourceType::AuthSetting;
        for (before, after, expected) in [
            (
                r#"{"two_factor_enabled":true}"#,
                r#"{"two_factor_enabled":false}"#,
                Some("two_factor_off"),
            ),
            (
                r#"{"two_factor_enabled":false}"#,
                r#"{"two_factor_enabled":true}"#,
                None,
            ),
            (
                r#"{"allowed_domains":["a"]}"#,
                r#"{"allowed_domains":["a","b"]}"#,
                Some("sign_in_widened"),
            ),
            (
                r#"{"allowed_domains":["a"]}"#,
                r#"{"allowed_domains":[]}"#,
                Some("sign_in_widened"),
            ),
            (
                r#"{"allowed_domains":[]}"#,
                r#"{"allowed_domains":["a"]}"#,
                None,
            ),
            (
                r#"{"settings":["SAML"]}"#,
                r#"{"settings":["OAUTH","SAML"]}"#,
                Some("sign_in_widened"),
            ),
            (
                r#"{"settings":["OAUTH","SAML"]}"#,
                r#"{"settings":["SAML"]}"#,
                None,
            ),
            (
                r#"{"public_access_enabled":false}"#,
                r#"{"public_access_enabled":true}"#,
                Some("public_access"),
            ),
            (
                r#"{"session_timeout_minutes":5}"#,
                r#"{"session_timeout_minutes":50}"#,
                None,
            ),
        ] {
            assert_eq!(code(&kind, before, after), expected, "{before} -> {after}");
        }
    }

    #[test]
    fn what_nobody_knew_before_is_no_weaker_sign_in() {
        let kind = ResourceType::AuthSetting;
        for (before, after) in [
            ("{}", r#"{"public_access_enabled":true}"#),
            ("{}", r#"{"allowed_domains":[]}"#),
            (r#"{"allowed_domains":["a"]}"#, "{}"),
            ("{}", r#"{"settings":["SAML"]}"#),
            (
                r#"{"mechanism":"SAML"}"#,
                r#"{"mechanism":"SAML","settings":["OAUTH"]}"#,
            ),
        ] {
            assert_eq!(code(&kind, before, after), None, "{before} -> {after}");
        }
    }

    #[test]
    fn a_link_to_another_group_of_the_identity_provider_lets_somebody_do_more() {
        let kind = ResourceType::UserGroup;
        let linked = |group: &str| format!(r#"{{"sso_linked":true,"sso_group":"{group}"}}"#);
        let unlinked = r#"{"sso_linked":false}"#;
        assert_eq!(code(&kind, unlinked, &linked("a")), Some("group_linked"));
        assert_eq!(
            code(&kind, &linked("a"), &linked("b")),
            Some("group_linked")
        );
        assert_eq!(code(&kind, &linked("a"), unlinked), None);
        assert_eq!(code(&kind, "{}", &linked("a")), None);
        assert_eq!(code(&kind, &linked("a"), &linked("a")), None);
    }
}
