//! The facts behind questions about access, read by key from the tables: names are needed for few of many grants.

use rusqlite::{Row, named_params};
use std::collections::HashMap;

use crate::model::{
    AccessFacts, Details, Gap, GapState, ListingKind, MembershipFact, PermissionFact,
    PrincipalFact, ResourceGroupFact, ResourceId, ResourceType, RoleFact, RoleGrantFact, Scope,
    ScopeSelection,
};
use crate::store::coverage::Completeness;
use crate::store::schema::{live, live_at};
use crate::store::{Reader, StoreError};

/// What is needed of resources in the latest snapshot. What stands beside the identity saves reading the versions, of
/// which there are as many.
const RESOURCES_NOW: &str = "
  SELECT r.key, r.id, r.type, r.scope, r.identifier, r.name,
    CASE WHEN r.type IN ('role', 'resource_group', 'permission')
      THEN (SELECT v.attributes FROM _resource_version v WHERE v.key = r.version) END,
    r.email, r.disabled, r.locked,
    CASE r.type WHEN 'user_group'
      THEN (SELECT json_extract(v.attributes, '$.harness_managed') FROM _resource_version v WHERE v.key = r.version) END,
    r.version IS NOT NULL, r.listing
  FROM _resource r";

/// The same in any snapshot.
const RESOURCES_THEN: &str = "
  SELECT r.key, r.id, r.type, r.scope, r.identifier, v.name,
    CASE WHEN r.type IN ('role', 'resource_group', 'permission') THEN v.attributes END,
    CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
    CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.disabled') END,
    CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.locked') END,
    CASE r.type WHEN 'user_group' THEN json_extract(v.attributes, '$.harness_managed') END,
    v.key IS NOT NULL, r.listing
  FROM _resource r LEFT JOIN _resource_version v ON v.resource = r.key AND {live v}";

impl Reader {
    /// Everything that decides who can do what in a snapshot.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_facts(&self, snapshot: i64) -> Result<AccessFacts, StoreError> {
        let read = || -> rusqlite::Result<AccessFacts> {
            let mut loader = self.access_loader(snapshot)?;
            self.load_resources(snapshot, "r.key > 0", "", &mut loader)?;
            self.load_grants(snapshot, "1", "", &mut loader)?;
            Ok(loader.facts)
        };
        self.passing(read).map_err(|error| self.failed(&error))
    }

    /// Scopes the snapshot knows of without having listed their role assignments.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scopes_not_listed(&self, snapshot: i64, tree: &[Scope]) -> Result<Vec<Gap>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            self.connection
                .prepare(
                    "SELECT scope FROM listings WHERE snapshot_id = ?1 AND kind = 'role_assignments'",
                )?
                .query_map([snapshot], |row| row.get(0))?
                .collect()
        };
        let listed: std::collections::HashSet<String> = read()
            .map_err(|error| self.failed(&error))?
            .into_iter()
            .collect();
        let gaps = tree
            .iter()
            .map(Scope::to_string)
            .filter(|scope| !listed.contains(scope))
            .map(|scope| Gap {
                scope,
                kind: ListingKind::RoleAssignments,
                state: GapState::Absent,
                reason: Some("not asked for".to_owned()),
                accepted: None,
            })
            .collect();
        Ok(gaps)
    }

    /// A loader that knows the scopes and how completely each list was seen.
    pub(super) fn access_loader(&self, snapshot: i64) -> rusqlite::Result<Loader> {
        let mut loader = Loader {
            completeness: self.load_completeness(snapshot)?,
            ..Loader::default()
        };
        let asked: String = self.connection.query_row(
            "SELECT scopes FROM _snapshot WHERE id = ?1",
            [snapshot],
            |row| row.get(0),
        )?;
        loader.facts.leaves_account_out = ScopeSelection::leaves_account_out(&asked);
        self.load_scopes(&mut loader)?;
        Ok(loader)
    }

    fn load_scopes(&self, loader: &mut Loader) -> rusqlite::Result<()> {
        let mut statement = self
            .connection
            .prepare("SELECT key, path FROM _scope WHERE key > 0")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(scope) = Scope::parse(row.get_ref(1)?.as_str()?) {
                let at = position(loader.facts.scopes.len());
                loader.scopes.insert(row.get(0)?, at);
                loader.facts.scopes.push(scope);
            }
        }
        Ok(())
    }

    /// Resources by a condition on `r`, with its only parameter.
    pub(super) fn load_resources(
        &self,
        snapshot: i64,
        condition: &str,
        parameter: &str,
        loader: &mut Loader,
    ) -> rusqlite::Result<()> {
        let select = if self.shows(snapshot)? {
            RESOURCES_NOW.to_owned()
        } else {
            live_at(RESOURCES_THEN, ":id")
        };
        let mut statement = self.connection.prepare(&format!(
            "{select} WHERE ({condition}) AND :wanted IS NOT NULL AND :id IS NOT NULL ORDER BY r.key"
        ))?;
        let mut rows = statement.query(named_params! {":id": snapshot, ":wanted": parameter})?;
        while let Some(row) = rows.next()? {
            loader.resource(row)?;
        }
        Ok(())
    }

    fn load_completeness(&self, snapshot: i64) -> rusqlite::Result<HashMap<i64, Completeness>> {
        self.connection
            .prepare(&format!(
                "SELECT c.listing, c.state = 'complete', ifnull(c.whole_for, '') FROM _coverage c WHERE {}",
                live("c", ":id")
            ))?
            .query_map(named_params! {":id": snapshot}, |row| {
                let completeness = if row.get(1)? {
                    Completeness::Complete
                } else {
                    Completeness::CompleteFor(row.get(2)?)
                };
                Ok((row.get(0)?, completeness))
            })?
            .collect()
    }

    /// Grants by a condition on `g`, with its only parameter.
    pub(super) fn load_grants(
        &self,
        snapshot: i64,
        condition: &str,
        parameter: &str,
        loader: &mut Loader,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT g.target, g.principal, g.scope, g.resource_group, g.listing, g.role_assignment,
               g.since
             FROM _grant g WHERE ({condition}) AND {} AND :wanted IS NOT NULL ORDER BY g.key",
            live("g", ":id")
        ))?;
        let mut rows = statement.query(named_params! {":id": snapshot, ":wanted": parameter})?;
        while let Some(row) = rows.next()? {
            loader.grant(row)?;
        }
        Ok(())
    }
}

