//! Role assignments. An account may hold a million, so each becomes a few numbers as soon as its page is read.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::num::NonZeroI64;

use super::rows::{not_of, own_scope};
use crate::api::http::quote::quote;
use crate::api::page::{RowKey, RowSink};
use crate::api::wire::{Principal, RoleAssignment, RoleAssignmentItem};
use crate::model::{AssignmentIds, AssignmentRef, Grant, Level, ResourceType, Scope};

/// The role assignments of one scope, with what they name each once.
#[derive(Debug)]
pub(crate) struct Assignments {
    /// Of which account they are.
    account: String,
    pub(crate) scope: Scope,
    pub(crate) rows: Vec<Assignment>,
    /// Rows seen, disabled ones included.
    pub(crate) seen: u64,
    /// Rows of scopes above, which are in the lists of these.
    pub(crate) elsewhere: u64,
    /// Why rows could not be read.
    pub(crate) unreadable: Vec<String>,
    pub(crate) ids: AssignmentIds,
    pub(crate) principals: Numbered<PrincipalName>,
    pub(crate) roles: Numbered<RoleName>,
    pub(crate) resource_groups: Numbered<String>,
    /// Disabled ones grant nothing and are only counted.
    pub(crate) disabled: i64,
}

/// An enabled role assignment; the numbers are those of [`Assignments`].
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) principal: u32,
    pub(crate) role: u32,
    pub(crate) resource_group: u32,
    pub(crate) id: AssignmentRef,
    pub(crate) created_at: Option<NonZeroI64>,
    pub(crate) harness_managed: bool,
}

// A million of either are the bulk of a sync. Of the same size, the one becomes the other where it lies.
const _: () = assert!(size_of::<Assignment>() == size_of::<Grant>());

/// A principal as an assignment names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PrincipalName {
    pub(crate) kind: ResourceType,
    pub(crate) identifier: String,
    /// Level of the scope it lives in, when said.
    pub(crate) level: Option<Level>,
}

/// A role as an assignment names it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct RoleName {
    pub(crate) identifier: String,
    /// Level of the scope it lives in, when said.
    pub(crate) level: Option<Level>,
}

impl TryFrom<Principal> for PrincipalName {
    type Error = String;

    fn try_from(principal: Principal) -> Result<Self, String> {
        Ok(Self {
            kind: ResourceType::of_principal(&principal.r#type),
            level: level(principal.scope_level.as_deref())?,
            identifier: principal.identifier,
        })
    }
}

/// The level that a reference names; nothing stands for the scope itself. What lives at a level that this program does not
/// know could be anything.
fn level(text: Option<&str>) -> Result<Option<Level>, String> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => match Level::parse(text) {
            Some(level) => Ok(Some(level)),
            None => Err(format!("the level {}, which is unknown", quote(text))),
        },
    }
}

/// Values numbered in the order in which they first came.
#[derive(Debug)]
pub(crate) struct Numbered<T>(HashMap<T, u32>);

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Hash + Eq> Numbered<T> {
    fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.0.len()).expect("under 2^32 names");
        *self.0.entry(value).or_insert(next)
    }

    /// The numbers of the values that a condition holds for.
    pub(crate) fn numbers_of(&self, condition: impl Fn(&T) -> bool) -> HashSet<u32> {
        self.0
            .iter()
            .filter(|(value, _)| condition(value))
            .map(|(_, number)| *number)
            .collect()
    }

    /// The value that has a number.
    pub(crate) fn value_of(&self, number: u32) -> Option<&T> {
        self.0
            .iter()
            .find(|(_, own)| **own == number)
            .map(|(value, _)| value)
    }

    /// The values; the position is the number.
    pub(crate) fn by_number(&self) -> Vec<&T> {
        let mut pairs: Vec<(&T, u32)> = self.0.iter().map(|(value, at)| (value, *at)).collect();
        pairs.sort_unstable_by_key(|(_, at)| *at);
        pairs.into_iter().map(|(value, _)| value).collect()
    }

    /// Maps each value; the result is indexed by number.
    pub(crate) fn map<M>(self, map: impl FnMut(T) -> M) -> Vec<M> {
        let mut pairs: Vec<(T, u32)> = self.0.into_iter().collect();
        pairs.sort_unstable_by_key(|(_, at)| *at);
        pairs.into_iter().map(|(value, _)| value).map(map).collect()
    }
}

