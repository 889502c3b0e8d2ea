//! The merge of one observation: what each fact's listing showed decides which intervals end, go on and begin.

use rusqlite::{Connection, params};
use std::collections::HashMap;

use super::brake::{self, Moved, Removal};
use super::dictionary::Dictionary;
use crate::model::{Label, Listing, ListingState, Observation, ResourceType, canonical_json};
use crate::store::coverage::Completeness;
use crate::store::derived::Held;
use crate::store::digest::{FirstGrants, Sum};
use crate::store::schema;

/// Page cache while facts are written, in KiB: what a day changes in a million grants.
const CHANGED_PAGES_KIB: i64 = 16 * 1024;

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

/// Why nothing was stored.
pub(super) enum Stopped {
    Sqlite(rusqlite::Error),
    TooMuchGone(Vec<Removal>),
    /// The file holds another number of things than it must.
    Miscounted {
        what: &'static str,
        observed: u64,
        stored: u64,
    },
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

pub(super) struct Merge<'a> {
    pub(super) connection: &'a Connection,
    pub(super) observation: Observation,
    pub(super) state: &'static str,
    pub(super) snapshot: i64,
    /// Nothing was stored before.
    pub(super) is_first: bool,
    pub(super) dictionary: Dictionary<'a>,
    /// `resource.key` by position in the observation's directory.
    pub(super) resources: Vec<i64>,
    /// `scope.key` by position in the observation's directory.
    pub(super) scopes: Vec<i64>,
    /// What this snapshot saw, by `listing.key`.
    pub(super) completeness: HashMap<i64, Completeness>,
    /// What is elsewhere rather than gone.
    pub(super) moved: Moved,
    /// The sum of the grants, where nothing was stored before.
    pub(super) first_grants: Option<FirstGrants<'a>>,
}

/// What came of merging.
pub(super) struct Written {
    pub(super) published: Published,
    pub(super) held: Held,
    /// See [`Merge::first_grants`].
    pub(super) first_grants: Option<Sum>,
}

impl<'a> Merge<'a> {
    pub(super) fn begin(
        connection: &'a Connection,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
        is_first: bool,
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
            is_first,
            dictionary,
            resources,
            scopes,
            completeness: HashMap::new(),
            moved: Moved::default(),
            first_grants: is_first.then(|| FirstGrants::of(connection)).transpose()?,
        })
    }

    /// Writes what was observed.
    pub(super) fn run(mut self, max_removed_percent: u8) -> Result<Written, Stopped> {
        self.merge_coverage()?;
        self.note_vanished_scopes();
        self.note_moved_projects()?;
        self.rename_newly_listed()?;
        let resources = self.merge_resources()?;
        self.observation.resources = Vec::new(); // a million grants want the memory
        let (grants, held) = self.merge_grants()?;
        let first_grants = self.first_grants.take().map(FirstGrants::sum);
        let removals = [resources.removals, grants.removals].concat();
        let complete = brake::previous_is_complete(self.connection, self.snapshot)?;
        let too_many = brake::beyond(removals, max_removed_percent, complete);
        if !too_many.is_empty() {
            return Err(Stopped::TooMuchGone(too_many));
        }
        self.merge_trail()?;
        if self.is_first {
            schema::index_facts(self.connection)?;
        }
        let published = self.finish()?;
        let counts = [
            ("resources", resources.live, published.resources),
            ("grants", grants.live, published.grants),
        ];
        // Whatever came between the writing and the file must not pass for access that was removed.
        for (what, observed, stored) in counts {
            let stored = stored.cast_unsigned();
            if stored != observed {
                return Err(Stopped::Miscounted {
                    what,
                    observed,
                    stored,
                });
            }
        }
        Ok(Written {
            published,
            held,
            first_grants,
        })
    }

    /// What changes is spread over the whole file and stays in memory until the commit. Beyond a small cache, it would leave
    /// no room for the pages by which SQLite finds the next.
    pub(super) fn keep_changed_pages(&self) -> rusqlite::Result<()> {
        if self.is_first {
            return Ok(()); // written as it comes
        }
        self.connection
            .pragma_update(None, "cache_size", -CHANGED_PAGES_KIB)
    }

    pub(super) fn close(&self, table: &'static str, rows: &[i64]) -> rusqlite::Result<()> {
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
            "SELECT r.type, count(*) FROM _resource_version v JOIN _resource r ON r.key = v.resource
             WHERE v.valid_until IS NULL GROUP BY r.type",
        )?;
        let counts: HashMap<String, i64> = by_type
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        // Whole indexes are counted by their pages, which takes a hundredth of looking at each row.
        let grants: i64 = self.connection.query_row(
            "SELECT (SELECT count(*) FROM _grant) - (SELECT count(*) FROM _grant WHERE valid_until IS NOT NULL)",
            [],
            |row| row.get(0),
        )?;
        let count = |kind: &ResourceType| counts.get(kind.as_str()).copied().unwrap_or(0);
        self.connection.execute(
            "UPDATE _snapshot SET users = ?2, service_accounts = ?3, user_groups = ?4, roles = ?5,
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
    let notes = (!observation.notes.is_empty()).then(|| canonical_json(&observation.notes));
    connection.execute(
        "INSERT INTO _snapshot (state, started_at, finished_at, scopes, caller, tool_version, requests, users,
           service_accounts, user_groups, roles, resource_groups, grants, disabled_role_assignments, label, notes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, 0, ?8, ?9, ?10)",
        params![
            state_of(observation),
            observation.started_at.to_string(),
            observation.finished_at.to_string(),
            observation.scopes,
            observation.caller,
            tool_version,
            observation.requests,
            observation.disabled_role_assignments,
            label.map(Label::as_str),
            notes
        ],
    )?;
    Ok(connection.last_insert_rowid())
}

fn state_of(observation: &Observation) -> &'static str {
    let complete =
        |listing: &Listing| listing.state == ListingState::Complete || !listing.kind.is_of_access();
    if observation.listings.iter().all(complete) {
        "complete"
    } else {
        "partial"
    }
}
