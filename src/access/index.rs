//! The facts, indexed by the principal they are about, and put in the order of answers.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use super::path::Path;
use super::permissions::{self, Catalogue};
use crate::model::{
    AccessFacts, MembershipFact, PrincipalFact, ResourceGroupFact, ResourceType, RoleFact,
    RoleGrantFact, Scope,
};

/// The facts, indexed for questions.
#[derive(Debug)]
pub struct Access {
    pub(super) facts: AccessFacts,
    /// Memberships, by member.
    pub(super) memberships: ByPrincipal,
    /// Role grants, by holder.
    pub(super) grants: ByPrincipal,
    /// Groups that stand for every user.
    pub(super) all_users: Vec<u32>,
    /// Service accounts by identifier, where lists show several of one.
    pub(super) twins: HashMap<String, Vec<u32>>,
    /// Harness's permissions.
    pub(super) catalogue: Catalogue,
    /// Permissions of roles that no list shows, by position.
    pub(super) hidden_roles: HashMap<u32, Option<Vec<String>>>,
    order: OnceCell<Order>,
}

/// Positions of facts by the principal they are about.
#[derive(Debug)]
pub(super) struct ByPrincipal {
    positions: Vec<u32>,
    /// Where those of each principal begin, and one more.
    begins: Vec<u32>,
}

impl ByPrincipal {
    fn new(principals: usize, of: impl Iterator<Item = u32> + Clone) -> Self {
        let mut begins = vec![0; principals + 1];
        for principal in of.clone() {
            begins[principal as usize + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let mut next = begins.clone();
        let mut positions = vec![0; begins[principals] as usize];
        for (at, principal) in (0..).zip(of) {
            let place = &mut next[principal as usize];
            positions[*place as usize] = at;
            *place += 1;
        }
        Self { positions, begins }
    }

    pub(super) fn of(&self, principal: u32) -> &[u32] {
        let at = principal as usize;
        &self.positions[self.begins[at] as usize..self.begins[at + 1] as usize]
    }
}

/// The place of everything in a sorted answer.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) principals: Vec<u32>,
    scopes: Vec<u32>,
    roles: Vec<u32>,
    resource_groups: Vec<u32>,
}

impl Order {
    fn new(facts: &AccessFacts) -> Self {
        Self {
            principals: ranks(&facts.principals, |fact| (&fact.kind, fact.id.as_str())),
            scopes: ranks(&facts.scopes, |scope| {
                (scope.level(), scope.org(), scope.project())
            }),
            roles: ranks(&facts.roles, |role| role.id.as_str()),
            resource_groups: ranks(&facts.resource_groups, |group| group.id.as_str()),
        }
    }
}
impl Access {
    /// Indexes the facts.
    #[must_use]
    pub fn new(facts: AccessFacts) -> Self {
        let principals = facts.principals.len();
        let mut twins: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, principal) in numbered(&facts.principals) {
            if principal.kind == ResourceType::ServiceAccount {
                twins
                    .entry(principal.identifier.clone())
                    .or_default()
                    .push(at);
            }
        }
        let is_listed = |at: &&u32| facts.principals[**at as usize].resolved;
        twins.retain(|_, same| same.iter().filter(is_listed).count() > 1);
        let all_users = numbered(&facts.principals)
            .filter(|(_, group)| is_all_users(group))
            .map(|(at, _)| at)
            .collect();
        let hidden_roles = numbered(&facts.roles)
            .filter(|(_, role)| !role.resolved)
            .map(|(at, role)| {
                let known = role.identifier.starts_with('_');
                let known = known.then(|| permissions::managed_role(&role.identifier));
                let permissions = known.flatten().map(|mut permissions| {
                    permissions.sort_unstable();
                    permissions
                });
                (at, permissions)
            })
            .collect();
        Self {
            memberships: ByPrincipal::new(principals, facts.memberships.iter().map(|of| of.member)),
            grants: ByPrincipal::new(principals, facts.grants.iter().map(|grant| grant.principal)),
            catalogue: Catalogue::new(&facts.permissions),
            facts,
            all_users,
            twins,
            hidden_roles,
            order: OnceCell::new(),
        }
    }