fn position(count: usize) -> u32 {
    u32::try_from(count).expect("under 2^32 rows")
}

/// Which of the facts stands for the resource of a key, by position.
#[derive(Clone, Copy)]
enum FactAt {
    Principal(u32),
    Role(u32),
    ResourceGroup(u32),
}

#[derive(Default)]
pub(super) struct Loader {
    pub(super) facts: AccessFacts,
    scopes: HashMap<i64, u32>,
    /// By `listing.key`; what the snapshot did not walk is missing.
    completeness: HashMap<i64, Completeness>,
    /// By `resource.key`, which counts up from 1 without large gaps.
    resources: Vec<Option<FactAt>>,
}

/// What is decoded of a role or resource group.
fn details_of(kind: &ResourceType, row: &Row<'_>) -> rusqlite::Result<Option<Details>> {
    let json = row.get_ref(6)?.as_str_or_null()?;
    Ok(json.and_then(|json| Details::from_json(kind, json)))
}

impl Loader {
    fn resource(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
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

    fn fact_at(&self, row: &Row<'_>, column: usize) -> rusqlite::Result<Option<FactAt>> {
        let key = usize::try_from(row.get::<_, i64>(column)?).unwrap_or_default();
        Ok(self.resources.get(key).copied().flatten())
    }

    fn grant(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let Some(FactAt::Principal(principal)) = self.fact_at(row, 1)? else {
            return Ok(());
        };
        let kind = self.facts.principals[principal as usize].kind.as_str();
        let unverified = !self.covers(row.get(4)?, Some(kind));
        match self.fact_at(row, 0)? {
            Some(FactAt::Principal(group)) => self.facts.memberships.push(MembershipFact {
                group,
                member: principal,
                since: row.get(6)?,
                unverified,
            }),
            Some(FactAt::Role(role)) => {
                let (scope, group) = (self.scopes.get(&row.get(2)?), self.fact_at(row, 3)?);
                if let (Some(scope), Some(FactAt::ResourceGroup(resource_group))) = (scope, group) {
                    self.facts.grants.push(RoleGrantFact {
                        principal,
                        role,
                        scope: *scope,
                        resource_group,
                        role_assignment: row
                            .get_ref(5)?
                            .as_str_or_null()?
                            .map(|id| self.facts.assignment_ids.push(id)),
                        since: row.get(6)?,
                        unverified,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }
}
