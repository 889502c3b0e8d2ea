//! Which events a change means: the account before against the account after.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::event::{Actor, Event};
use super::yaml;
use crate::account::{Account, Group, RoleAssignment, ServiceAccount, Token, User};
use crate::scope::Scope;

const MINUTE: i64 = 60_000;

pub(crate) struct Recording<'a> {
    before: &'a Account,
    after: &'a Account,
    is_invitation: bool,
    pub(crate) events: Vec<Event>,
}

/// A row before, after, or both and different.
enum Change<'a, T> {
    Added(&'a T),
    Removed(&'a T),
    Changed(&'a T, &'a T),
}

impl<'a, T> Change<'a, T> {
    /// The row as it is now, or as it was last.
    fn row(&self) -> &'a T {
        match self {
            Self::Added(row) | Self::Removed(row) | Self::Changed(_, row) => row,
        }
    }

    fn action(&self) -> &'static str {
        match self {
            Self::Added(_) => "CREATE",
            Self::Removed(_) => "DELETE",
            Self::Changed(..) => "UPDATE",
        }
    }

    fn yaml(&self, write: impl Fn(&T) -> String) -> (Option<String>, Option<String>) {
        match self {
            Self::Added(row) => (None, Some(write(row))),
            Self::Removed(row) => (Some(write(row)), None),
            Self::Changed(old, new) => (Some(write(old)), Some(write(new))),
        }
    }
}

fn changes<'a, T: PartialEq, K: Ord>(
    before: &'a [T],
    after: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<Change<'a, T>> {
    let mut rows: BTreeMap<K, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for row in before {
        rows.entry(key(row)).or_default().0 = Some(row);
    }
    for row in after {
        rows.entry(key(row)).or_default().1 = Some(row);
    }
    let change = |pair| match pair {
        (None, Some(row)) => Some(Change::Added(row)),
        (Some(row), None) => Some(Change::Removed(row)),
        (Some(old), Some(new)) if old != new => Some(Change::Changed(old, new)),
        _ => None,
    };
    rows.into_values().filter_map(change).collect()
}

impl<'a> Recording<'a> {
    pub(crate) fn new(before: &'a Account, after: &'a Account, is_invitation: bool) -> Self {
        Self {
            before,
            after,
            is_invitation,
            events: Vec::new(),
        }
    }

    pub(crate) fn follow(&mut self) {
        self.containers();
        self.users();
        self.service_accounts();
        self.groups();
        self.roles();
        self.resource_groups();
        self.keys();
        self.role_assignments();
        if self.before.authentication_settings != self.after.authentication_settings {
            self.push(&Scope::account(), "UPDATE", "NG_LOGIN_SETTINGS", "SAML");
        }
    }

    fn push(&mut self, scope: &Scope, action: &str, kind: &str, identifier: &str) -> &mut Event {
        let mut event = Event::new(action, kind, identifier);
        event.scope = scope.clone();
        self.events.push(event);
        self.events.last_mut().expect("just pushed")
    }

    /// The event of something that has a name.
    fn push_named<T>(
        &mut self,
        change: &Change<'_, T>,
        kind: &str,
        (scope, identifier, name): (&Scope, &str, &str),
        write: impl Fn(&T) -> String,
    ) {
        let yaml = change.yaml(write);
        let event = self.push(scope, change.action(), kind, identifier);
        event.labels.insert("resourceName".into(), name.into());
        event.yaml = yaml;
    }

    /// Whether a scope went with this change; what was in it has no events of its own.
    fn is_gone(&self, scope: &Scope) -> bool {
        self.before.has_scope(scope) && !self.after.has_scope(scope)
    }

    fn containers(&mut self) {
        let key = |row: &'a crate::account::Organization| &row.identifier;
        for change in changes(&self.before.organizations, &self.after.organizations, key) {
            let row = change.row();
            let scope = Scope::org(&row.identifier);
            self.push_named(
                &change,
                "ORGANIZATION",
                (&scope, &row.identifier, &row.name),
                |row| yaml::named("organization", &row.identifier, &row.name),
            );
        }
        let key = |row: &'a crate::account::Project| (&row.org, &row.identifier);
        for change in changes(&self.before.projects, &self.after.projects, key) {
            let row = change.row();
            if self.is_gone(&Scope::org(&row.org)) {
                continue;
            }
            self.push_named(
                &change,
                "PROJECT",
                (&row.scope(), &row.identifier, &row.name),
                |row| yaml::named("project", &row.identifier, &row.name),
            );
        }
    }

