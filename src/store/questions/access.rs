//! The facts behind questions about access, read by key from the tables: names are needed for few of many grants.

use rusqlite::named_params;

use super::access_loader::{GRANTS, Loader, position};
use crate::model::{AccessFacts, Gap, GapState, ListingKind, NumberMap, Scope, ScopeSelection};
use crate::store::coverage::Completeness;
use crate::store::schema::{live, live_at};
use crate::store::{Reader, StoreError};

/// What is needed of resources in the latest snapshot. What stands beside the identity saves reading the versions, of
/// which there are as many.
const RESOURCES_NOW: &str = "
  SELECT r.key, r.id, r.type, r.scope, r.identifier, r.name,
    CASE WHEN r.type = 'role' OR r.type = 'resource_group' OR r.type = 'permission'
      THEN (SELECT v.attributes FROM _resource_version v WHERE v.key = r.version) END,
    r.email, r.disabled, r.locked,
    CASE r.type WHEN 'user_group'
      THEN (SELECT json_extract(v.attributes, '$.harness_managed') FROM _resource_version v WHERE v.key = r.version) END,
    r.version IS NOT NULL, r.listing
  FROM _resource r";

/// The same in any snapshot.
const RESOURCES_THEN: &str = "
  SELECT r.key, r.id, r.type, r.scope, r.identifier, v.name,
    CASE WHEN r.type = 'role' OR r.type = 'resource_group' OR r.type = 'permission' THEN v.attributes END,
    CASE WHEN r.type = 'user' OR r.type = 'service_account' THEN json_extract(v.attributes, '$.email') END,
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
            self.load_everything(snapshot, &mut loader)?;
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
        let mut loader = Loader::new(self.load_completeness(snapshot)?);
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

    /// Everything that has an identity.
    pub(super) fn load_everything(
        &self,
        snapshot: i64,
        loader: &mut Loader,
    ) -> rusqlite::Result<()> {
        let select = self.resources_of(snapshot)?;
        let mut statement = self.connection.prepare(&format!(
            "{select} WHERE r.key > 0 AND ?1 IS NOT NULL ORDER BY r.key"
        ))?;
        let mut rows = statement.query([snapshot])?;
        while let Some(row) = rows.next()? {
            loader.resource(row)?;
        }
        Ok(())
    }

    /// Resources by key. Each is a step of its own: thousands of keys in a list take longer to become a table.
    pub(super) fn load_resources(
        &self,
        snapshot: i64,
        mut keys: Vec<i64>,
        loader: &mut Loader,
    ) -> rusqlite::Result<()> {
        keys.sort_unstable();
        keys.dedup();
        let select = self.resources_of(snapshot)?;
        let mut statement = self
            .connection
            .prepare_cached(&format!("{select} WHERE r.key = ?2 AND ?1 IS NOT NULL"))?;
        for key in keys {
            if loader.at(key).is_none() {
                let mut rows = statement.query([snapshot, key])?;
                while let Some(row) = rows.next()? {
                    loader.resource(row)?;
                }
            }
        }
        Ok(())
    }

    /// What is read of resources, as of the snapshot `?1`.
    fn resources_of(&self, snapshot: i64) -> rusqlite::Result<String> {
        Ok(if self.shows(snapshot)? {
            RESOURCES_NOW.to_owned()
        } else {
            live_at(RESOURCES_THEN, "?1")
        })
    }

    fn load_completeness(&self, snapshot: i64) -> rusqlite::Result<NumberMap<i64, Completeness>> {
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
            "{GRANTS} WHERE ({condition}) AND {} AND :wanted IS NOT NULL ORDER BY g.key",
            live("g", ":id")
        ))?;
        let mut rows = statement.query(named_params! {":id": snapshot, ":wanted": parameter})?;
        while let Some(row) = rows.next()? {
            let grant = loader.stored(row)?;
            loader.grant(grant);
        }
        Ok(())
    }
}
