//! What has a card of its own in the page: everything of a small account, what matters most of a large one.

use std::collections::{HashMap, HashSet};

use super::cut::Cut;
use super::inventory::{Group, Role, ServiceAccount};
use super::limits::{GROUP_ROLES, NAMES, ROLES, TABLE, fitting};
use super::list::List;
use super::material::{Audience, Material};
use super::power::Power;
use crate::access::Access;
use crate::model::Scope;

/// What a card takes besides its roles or names, in rows.
const HEAD: usize = 4;

/// Things with cards, each kind in its order.
#[derive(Debug, Default)]
pub(super) struct Selection<'a> {
    /// People, by position among the facts.
    pub(super) people: Vec<u32>,
    pub(super) service_accounts: Vec<&'a ServiceAccount>,
    pub(super) groups: Vec<&'a Group>,
    pub(super) roles: Vec<&'a Role>,
}

impl<'a> Selection<'a> {
    pub(super) fn of(
        material: &'a Material<'a>,
        cut: Cut<'_>,
        list: &List,
        powers: &[Power],
        principals: &HashMap<&str, u32>,
    ) -> Self {
        let people = people(material, cut, list, powers, principals);
        if material.audience == Audience::Auditor {
            return Self {
                people,
                ..Self::default()
            };
        }
        Self {
            people,
            service_accounts: service_accounts(material, cut, list, principals),
            groups: groups(material, cut, principals),
            roles: roles(material, cut),
        }
    }

    /// The text ids of all of them.
    pub(super) fn ids<'b>(&'b self, access: &'b Access) -> impl Iterator<Item = &'b str> {
        let people = self
            .people
            .iter()
            .map(|at| access.principal(*at).id.as_str());
        people
            .chain(
                self.service_accounts
                    .iter()
                    .map(|account| account.id.as_str()),
            )
            .chain(self.groups.iter().map(|group| group.id.as_str()))
            .chain(self.roles.iter().map(|role| role.id.as_str()))
    }
}

/// Everybody; where there are too many, whoever has some power or is found by a rule comes first.
fn people(
    material: &Material<'_>,
    cut: Cut<'_>,
    list: &List,
    powers: &[Power],
    principals: &HashMap<&str, u32>,
) -> Vec<u32> {
    let everybody = material.inventory.people.iter();
    let mut people: Vec<u32> = everybody
        .filter_map(|person| principals.get(person.id.as_str()).copied())
        .filter(|at| cut.0.is_none() || list.of_principal.contains_key(at))
        .collect();
    let rows = |at: &u32| {
        HEAD + list
            .of_principal
            .get(at)
            .copied()
            .unwrap_or_default()
            .min(ROLES)
    };
    if fitting(people.iter().map(rows)) < people.len() {
        let holders = powers.iter().flat_map(|power| &power.holders);
        let powerful: HashSet<u32> = holders.map(|holder| holder.principal).collect();
        let findings = material.findings.iter().flat_map(|(_, findings)| findings);
        let found: HashSet<&str> = findings.map(|finding| finding.subject.as_str()).collect();
        let matters = |at: &u32| {
            powerful.contains(at) || found.contains(material.access.principal(*at).id.as_str())
        };
        let order: HashMap<u32, usize> = people.iter().copied().zip(0..).collect();
        people.sort_by_key(|at| !matters(at));
        people.truncate(fitting(people.iter().map(rows)));
        people.sort_by_key(|at| order[at]);
    }
    people
}

fn service_accounts<'a>(
    material: &Material<'a>,
    cut: Cut<'_>,
    list: &List,
    principals: &HashMap<&str, u32>,
) -> Vec<&'a ServiceAccount> {
    let rows = |account: &&ServiceAccount| {
        let at = principals.get(account.id.as_str());
        at.and_then(|at| list.of_principal.get(at))
            .copied()
            .unwrap_or_default()
    };
    let all = material.inventory.service_accounts.iter();
    let mut shown: Vec<&ServiceAccount> = all
        .filter(|account| cut.0.is_none() || rows(account) > 0)
        .collect();
    shown.truncate(fitting(
        shown.iter().map(|account| HEAD + rows(account).min(ROLES)),
    ));
    shown
}

fn groups<'a>(
    material: &Material<'a>,
    cut: Cut<'_>,
    principals: &HashMap<&str, u32>,
) -> Vec<&'a Group> {
    let matters = |group: &&Group| {
        let at = principals.get(group.id.as_str());
        at.is_none_or(|at| cut.touches(&material.access.principal(*at).scope))
    };
    let mut grants: HashMap<u32, usize> = HashMap::new();
    for grant in &material.access.facts().grants {
        *grants.entry(grant.principal).or_default() += 1;
    }
    let rows = |group: &&Group| {
        let members = usize::try_from(group.members.unwrap_or_default()).unwrap_or(NAMES);
        let at = principals.get(group.id.as_str());
        let roles = at
            .and_then(|at| grants.get(at))
            .copied()
            .unwrap_or_default();
        HEAD + members.min(NAMES) / 4 + roles.min(GROUP_ROLES)
    };
    let mut shown: Vec<&Group> = material.inventory.groups.iter().filter(matters).collect();
    shown.truncate(fitting(shown.iter().map(rows)));
    shown
}

/// The account's own roles, then those that Harness supplies and somebody holds.
fn roles<'a>(material: &Material<'a>, cut: Cut<'_>) -> Vec<&'a Role> {
    let facts = material.access.facts();
    let held = facts
        .grants
        .iter()
        .map(|grant| facts.roles[grant.role as usize].id.as_str());
    let held: HashSet<&str> = held.collect();
    let scopes = facts
        .roles
        .iter()
        .map(|role| (role.id.as_str(), &role.scope));
    let scopes: HashMap<&str, &Scope> = scopes.collect();
    let matters = |role: &&Role| {
        let scope = scopes.get(role.id.as_str());
        scope.is_none_or(|scope| **scope == Scope::Harness || cut.touches(scope))
    };
    let all = material.inventory.roles.iter();
    all.filter(|role| !role.harness_managed || held.contains(role.id.as_str()))
        .filter(matters)
        .take(TABLE)
        .collect()
}
