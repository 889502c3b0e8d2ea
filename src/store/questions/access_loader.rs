//! From rows of the tables to the facts behind questions about access.

use rusqlite::Row;

use crate::model::{
    AccessFacts, AssignmentRef, Details, HeldRole, MembershipFact, NumberMap, PermissionFact,
    PrincipalFact, ResourceGroupFact, ResourceId, ResourceType, RoleFact, RoleGrantFact, Scope,
};
use crate::store::coverage::Completeness;

/// What is read of grants.
pub(super) const GRANTS: &str = "
  SELECT g.target, g.principal, g.scope, g.resource_group, g.listing, g.role_assignment, g.since FROM _grant g";

/// A grant as it is stored, by keys: what it names may have to be read yet.
#[derive(Clone, Copy)]
pub(super) struct StoredGrant {
    target: i64,
    pub(super) principal: i64,
    scope: i64,
    resource_group: i64,
    listing: Option<i64>,
    role_assignment: Option<AssignmentRef>,
    since: u32,
}

pub(super) fn position(count: usize) -> u32 {
    u32::try_from(count).expect("under 2^32 rows")
}

/// Which of the facts stands for the resource of a key, by position.
#[derive(Clone, Copy)]
pub(super) enum FactAt {
    Principal(u32),
    Role(u32),
    ResourceGroup(u32),
}

#[derive(Default)]
pub(super) struct Loader {
    pub(super) facts: AccessFacts,
    pub(super) scopes: NumberMap<i64, u32>,
    /// By `listing.key`; what the snapshot did not walk is missing.
    completeness: NumberMap<i64, Completeness>,
    /// By `resource.key`, which counts up from 1 without large gaps.
    resources: Vec<Option<FactAt>>,
}

/// What is decoded of a role or resource group.
fn details_of(kind: &ResourceType, row: &Row<'_>) -> rusqlite::Result<Option<Details>> {
    let json = row.get_ref(6)?.as_str_or_null()?;
    Ok(json.and_then(|json| Details::from_json(kind, json)))
}

impl Loader {
    pub(super) fn new(completeness: NumberMap<i64, Completeness>) -> Self {
        Self {
            completeness,
            ..Self::default()
        }
    }

    pub(super) fn resource(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let kind = ResourceType::parse(row.get_ref(2)?.as_str()?);
        let fact = match kind {
            ResourceType::Role => self.role(row)?,
            ResourceType::ResourceGroup => self.resource_group(row)?,
            ResourceType::Account | ResourceType::Organization | ResourceType::Project => {
                return self.container(kind, row);
            }
            ResourceType::User
            | ResourceType::ServiceAccount
            | ResourceType::UserGroup
            | ResourceType::Other(_) => self.principal(kind, row)?,
            ResourceType::Permission => return self.permission(row),
            ResourceType::ServiceAccountToken
            | ResourceType::PersonalToken
            | ResourceType::AuthSetting => return Ok(()),
        };
        let key = usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
        if self.resources.len() <= key {
            self.resources.resize(key + 1, None);
        }
        self.resources[key] = Some(fact);
        Ok(())
    }

    fn permission(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let (status, resource_type) = match details_of(&ResourceType::Permission, row)? {
            Some(Details::Permission {
                status,
                resource_type,
                ..
            }) => (status, resource_type),
            _ => Default::default(),
        };
        self.facts.permissions.push(PermissionFact {
            identifier: row.get(4)?,
            name: row.get(5)?,
            status,
            resource_type,
        });
        Ok(())
    }

    fn role(&mut self, row: &Row<'_>) -> rusqlite::Result<FactAt> {
        let (permissions, scope_levels) = match details_of(&ResourceType::Role, row)? {
            Some(Details::Role {
                permissions,
                scope_levels,
                ..
            }) => (permissions, scope_levels),
            _ => Default::default(),
        };
        self.facts.roles.push(RoleFact {
            id: row.get(1)?,
            scope: self.scope_of(row)?,
            identifier: row.get(4)?,
            name: row.get(5)?,
            permissions,
            scope_levels,
            resolved: row.get(11)?,
            unverified: self.is_unverified(row)?,
        });
        Ok(FactAt::Role(position(self.facts.roles.len() - 1)))
    }

    fn resource_group(&mut self, row: &Row<'_>) -> rusqlite::Result<FactAt> {
        let details = details_of(&ResourceType::ResourceGroup, row)?;
        let (all_resources, included_scopes, selectors) = match details {
            Some(Details::ResourceGroup {
                all_resources,
                included_scopes,
                selectors,
                ..
            }) => (all_resources, included_scopes, selectors),
            _ => Default::default(),
        };
        self.facts.resource_groups.push(ResourceGroupFact {
            id: row.get(1)?,
            identifier: row.get(4)?,
            name: row.get(5)?,
            all_resources,
            included_scopes,
            selectors,
            resolved: row.get(11)?,
            unverified: self.is_unverified(row)?,
        });
        let last = self.facts.resource_groups.len() - 1;
        Ok(FactAt::ResourceGroup(position(last)))
    }