    /// Harness records who joins and who leaves; that a user is disabled, locked or renamed it does not.
    fn users(&mut self) {
        for change in changes(&self.before.users, &self.after.users, |user| &user.uuid) {
            let scopes = |user: &User| {
                let below = user.member_of.iter().cloned();
                std::iter::once(Scope::account()).chain(below).collect()
            };
            let (user, was, is): (_, BTreeSet<Scope>, BTreeSet<Scope>) = match change {
                Change::Added(user) => (user, BTreeSet::new(), scopes(user)),
                Change::Removed(user) => (user, scopes(user), BTreeSet::new()),
                Change::Changed(old, new) => (new, scopes(old), scopes(new)),
            };
            // A member of a project was one of its organization all along.
            let was_above = |scope: &Scope| was.iter().any(|was| scope.contains(was));
            let joined = is.difference(&was).filter(|scope| !was_above(scope));
            for scope in joined {
                self.joined(user, scope);
            }
            for scope in was.difference(&is) {
                if !self.is_gone(scope) {
                    self.push(scope, "REMOVE_COLLABORATOR", "USER", &user.email);
                }
            }
        }
    }

    fn joined(&mut self, user: &User, scope: &Scope) {
        let is_invitation = self.is_invitation;
        if is_invitation {
            let event = self.push(scope, "INVITE", "USER", &user.email);
            event.data = json!({"type": "UserInvitationAuditEventData", "roleBindings": []});
            event.at = -MINUTE; // before they accept it
        }
        let event = self.push(scope, "ADD_COLLABORATOR", "USER", &user.email);
        event.labels = labels_of(user);
        let source = if is_invitation {
            "Invitation"
        } else {
            "Manual"
        };
        event.data = json!({"type": "AddCollaboratorAuditEventData", "source": {"type": source}});
        if is_invitation {
            event.actor = Some(Actor::system());
        }
    }

    fn service_accounts(&mut self) {
        let key = |row: &'a ServiceAccount| (&row.scope, &row.identifier);
        for change in changes(
            &self.before.service_accounts,
            &self.after.service_accounts,
            key,
        ) {
            let row = change.row();
            if self.is_gone(&row.scope) {
                continue;
            }
            self.push_named(
                &change,
                "SERVICE_ACCOUNT",
                (&row.scope, &row.identifier, &row.name),
                |row| yaml::named("serviceAccount", &row.identifier, &row.name),
            );
        }
    }

    /// Not those of all users, which Harness fills by itself, and not who left the account, which goes with the user.
    fn groups(&mut self) {
        let key = |row: &'a Group| (&row.scope, &row.identifier);
        for change in changes(&self.before.groups, &self.after.groups, key) {
            let row = change.row();
            if row.harness_managed || self.is_gone(&row.scope) || self.only_lost_people(&change) {
                continue;
            }
            self.push_named(
                &change,
                "USER_GROUP",
                (&row.scope, &row.identifier, &row.name),
                yaml::group,
            );
        }
    }

    fn only_lost_people(&self, change: &Change<'_, Group>) -> bool {
        let Change::Changed(old, new) = change else {
            return false;
        };
        let left = |uuid: &String| {
            let is_user = |account: &Account| account.users.iter().any(|user| user.uuid == *uuid);
            is_user(self.before) && !is_user(self.after)
        };
        let mut stayed = (*old).clone();
        if let Some(users) = &mut stayed.users {
            users.retain(|uuid| !left(uuid));
        }
        stayed == **new
    }

    fn roles(&mut self) {
        for change in changes(&self.before.roles, &self.after.roles, |row| {
            (&row.scope, &row.identifier)
        }) {
            let row = change.row();
            let Some(scope) = row.scope.as_ref().filter(|scope| !self.is_gone(scope)) else {
                continue;
            };
            let named = (scope, row.identifier.as_str(), row.name.as_str());
            self.push_named(&change, "ROLE", named, yaml::role);
        }
    }

    fn resource_groups(&mut self) {
        for change in changes(
            &self.before.resource_groups,
            &self.after.resource_groups,
            |row| (&row.scope, &row.identifier),
        ) {
            let row = change.row();
            let Some(scope) = row.scope.as_ref().filter(|scope| !self.is_gone(scope)) else {
                continue;
            };
            let named = (scope, row.identifier.as_str(), row.name.as_str());
            self.push_named(&change, "RESOURCE_GROUP", named, yaml::resource_group);
        }
    }

