//! Role assignments that give something else than before under the same identifier.
//!
//! Harness lets nobody change a role assignment but for switching it off; whoever wants another deletes it and makes it anew,
//! mostly under another identifier. So one that suddenly names another principal, role or resource group is asked for by
//! itself: where the two differ nobody knows which is right, and the row does not count.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::alone;
use super::assemble::{Assembly, principal_id};
use super::assignments::{Assignments, PrincipalName, RoleName};
use super::inquiry::Inquiry;
use super::request::Before;
use crate::api::error::ApiError;
use crate::model::{HeldAssignment, ListingKind, ResourceId, Scope};

/// A role assignment that gives something else than before.
pub(super) struct Reassigned {
    pub(super) scope: Scope,
    pub(super) identifier: String,
}

/// What a role assignment gives, as its row says.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) principal: &'a PrincipalName,
    pub(super) role: &'a RoleName,
    pub(super) resource_group: &'a str,
}

impl<'a> Given<'a> {
    /// What the role assignments of a scope give, by Harness's identifier.
    pub(super) fn at(assembly: &'a Assembly, scope: &Scope) -> HashMap<Cow<'a, str>, Self> {
        let mut given = HashMap::new();
        for list in assembly
            .assignments
            .iter()
            .filter(|list| list.scope == *scope)
        {
            given.extend(Self::of(list));
        }
        given
    }

    fn of(list: &'a Assignments) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let (principals, roles) = (list.principals.by_number(), list.roles.by_number());
        let resource_groups = list.resource_groups.by_number();
        list.rows.iter().map(move |row| {
            let given = Self {
                principal: principals[row.principal as usize],
                role: roles[row.role as usize],
                resource_group: resource_groups[row.resource_group as usize],
            };
            (list.ids.get(row.id), given)
        })
    }

    /// Whether it is what was held. A role that no list of its scope shows counts as Harness's own.
    pub(super) fn is(&self, held: &HeldAssignment, scope: &Scope) -> bool {
        let role = &held.role;
        self.principal(scope) == held.principal
            && self.role.identifier == role.identifier
            && (role.scope == Scope::Harness || role.scope == self.role_home(scope))
            && self.resource_group == held.resource_group
    }

    /// Whether two rows give the same.
    fn is_same(&self, other: &Given<'_>, scope: &Scope) -> bool {
        self.principal(scope) == other.principal(scope)
            && self.role.identifier == other.role.identifier
            && self.role_home(scope) == other.role_home(scope)
            && self.resource_group == other.resource_group
    }

    fn principal(&self, scope: &Scope) -> ResourceId {
        principal_id(self.principal.clone(), scope)
    }

    fn role_home(&self, scope: &Scope) -> Scope {
        let home = self.role.level.and_then(|level| scope.ancestor(level));
        home.unwrap_or_else(|| scope.clone())
    }
}

/// What Harness says of those that give something else.
#[derive(Default)]
struct ByThemselves {
    /// Scopes of which one is the same by itself.
    confirmed: HashSet<Scope>,
    /// Scopes of which one gives something else by itself.
    wrong: HashSet<Scope>,
    /// Those of which Harness does not say that they are the same.
    open: HashMap<Scope, HashSet<String>>,
}

/// Asks about role assignments that give something else than before. Where Harness says otherwise of one by itself, those of
/// which it does not say the same are gaps of their lists; so are those of a list of which half changed without a word.
pub(super) fn settle(
    inquiry: &mut Inquiry<'_>,
    assembly: &mut Assembly,
    before: &dyn Before,
    reassigned: Vec<Reassigned>,
) -> Result<(), ApiError> {
    let mut said = ByThemselves::default();
    for Reassigned { scope, identifier } in reassigned {
        // One is enough to prove a list wrong.
        let is_wrong = said.wrong.contains(&scope);
        match ask(inquiry, assembly, &scope, &identifier, is_wrong)? {
            Some(true) => {
                said.confirmed.insert(scope);
                continue;
            }
            Some(false) => said.wrong.insert(scope.clone()),
            None => false,
        };
        said.open.entry(scope).or_default().insert(identifier);
    }
    for (scope, identifiers) in &said.open {
        if let Some(why) = said.why_doubtful(assembly, scope, identifiers.len()) {
            assembly.doubt_assignments(before, scope, identifiers, why);
        }
    }
    Ok(())
}

impl ByThemselves {
    fn why_doubtful(
        &self,
        assembly: &Assembly,
        scope: &Scope,
        open: usize,
    ) -> Option<&'static str> {
        // Half of a list does not change by itself: of so many Harness must say it.
        let is_half = || open > 1 && open * 2 >= assembly.assigned_at(scope).count();
        if !self.wrong.is_empty() {
            Some("than when asked for by themselves")
        } else if !self.confirmed.contains(scope) && is_half() {
            Some(
                "than before, and Harness does not say what they give by themselves (if that is so, run once with \
                 --max-removed 100)",
            )
        } else {
            None
        }
    }
}

impl Assembly {
    /// The role assignments of a scope are a gap: these do not count, nor does what is new in a list that is wrong.
    fn doubt_assignments(
        &mut self,
        before: &dyn Before,
        scope: &Scope,
        doubtful: &HashSet<String>,
        why: &str,
    ) {
        let number = doubtful.len();
        let reason = format!(
            "{number} role assignments name other principals, roles or resource groups {why}"
        );
        self.lower(ListingKind::RoleAssignments, scope, &reason);
        let held = before.assignments(scope).unwrap_or_default();
        let held: HashSet<String> = held.into_iter().map(|held| held.identifier).collect();
        let lists = self.assignments.iter_mut();
        for list in lists.filter(|list| list.scope == *scope) {
            let Assignments { rows, ids, .. } = list;
            rows.retain(|row| {
                let id = ids.get(row.id);
                held.contains(&*id) && !doubtful.contains(&*id)
            });
        }
    }
}

/// Whether a role assignment gives the same by itself, if Harness is asked and says so.
fn ask(
    inquiry: &mut Inquiry<'_>,
    assembly: &Assembly,
    scope: &Scope,
    identifier: &str,
    is_wrong: bool,
) -> Result<Option<bool>, ApiError> {
    let kind = ListingKind::RoleAssignments;
    if is_wrong || !inquiry.may_ask(kind) {
        return Ok(None);
    }
    let alone = alone::assignment(inquiry.walker, scope, identifier)?;
    inquiry.count(kind, alone.is_some());
    let Some((principal, role, resource_group)) = alone else {
        return Ok(None);
    };
    let alone = Given {
        principal: &principal,
        role: &role,
        resource_group: &resource_group,
    };
    let lists = assembly.assignments.iter();
    let mut shown = lists
        .filter(|list| list.scope == *scope)
        .flat_map(Given::of);
    Ok(shown
        .find(|(id, _)| *id == identifier)
        .map(|(_, shown)| shown.is_same(&alone, scope)))
}