    fn principal(&mut self, kind: ResourceType, row: &Row<'_>) -> rusqlite::Result<FactAt> {
        let flag = |column| {
            row.get::<_, Option<bool>>(column)
                .map(Option::unwrap_or_default)
        };
        self.facts.principals.push(PrincipalFact {
            id: row.get(1)?,
            kind,
            scope: self.scope_of(row)?,
            identifier: row.get(4)?,
            name: row.get(5)?,
            email: row.get(7)?,
            disabled: flag(8)?,
            locked: flag(9)?,
            harness_managed: flag(10)?,
            resolved: row.get(11)?,
            unverified: self.is_unverified(row)?,
        });
        Ok(FactAt::Principal(position(self.facts.principals.len() - 1)))
    }

    /// An organization or project that the snapshot holds makes the tree of scopes.
    fn container(&mut self, kind: ResourceType, row: &Row<'_>) -> rusqlite::Result<()> {
        if row.get(11)? {
            let container = ResourceId {
                kind,
                scope: self.scope_of(row)?,
                identifier: row.get(4)?,
            };
            self.facts.tree.extend(container.as_scope());
        }
        Ok(())
    }

    fn scope_of(&self, row: &Row<'_>) -> rusqlite::Result<Scope> {
        let scope = self.scopes.get(&row.get(3)?);
        Ok(scope.map_or(Scope::Harness, |at| self.facts.scopes[*at as usize].clone()))
    }

    fn is_unverified(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        Ok(row.get(11)? && !self.covers(row.get(12)?, None))
    }

    fn covers(&self, listing: Option<i64>, principal_type: Option<&str>) -> bool {
        let completeness = listing.and_then(|listing| self.completeness.get(&listing));
        completeness.is_some_and(|seen| seen.covers(principal_type))
    }

    /// Where the resource of a key is among the facts, if it was read.
    pub(super) fn at(&self, key: i64) -> Option<FactAt> {
        let key = usize::try_from(key).unwrap_or_default();
        self.resources.get(key).copied().flatten()
    }

    /// The principal of a key, if it was read.
    pub(super) fn principal_of(&self, key: i64) -> Option<&PrincipalFact> {
        match self.at(key)? {
            FactAt::Principal(at) => Some(&self.facts.principals[at as usize]),
            FactAt::Role(_) | FactAt::ResourceGroup(_) => None,
        }
    }

    /// A row of [`GRANTS`].
    pub(super) fn stored(&mut self, row: &Row<'_>) -> rusqlite::Result<StoredGrant> {
        let role_assignment = row.get_ref(5)?.as_str_or_null()?;
        Ok(StoredGrant {
            target: row.get(0)?,
            principal: row.get(1)?,
            scope: row.get(2)?,
            resource_group: row.get(3)?,
            listing: row.get(4)?,
            role_assignment: role_assignment.map(|id| self.facts.assignment_ids.push(id)),
            since: row.get(6)?,
        })
    }

    /// What a grant gives, whoever holds it; `None` = it is of no role, or something that it names was not read.
    pub(super) fn held(&self, grant: &StoredGrant) -> Option<HeldRole> {
        match (self.at(grant.target)?, self.at(grant.resource_group)?) {
            (FactAt::Role(role), FactAt::ResourceGroup(resource_group)) => Some(HeldRole {
                role,
                scope: *self.scopes.get(&grant.scope)?,
                resource_group,
            }),
            _ => None,
        }
    }

    /// Adds a grant to the facts; one that names what was not read is left out.
    pub(super) fn grant(&mut self, grant: StoredGrant) {
        let Some(FactAt::Principal(principal)) = self.at(grant.principal) else {
            return;
        };
        let kind = self.facts.principals[principal as usize].kind.as_str();
        let unverified = !self.covers(grant.listing, Some(kind));
        if let Some(FactAt::Principal(group)) = self.at(grant.target) {
            self.facts.memberships.push(MembershipFact {
                group,
                member: principal,
                since: grant.since,
                unverified,
            });
        } else if let Some(held) = self.held(&grant) {
            self.facts.grants.push(RoleGrantFact {
                principal,
                role: held.role,
                scope: held.scope,
                resource_group: held.resource_group,
                role_assignment: grant.role_assignment,
                since: grant.since,
                unverified,
            });
        }
    }
}
