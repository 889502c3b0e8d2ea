//! What the file knows of the account before a sync.

use rusqlite::{Connection, params};
use std::collections::{HashMap, HashSet};

use super::writer::Writer;
use crate::model::{ListingKind, ResourceId, ResourceType, Scope};
use crate::store::StoreError;

impl Writer {
    /// Resources of some types that the latest snapshot holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn held(&self, kinds: &[ResourceType]) -> Result<HashSet<ResourceId>, StoreError> {
        self.listed(kinds, "v.valid_until IS NULL")
    }

    /// Resources of some types that any list ever showed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ever_listed(&self, kinds: &[ResourceType]) -> Result<HashSet<ResourceId>, StoreError> {
        self.listed(kinds, "1")
    }

    /// Who was in a user group, organization or project when it was last seen, by uuid.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn members_of(&self, group: &ResourceId) -> Result<Vec<String>, StoreError> {
        self.texts(
            "SELECT u.identifier FROM _resource r JOIN _grant g ON g.target = r.key
             JOIN _resource u ON u.key = g.principal
             WHERE r.id = ?1 AND g.valid_until IS NULL AND u.type = 'user'",
            &[&group.to_string()],
        )
    }

    /// How many rows each list had when it was last seen whole.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows_before(&self) -> Result<HashMap<(ListingKind, Scope), i64>, StoreError> {
        self.remembered(|connection| {
            let mut before = HashMap::new();
            let mut statement = connection.prepare(
                "SELECT l.kind, s.path, c.rows, max(c.valid_from) FROM _coverage c
                 JOIN _listing l ON l.key = c.listing JOIN _scope s ON s.key = l.scope
                 WHERE c.state = 'complete' GROUP BY c.listing",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let kind = ListingKind::parse(row.get_ref(0)?.as_str()?);
                let scope = Scope::parse(row.get_ref(1)?.as_str()?);
                if let (Some(kind), Some(scope)) = (kind, scope) {
                    before.insert((kind, scope), row.get(2)?);
                }
            }
            Ok(before)
        })
    }

    /// Identifiers of what is held of a list: of role assignments Harness's own, of members the uuids. What Harness
    /// supplies belongs to the list of the account; it can be hidden from the lists below.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn held_of(&self, kind: ListingKind, scope: &Scope) -> Result<Vec<String>, StoreError> {
        match ResourceId::of_scope(scope) {
            Some(container) if kind == ListingKind::Users && *scope != Scope::Account => {
                self.members_of(&container)
            }
            _ => self.texts(
                "SELECT r.identifier FROM _resource r JOIN _listing l ON l.key = r.listing
                 JOIN _scope s ON s.key = l.scope
                 WHERE l.kind = ?1 AND (s.path = ?2 OR s.path = 'harness/' || ?2 AND ?2 = 'account')
                   AND r.version IS NOT NULL ORDER BY r.key",
                &[kind.as_str(), &scope.to_string()],
            ),
        }
    }

    /// Role assignments of a scope, by the type of their principal.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn assignments_at(&self, scope: &Scope) -> Result<Vec<(String, String)>, StoreError> {
        self.remembered(|connection| {
            connection
                .prepare_cached(
                    "SELECT r.type, g.role_assignment FROM _scope s JOIN _grant g ON g.scope = s.key
                     JOIN _resource r ON r.key = g.principal
                     WHERE s.path = ?1 AND g.valid_until IS NULL AND g.role_assignment IS NOT NULL
                     ORDER BY r.type, g.key",
                )?
                .query_map([scope.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Role assignments that a principal holds itself, by scope and Harness's identifier. Harness names a caller that is a
    /// service account without its scope, so namesakes count too.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn assignments_of(
        &self,
        kind: &str,
        identifier: &str,
    ) -> Result<Vec<(Scope, String)>, StoreError> {
        self.remembered(|connection| {
            let mut statement = connection.prepare(
                "SELECT s.path, g.role_assignment FROM _resource r JOIN _grant g ON g.principal = r.key
                 JOIN _scope s ON s.key = g.scope
                 WHERE r.identifier = ?2 AND r.type = ?1 AND g.valid_until IS NULL AND g.role_assignment IS NOT NULL",
            )?;
            let mut rows = statement.query(params![kind, identifier])?;
            let mut held = Vec::new();
            while let Some(row) = rows.next()? {
                let identifier = row.get(1)?;
                let scope = Scope::parse(row.get_ref(0)?.as_str()?);
                held.extend(scope.map(|scope| (scope, identifier)));
            }
            Ok(held)
        })
    }

    fn texts(&self, sql: &str, parameters: &[&str]) -> Result<Vec<String>, StoreError> {
        self.remembered(|connection| {
            connection
                .prepare_cached(sql)?
                .query_map(rusqlite::params_from_iter(parameters), |row| row.get(0))?
                .collect()
        })
    }

    fn listed(
        &self,
        kinds: &[ResourceType],
        versions: &str,
    ) -> Result<HashSet<ResourceId>, StoreError> {
        self.remembered(|connection| {
            let mut listed = HashSet::new();
            let mut statement = connection.prepare(&format!(
                "SELECT p.path, r.identifier FROM _resource_version v JOIN _resource r ON r.key = v.resource
                 JOIN _scope p ON p.key = r.scope WHERE {versions} AND r.type = ?1"
            ))?;
            for kind in kinds {
                let mut rows = statement.query([kind.as_str()])?;
                while let Some(row) = rows.next()? {
                    let scope = Scope::parse(row.get_ref(0)?.as_str()?);
                    let identifier = row.get(1)?;
                    listed.extend(scope.map(|scope| ResourceId {
                        kind: kind.clone(),
                        scope,
                        identifier,
                    }));
                }
            }
            Ok(listed)
        })
    }

    /// What the file tells; nothing where there was none.
    pub(in crate::store) fn remembered<T: Default>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        if self.fresh {
            return Ok(T::default());
        }
        read(&self.connection).map_err(|error| self.failed(&error))
    }
}
