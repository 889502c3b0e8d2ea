//! From grants to paths: who holds, through what, over what, and with which doubts.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::covered::{CoveredResources, Extent, covers, implicit_views};
use super::permissions::{self, Fit};
use super::question::{Question, Target};
use crate::model::{
    AccessFacts, Level, PrincipalFact, ResourceGroupFact, ResourceType, RoleFact, RoleGrantFact,
    Scope,
};

/// The account's user group that stands for every user.
const ALL_USERS: &str = "_account_all_users";

/// Why a path is no plain yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Doubt {
    /// Only resources with a certain attribute are covered.
    Attribute,
    /// The catalogue does not know the permission; its type was guessed.
    Guessed,
    /// No list shows the role; Harness hides some of its own, and this is one of December 2023.
    HiddenRole,
    /// No list shows the role.
    UnknownRole,
    /// No list shows the resource group.
    ResourceGroup,
    /// No list shows the principal or the user group.
    Principal,
    /// The grant belongs to another service account of the same identifier.
    SharedIdentifier,
    /// Harness's all-users group, whose stored members lack this user.
    AllUsers,
    /// The list that shows the grant, the membership, the role or the resource group was not complete.
    Unverified,
}

/// Yes, or it depends. No path means no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Plainly.
    Yes,
    /// On what its doubts say.
    Depends,
}

/// One way in which a principal holds what was asked. Numbers are positions among the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Who.
    pub principal: u32,
    /// Through the membership of this user group.
    pub via: Option<u32>,
    /// The role grant.
    pub grant: u32,
    /// Where it counts; empty when that cannot be known, or is nowhere.
    pub covers: Rc<[CoveredResources]>,
    /// Why it is no plain yes, sorted; empty = yes.
    pub doubts: Vec<Doubt>,
}

impl Path {
    /// Whether it is a plain yes.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.doubts.is_empty() {
            Verdict::Yes
        } else {
            Verdict::Depends
        }
    }
}

/// The answer to who can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// By principal; what is certain before what depends, then shortest path first.
    pub paths: Vec<Path>,
    /// User groups without members that would hold it.
    pub empty_groups: Vec<u32>,
}

/// The facts, indexed for questions.
#[derive(Debug)]
pub struct Access {
    facts: AccessFacts,
    /// Memberships, by member.
    memberships: By,
    /// Role grants, by holder.
    grants: By,
    /// Groups that stand for every user.
    all_users: Vec<u32>,
    /// Service accounts by identifier, where lists show several of one.
    twins: HashMap<String, Vec<u32>>,
    /// Permissions of roles that no list shows, by position.
    hidden_roles: HashMap<u32, Option<Vec<String>>>,
    order: OnceCell<Order>,
}

/// Positions of facts by the principal they are about.
#[derive(Debug)]
struct By {
    positions: Vec<u32>,
    /// Where those of each principal begin, and one more.
    begins: Vec<u32>,
}

impl By {
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

    fn of(&self, principal: u32) -> &[u32] {
        let at = principal as usize;
        &self.positions[self.begins[at] as usize..self.begins[at + 1] as usize]
    }
}

