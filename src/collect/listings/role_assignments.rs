//! Role assignments: of one scope, and of many scopes in one walk, which is faster but not always answered.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use crate::api::error::ApiError;
use crate::api::page::{RowKey, RowSink, Walked};
use crate::api::wire::{
    AggregateAssignment, AssignmentFilter, RoleAssignment, RoleAssignmentItem, RoleReference, Said,
    ScopeFilter,
};
use crate::collect::assignments::{self, Assignments};
use crate::collect::definition::{Alone, Definition, Phase, Walks, Wanted, WithoutPermission};
use crate::collect::endpoint::Endpoint;
use crate::collect::list_walk::{ListRead, ListWalk, Rows};
use crate::model::{ListingKind, Scope};

pub(super) static ROLE_ASSIGNMENTS: Definition = Definition {
    kind: ListingKind::RoleAssignments,
    endpoint: Endpoint::get("/authz/api/roleassignments", &["identifier,ASC"]),
    otherwise: &[],
    permission: None,
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Naming,
    walks: Walks::ManyScopes,
    read,
    alone: Alone::Below("/roleAssignment/identifier"),
};

/// Role assignments of the scopes named in the body. Harness looks up every role and resource group it shows, and a
/// single one that is gone can fail the whole page.
pub(crate) static OF_MANY_SCOPES: Endpoint = Endpoint::post(
    "/authz/api/roleassignments/v2/filter",
    &["scopeIdentifier,ASC", "identifier,ASC"],
);

fn read(walk: &ListWalk<'_>) -> Result<ListRead, ApiError> {
    let mut assignments =
        Assignments::new(walk.account_id().to_owned(), walk.scope().asked().clone());
    let walked = walk.walk(&serde_json::json!({}), assignments::key, &mut assignments)?;
    let unreadable = std::mem::take(&mut assignments.unreadable);
    let read = ListRead::paged(
        Rows::Assignments(Box::new(assignments)),
        walked,
        &unreadable,
    );
    Ok(read)
}

/// Reads the role assignments of many scopes, sorted by scope.
pub(crate) fn read_many(
    walk: &ListWalk<'_>,
    scopes: &[Scope],
) -> Result<(ByScope, Walked), ApiError> {
    let mut sink = ByScope::new(walk.account_id(), scopes);
    let body = filter(walk.account_id(), scopes);
    let walked = walk.walk(&body, key, &mut sink)?;
    Ok((sink, walked))
}

/// The most scopes that Harness takes in one request.
pub(crate) const MOST_SCOPES: usize = 100;

/// The body that asks for these scopes, each without what lies below it.
fn filter(account: &str, scopes: &[Scope]) -> AssignmentFilter {
    AssignmentFilter {
        scope_filters: scopes
            .iter()
            .map(|scope| ScopeFilter {
                account_identifier: account.to_owned(),
                org_identifier: scope.org().map(str::to_owned),
                project_identifier: scope.project().map(str::to_owned),
                filter: "EXCLUDING_CHILD_SCOPES",
            })
            .collect(),
    }
}

/// Feeds what identifies a row among those of many scopes.
fn key(row: &AggregateAssignment, key: &mut RowKey) {
    let scope = row.scope.as_ref();
    (
        scope.map(|scope| (&scope.org_identifier, &scope.project_identifier)),
        &row.identifier,
    )
        .hash(key);
}

/// Sorts rows by scope.
pub(crate) struct ByScope {
    pub(crate) scopes: BTreeMap<Scope, Assignments>,
    /// Scopes with a row that does not say what it names: only their own list does.
    pub(crate) unclear: BTreeSet<Scope>,
}

impl ByScope {
    fn new(account: &str, scopes: &[Scope]) -> Self {
        let empty = |scope: &Scope| {
            let assignments = Assignments::new(account.to_owned(), scope.clone());
            (scope.clone(), assignments)
        };
        Self {
            scopes: scopes.iter().map(empty).collect(),
            unclear: BTreeSet::new(),
        }
    }

    fn push(&mut self, row: AggregateAssignment) -> Result<(), String> {
        let scope = row.scope.as_ref();
        let scope = Scope::from_parts(
            scope.and_then(|scope| scope.org_identifier.as_deref()),
            scope.and_then(|scope| scope.project_identifier.as_deref()),
        )
        .ok_or("a role assignment is of a project without an organization")?;
        let Some(assignments) = self.scopes.get_mut(&scope) else {
            return Err(format!(
                "a role assignment is of {scope}, which was not asked for"
            ));
        };
        if let Some(item) = as_listed(row) {
            return assignments.push(item);
        }
        self.unclear.insert(scope);
        Ok(())
    }
}

impl RowSink<AggregateAssignment> for ByScope {
    fn restart(&mut self) {
        self.scopes.values_mut().for_each(RowSink::restart);
        self.unclear.clear();
    }

    fn rows(&mut self, rows: Vec<AggregateAssignment>) -> Result<(), String> {
        rows.into_iter().try_for_each(|row| self.push(row))
    }
}

/// The row as the list of its scope has it. `None` when role or resource group are missing: the other list still names
/// them.
fn as_listed(row: AggregateAssignment) -> Option<RoleAssignmentItem> {
    let role = row.role?;
    let home = role.scope.and_then(|scope| {
        Scope::from_parts(
            scope.org_identifier.as_deref(),
            scope.project_identifier.as_deref(),
        )
    });
    let level = home.and_then(|scope| scope.level());
    Some(RoleAssignmentItem {
        role_assignment: RoleAssignment {
            identifier: row.identifier,
            resource_group_identifier: row.resource_group?.identifier,
            role_identifier: role.role.identifier,
            role_reference: level.map(|level| RoleReference {
                scope_level: Some(level.as_str().to_owned()),
            }),
            principal: row.principal,
            disabled: row.disabled,
            managed: Said::Nothing,
        },
        scope: row.scope,
        created_at: row.created_at,
        harness_managed: row.harness_managed,
    })
}
