//! The facts behind questions about access, read by key from the tables: names are needed for few of many grants.

use rusqlite::{Row, named_params};
use serde::Deserialize;
use std::collections::HashMap;

use super::{Reader, StoreError};
use crate::model::{
    AccessFacts, Gap, IncludedScope, MembershipFact, PrincipalFact, ResourceGroupFact, ResourceId,
    ResourceType, RoleFact, RoleGrantFact, Scope, Selector,
};

impl Reader {
    /// Everything that decides who can do what in a snapshot.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_facts(&self, snapshot: i64) -> Result<AccessFacts, StoreError> {
        let read = || -> rusqlite::Result<AccessFacts> {
            let mut loader = Loader {
                sights: self.load_sights(snapshot)?,
                ..Loader::default()
            };
            self.load_scopes(&mut loader)?;
            self.load_resources(snapshot, &mut loader)?;
            self.load_grants(snapshot, &mut loader)?;
            Ok(loader.facts)
        };
        read().map_err(|error| self.failed(&error))
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
        let mut gaps: Vec<Gap> = tree
            .iter()
            .map(Scope::to_string)
            .filter(|scope| !listed.contains(scope))
            .map(|scope| Gap {
                scope,
                kind: "role_assignments".to_owned(),
                state: "absent".to_owned(),
                reason: Some("not asked for".to_owned()),
            })
            .collect();
        gaps.sort();
        Ok(gaps)
    }

    fn load_scopes(&self, loader: &mut Loader) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare("SELECT key, path FROM scope")?;
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

    fn load_resources(&self, snapshot: i64, loader: &mut Loader) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(
            "SELECT r.key, r.id, r.type, r.scope, r.identifier, v.name,
               CASE WHEN r.type IN ('role', 'resource_group') THEN v.attributes END,
               CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
               CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.disabled') END,
               CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.locked') END,
               CASE r.type WHEN 'user_group' THEN json_extract(v.attributes, '$.harness_managed') END,
               v.key IS NOT NULL, r.listing
             FROM resource r LEFT JOIN resource_version v ON v.resource = r.key
               AND v.valid_from <= :id AND (v.valid_until IS NULL OR v.valid_until > :id)
             ORDER BY r.key",
        )?;
        let mut rows = statement.query(named_params! {":id": snapshot})?;
        while let Some(row) = rows.next()? {
            loader.resource(row)?;
        }
        Ok(())
    }

    fn load_sights(&self, snapshot: i64) -> rusqlite::Result<HashMap<i64, Sight>> {
        self.connection
            .prepare(
                "SELECT listing, state = 'complete', whole_for FROM coverage
                 WHERE valid_from <= :id AND (valid_until IS NULL OR valid_until > :id)",
            )?
            .query_map(named_params! {":id": snapshot}, |row| {
                let sight = match (row.get(1)?, row.get(2)?) {
                    (true, _) => Sight::Whole,
                    (false, Some(types)) => Sight::WholeFor(types),
                    (false, None) => Sight::Doubtful,
                };
                Ok((row.get(0)?, sight))
            })?
            .collect()
    }

    fn load_grants(&self, snapshot: i64, loader: &mut Loader) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(
            "SELECT target, principal, scope, resource_group, listing, role_assignment, since FROM grant_version
             WHERE valid_from <= :id AND (valid_until IS NULL OR valid_until > :id) ORDER BY key",
        )?;
        let mut rows = statement.query(named_params! {":id": snapshot})?;
        while let Some(row) = rows.next()? {
            loader.grant(row)?;
        }
        Ok(())
    }
}

fn position(count: usize) -> u32 {
    u32::try_from(count).expect("under 2^32 rows")
}

/// How much of a listing the snapshot saw.
enum Sight {
    Whole,
    /// Whole for role assignments of these principal types, joined by commas; the rest is in doubt.
    WholeFor(String),
    Doubtful,
}

/// Where the resource of a key went.
#[derive(Clone, Copy)]
enum Place {
    Principal(u32),
    Role(u32),
    ResourceGroup(u32),
}

#[derive(Default)]
struct Loader {
    facts: AccessFacts,
    scopes: HashMap<i64, u32>,
    /// By `listing.key`; what the snapshot did not walk is missing.
    sights: HashMap<i64, Sight>,
    /// By `resource.key`, which counts up from 1 without large gaps.
    places: Vec<Option<Place>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    permissions: Vec<String>,
    scope_levels: Vec<String>,
    all_resources: bool,
    included_scopes: Vec<IncludedScope>,
    selectors: Vec<Selector>,
}

