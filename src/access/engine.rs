//! From grants to paths: who has part in whose grants, and which of them give what is asked.

use std::collections::HashSet;

use super::gives::{Match, Matches};
use super::index::{Access, is_all_users, numbered};
use super::path::{Doubt, Holders, Path};
use super::question::{Question, Target};
use crate::model::{PrincipalFact, ResourceType, RoleGrantFact};

/// How a principal has part in the grants of a holder.
struct Participation {
    holder: u32,
    via: Option<u32>,
    doubts: Vec<Doubt>,
}

impl Access {
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
        if !gives.contains(&true) {
            return holders;
        }
        for principal in self.holders() {
            let paths = self.paths_by(principal, &mut |at, grant| {
                let gives = gives[at as usize];
                gives.then(|| self.gives(grant.held(), question, target, &mut matches))?
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
                self.gives(grant.held(), &question, &target, &mut matches)
            })
        })
    }

    /// Every path by which one principal holds what is asked; what is certain first, then the shortest.
    #[must_use]
    pub fn paths_of(&self, principal: u32, question: &Question, target: &Target) -> Vec<Path> {
        let mut matches = Matches::new();
        self.paths_by(principal, &mut |_, grant| {
            self.gives(grant.held(), question, target, &mut matches)
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
            .map(|grant| {
                self.gives(grant.held(), question, target, matches)
                    .is_some()
            })
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
        let part_doubts = |doubt: &Doubt| {
            matches!(
                doubt,
                Doubt::Principal | Doubt::SharedIdentifier | Doubt::AllUsers | Doubt::Unverified
            )
        };
        let permissions = self.permissions_of_role(grant.role).unwrap_or_default();
        let mut held = Vec::new();
        for permission in permissions {
            let question = Question::Permission(permission.clone());
            if let Some(found) = self.gives(grant.held(), &question, target, &mut Matches::new()) {
                let part = Participation {
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

    // ---- principals: rules 2 and 8 ------------------------------------------------------------------------------

    /// Everybody in whose grants a principal has part.
    fn parts_of(&self, principal: u32) -> Vec<Participation> {
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
                parts.push(Participation {
                    holder: other,
                    via: None,
                    doubts: vec![Doubt::SharedIdentifier],
                });
            }
        }
        parts
    }

    fn part(&self, principal: u32, holder: u32, doubt: Option<Doubt>) -> Participation {
        let unknown = (!self.principal(principal).resolved).then_some(Doubt::Principal);
        Participation {
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
}

fn path(
    principal: u32,
    part: &Participation,
    at: u32,
    grant: &RoleGrantFact,
    found: Match,
) -> Path {
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
