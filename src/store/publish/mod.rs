//! Merging an observation into the history, in one transaction.

mod brake;
mod coverage;
mod dictionary;
mod grants;
mod merge;
mod resources;
mod trail;

pub use brake::Removal;
pub use merge::Published;

use super::derived::{refresh_acts, refresh_places};
use super::{Identity, StoreError, Writer, schema};
use crate::model::{Label, Observation};
use merge::{Merge, Stopped};

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
                "INSERT INTO _account VALUES (1, ?1, ?2)",
                [&identity.account_id, &identity.base_url],
            )?;
        } else {
            // Dirty pages written early would lock readers out before the commit.
            self.connection.pragma_update(None, "cache_spill", false)?;
        }
        let published = Merge::begin(
            &self.connection,
            observation,
            tool_version,
            label,
            self.fresh,
        )?
        .run(self.max_removed_percent)?;
        if self.fresh {
            schema::index_facts(&self.connection)?;
        }
        refresh_acts(&self.connection, published.snapshot)?;
        refresh_places(&self.connection, None)?;
        if self.fresh {
            schema::index_derived(&self.connection)?;
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(published)
    }
}
