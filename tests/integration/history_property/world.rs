//! The account, and what happens in it.

use std::collections::BTreeMap;

use harness_access::model::{Level, ListingKind as Kind};

use crate::support::account::parse;
use fake_harness::Random;

use super::*;

pub(crate) const RESOURCES: [&str; 19] = [
    "user/u0",
    "user/u1",
    "user/u2",
    "user/u3",
    "service_account/account/s0",
    "service_account/account/s1",
    "user_group/account/g0",
    "user_group/account/g1",
    "user_group/org/a/g0",
    "user_group/org/a/project/p/g0",
    "role/account/r0",
    "role/harness/_account_viewer",
    "role/harness/_viewer",
    "role/harness/_organization_viewer",
    "role/org/a/r0",
    "resource_group/account/all",
    "resource_group/harness/_all_account_level_resources",
    "organization/a",
    "project/a/p",
];
pub(crate) const PRINCIPALS: [&str; 8] = [
    "user/u0",
    "user/u1",
    "user/u2",
    "service_account/account/s0",
    "user_group/account/g0",
    "user_group/org/a/g0",
    "user/nobody",
    "robot/account/x",
];
pub(crate) const SCOPES: [&str; 3] = ["account", "org/a", "org/a/project/p"];

/// Levels at which Harness offers what it supplies.
pub(crate) fn levels(id: &str) -> Vec<Level> {
    match id {
        "role/harness/_viewer" => vec![Level::Organization, Level::Account],
        "role/harness/_organization_viewer" => vec![Level::Organization],
        _ => vec![Level::Account],
    }
}

pub(crate) fn kind_of(id: &str) -> &str {
    id.split('/').next().unwrap()
}

/// The scope a resource lives in.
pub(crate) fn home(id: &str) -> String {
    parse(id).scope.to_string()
}

/// The scope that a resource is, if it is one.
pub(crate) fn own_scope(id: &str) -> Option<String> {
    let parts: Vec<&str> = id.split('/').collect();
    match parts[..] {
        ["organization", org] => Some(format!("org/{org}")),
        ["project", org, project] => Some(format!("org/{org}/project/{project}")),
        _ => None,
    }
}

pub(crate) fn is_below(scope: &str, top: &str) -> bool {
    scope == top || scope.starts_with(&format!("{top}/"))
}

/// The list that shows a resource.
pub(crate) fn place_of(id: &str) -> Place {
    let kind = Kind::of(&parse(id).kind).unwrap();
    let scope = match home(id).as_str() {
        "harness" => format!("harness/{}", levels(id).iter().min().unwrap().as_str()),
        scope => scope.to_owned(),
    };
    (kind, scope)
}

/// The list that shows a grant.
pub(crate) fn place_of_grant((_, target, role): &GrantId) -> Place {
    match role {
        Some((scope, _)) => (Kind::RoleAssignments, scope.clone()),
        None => (Kind::UserGroups, home(target)),
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// With a number that tells one version from another.
    pub(crate) resources: BTreeMap<String, usize>,
    /// With the identifier of the role assignment.
    pub(crate) grants: BTreeMap<GrantId, String>,
    pub(crate) assignments: usize,
}

impl World {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        match scope {
            "account" | "harness" => true,
            "org/a" => self.resources.contains_key("organization/a"),
            _ => self.resources.contains_key("project/a/p"),
        }
    }

    pub(crate) fn change(&mut self, random: &mut Random) {
        let id = (*random.pick(&RESOURCES)).to_owned();
        let version = random.below(3);
        match random.below(10) {
            0..=3 if self.has_scope(&home(&id)) => {
                self.resources.insert(id, version);
            }
            4 => self.remove(&id),
            5 | 6 => {
                let group = random.pick(&RESOURCES[6..10]);
                if self.resources.contains_key(*group) {
                    let user = random.pick(&RESOURCES[..4]);
                    let grant = ((*user).to_owned(), (*group).to_owned(), None);
                    self.grants.insert(grant, String::new());
                }
            }
            7 | 8 => {
                let scope = *random.pick(&SCOPES);
                if self.has_scope(scope) {
                    let over = *random.pick(&RESOURCES[15..17]);
                    let grant = (
                        (*random.pick(&PRINCIPALS)).to_owned(),
                        (*random.pick(&RESOURCES[10..15])).to_owned(),
                        Some((scope.to_owned(), over.to_owned())),
                    );
                    // Assigned anew if it is there: the same access under another identifier.
                    self.assignments += 1;
                    self.grants.insert(grant, format!("ra{}", self.assignments));
                }
            }
            _ => {
                let grants: Vec<GrantId> = self.grants.keys().cloned().collect();
                if !grants.is_empty() {
                    self.grants.remove(random.pick(&grants));
                }
            }
        }
    }

    /// With everything in it.
    pub(crate) fn remove(&mut self, id: &str) {
        self.resources.remove(id);
        self.grants
            .retain(|(_, target, role), _| target != id || role.is_some());
        if let Some(scope) = own_scope(id) {
            self.resources.retain(|id, _| {
                let is_inside = is_below(&home(id), &scope);
                let is_container = own_scope(id).is_some_and(|own| is_below(&own, &scope));
                !is_inside && !is_container
            });
            self.grants
                .retain(|grant, _| !is_below(&place_of_grant(grant).1, &scope));
        }
    }
}