/// The place of everything in a sorted answer.
#[derive(Debug)]
struct Order {
    principals: Vec<u32>,
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

/// How a principal has part in the grants of a holder.
struct Part {
    holder: u32,
    via: Option<u32>,
    doubts: Vec<Doubt>,
}

/// What a grant gives of what was asked.
#[derive(Clone)]
struct Match {
    covers: Rc<[CoveredResources]>,
    doubts: Vec<Doubt>,
}

/// Matches by resource group and scope; what else decides is the same for all grants of one question.
type Matches = HashMap<(u32, u32), Option<Match>>;

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
            memberships: By::new(principals, facts.memberships.iter().map(|of| of.member)),
            grants: By::new(principals, facts.grants.iter().map(|grant| grant.principal)),
            facts,
            all_users,
            twins,
            hidden_roles,
            order: OnceCell::new(),
        }
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

    /// Everybody who holds what is asked.
    #[must_use]
    pub fn who_can(&self, question: &Question, target: &Target) -> Holders {
        let mut matches = Matches::new();
        let gives = self.all_that_give(question, target, &mut matches);
        let giving = self.facts.grants.iter().zip(&gives);
        let mut holders = Holders {
            paths: Vec::new(),
            empty_groups: self.empty_among(giving.filter(|of| *of.1).map(|of| of.0.principal)),
        };
        for principal in self.holders() {
            let paths = self.paths_by(principal, &mut |at, grant| {
                let gives = gives[at as usize];
                gives.then(|| self.gives(grant, question, target, &mut matches))?
            });
            holders.paths.extend(paths);
        }
        holders
    }

    /// Everything that anybody holds, one holder after another in the order of [`Holders::paths`]: all of it at once is
    /// more than memory should hold.
    pub fn everything_held(&self) -> impl Iterator<Item = Vec<Path>> {
        self.everything_held_by(self.holders())
    }

    /// Everything that each of some principals holds, one after another.
    pub fn everything_held_by(
        &self,
        principals: impl IntoIterator<Item = u32>,
    ) -> impl Iterator<Item = Vec<Path>> {
        let (question, target) = (Question::Anything, Target::default());
        let mut matches = Matches::new();
        principals.into_iter().map(move |principal| {
            self.paths_by(principal, &mut |_, grant| {
                self.gives(grant, &question, &target, &mut matches)
            })
        })
    }

    /// Every path by which one principal holds what is asked; what is certain first, then the shortest.
    #[must_use]
    pub fn paths_of(&self, principal: u32, question: &Question, target: &Target) -> Vec<Path> {
        let mut matches = Matches::new();
        self.paths_by(principal, &mut |_, grant| {
            self.gives(grant, question, target, &mut matches)
        })
    }

    /// Who may hold something in an answer, in its order. Members hold what their group does.
    fn holders(&self) -> Vec<u32> {
        let is_listed =
            |fact: &PrincipalFact| fact.kind == ResourceType::UserGroup && fact.resolved;
        let mut holders: Vec<u32> = numbered(&self.facts.principals)
            .filter(|(_, fact)| !is_listed(fact))
            .map(|(at, _)| at)
            .collect();
        holders.sort_unstable_by_key(|at| self.order().principals[*at as usize]);
        holders
    }

    /// For each grant, whether it gives what is asked.
    fn all_that_give(
        &self,
        question: &Question,
        target: &Target,
        matches: &mut Matches,
    ) -> Vec<bool> {
        let grants = self.facts.grants.iter();
        grants
            .map(|grant| self.gives(grant, question, target, matches).is_some())
            .collect()
    }

    fn paths_by(
        &self,
        principal: u32,
        gives: &mut dyn FnMut(u32, &RoleGrantFact) -> Option<Match>,
    ) -> Vec<Path> {
        let mut paths = Vec::new();
        for part in self.parts_of(principal) {
            for &at in self.grants.of(part.holder) {
                let grant = &self.facts.grants[at as usize];
                if let Some(found) = gives(at, grant) {
                    paths.push(path(principal, &part, at, grant, found));
                }
            }
        }
        self.sort(&mut paths);
        paths
    }

    /// Every permission that a path of [`Question::Anything`] gives, with what it covers and its doubts.
    #[must_use]
    pub fn permissions_of(&self, whole: &Path, target: &Target) -> Vec<(String, Path)> {
        let grant = self.grant(whole);
        let role = &self.facts.roles[grant.role as usize];
        let part_doubts = |doubt: &Doubt| {
            matches!(
                doubt,
                Doubt::Principal | Doubt::SharedIdentifier | Doubt::AllUsers | Doubt::Unverified
            )
        };
        let permissions = match self.hidden_roles.get(&grant.role) {
            Some(known) => known.as_deref().unwrap_or_default(),
            None => &role.permissions,
        };
        let mut held = Vec::new();
        for permission in permissions {
            let question = Question::Permission(permission.clone());
            if let Some(found) = self.gives(grant, &question, target, &mut Matches::new()) {
                let part = Part {
                    holder: grant.principal,
                    via: whole.via,
                    doubts: whole.doubts.iter().copied().filter(part_doubts).collect(),
                };
                let path = path(whole.principal, &part, whole.grant, grant, found);
                held.push((permission.clone(), path));
            }
        }
        held
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
    fn sort(&self, paths: &mut [Path]) {
        let order = self.order();
        let rank = |ranks: &[u32], at: u32| ranks[at as usize];
        paths.sort_unstable_by_key(|path| {
            let grant = self.grant(path);
            (
                rank(&order.principals, path.principal),
                path.verdict(),
                path.via.is_some(),
                rank(&order.scopes, grant.scope),
                rank(&order.roles, grant.role),
                rank(&order.resource_groups, grant.resource_group),
                path.via.map(|via| rank(&order.principals, via)),
                path.grant,
            )
        });
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| Order::new(&self.facts))
    }

    // ---- principals: rules 2 and 8 ------------------------------------------------------------------------------

    /// Everybody in whose grants a principal has part.
    fn parts_of(&self, principal: u32) -> Vec<Part> {
        let fact = self.principal(principal);
        let mut parts = vec![self.part(principal, principal, None)];
        for &at in self.memberships.of(principal) {
            let membership = self.facts.memberships[at as usize];
            if self.principal(membership.group).resolved {
                let doubt = membership.unverified.then_some(Doubt::Unverified);
                parts.push(self.part(principal, membership.group, doubt));
            }
        }
        if fact.kind == ResourceType::User && fact.resolved {
            for &group in &self.all_users {
                if !parts.iter().any(|part| part.holder == group) {
                    parts.push(self.part(principal, group, Some(Doubt::AllUsers)));
                }
            }
        }
        if fact.kind == ResourceType::ServiceAccount && fact.resolved {
            let same = self.twins.get(&fact.identifier).into_iter().flatten();
            for &other in same.filter(|other| **other != principal) {
                parts.push(Part {
                    holder: other,
                    via: None,
                    doubts: vec![Doubt::SharedIdentifier],
                });
            }
        }
        parts
    }

    fn part(&self, principal: u32, holder: u32, doubt: Option<Doubt>) -> Part {
        let unknown = (!self.principal(principal).resolved).then_some(Doubt::Principal);
        Part {
            holder,
            via: (holder != principal).then_some(holder),
            doubts: unknown.into_iter().chain(doubt).collect(),
        }
    }

    /// Which of some principals are user groups that nobody is in, by id.
    fn empty_among(&self, principals: impl Iterator<Item = u32>) -> Vec<u32> {
        let memberships = self.facts.memberships.iter();
        let populated: HashSet<u32> = memberships.map(|membership| membership.group).collect();
        let is_user = |fact: &PrincipalFact| fact.kind == ResourceType::User && fact.resolved;
        let has_users = self.facts.principals.iter().any(is_user);
        let mut empty: Vec<u32> = principals
            .filter(|at| {
                let fact = self.principal(*at);
                fact.kind == ResourceType::UserGroup
                    && fact.resolved
                    && !fact.unverified
                    && !populated.contains(at)
                    && !(has_users && is_all_users(fact))
            })
            .collect();
        empty.sort_unstable_by_key(|at| self.order().principals[*at as usize]);
        empty.dedup();
        empty
    }

    // ---- roles and resource groups: rules 3 to 7 ----------------------------------------------------------------

    /// What a grant gives of what is asked; `None` = nothing.
    fn gives(
        &self,
        grant: &RoleGrantFact,
        question: &Question,
        target: &Target,
        matches: &mut Matches,
    ) -> Option<Match> {
        let role_doubts = self.role_gives(grant, question)?;
        let mut found = matches
            .entry((grant.resource_group, grant.scope))
            .or_insert_with(|| self.covered_by(grant, question, target))
            .clone()?;
        found.doubts.extend(role_doubts);
        Some(found)
    }

    fn role_gives(&self, grant: &RoleGrantFact, question: &Question) -> Option<Vec<Doubt>> {
        let role = &self.facts.roles[grant.role as usize];
        let doubts = match self.hidden_roles.get(&grant.role) {
            None if !self.may_be_assigned(role, grant) => return None,
            None => Vec::from_iter(role.unverified.then_some(Doubt::Unverified)),
            Some(Some(_)) => vec![Doubt::HiddenRole],
            Some(None) => vec![Doubt::UnknownRole],
        };
        let holds = |permissions: &[String], permission: &String| {
            permissions.binary_search(permission).is_ok()
        };
        let gives = match question {
            Question::Anything => true,
            Question::Roles(roles) => roles.contains(&grant.role),
            Question::Permission(permission) => match self.hidden_roles.get(&grant.role) {
                None => holds(&role.permissions, permission),
                Some(Some(permissions)) => holds(permissions, permission),
                Some(None) => true,
            },
        };
        gives.then_some(doubts)
    }

    /// A parent's custom role says only its own level, and may be used below by newer releases.
    fn may_be_assigned(&self, role: &RoleFact, grant: &RoleGrantFact) -> bool {
        let scope = &self.facts.scopes[grant.scope as usize];
        let level = scope.level().map(Level::as_str);
        role.scope_levels.is_empty()
            || role.scope != Scope::Harness && role.scope != *scope
            || role
                .scope_levels
                .iter()
                .any(|own| Some(own.to_ascii_lowercase().as_str()) == level)
    }

    fn covered_by(
        &self,
        grant: &RoleGrantFact,
        question: &Question,
        target: &Target,
    ) -> Option<Match> {
        let group = &self.facts.resource_groups[grant.resource_group as usize];
        let scope = &self.facts.scopes[grant.scope as usize];
        if group.resolved {
            return covered_by_listed(group, scope, question, target).map(|mut found| {
                found
                    .doubts
                    .extend(group.unverified.then_some(Doubt::Unverified));
                found
            });
        }
        let known = supplied_group(group)
            .and_then(|group| covered_by_listed(&group, scope, question, target));
        let might_cover = CoveredResources {
            scope: scope.clone(),
            below: true,
            extent: Extent::Everything,
        };
        let found = match known {
            Some(known) => Some(known),
            None if supplied_group(group).is_none() => {
                might_cover.counts_at(target.scope.as_ref()).then(|| Match {
                    covers: Rc::from([]),
                    doubts: Vec::new(),
                })
            }
            None => None,
        };
        found.map(|mut found| {
            found.doubts.push(Doubt::ResourceGroup);
            found
        })
    }
}

