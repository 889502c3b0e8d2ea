//! What the file knows of the account before a sync.

use rusqlite::{Connection, params};
use std::collections::{HashMap, HashSet};

use super::writer::Writer;
use crate::model::{Details, HeldAssignment, ListingKind, ResourceId, ResourceType, Scope};
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

    /// How many role assignments each scope had when their list was last seen whole.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn assignment_counts(&self) -> Result<HashMap<Scope, i64>, StoreError> {
        self.remembered(|connection| {
            let mut before = HashMap::new();
            let mut statement = connection.prepare(
                "SELECT s.path, c.rows, max(c.valid_from) FROM _coverage c
                 JOIN _listing l ON l.key = c.listing JOIN _scope s ON s.key = l.scope
                 WHERE c.state = 'complete' AND l.kind = ?1 GROUP BY c.listing",
            )?;
            let mut rows = statement.query([ListingKind::RoleAssignments.as_str()])?;
            while let Some(row) = rows.next()? {
                let scope = Scope::parse(row.get_ref(0)?.as_str()?);
                let count = row.get(1)?;
                before.extend(scope.map(|scope| (scope, count)));
            }
            Ok(before)
        })
    }

    /// Identifiers of the resources that are held of each list, by its kind and the path of its scope. What Harness supplies
    /// is at `harness/<level>`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn held_by_list(&self) -> Result<HashMap<(ListingKind, String), Vec<String>>, StoreError> {
        self.remembered(|connection| {
            let mut lists = HashMap::new();
            let mut statement = connection.prepare(
                "SELECT l.key, l.kind, s.path FROM _listing l JOIN _scope s ON s.key = l.scope",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let key: i64 = row.get(0)?;
                let kind = ListingKind::parse(row.get_ref(1)?.as_str()?);
                let path: String = row.get(2)?;
                lists.extend(kind.map(|kind| (key, (kind, path, Vec::new()))));
            }
            let mut statement = connection.prepare(
                "SELECT listing, identifier FROM _resource WHERE version IS NOT NULL AND listing IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some((_, _, held)) = lists.get_mut(&row.get(0)?) {
                    held.push(row.get(1)?);
                }
            }
            let lists = lists.into_values().filter(|(_, _, held)| !held.is_empty());
            Ok(lists.map(|(kind, path, held)| ((kind, path), held)).collect())
        })
    }

    /// What the resources of some types that are held now were like when they were last seen.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn details_of(
        &self,
        kinds: &[ResourceType],
    ) -> Result<HashMap<ResourceId, Details>, StoreError> {
        self.remembered(|connection| {
            let mut found = HashMap::new();
            let mut statement = connection.prepare(
                "SELECT p.path, r.identifier, v.attributes FROM _resource r
                 JOIN _resource_version v ON v.key = r.version JOIN _scope p ON p.key = r.scope WHERE r.type = ?1",
            )?;
            for kind in kinds {
                let mut rows = statement.query([kind.as_str()])?;
                while let Some(row) = rows.next()? {
                    let scope = Scope::parse(row.get_ref(0)?.as_str()?);
                    let details = Details::from_json(kind, row.get_ref(2)?.as_str()?);
                    let (kind, identifier) = (kind.clone(), row.get(1)?);
                    let id = scope.map(|scope| ResourceId { kind, scope, identifier });
                    found.extend(id.zip(details));
                }
            }
            Ok(found)
        })
    }

    /// The role assignments that are held in a scope.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn assignments_at(&self, scope: &Scope) -> Result<Vec<HeldAssignment>, StoreError> {
        self.remembered(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT g.role_assignment, g.harness_managed, p.type, ps.path, p.identifier, rs.path, r.identifier, o.identifier
                 FROM _scope s JOIN _grant g ON g.scope = s.key
                 JOIN _resource p ON p.key = g.principal JOIN _scope ps ON ps.key = p.scope
                 JOIN _resource r ON r.key = g.target JOIN _scope rs ON rs.key = r.scope
                 JOIN _resource o ON o.key = g.resource_group
                 WHERE s.path = ?1 AND g.valid_until IS NULL AND g.role_assignment IS NOT NULL",
            )?;
            let mut rows = statement.query([scope.to_string()])?;
            let mut held = Vec::new();
            while let Some(row) = rows.next()? {
                let home = |column| -> rusqlite::Result<Option<Scope>> {
                    Ok(Scope::parse(row.get_ref(column)?.as_str()?))
                };
                let (Some(principal_home), Some(role_home)) = (home(3)?, home(5)?) else {
                    continue;
                };
                held.push(HeldAssignment {
                    identifier: row.get(0)?,
                    harness_managed: row.get(1)?,
                    principal: ResourceId {
                        kind: ResourceType::parse(row.get_ref(2)?.as_str()?),
                        scope: principal_home,
                        identifier: row.get(4)?,
                    },
                    role: ResourceId {
                        kind: ResourceType::Role,
                        scope: role_home,
                        identifier: row.get(6)?,
                    },
                    resource_group: row.get(7)?,
                });
            }
            Ok(held)
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