    /// Keys and tokens go with their owner, and tokens with their key.
    fn keys(&mut self) {
        let owner_is_gone = |kind: &str, scope: &Scope, owner: &str| match kind {
            "USER" => !self.after.users.iter().any(|user| user.uuid == owner),
            _ => !self
                .after
                .service_accounts
                .iter()
                .any(|row| row.scope == *scope && row.identifier == owner),
        };
        let mut events = Vec::new();
        let keys = changes(&self.before.api_keys, &self.after.api_keys, |row| {
            (&row.scope, &row.kind, &row.parent, &row.identifier)
        });
        for change in keys {
            let row = change.row();
            if !owner_is_gone(&row.kind, &row.scope, &row.parent) {
                let yaml = change.yaml(|row| yaml::named("apiKey", &row.identifier, &row.name));
                let names = (row.identifier.as_str(), row.name.as_str());
                events.push(key_event(
                    change.action(),
                    "API_KEY",
                    &row.scope,
                    names,
                    yaml,
                ));
            }
        }
        let key_is_there = |row: &Token| {
            self.after.api_keys.iter().any(|key| {
                (&key.scope, &key.kind, &key.parent, &key.identifier)
                    == (&row.scope, &row.kind, &row.parent, &row.api_key)
            })
        };
        let tokens = changes(&self.before.tokens, &self.after.tokens, |row| {
            (
                &row.scope,
                &row.kind,
                &row.parent,
                &row.api_key,
                &row.identifier,
            )
        });
        for change in tokens {
            let row = change.row();
            if key_is_there(row) && !owner_is_gone(&row.kind, &row.scope, &row.parent) {
                let yaml = change.yaml(|row| yaml::named("token", &row.identifier, &row.name));
                let names = (row.identifier.as_str(), row.name.as_str());
                events.push(key_event(change.action(), "TOKEN", &row.scope, names, yaml));
            }
        }
        self.events.extend(events);
    }

    fn role_assignments(&mut self) {
        let key = |row: &'a RoleAssignment| (&row.scope, &row.identifier);
        let all = changes(
            &self.before.role_assignments,
            &self.after.role_assignments,
            key,
        );
        for change in all {
            let row = change.row();
            if row.internal || matches!(change, Change::Removed(_)) && self.went_along(row) {
                continue;
            }
            let action = match change {
                Change::Added(_) => "ROLE_ASSIGNMENT_CREATED",
                Change::Removed(_) => "ROLE_ASSIGNMENT_DELETED",
                Change::Changed(..) => "ROLE_ASSIGNMENT_UPDATED",
            };
            let (identifier, labels) = self.principal(row);
            let event = self.push(&row.scope, action, &row.principal.kind, &identifier);
            event.labels = labels;
            event.yaml = change.yaml(yaml::role_assignment);
        }
    }

    /// Whether an assignment went because scope, principal, role or resource group did.
    fn went_along(&self, row: &RoleAssignment) -> bool {
        let lost = |is_in: &dyn Fn(&Account) -> bool| is_in(self.before) && !is_in(self.after);
        let level = row.principal.scope_level.as_deref();
        let home = row.scope.at_level(level.unwrap_or(row.scope.level()));
        let identifier = &*row.principal.identifier;
        self.is_gone(&row.scope)
            || lost(&|account| account.role_of(row).is_some())
            || lost(&|account| account.resource_group_of(row).is_some())
            || lost(&|account| match &*row.principal.kind {
                "USER" => account
                    .users
                    .iter()
                    .any(|user| user.uuid == identifier && Account::is_member(user, &row.scope)),
                "USER_GROUP" => account
                    .groups
                    .iter()
                    .any(|of| Some(&of.scope) == home.as_ref() && of.identifier == identifier),
                _ => account
                    .service_accounts
                    .iter()
                    .any(|of| Some(&of.scope) == home.as_ref() && of.identifier == identifier),
            })
    }

    /// How an event names the principal of an assignment: people by e-mail, all others by identifier.
    fn principal(&self, row: &RoleAssignment) -> (String, BTreeMap<String, String>) {
        let identifier = &*row.principal.identifier;
        let users = self.after.users.iter().chain(&self.before.users);
        let user = users.into_iter().find(|user| user.uuid == identifier);
        match user.filter(|_| row.principal.kind == "USER") {
            Some(user) => (user.email.clone(), labels_of(user)),
            None => (identifier.to_owned(), BTreeMap::new()),
        }
    }
}

fn key_event(
    action: &str,
    kind: &str,
    scope: &Scope,
    (identifier, name): (&str, &str),
    yaml: (Option<String>, Option<String>),
) -> Event {
    let mut event = Event::new(action, kind, identifier);
    event.scope = scope.clone();
    event.labels.insert("resourceName".into(), name.into());
    event.yaml = yaml;
    event
}

/// What an event tells of a user beside the e-mail.
pub(crate) fn labels_of(user: &User) -> BTreeMap<String, String> {
    let name = user.name.clone().map(|name| ("resourceName".into(), name));
    let id = ("userId".into(), user.uuid.clone());
    name.into_iter().chain([id]).collect()
}