fn covered_by_listed(
    group: &ResourceGroupFact,
    scope: &Scope,
    question: &Question,
    target: &Target,
) -> Option<Match> {
    let all = covers(group, scope);
    let Question::Permission(permission) = question else {
        let here: Vec<CoveredResources> = all
            .into_iter()
            .filter(|covered| covered.counts_at(target.scope.as_ref()))
            .filter(|covered| covered.may_cover(target))
            .collect();
        let whole = *target == Target::default();
        return (whole || !here.is_empty()).then(|| Match {
            doubts: conditional(&here),
            covers: here.into(),
        });
    };
    let views = implicit_views(group, scope, permission);
    // What does not exist yet has no name: only then does the server ask for a scope from its parent without one.
    let creates = permission.ends_with("_create");
    let mut sure = false;
    let mut doubts = Vec::new();
    let mut here = Vec::new();
    for covered in all.into_iter().chain(views) {
        let fit = covered.extent.fits(permission);
        let kind = match (&target.resource_type, covered.extent.own_type()) {
            (Some(kind), _) => kind.clone(),
            (None, Some(own)) => own.to_owned(),
            (None, None) => permissions::type_of(permission),
        };
        if fit == Fit::No || !covered.meets(target, &kind, creates) {
            continue;
        }
        if here
            .iter()
            .any(|other: &CoveredResources| other.includes_view(&covered))
        {
            continue;
        }
        let attribute = matches!(covered.extent, Extent::Matching(..));
        let guessed = fit == Fit::Guessed;
        sure = sure || !attribute && !guessed;
        doubts.extend(attribute.then_some(Doubt::Attribute));
        doubts.extend(guessed.then_some(Doubt::Guessed));
        here.push(covered);
    }
    if sure {
        doubts.clear();
    }
    (!here.is_empty()).then(|| Match {
        covers: here.into(),
        doubts,
    })
}