    /// Harness's permissions, as the snapshot knows them.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The facts.
    #[must_use]
    pub fn facts(&self) -> &AccessFacts {
        &self.facts
    }

    /// A principal by position.
    #[must_use]
    pub fn principal(&self, at: u32) -> &PrincipalFact {
        &self.facts.principals[at as usize]
    }

    /// The grant of a path.
    #[must_use]
    pub fn grant(&self, path: &Path) -> &RoleGrantFact {
        &self.facts.grants[path.grant as usize]
    }

    /// Harness's identifier of the role assignment behind a path.
    #[must_use]
    pub fn role_assignment(&self, path: &Path) -> Option<Cow<'_, str>> {
        let identifier = self.grant(path).role_assignment?;
        Some(self.facts.assignment_ids.get(identifier))
    }

    /// The membership by which a path leads through a user group. Everybody is in the group of all users, also without one.
    #[must_use]
    pub fn membership(&self, path: &Path) -> Option<&MembershipFact> {
        let of_member = self.memberships.of(path.principal).iter();
        let mut memberships = of_member.map(|at| &self.facts.memberships[*at as usize]);
        memberships.find(|membership| Some(membership.group) == path.via)
    }

    /// The role of a path.
    #[must_use]
    pub fn role(&self, path: &Path) -> &RoleFact {
        &self.facts.roles[self.grant(path).role as usize]
    }

    /// The resource group of a path.
    #[must_use]
    pub fn resource_group(&self, path: &Path) -> &ResourceGroupFact {
        &self.facts.resource_groups[self.grant(path).resource_group as usize]
    }

    /// The scope at which the role of a path is held.
    #[must_use]
    pub fn scope(&self, path: &Path) -> &Scope {
        &self.facts.scopes[self.grant(path).scope as usize]
    }

    /// Roles that hold a permission as far as the lists show, by position.
    #[must_use]
    pub fn knows_permission(&self, permission: &str) -> bool {
        self.facts
            .roles
            .iter()
            .any(|role| role.permissions.iter().any(|held| held == permission))
    }

    /// By principal; yes before depends, direct before through a group, then by scope, role and resource group.
    pub(super) fn sort(&self, paths: &mut [Path]) {
        let order = self.order();
        let rank = |ranks: &[u32], at: u32| ranks[at as usize];
        paths.sort_unstable_by_key(|path| {
            let grant = self.grant(path);
            (
                rank(&order.principals, path.principal),
                path.answer(),
                path.via.is_some(),
                rank(&order.scopes, grant.scope),
                rank(&order.roles, grant.role),
                rank(&order.resource_groups, grant.resource_group),
                path.via.map(|via| rank(&order.principals, via)),
                path.grant,
            )
        });
    }

    pub(super) fn order(&self) -> &Order {
        self.order.get_or_init(|| Order::new(&self.facts))
    }
}

pub(super) fn is_all_users(group: &PrincipalFact) -> bool {
    group.kind == ResourceType::UserGroup
        && group.resolved
        && group.harness_managed
        && group.scope == Scope::Account
        && group.identifier == Scope::Account.group_of_all_users()
}

pub(super) fn numbered<T>(items: &[T]) -> impl Iterator<Item = (u32, &T)> {
    (0..).zip(items)
}

/// The place of each item in the order of the keys.
fn ranks<'a, T, K: Ord>(items: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<u32> {
    let mut order: Vec<(u32, &T)> = numbered(items).collect();
    order.sort_by_key(|(_, item)| key(item));
    let mut ranks = vec![0; items.len()];
    for (rank, (at, _)) in (0..).zip(order) {
        ranks[at as usize] = rank;
    }
    ranks
}
