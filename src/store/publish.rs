//! Merging an observation into the history, in one transaction.

mod coverage;
mod grants;
mod resources;

use rusqlite::{Connection, params};
use std::collections::HashMap;

use super::brake::{self, Removal};
use super::dictionary::Dictionary;
use super::{Identity, StoreError, Writer, schema};
use crate::model::{Label, Listing, ListingState, Observation, ResourceType};

/// The snapshot that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its number.
    pub snapshot: i64,
    /// `complete` or `partial`.
    pub state: &'static str,
    /// Resources it holds.
    pub resources: i64,
    /// Grants it holds.
    pub grants: i64,
}

impl Writer {
    /// Stores an observation as the next snapshot. Facts end where a complete listing no longer shows them; facts of
    /// listings that were not complete stay.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn publish(
        self,
        identity: &Identity,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
    ) -> Result<Published, StoreError> {
        self.merge(identity, observation, tool_version, label)
            .map_err(|error| match error {
                Stopped::Sqlite(error) => self.failed(&error),
                Stopped::TooMuchGone(removals) => StoreError::TooMuchGone {
                    path: self.path.clone(),
                    removals,
                },
            })
    }

    fn merge(
        &self,
        identity: &Identity,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
    ) -> Result<Published, Stopped> {
        if self.fresh {
            self.close_to_others();
            schema::create(&self.connection)?;
            self.connection.execute(
                "INSERT INTO account VALUES (1, ?1, ?2)",
                [&identity.account_id, &identity.base_url],
            )?;
        } else {
            // Dirty pages written early would lock readers out before the commit.
            self.connection.pragma_update(None, "cache_spill", false)?;
        }
        let published = Merge::begin(&self.connection, observation, tool_version, label)?
            .run(self.max_removed_percent)?;
        if self.fresh {
            schema::index(&self.connection)?;
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(published)
    }
}

/// Why nothing was stored.
enum Stopped {
    Sqlite(rusqlite::Error),
    TooMuchGone(Vec<Removal>),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// How much of a listing this snapshot saw.
enum Sight {
    Whole,
    /// Whole for role assignments of these principal types; nothing is certain of the rest.
    WholeFor(Vec<ResourceType>),
}

struct Merge<'a> {
    connection: &'a Connection,
    observation: Observation,
    state: &'static str,
    snapshot: i64,
    dictionary: Dictionary<'a>,
    /// `resource.key` by position in the observation's directory.
    resources: Vec<i64>,
    /// `scope.key` by position in the observation's directory.
    scopes: Vec<i64>,
    sight: HashMap<i64, Sight>,
}

impl<'a> Merge<'a> {
    fn begin(
        connection: &'a Connection,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
    ) -> rusqlite::Result<Self> {
        let snapshot = insert_snapshot(connection, &observation, tool_version, label)?;
        let mut dictionary = Dictionary::load(connection)?;
        let resources = dictionary.resource_keys(&observation)?;
        let scopes = observation
            .directory
            .scopes()
            .iter()
            .map(|scope| dictionary.scope(&scope.to_string()))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            connection,
            state: state_of(&observation),
            observation,
            snapshot,
            dictionary,
            resources,
            scopes,
            sight: HashMap::new(),
        })
    }

    fn run(mut self, max_removed_percent: u8) -> Result<Published, Stopped> {
        self.merge_coverage()?;
        self.see_vanished_scopes();
        self.name_what_came_into_sight()?;
        let mut removals = self.merge_resources()?;
        self.observation.resources = Vec::new(); // a million grants want the memory
        removals.extend(self.merge_grants()?);
        let complete = brake::previous_is_complete(self.connection, self.snapshot)?;
        let too_many = brake::beyond(removals, max_removed_percent, complete);
        if !too_many.is_empty() {
            return Err(Stopped::TooMuchGone(too_many));
        }
        Ok(self.finish()?)
    }
    fn close(&self, table: &'static str, rows: &[i64]) -> rusqlite::Result<()> {
        let mut update = self.connection.prepare(&format!(
            "UPDATE {table} SET valid_until = ?1 WHERE key = ?2"
        ))?;
        for row in rows {
            update.execute([self.snapshot, *row])?;
        }
        Ok(())
    }

    fn finish(self) -> rusqlite::Result<Published> {
        let mut by_type = self.connection.prepare(
            "SELECT r.type, count(*) FROM resource_version v JOIN resource r ON r.key = v.resource
             WHERE v.valid_until IS NULL GROUP BY r.type",
        )?;
        let counts: HashMap<String, i64> = by_type
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let grants: i64 = self.connection.query_row(
            "SELECT count(*) FROM grant_version WHERE valid_until IS NULL",
            [],
            |row| row.get(0),
        )?;
        let count = |kind: &ResourceType| counts.get(kind.as_str()).copied().unwrap_or(0);
        self.connection.execute(
            "UPDATE snapshot SET users = ?2, service_accounts = ?3, user_groups = ?4, roles = ?5,
               resource_groups = ?6, grants = ?7 WHERE id = ?1",
            [
                self.snapshot,
                count(&ResourceType::User),
                count(&ResourceType::ServiceAccount),
                count(&ResourceType::UserGroup),
                count(&ResourceType::Role),
                count(&ResourceType::ResourceGroup),
                grants,
            ],
        )?;
        Ok(Published {
            snapshot: self.snapshot,
            state: self.state,
            resources: counts.values().sum(),
            grants,
        })
    }
}

fn insert_snapshot(
    connection: &Connection,
    observation: &Observation,
    tool_version: &str,
    label: Option<&Label>,
) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO snapshot (state, started_at, finished_at, scopes, caller, tool_version, requests, users,
           service_accounts, user_groups, roles, resource_groups, grants, disabled_role_assignments, label)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, 0, ?8, ?9)",
        params![
            state_of(observation),
            observation.started_at.to_string(),
            observation.finished_at.to_string(),
            observation.scopes,
            observation.caller,
            tool_version,
            observation.requests,
            observation.disabled_role_assignments,
            label.map(Label::as_str)
        ],
    )?;
    Ok(connection.last_insert_rowid())
}

fn state_of(observation: &Observation) -> &'static str {
    let complete = |listing: &Listing| listing.state == ListingState::Complete;
    if observation.listings.iter().all(complete) {
        "complete"
    } else {
        "partial"
    }
}
