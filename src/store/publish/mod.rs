//! Merging an observation into the history, in one transaction.

mod brake;
mod coverage;
mod dictionary;
mod first;
mod grants;
mod merge;
mod moved;
mod resources;
mod trail;

pub use brake::Removal;
pub use merge::Published;

use super::commit::commit;
use super::derived::{note_moves, refresh_acts, refresh_holders, refresh_places};
use super::digest::{self, TableSums};
use super::{Identity, StoreError, Writer, schema};
use crate::model::{Label, Observation};
use first::First;
use merge::{Merge, Stopped};
use rusqlite::Connection;

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
        let merge =
            |connection: &Connection| merge(connection, observation, tool_version, label, &self);
        if self.fresh {
            self.build_first(|connection| {
                schema::create(connection)?;
                connection.execute(
                    "INSERT INTO _account VALUES (1, ?1, ?2)",
                    [&identity.account_id, &identity.base_url],
                )?;
                merge(connection)
            })
        } else {
            self.warn_of_damage()?;
            // Dirty pages written early would lock readers out before the commit.
            self.connection
                .pragma_update(None, "cache_spill", false)
                .map_err(|error| self.failed(&error))?;
            self.connection
                .execute(
                    "UPDATE _account SET base_url = ?1 WHERE base_url <> ?1",
                    [&identity.base_url],
                )
                .map_err(|error| self.failed(&error))?;
            let published = merge(&self.connection).map_err(|stopped| self.explain(stopped))?;
            self.commit()?;
            Ok(published)
        }
    }

    /// The first snapshot appears whole under its name: it is built beside, and put there at once. Nothing that ends the
    /// program or the machine leaves half a file where the next sync expects a whole one.
    fn build_first(
        &self,
        build: impl FnOnce(&Connection) -> Result<Published, Stopped>,
    ) -> Result<Published, StoreError> {
        let place = First::beside(&self.path).map_err(|error| self.unwritable(&error))?;
        let connection = place.open().map_err(|error| self.failed(&error))?;
        self.stopped_with(connection.get_interrupt_handle());
        let published = build(&connection).map_err(|stopped| self.explain(stopped))?;
        TableSums::store(&connection, None)
            .and_then(|()| commit(&connection, &self.path))
            .map_err(|error| self.failed(&error))?;
        drop(connection);
        place.put().map_err(|error| self.unwritable(&error))?;
        Ok(published)
    }

    fn explain(&self, stopped: Stopped) -> StoreError {
        match stopped {
            Stopped::Sqlite(error) => self.failed(&error),
            Stopped::Miscounted {
                what,
                observed,
                stored,
            } => StoreError::Damaged {
                path: self.path.clone(),
                detail: format!(
                    "of {observed} {what} it holds {stored} after they were written; nothing was stored"
                ),
            },
            Stopped::TooMuchGone(removals) => StoreError::TooMuchGone {
                path: self.path.clone(),
                removals,
            },
        }
    }

    fn unwritable(&self, error: &std::io::Error) -> StoreError {
        StoreError::Unwritable {
            path: self.path.clone(),
            detail: error.to_string(),
        }
    }
}

/// Merges inside the transaction that is open.
fn merge(
    connection: &Connection,
    observation: Observation,
    tool_version: &str,
    label: Option<&Label>,
    writer: &Writer,
) -> Result<Published, Stopped> {
    let merge = Merge::begin(connection, observation, tool_version, label, writer.fresh)?;
    let written = merge.run(writer.max_removed_percent)?;
    let snapshot = written.published.snapshot;
    refresh_acts(connection, snapshot, &written.held)?;
    refresh_holders(connection, &written.held)?;
    refresh_places(connection, None)?;
    note_moves(connection, snapshot)?;
    if writer.fresh {
        schema::index_derived(connection)?;
    }
    match written.first_grants {
        Some(grants) => digest::record_first(connection, snapshot, grants)?,
        None => digest::record(connection, snapshot)?,
    }
    Ok(written.published)
}