impl Loader {
    fn resource(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let key = usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
        let resolved: bool = row.get(11)?;
        let listing: Option<i64> = row.get(12)?;
        let sight = listing.and_then(|listing| self.sights.get(&listing));
        let unverified = resolved && !matches!(sight, Some(Sight::Whole));
        let scope = self
            .scopes
            .get(&row.get(3)?)
            .map_or(Scope::Harness, |at| self.facts.scopes[*at as usize].clone());
        let (id, identifier, name) = (row.get(1)?, row.get(4)?, row.get(5)?);
        let attributes = match row.get_ref(6)?.as_str_or_null()? {
            Some(text) => serde_json::from_str(text).unwrap_or_default(),
            None => Attributes::default(),
        };
        let place = match kind_of(row.get_ref(2)?.as_str()?) {
            ResourceType::Role => {
                self.facts.roles.push(RoleFact {
                    id,
                    scope,
                    identifier,
                    name,
                    permissions: attributes.permissions,
                    scope_levels: attributes.scope_levels,
                    resolved,
                    unverified,
                });
                Place::Role(position(self.facts.roles.len() - 1))
            }
            ResourceType::ResourceGroup => {
                self.facts.resource_groups.push(ResourceGroupFact {
                    id,
                    identifier,
                    name,
                    all_resources: attributes.all_resources,
                    included_scopes: attributes.included_scopes,
                    selectors: attributes.selectors,
                    resolved,
                    unverified,
                });
                Place::ResourceGroup(position(self.facts.resource_groups.len() - 1))
            }
            kind @ (ResourceType::Account | ResourceType::Organization | ResourceType::Project) => {
                if resolved {
                    let container = ResourceId {
                        kind,
                        scope,
                        identifier,
                    };
                    self.facts.tree.extend(container.as_scope());
                }
                return Ok(());
            }
            kind => {
                self.facts.principals.push(PrincipalFact {
                    id,
                    kind,
                    scope,
                    identifier,
                    name,
                    email: row.get(7)?,
                    disabled: row.get::<_, Option<bool>>(8)?.unwrap_or(false),
                    locked: row.get::<_, Option<bool>>(9)?.unwrap_or(false),
                    harness_managed: row.get::<_, Option<bool>>(10)?.unwrap_or(false),
                    resolved,
                    unverified,
                });
                Place::Principal(position(self.facts.principals.len() - 1))
            }
        };
        if self.places.len() <= key {
            self.places.resize(key + 1, None);
        }
        self.places[key] = Some(place);
        Ok(())
    }

    fn place(&self, row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Place>> {
        let key = usize::try_from(row.get::<_, i64>(column)?).unwrap_or_default();
        Ok(self.places.get(key).copied().flatten())
    }

    fn grant(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let Some(Place::Principal(principal)) = self.place(row, 1)? else {
            return Ok(());
        };
        let kind = self.facts.principals[principal as usize].kind.as_str();
        let unverified = match self.sights.get(&row.get(4)?) {
            Some(Sight::Whole) => false,
            Some(Sight::WholeFor(types)) => !types.split(',').any(|whole| whole == kind),
            Some(Sight::Doubtful) | None => true,
        };
        match self.place(row, 0)? {
            Some(Place::Principal(group)) => self.facts.memberships.push(MembershipFact {
                group,
                member: principal,
                since: row.get(6)?,
                unverified,
            }),
            Some(Place::Role(role)) => {
                let (scope, group) = (self.scopes.get(&row.get(2)?), self.place(row, 3)?);
                if let (Some(scope), Some(Place::ResourceGroup(resource_group))) = (scope, group) {
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

fn kind_of(name: &str) -> ResourceType {
    [
        ResourceType::Account,
        ResourceType::Organization,
        ResourceType::Project,
        ResourceType::User,
        ResourceType::ServiceAccount,
        ResourceType::UserGroup,
        ResourceType::Role,
        ResourceType::ResourceGroup,
        ResourceType::ServiceAccountToken,
        ResourceType::PersonalToken,
        ResourceType::AuthSetting,
    ]
    .into_iter()
    .find(|kind| kind.as_str() == name)
    .unwrap_or_else(|| ResourceType::Other(name.to_owned()))
}
