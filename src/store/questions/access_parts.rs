//! The facts behind a question about one principal, or about some roles: what the answer rests on, and nothing else.

use rusqlite::params;

use super::access::Loader;
use crate::model::{AccessFacts, ResourceType, canonical_json};
use crate::store::schema::live;
use crate::store::{Reader, StoreError};

pub(super) const BY_KEY: &str = "r.key IN (SELECT value FROM json_each(:wanted))";

impl Reader {
    /// What questions are understood with: roles, resource groups and scopes, without anybody who holds anything.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_frame(&self, snapshot: i64) -> Result<AccessFacts, StoreError> {
        let read = || Ok(self.frame(snapshot)?.facts);
        read().map_err(|error: rusqlite::Error| self.failed(&error))
    }

    /// Everybody, with what questions are understood with, but without what anybody holds: to tell who is meant.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_principals(&self, snapshot: i64) -> Result<AccessFacts, StoreError> {
        let read = || -> rusqlite::Result<AccessFacts> {
            let mut loader = self.access_loader(snapshot)?;
            self.load_resources(snapshot, "r.key > 0", "", &mut loader)?;
            Ok(loader.facts)
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Everything that decides what the principals of an exact name can do: a text id, a uuid or identifier, an address.
    /// `None` when there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_facts_of(
        &self,
        snapshot: i64,
        name: &str,
    ) -> Result<Option<AccessFacts>, StoreError> {
        let read = || -> rusqlite::Result<Option<AccessFacts>> {
            let named = self.principals_of_name(name)?;
            if named.is_empty() {
                return Ok(None);
            }
            let mut loader = self.frame(snapshot)?;
            let mut holders = named.clone();
            holders.extend(self.keys(&memberships("g.principal", "g.target"), &named, snapshot)?);
            holders.extend(self.keys(NAMESAKES, &named, snapshot)?);
            holders.extend(self.keys(ALL_USERS, &named, snapshot)?);
            self.load_people(snapshot, holders, &mut loader)?;
            Ok(Some(loader.facts))
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Everything that decides who holds something by one of some roles, by text id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_facts_by(
        &self,
        snapshot: i64,
        roles: &[String],
    ) -> Result<AccessFacts, StoreError> {
        let read = || -> rusqlite::Result<AccessFacts> {
            let mut loader = self.frame(snapshot)?;
            let roles = self.keys_of_ids(roles)?;
            let by_role = format!(
                "SELECT DISTINCT g.principal FROM _grant g WHERE g.target IN (SELECT value FROM json_each(?1)) AND {}",
                live("g", "?2")
            );
            let holders = self.keys(&by_role, &roles, snapshot)?;
            let mut people = holders.clone();
            people.extend(self.keys(
                &memberships("g.target", "g.principal"),
                &holders,
                snapshot,
            )?);
            people.extend(self.keys(NAMESAKES, &holders, snapshot)?);
            if !self.keys(ALL_USERS_AMONG, &holders, snapshot)?.is_empty() {
                people.extend(self.keys_of_kind(&ResourceType::User)?);
            }
            people.sort_unstable();
            people.dedup();
            self.load_resources(snapshot, BY_KEY, &canonical_json(&people), &mut loader)?;
            let held = "g.target IN (SELECT value FROM json_each(:wanted))";
            let mut groups_and_roles = roles;
            groups_and_roles.extend(holders);
            let wanted = canonical_json(&groups_and_roles);
            self.load_grants(snapshot, held, &wanted, &mut loader)?;
            Ok(loader.facts)
        };
        self.passing(read).map_err(|error| self.failed(&error))
    }

    /// Whether a grant of a snapshot is of or to a principal or role, by text id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_named_by_a_grant(&self, snapshot: i64, id: &str) -> Result<bool, StoreError> {
        let live = live("g", "?2");
        let read = || -> rusqlite::Result<bool> {
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT EXISTS (SELECT 1 FROM _resource r JOIN _grant g ON g.target = r.key WHERE r.id = ?1 AND {live})
                   OR EXISTS (SELECT 1 FROM _resource r JOIN _grant g ON g.principal = r.key WHERE r.id = ?1 AND {live})"
            ))?;
            statement.query_row(params![id, snapshot], |row| row.get(0))
        };
        read().map_err(|error| self.failed(&error))
    }

    fn frame(&self, snapshot: i64) -> rusqlite::Result<Loader> {
        let mut loader = self.access_loader(snapshot)?;
        for kind in ResourceType::ALL {
            let in_frame = match kind {
                ResourceType::Account
                | ResourceType::Organization
                | ResourceType::Project
                | ResourceType::Role
                | ResourceType::ResourceGroup
                | ResourceType::Permission => true,
                ResourceType::User
                | ResourceType::ServiceAccount
                | ResourceType::UserGroup
                | ResourceType::ServiceAccountToken
                | ResourceType::PersonalToken
                | ResourceType::AuthSetting
                | ResourceType::Other(_) => false,
            };
            if in_frame {
                let keys = canonical_json(&self.keys_of_kind(&kind)?);
                self.load_resources(snapshot, BY_KEY, &keys, &mut loader)?;
            }
        }
        Ok(loader)
    }

    fn load_people(
        &self,
        snapshot: i64,
        mut holders: Vec<i64>,
        loader: &mut Loader,
    ) -> rusqlite::Result<()> {
        holders.sort_unstable();
        holders.dedup();
        let wanted = canonical_json(&holders);
        self.load_resources(snapshot, BY_KEY, &wanted, loader)?;
        let held = "g.principal IN (SELECT value FROM json_each(:wanted))";
        self.load_grants(snapshot, held, &wanted, loader)
    }

    fn principals_of_name(&self, name: &str) -> rusqlite::Result<Vec<i64>> {
        let others: Vec<ResourceType> = ResourceType::ALL
            .into_iter()
            .filter(|kind| !kind.is_principal())
            .collect();
        let mut statement = self.connection.prepare(
            "WITH named AS (SELECT key, type FROM _resource WHERE id = ?1
               UNION SELECT key, type FROM _resource WHERE identifier = ?1
               UNION SELECT key, type FROM _resource WHERE known_email = ?1)
             SELECT key FROM named WHERE key > 0 AND type NOT IN (SELECT value FROM json_each(?2))",
        )?;
        statement
            .query_map(params![name, canonical_json(&others)], |row| row.get(0))?
            .collect()
    }

    /// Keys by a query over other keys (`?1`) as of a snapshot (`?2`).
    fn keys(&self, sql: &str, of: &[i64], snapshot: i64) -> rusqlite::Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        statement
            .query_map(params![canonical_json(&of), snapshot], |row| row.get(0))?
            .collect()
    }

    fn keys_of_ids(&self, ids: &[String]) -> rusqlite::Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.key FROM json_each(?1) w CROSS JOIN _resource r ON r.id = w.value",
        )?;
        statement
            .query_map([canonical_json(&ids)], |row| row.get(0))?
            .collect()
    }

    /// Text ids begin with the type, so the index of ids finds those of one.
    fn keys_of_kind(&self, kind: &ResourceType) -> rusqlite::Result<Vec<i64>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT key FROM _resource WHERE id >= ?1 || '/' AND id < ?1 || '0'")?;
        statement
            .query_map([kind.as_str()], |row| row.get(0))?
            .collect()
    }
}

/// Groups of some principals, or principals of some groups.
fn memberships(of: &str, wanted: &str) -> String {
    format!(
        "SELECT DISTINCT {wanted} FROM _grant g
         WHERE {of} IN (SELECT value FROM json_each(?1)) AND +g.scope = 0 AND {}",
        live("g", "?2")
    )
}

/// Service accounts that share an identifier with one of some.
const NAMESAKES: &str = "SELECT o.key FROM _resource r JOIN _resource o ON o.identifier = r.identifier
  WHERE r.key IN (SELECT value FROM json_each(?1)) AND r.type = 'service_account' AND o.type = 'service_account'
    AND ?2 IS NOT NULL";

/// Harness's group of all users, whoever is asked about.
const ALL_USERS: &str = "SELECT key FROM _resource
  WHERE identifier = '_account_all_users' AND type = 'user_group' AND ?1 IS NOT NULL AND ?2 IS NOT NULL";

/// The same, if it is among some principals.
const ALL_USERS_AMONG: &str =
    "SELECT key FROM _resource WHERE identifier = '_account_all_users' AND type = 'user_group'
  AND key IN (SELECT value FROM json_each(?1)) AND ?2 IS NOT NULL";
