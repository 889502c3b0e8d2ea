//! What was done, whom it affects, and whether it means more access.

use serde::Serialize;
use std::collections::{HashMap, HashSet};

use super::escalation::escalation;
use super::{Change, Differences, Escalation, Subject, Verb, details};
use crate::agreed::Agreement;
use crate::model::{
    By, Impact, ImpactWanted, Impacts, Level, ResourceFact, ResourceId, ResourceType, Scope,
};

/// What somebody did to bring a change about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An account, organization or project came, went or was edited.
    Scope,
    /// A role was made, edited or removed.
    Role,
    /// A resource group was made, widened, narrowed or removed.
    ResourceGroup,
    /// A user, service account or user group came, went or was edited.
    Principal,
    /// A token came, went or was edited.
    Token,
    /// How people sign in was changed.
    SignIn,
    /// The permissions that Harness knows.
    Catalogue,
    /// Somebody joined or left a user group.
    Membership,
    /// A role was assigned or taken away.
    RoleAssignment,
}

impl Cause {
    /// The word used in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Role => "role",
            Self::ResourceGroup => "resource_group",
            Self::Principal => "principal",
            Self::Token => "token",
            Self::SignIn => "sign_in",
            Self::Catalogue => "catalogue",
            Self::Membership => "membership",
            Self::RoleAssignment => "role_assignment",
        }
    }

    /// The word for people.
    #[must_use]
    pub fn words(self) -> String {
        self.as_str().replace('_', " ")
    }
}

/// A change with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessedChange {
    /// The change.
    pub change: Change,
    /// What differs inside a resource.
    pub details: Vec<String>,
    /// What was done.
    pub cause: Cause,
    /// For a grant that went: the text id of what it went with (its principal, group, role, resource group or scope).
    pub gone_with: Option<String>,
    /// Whom it impacts; `None` where that says nothing.
    pub impact: Option<Impact>,
    /// Why somebody can do more than before.
    pub escalation: Option<Escalation>,
    /// Why it is none of the account's doing: Harness does this by itself.
    pub built_in: Option<&'static str>,
    /// The approval that covers it.
    pub approved: Option<Box<Agreement>>,
    /// Who made it; `None` where the audit trail was not read.
    pub by: Option<Box<By>>,
}

impl AssessedChange {
    /// Whether it lets somebody do more than before, and not by Harness's own doing.
    #[must_use]
    pub fn escalates(&self) -> bool {
        self.escalation.is_some() && self.built_in.is_none()
    }
}

/// The things whose impact [`assess`] needs: in the older snapshot for what went, in the newer one for the rest.
#[must_use]
pub fn impact_wanted(differences: &Differences) -> (ImpactWanted, ImpactWanted) {
    let (mut older, mut newer) = (ImpactWanted::default(), ImpactWanted::default());
    for change in &differences.changes {
        let wanted = match change.verb() {
            Verb::Removed => &mut older,
            Verb::Added | Verb::Changed => &mut newer,
        };
        if let Some(fact) = change.resource()
            && fact.kind.defines_access()
        {
            wanted.holders_of.insert(fact.id.clone());
        }
        let Some(grant) = change.grant() else {
            continue;
        };
        if grant.scope.is_none() {
            insert(&mut wanted.roles_of, &grant.target.id);
        } else if grant.principal.kind == ResourceType::UserGroup {
            insert(&mut wanted.members_of, &grant.principal.id);
        }
    }
    (older, newer)
}

fn insert(ids: &mut HashSet<String>, id: &str) {
    if !ids.contains(id) {
        ids.insert(id.to_owned());
    }
}

/// Adds to each change what it means.
#[must_use]
pub fn assess(changes: Vec<Change>, older: &Impacts, newer: &Impacts) -> Vec<AssessedChange> {
    let removed: HashSet<String> = changes
        .iter()
        .filter(|change| change.verb() == Verb::Removed)
        .filter_map(|change| Some(change.resource()?.id.clone()))
        .collect();
    let new_grants = new_grants_of_new_things(&changes);
    changes
        .into_iter()
        .map(|change| {
            let impacts = match change.verb() {
                Verb::Removed => older,
                Verb::Added | Verb::Changed => newer,
            };
            let impact = impact(&change, impacts);
            let held_before = change.resource().is_some_and(|fact| {
                let now = impact.map_or(0, |impact| impact.grants);
                now > new_grants.get(&fact.id).copied().unwrap_or_default()
            });
            AssessedChange {
                details: details(&change),
                cause: cause(&change),
                gone_with: gone_with(&change, &removed),
                impact,
                escalation: escalation(&change, held_before),
                built_in: built_in(&change),
                approved: None,
                by: None,
                change,
            }
        })
        .collect()
}

