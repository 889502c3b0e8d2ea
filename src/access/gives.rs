//! What a grant gives of what was asked: rules 3 to 7, of roles and resource groups.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::covered::{CoveredResources, Extent, covers, implicit_views, level_of};
use super::index::{Access, numbered};
use super::path::Doubt;
use super::permissions::{self, Catalogue, Fit};
use super::question::{Question, Target};
use crate::model::{HeldRole, IncludedScope, Level, ResourceGroupFact, RoleFact, Scope};

/// What a grant gives of what was asked.
#[derive(Clone)]
pub(super) struct Match {
    pub(super) covers: Rc<[CoveredResources]>,
    pub(super) doubts: Vec<Doubt>,
}

/// Matches by resource group and scope; what else decides is the same for all grants of one question.
pub(super) type Matches = HashMap<(u32, u32), Option<Match>>;

impl Access {
    /// What a grant gives of what is asked; `None` = nothing.
    pub(super) fn gives(
        &self,
        held: HeldRole,
        question: &Question,
        target: &Target,
        matches: &mut Matches,
    ) -> Option<Match> {
        let role_doubts = self.role_gives(held, question)?;
        let mut found = matches
            .entry((held.resource_group, held.scope))
            .or_insert_with(|| self.covered_by(held, question, target))
            .clone()?;
        found.doubts.extend(role_doubts);
        Some(found)
    }

    /// Tells of each role that may be held whether it gives what is asked.
    pub fn giving<'a>(
        &'a self,
        question: &'a Question,
        target: &'a Target,
    ) -> impl FnMut(HeldRole) -> bool + 'a {
        let mut matches = Matches::new();
        move |held| self.gives(held, question, target, &mut matches).is_some()
    }

    fn role_gives(&self, held: HeldRole, question: &Question) -> Option<Vec<Doubt>> {
        let role = &self.facts.roles[held.role as usize];
        let hidden = self.hidden_roles.contains_key(&held.role);
        if !hidden && !self.may_be_assigned(role, held) {
            return None;
        }
        self.role_has(held.role, question)
    }

    /// Roles that give what is asked, or may, wherever they are held: their text ids.
    #[must_use]
    pub fn roles_with(&self, question: &Question) -> Vec<String> {
        numbered(&self.facts.roles)
            .filter(|(at, _)| self.role_has(*at, question).is_some())
            .map(|(_, role)| role.id.clone())
            .collect()
    }

    /// The same roles, by position.
    pub(super) fn roles_at(&self, question: &Question) -> BTreeSet<u32> {
        numbered(&self.facts.roles)
            .map(|(at, _)| at)
            .filter(|at| self.role_has(*at, question).is_some())
            .collect()
    }

    /// Every permission of a role, as far as it is known.
    pub(super) fn permissions_of_role(&self, at: u32) -> Option<&[String]> {
        match self.hidden_roles.get(&at) {
            None => Some(&self.facts.roles[at as usize].permissions),
            Some(known) => known.as_deref(),
        }
    }

    /// Every permission that a role gives somebody, sorted.
    pub(super) fn permissions_held(&self) -> Vec<String> {
        let roles: BTreeSet<u32> = self.facts.grants.iter().map(|grant| grant.role).collect();
        let permissions = roles
            .into_iter()
            .filter_map(|at| self.permissions_of_role(at));
        let permissions: BTreeSet<&String> = permissions.flatten().collect();
        permissions.into_iter().cloned().collect()
    }

    /// The doubts about a role that has what is asked; `None` when it has not.
    fn role_has(&self, at: u32, question: &Question) -> Option<Vec<Doubt>> {
        let role = &self.facts.roles[at as usize];
        let hidden = self.hidden_roles.get(&at);
        let doubts = match hidden {
            None => Vec::from_iter(role.unverified.then_some(Doubt::Unverified)),
            Some(Some(_)) => vec![Doubt::HiddenRole],
            Some(None) => vec![Doubt::UnknownRole],
        };
        let holds = |permissions: &[String], permission: &String| {
            permissions.binary_search(permission).is_ok()
        };
        let has = match question {
            Question::Anything => true,
            Question::Roles(roles) => roles.contains(&at),
            Question::Permission(permission) => match hidden {
                None => holds(&role.permissions, permission),
                Some(Some(permissions)) if holds(permissions, permission) => true,
                Some(Some(_)) => {
                    return (!permissions::known_to_managed_roles(permission))
                        .then(|| vec![Doubt::NewerThanHiddenRole]);
                }
                Some(None) => true,
            },
        };
        has.then_some(doubts)
    }

    /// A parent's custom role says only its own level, and may be used below by newer releases.
    fn may_be_assigned(&self, role: &RoleFact, held: HeldRole) -> bool {
        let scope = &self.facts.scopes[held.scope as usize];
        let level = scope.level().map(Level::as_str);
        role.scope_levels.is_empty()
            || role.scope != Scope::Harness && role.scope != *scope
            || role
                .scope_levels
                .iter()
                .any(|own| Some(own.to_ascii_lowercase().as_str()) == level)
    }

    fn covered_by(&self, held: HeldRole, question: &Question, target: &Target) -> Option<Match> {
        let group = &self.facts.resource_groups[held.resource_group as usize];
        let scope = &self.facts.scopes[held.scope as usize];
        if group.resolved {
            return covered_by_listed(group, scope, question, target, &self.catalogue).map(
                |mut found| {
                    found
                        .doubts
                        .extend(group.unverified.then_some(Doubt::Unverified));
                    found
                },
            );
        }
        let known = supplied_group(group)
            .and_then(|group| covered_by_listed(&group, scope, question, target, &self.catalogue));
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
    catalogue: &Catalogue,
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
        let fit = covered.extent.fits(permission, catalogue);
        let kinds = kinds_of(permission, &covered.extent, target, catalogue);
        let met = kinds
            .iter()
            .filter(|kind| covered.meets(target, kind, creates))
            .count();
        if fit == Fit::No || met == 0 {
            continue;
        }
        if here
            .iter()
            .any(|other: &CoveredResources| other.includes_view(&covered))
        {
            continue;
        }
        let attribute = matches!(covered.extent, Extent::Matching(..));
        let unknown = fit == Fit::Unknown || met < kinds.len();
        sure = sure || !attribute && !unknown;
        doubts.extend(attribute.then_some(Doubt::Attribute));
        doubts.extend(unknown.then_some(Doubt::UnknownType));
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

/// The types of resource that a permission may be asked about here. Scopes are asked about in a way of their own, so a
/// permission that only by its name is about one is asked about in both ways.
fn kinds_of(
    permission: &str,
    extent: &Extent,
    target: &Target,
    catalogue: &Catalogue,
) -> Vec<String> {
    let said = target.resource_type.as_deref();
    if let Some(kind) = said.or(extent.own_type()).or(catalogue.type_of(permission)) {
        return vec![kind.to_owned()];
    }
    let suggested = permissions::suggested_type(permission);
    let mut kinds = vec![String::new()];
    kinds.extend(level_of(&suggested).map(|_| suggested));
    kinds
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
        included_scopes: vec![IncludedScope {
            scope: None,
            child_scopes,
        }],
        ..group.clone()
    })
}
