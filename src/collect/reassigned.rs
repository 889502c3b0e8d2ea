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

/// Asks about role assignments that give something else than before. Where Harness says otherwise of one by itself, those of
/// which it does not say the same are gaps of their lists.
pub(super) fn settle(
    inquiry: &mut Inquiry<'_>,
    assembly: &mut Assembly,
    reassigned: Vec<Reassigned>,
) -> Result<(), ApiError> {
    let mut wrong: HashSet<Scope> = HashSet::new();
    let mut open: HashMap<Scope, HashSet<String>> = HashMap::new();
    for Reassigned { scope, identifier } in reassigned {
        // One is enough to prove a list wrong.
        match ask(
            inquiry,
            assembly,
            &scope,
            &identifier,
            wrong.contains(&scope),
        )? {
            Some(true) => continue,
            Some(false) => wrong.insert(scope.clone()),
            None => false,
        };
        open.entry(scope).or_default().insert(identifier);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    for (scope, identifiers) in open {
        let reason = format!(
            "{} role assignments name other principals, roles or resource groups than when asked for by themselves",
            identifiers.len()
        );
        assembly.lower(ListingKind::RoleAssignments, &scope, &reason);
        for list in assembly
            .assignments
            .iter_mut()
            .filter(|list| list.scope == scope)
        {
            let Assignments { rows, ids, .. } = list;
            rows.retain(|row| !identifiers.contains(&*ids.get(row.id)));
        }
    }
    Ok(())
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
    let shown = Given::at(assembly, scope);
    Ok(shown
        .get(identifier)
        .map(|shown| shown.is_same(&alone, scope)))
}
