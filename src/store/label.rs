//! Labels of snapshots.

use rusqlite::OptionalExtension;

use super::{StoreError, Writer};
use crate::model::Label;

impl Writer {
    /// Makes sure that a new snapshot can have the label, before anything is fetched for it.
    ///
    /// # Errors
    /// When another snapshot has it, or the file cannot be read.
    pub fn refuse_taken(&self, label: &Label) -> Result<(), StoreError> {
        if self.fresh {
            return Ok(());
        }
        let taken = self
            .connection
            .query_row(
                "SELECT id FROM snapshot WHERE label = ?1",
                [label.as_str()],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| self.failed(&error))?;
        match taken {
            Some(snapshot) => Err(StoreError::LabelTaken {
                label: label.to_string(),
                snapshot,
            }),
            None => Ok(()),
        }
    }
}
