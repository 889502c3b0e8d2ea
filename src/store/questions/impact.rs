//! How many people are behind a group, a role or a resource group.

use rusqlite::{Connection, Row};

use crate::model::{Impact, ImpactWanted, Impacts, ResourceType, canonical_json};
use crate::store::schema::live_at;
use crate::store::{Reader, StoreError};

impl Reader {
    /// The impact of groups, roles and resource groups in a snapshot. Only what is asked for is read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn impact(&self, snapshot: i64, wanted: &ImpactWanted) -> Result<Impacts, StoreError> {
        let read = || -> rusqlite::Result<Impacts> {
            let mut impacts = Impacts::new();
            for (ids, people, grants) in [
                (&wanted.members_of, Some(MEMBERS), None),
                (&wanted.roles_of, None, Some(ROLES_OF)),
                (&wanted.holders_of, Some(HOLDERS), Some(GRANTS_OF)),
            ] {
                if ids.is_empty() {
                    continue;
                }
                let ids = canonical_json(ids);
                if let Some(sql) = people {
                    count_people(&self.connection, sql, &ids, snapshot, &mut impacts)?;
                }
                if let Some(sql) = grants {
                    count_grants(&self.connection, sql, &ids, snapshot, &mut impacts)?;
                }
            }
            Ok(impacts)
        };
        read().map_err(|error| self.failed(&error))
    }
}

// CROSS JOIN keeps SQLite to the order in which the queries are written: from the few things asked for, through indexes.

/// Members are users; Harness knows no others.
const MEMBERS: &str =
    "SELECT r.id, 'user', (SELECT count(*) FROM _grant g WHERE g.target = r.key AND {live g})
  FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value";

/// A user group is a member of nothing: whatever it holds is a role.
const ROLES_OF: &str =
    "SELECT r.id, (SELECT count(*) FROM _grant g WHERE g.principal = r.key AND {live g})
  FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value";

const GRANTS_OF: &str = "SELECT r.id, count(*)
  FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value AND r.type = 'role'
  CROSS JOIN _grant g ON g.target = r.key AND {live g}
  GROUP BY r.id
  UNION ALL
  SELECT r.id, count(*)
  FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value AND r.type = 'resource_group'
  CROSS JOIN _grant g ON g.resource_group = r.key AND {live g}
  GROUP BY r.id";

const HOLDERS: &str = "SELECT h.id, p.type, count(DISTINCT p.key)
  FROM (
    SELECT r.id, g.principal
    FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value AND r.type = 'role'
    CROSS JOIN _grant g ON g.target = r.key AND {live g}
    UNION
    SELECT r.id, g.principal
    FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value AND r.type = 'resource_group'
    CROSS JOIN _grant g ON g.resource_group = r.key AND {live g}
  ) h
  LEFT JOIN _grant m ON m.target = h.principal AND {live m}
  CROSS JOIN _resource p ON p.key = ifnull(m.principal, h.principal)
  GROUP BY h.id, p.type";

fn count_people(
    connection: &Connection,
    sql: &str,
    ids: &str,
    snapshot: i64,
    impacts: &mut Impacts,
) -> rusqlite::Result<()> {
    each(connection, sql, ids, snapshot, |row| {
        let impact: &mut Impact = impacts.entry(row.get(0)?).or_default();
        let people = row.get::<_, u32>(2)?.into();
        match ResourceType::parse(row.get_ref(1)?.as_str()?) {
            ResourceType::User => impact.users = people,
            ResourceType::ServiceAccount => impact.service_accounts = people,
            // An empty group, what nobody knows, and what holds nothing.
            ResourceType::UserGroup
            | ResourceType::Other(_)
            | ResourceType::Account
            | ResourceType::Organization
            | ResourceType::Project
            | ResourceType::Role
            | ResourceType::ResourceGroup
            | ResourceType::ServiceAccountToken
            | ResourceType::PersonalToken
            | ResourceType::AuthSetting
            | ResourceType::Permission => {}
        }
        Ok(())
    })
}

fn count_grants(
    connection: &Connection,
    sql: &str,
    ids: &str,
    snapshot: i64,
    impacts: &mut Impacts,
) -> rusqlite::Result<()> {
    each(connection, sql, ids, snapshot, |row| {
        let impact = impacts.entry(row.get(0)?).or_default();
        impact.grants = row.get::<_, u32>(1)?.into();
        Ok(())
    })
}

fn each(
    connection: &Connection,
    sql: &str,
    ids: &str,
    snapshot: i64,
    mut row: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&live_at(sql, "?2"))?;
    let mut rows = statement.query(rusqlite::params![ids, snapshot])?;
    while let Some(found) = rows.next()? {
        row(found)?;
    }
    Ok(())
}