fn conditional(covers: &[CoveredResources]) -> Vec<Doubt> {
    let all = !covers.is_empty()
        && covers
            .iter()
            .all(|covered| matches!(covered.extent, Extent::Matching(..)));
    Vec::from_iter(all.then_some(Doubt::Attribute))
}

/// A resource group that Harness supplies, should no list show it: the names say what they cover.
fn supplied_group(group: &ResourceGroupFact) -> Option<ResourceGroupFact> {
    let child_scopes = match group.identifier.as_str() {
        "_all_resources_including_child_scopes" => true,
        "_all_account_level_resources"
        | "_all_organization_level_resources"
        | "_all_project_level_resources"
        | "_all_resources" => false,
        _ => return None,
    };
    Some(ResourceGroupFact {
        all_resources: true,
        included_scopes: vec![crate::model::IncludedScope {
            scope: None,
            child_scopes,
        }],
        ..group.clone()
    })
}

fn path(principal: u32, part: &Part, at: u32, grant: &RoleGrantFact, found: Match) -> Path {
    let mut doubts = found.doubts;
    doubts.extend_from_slice(&part.doubts);
    doubts.extend(grant.unverified.then_some(Doubt::Unverified));
    doubts.sort_unstable();
    doubts.dedup();
    Path {
        principal,
        via: part.via,
        grant: at,
        covers: found.covers,
        doubts,
    }
}

fn is_all_users(group: &PrincipalFact) -> bool {
    group.kind == ResourceType::UserGroup
        && group.resolved
        && group.harness_managed
        && group.scope == Scope::Account
        && group.identifier == ALL_USERS
}

fn numbered<T>(items: &[T]) -> impl Iterator<Item = (u32, &T)> {
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
