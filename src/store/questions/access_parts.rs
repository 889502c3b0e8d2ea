//! The facts behind a question about one principal, or about some roles: what the answer rests on, and nothing else.

use rusqlite::params;

use super::access_loader::{GRANTS, Loader, StoredGrant};
use crate::model::{AccessFacts, HeldRole, ResourceType, Scope, canonical_json};
use crate::store::schema::live;
use crate::store::{Reader, StoreError};

/// What questions are understood with: roles, resource groups and scopes, without anybody who holds anything.
pub struct AccessFrame {
    snapshot: i64,
    loader: Loader,
}

impl AccessFrame {
    /// What was read.
    #[must_use]
    pub const fn facts(&self) -> &AccessFacts {
        &self.loader.facts
    }
}

/// The role grants that an answer rests on, and who else holds one of its roles.
#[derive(Default)]
struct Holders {
    grants: Vec<StoredGrant>,
    others: Vec<i64>,
}

impl Reader {
    /// What questions are understood with.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_frame(&self, snapshot: i64) -> Result<AccessFrame, StoreError> {
        let read = || self.frame(snapshot);
        let loader = read().map_err(|error| self.failed(&error))?;
        Ok(AccessFrame { snapshot, loader })
    }

    /// Everybody, with what questions are understood with, but without what anybody holds: to tell who is meant.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_principals(&self, snapshot: i64) -> Result<AccessFacts, StoreError> {
        let read = || -> rusqlite::Result<AccessFacts> {
            let mut loader = self.access_loader(snapshot)?;
            self.load_everything(snapshot, &mut loader)?;
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
            holders.extend(self.keys(&groups_of(), &named, snapshot)?);
            holders.extend(self.keys(NAMESAKES, &named, snapshot)?);
            holders.extend(self.keys(ALL_USERS, &named, snapshot)?);
            self.load_people(snapshot, holders, &mut loader)?;
            Ok(Some(loader.facts))
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Everything that decides who holds something by some roles, by text id, where a role that is held gives it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_facts_by(
        &self,
        frame: AccessFrame,
        roles: &[String],
        gives: &mut dyn FnMut(HeldRole) -> bool,
    ) -> Result<AccessFacts, StoreError> {
        let AccessFrame {
            snapshot,
            mut loader,
        } = frame;
        let loader = &mut loader;
        let read = || -> rusqlite::Result<AccessFacts> {
            let Holders { grants, others } = self.holders_by(snapshot, roles, gives, loader)?;
            let mut holders: Vec<i64> = grants.iter().map(|grant| grant.principal).collect();
            holders.sort_unstable();
            holders.dedup();
            self.load_resources(snapshot, holders.clone(), loader)?;
            let memberships = self.memberships_of(snapshot, &holders, loader)?;
            let mut people = self.others_who_count(&holders, loader)?;
            people.extend(memberships.iter().map(|grant| grant.principal));
            // Names are told apart from those of other groups and service accounts that hold the roles.
            people.extend(self.keys(NO_USERS, &others, snapshot)?);
            self.load_resources(snapshot, people, loader)?;
            for grant in grants.into_iter().chain(memberships) {
                loader.grant(grant);
            }
            Ok(std::mem::take(&mut loader.facts))
        };
        self.passing(read).map_err(|error| self.failed(&error))
    }

    fn holders_by(
        &self,
        snapshot: i64,
        roles: &[String],
        gives: &mut dyn FnMut(HeldRole) -> bool,
        loader: &mut Loader,
    ) -> rusqlite::Result<Holders> {
        let mut statement = self.connection.prepare(&format!(
            "{GRANTS} WHERE g.target IN (SELECT value FROM json_each(?1)) AND {} ORDER BY g.key",
            live("g", "?2")
        ))?;
        let roles = canonical_json(&self.keys_of_ids(roles)?);
        let mut rows = statement.query(params![roles, snapshot])?;
        let mut holders = Holders::default();
        while let Some(row) = rows.next()? {
            let grant = loader.stored(row)?;
            match loader.held(&grant) {
                Some(held) if gives(held) => holders.grants.push(grant),
                _ => holders.others.push(grant.principal),
            }
        }
        Ok(holders)
    }

    /// The memberships of whoever of some principals may have members.
    fn memberships_of(
        &self,
        snapshot: i64,
        holders: &[i64],
        loader: &mut Loader,
    ) -> rusqlite::Result<Vec<StoredGrant>> {
        let mut statement = self.connection.prepare(&format!(
            "{GRANTS} WHERE g.target = ?1 AND {}",
            live("g", "?2")
        ))?;
        let mut memberships = Vec::new();
        for holder in holders {
            let kind = loader.principal_of(*holder).map(|fact| &fact.kind);
            if matches!(
                kind,
                Some(ResourceType::User | ResourceType::ServiceAccount)
            ) {
                continue;
            }
            let mut rows = statement.query([*holder, snapshot])?;
            while let Some(row) = rows.next()? {
                memberships.push(loader.stored(row)?);
            }
        }
        Ok(memberships)
    }

    /// Who has part in the grants of some principals without being a member: service accounts of the same identifier, and
    /// every user where the group of all users is among them.
    fn others_who_count(&self, holders: &[i64], loader: &Loader) -> rusqlite::Result<Vec<i64>> {
        let mut statement = self.connection.prepare(
            "SELECT key FROM _resource WHERE identifier = ?1 AND type = 'service_account'",
        )?;
        let mut others = Vec::new();
        for fact in holders.iter().filter_map(|key| loader.principal_of(*key)) {
            if fact.kind == ResourceType::ServiceAccount {
                for key in statement.query_map([&fact.identifier], |row| row.get(0))? {
                    others.push(key?);
                }
            }
            if fact.kind == ResourceType::UserGroup
                && fact.identifier == Scope::Account.group_of_all_users()
            {
                others.extend(self.keys_of_kind(&ResourceType::User)?);
            }
        }
        Ok(others)
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
                self.load_resources(snapshot, self.keys_of_kind(&kind)?, &mut loader)?;
            }
        }
        Ok(loader)
    }

    fn load_people(
        &self,
        snapshot: i64,
        holders: Vec<i64>,
        loader: &mut Loader,
    ) -> rusqlite::Result<()> {
        let wanted = canonical_json(&holders);
        self.load_resources(snapshot, holders, loader)?;
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

/// Groups of some principals.
fn groups_of() -> String {
    format!(
        "SELECT DISTINCT g.target FROM _grant g
         WHERE g.principal IN (SELECT value FROM json_each(?1)) AND +g.scope = 0 AND {}",
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

/// Those of some principals that are no users.
const NO_USERS: &str = "SELECT r.key FROM json_each(?1) w CROSS JOIN _resource r ON r.key = w.value
  WHERE r.type <> 'user' AND ?2 IS NOT NULL";
