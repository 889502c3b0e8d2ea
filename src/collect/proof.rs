//! The caller's own role assignments in the walked lists, as far as they prove what the key may see.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::assemble::{Assembly, principal_id};
use super::assignments::Assignments;
use super::endpoint::Endpoint;
use super::list_walk::Rows;
use super::visibility::OwnGrant;
use super::walk::Walker;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire::RoleAssignmentItem;
use crate::model::{
    Details, IncludedScope, ListingKind, Ref, Resource, ResourceId, ResourceType, Scope, Timestamp,
};

/// A grant that is younger than this, in milliseconds, may have come after the first list was read; two clocks may be
/// minutes apart.
const TOO_YOUNG_MS: i64 = 10 * 60 * 1000;

/// One role assignment, by its identifier.
static ONE: Endpoint = Endpoint::get("/authz/api/roleassignments", &[]);

/// A role assignment of the caller, and what it proves.
pub(super) struct OwnAssignment {
    home: Scope,
    identifier: String,
    pub(super) proves: Vec<OwnGrant>,
}

/// Role assignments of the caller, or of a group that the caller is in, which were there before the sync began.
pub(super) fn own_assignments(
    assembly: &Assembly,
    caller: &str,
    started_at: Timestamp,
) -> Vec<OwnAssignment> {
    let callers = callers(assembly, caller);
    let details: HashMap<Ref, &Resource> = assembly
        .resources
        .iter()
        .map(|resource| (resource.id, resource))
        .collect();
    assembly
        .assignments
        .iter()
        .flat_map(|list| of_list(assembly, list, &callers, &details, started_at))
        .collect()
}

/// Only what is still there after the walk proves that nothing was hidden during it.
pub(super) fn confirmed(
    walker: Walker<'_>,
    own: Vec<OwnAssignment>,
) -> Result<Vec<OwnGrant>, ApiError> {
    let mut lists = BTreeMap::new();
    let mut proven = Vec::new();
    for assignment in own {
        let there = match asked_alone(walker.client, &assignment)? {
            Some(there) => there,
            None => in_list(walker, &assignment, &mut lists)?,
        };
        if there {
            proven.extend(assignment.proves);
        }
    }
    Ok(proven)
}

/// Whether an assignment is there, asked for by its identifier: its list may have a million others. `None` when the server
/// does not show it that way.
fn asked_alone(client: &Client, own: &OwnAssignment) -> Result<Option<bool>, ApiError> {
    let call = ONE
        .call(client.account_id(), &own.home)
        .segment(&own.identifier);
    match client.get::<RoleAssignmentItem>(&call) {
        Ok(reply) => {
            let shown = reply.data.role_assignment;
            let counts = shown.disabled != Some(true) && shown.identifier == own.identifier;
            Ok(Some(counts))
        }
        Err(error) if error.ends_run() => Err(error),
        Err(error) => {
            log::info!("{}; reading the list instead", error.brief());
            Ok(None)
        }
    }
}

/// Identifiers of the role assignments of a scope.
type Lists = BTreeMap<Scope, HashSet<String>>;

fn in_list(walker: Walker<'_>, own: &OwnAssignment, lists: &mut Lists) -> Result<bool, ApiError> {
    if !lists.contains_key(&own.home) {
        let listed = walker.listing(ListingKind::RoleAssignments, &own.home)?;
        let there = match listed.map(|listed| listed.rows) {
            Some(Rows::Assignments(list)) => list.identifiers().collect(),
            _ => HashSet::new(),
        };
        lists.insert(own.home.clone(), there);
    }
    Ok(lists[&own.home].contains(&own.identifier))
}

/// Whoever acts with the caller's grants: the caller, and the groups that the caller is in. Harness names a service
/// account without its scope, so one whose identifier exists twice proves nothing.
fn callers(assembly: &Assembly, caller: &str) -> HashSet<ResourceId> {
    let Some((kind, identifier)) = caller.split_once('/') else {
        return HashSet::new();
    };
    let own: Vec<&ResourceId> = assembly
        .directory
        .ids()
        .iter()
        .filter(|id| {
            id.kind.as_str() == kind
                && id.identifier == identifier
                && matches!(id.kind, ResourceType::User | ResourceType::ServiceAccount)
        })
        .collect();
    let mut callers: HashSet<ResourceId> = match own.as_slice() {
        [own] => HashSet::from([(*own).clone()]),
        _ => HashSet::new(),
    };
    let groups = assembly.grants.iter().filter(|grant| {
        grant.scope.is_none()
            && callers.contains(assembly.directory.id(grant.principal))
            && assembly.directory.id(grant.target).kind == ResourceType::UserGroup
    });
    let groups: Vec<ResourceId> = groups
        .map(|grant| assembly.directory.id(grant.target).clone())
        .collect();
    callers.extend(groups);
    callers
}

fn of_list(
    assembly: &Assembly,
    list: &Assignments,
    callers: &HashSet<ResourceId>,
    details: &HashMap<Ref, &Resource>,
    started_at: Timestamp,
) -> Vec<OwnAssignment> {
    let of_id = |id: &ResourceId| {
        let found = assembly.directory.find(id)?;
        details.get(&found).map(|resource| &resource.details)
    };
    let principals = list
        .principals
        .numbers_of(|principal| callers.contains(&principal_id(principal.clone(), &list.scope)));
    let young = started_at.as_millis() - TOO_YOUNG_MS;
    let mut own = Vec::new();
    for row in &list.rows {
        let is_old = row.created_at.is_some_and(|created| created.get() < young);
        if !is_old || !principals.contains(&row.principal) {
            continue;
        }
        let role = list.roles.value_of(row.role);
        let group = list.resource_groups.value_of(row.resource_group);
        let (Some(role), Some(group)) = (role, group) else {
            continue;
        };
        let role = of_id(&assembly.role_id(role, &list.scope));
        let group = assembly.own_or_supplied(ResourceType::ResourceGroup, group, &list.scope);
        let (Some(Details::Role { permissions, .. }), Some(covers)) = (role, of_id(&group)) else {
            continue;
        };
        own.push(OwnAssignment {
            home: list.scope.clone(),
            identifier: list.ids.get(row.id).into_owned(),
            proves: grants(&list.scope, permissions, covers),
        });
    }
    own
}

/// One grant for each scope that the resource group reaches into.
fn grants(assigned_at: &Scope, permissions: &[String], covers: &Details) -> Vec<OwnGrant> {
    let Details::ResourceGroup {
        included_scopes, ..
    } = covers
    else {
        return Vec::new();
    };
    let reached = |included: &IncludedScope| match &included.scope {
        None => Some(assigned_at.clone()),
        Some(path) => Scope::parse(path),
    };
    included_scopes
        .iter()
        .filter_map(|included| {
            Some(OwnGrant {
                scope: reached(included)?,
                child_scopes: included.child_scopes,
                covers: covers.clone(),
                permissions: permissions.to_vec(),
            })
        })
        .collect()
}