impl Assignments {
    pub(crate) fn new(account: String, scope: Scope) -> Self {
        Self {
            account,
            scope,
            seen: 0,
            elsewhere: 0,
            unreadable: Vec::new(),
            rows: Vec::new(),
            ids: AssignmentIds::default(),
            principals: Numbered::default(),
            roles: Numbered::default(),
            resource_groups: Numbered::default(),
            disabled: 0,
        }
    }

    /// Harness's identifiers of the rows.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = String> {
        self.rows
            .iter()
            .map(|row| self.ids.get(row.id).into_owned())
    }

    pub(crate) fn push(&mut self, item: RoleAssignmentItem) -> Result<(), String> {
        let scope = item.scope.unwrap_or_default();
        not_of(&self.account, scope.account_identifier.as_deref(), || {
            let identifier = quote(&item.role_assignment.identifier);
            format!("the role assignment {identifier}")
        })?;
        let scope = own_scope(
            scope.org_identifier.as_deref(),
            scope.project_identifier.as_deref(),
            "a role assignment",
        )?;
        if scope != self.scope {
            if !scope.contains(&self.scope) {
                return Err(format!(
                    "a role assignment of {scope} was in the list of {}",
                    self.scope
                ));
            }
            self.elsewhere += 1;
            return Ok(());
        }
        self.seen += 1;
        let assignment = item.role_assignment;
        if assignment.disabled.unwrap_or_default() {
            self.disabled += 1;
            return Ok(());
        }
        let managed = item.harness_managed.known().or(assignment.managed.known());
        let id = self.ids.push(&assignment.identifier);
        let (principal, role, resource_group) = assignment.given()?;
        self.rows.push(Assignment {
            principal: self.principals.number(principal),
            role: self.roles.number(role),
            resource_group: self.resource_groups.number(resource_group),
            id,
            created_at: item.created_at.known().and_then(NonZeroI64::new),
            harness_managed: managed == Some(true),
        });
        Ok(())
    }
}

impl RoleAssignment {
    /// Whom it gives what: principal, role and resource group.
    pub(crate) fn given(self) -> Result<(PrincipalName, RoleName, String), String> {
        let named_at = |wrong: String| {
            let identifier = quote(&self.identifier);
            format!("the role assignment {identifier} names something at {wrong}")
        };
        let principal = PrincipalName::try_from(self.principal).map_err(named_at)?;
        let home = self.role_reference.and_then(|role| role.scope_level);
        let role = RoleName {
            identifier: self.role_identifier,
            level: level(home.as_deref()).map_err(named_at)?,
        };
        Ok((principal, role, self.resource_group_identifier))
    }
}

impl RowSink<RoleAssignmentItem> for Assignments {
    fn restart(&mut self) {
        *self = Self::new(self.account.clone(), self.scope.clone());
    }

    fn expect(&mut self, rows: usize) {
        self.rows.reserve(rows);
        self.ids.reserve(rows);
    }

    fn rows(&mut self, rows: Vec<RoleAssignmentItem>) -> Result<(), String> {
        for row in rows {
            if let Err(wrong) = self.push(row) {
                self.unreadable.push(wrong);
            }
        }
        Ok(())
    }
}

/// Feeds what identifies a row in the list of its scope.
pub(crate) fn key(item: &RoleAssignmentItem, key: &mut RowKey) {
    let scope = item.scope.as_ref();
    (
        scope.map(|scope| (&scope.org_identifier, &scope.project_identifier)),
        &item.role_assignment.identifier,
    )
        .hash(key);
}