/// How many grants came along with each role and resource group that came.
fn new_grants_of_new_things(changes: &[Change]) -> HashMap<String, u64> {
    let mut grants: HashMap<String, u64> = changes
        .iter()
        .filter(|change| change.verb() == Verb::Added)
        .filter_map(|change| Some((change.resource()?.id.clone(), 0)))
        .collect();
    if grants.is_empty() {
        return grants;
    }
    for change in changes {
        if let Change::GrantAdded(grant) = change {
            for held in [Some(&grant.target), grant.resource_group.as_ref()]
                .into_iter()
                .flatten()
            {
                if let Some(number) = grants.get_mut(&held.id) {
                    *number += 1;
                }
            }
        }
    }
    grants
}

fn cause(change: &Change) -> Cause {
    match change.subject() {
        Subject::Resource(fact) => match fact.kind {
            ResourceType::Account | ResourceType::Organization | ResourceType::Project => {
                Cause::Scope
            }
            ResourceType::Role => Cause::Role,
            ResourceType::ResourceGroup => Cause::ResourceGroup,
            ResourceType::User
            | ResourceType::ServiceAccount
            | ResourceType::UserGroup
            | ResourceType::Other(_) => Cause::Principal,
            ResourceType::ServiceAccountToken | ResourceType::PersonalToken => Cause::Token,
            ResourceType::AuthSetting => Cause::SignIn,
            ResourceType::Permission => Cause::Catalogue,
        },
        Subject::Grant(grant) => match grant.scope {
            None => Cause::Membership,
            Some(_) => Cause::RoleAssignment,
        },
    }
}

fn gone_with(change: &Change, removed: &HashSet<String>) -> Option<String> {
    let Change::GrantRemoved(grant) = change else {
        return None;
    };
    if removed.is_empty() {
        return None;
    }
    let scope = Scope::parse(&grant.report_scope);
    let container = scope.and_then(|scope| ResourceId::of_scope(&scope));
    let container = container.map(|container| container.to_string());
    if let Some(container) = container.filter(|id| removed.contains(id)) {
        return Some(container);
    }
    let parts = [
        Some(&grant.principal),
        Some(&grant.target),
        grant.resource_group.as_ref(),
    ];
    let mut parts = parts.into_iter().flatten().map(|part| &part.id);
    parts.find(|id| removed.contains(*id)).cloned()
}

fn impact(change: &Change, impacts: &Impacts) -> Option<Impact> {
    let of = |id: &str| impacts.get(id).copied().unwrap_or_default();
    match change.subject() {
        Subject::Resource(fact) => fact.kind.defines_access().then(|| of(&fact.id)),
        Subject::Grant(grant) => {
            let grants = match grant.scope {
                None => of(&grant.target.id).grants,
                Some(_) => 1,
            };
            let people = match grant.principal.kind {
                ResourceType::UserGroup => of(&grant.principal.id),
                ResourceType::User => Impact {
                    users: 1,
                    ..Impact::default()
                },
                ResourceType::ServiceAccount => Impact {
                    service_accounts: 1,
                    ..Impact::default()
                },
                ResourceType::Account
                | ResourceType::Organization
                | ResourceType::Project
                | ResourceType::Role
                | ResourceType::ResourceGroup
                | ResourceType::ServiceAccountToken
                | ResourceType::PersonalToken
                | ResourceType::AuthSetting
                | ResourceType::Permission
                | ResourceType::Other(_) => Impact::default(),
            };
            Some(Impact { grants, ..people })
        }
    }
}

/// Harness changes its own roles and resource groups with its releases, and makes an account's group or service account a
/// viewer of the organization when it is used in one of its projects
/// (<https://developer.harness.io/harness-ai/use-harness-platform/platform-access-control/heirarchichal-support-for-service-accounts>).
fn built_in(change: &Change) -> Option<&'static str> {
    match change.subject() {
        Subject::Resource(fact) => is_supplied(fact).then_some("Harness release"),
        Subject::Grant(grant) => {
            let covers = grant.resource_group.as_ref().map(|group| group.id.as_str());
            let at_organization = || {
                let scope = grant.scope.as_deref().and_then(Scope::parse);
                scope.is_some_and(|scope| scope.level() == Some(Level::Organization))
            };
            let added_along = grant.target.id == "role/harness/_organization_viewer"
                && covers == Some("resource_group/harness/_all_organization_level_resources")
                && at_organization();
            let id = &grant.principal.id;
            if added_along && id.starts_with("user_group/account/") {
                Some("comes with an account group's use in a project")
            } else if added_along && id.starts_with("service_account/account/") {
                Some("comes with an account service account's use in a project")
            } else {
                None
            }
        }
    }
}

fn is_supplied(fact: &ResourceFact) -> bool {
    fact.scope == Scope::Harness.to_string()
        || fact.kind == ResourceType::Permission
        || fact.kind.defines_access()
            && fact
                .details()
                .is_some_and(|details| details.is_harness_managed())
}
