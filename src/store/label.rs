//! Labels of snapshots.

use rusqlite::{OptionalExtension, params};

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
                "SELECT id FROM _snapshot WHERE label = ?1",
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

    /// Gives a snapshot a label, taking it away from the snapshot that had it. Returns the number of that one.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn set_label(self, snapshot: i64, label: &Label) -> Result<Option<i64>, StoreError> {
        self.warn_of_damage()?;
        let write = || -> rusqlite::Result<Option<i64>> {
            let had = self
                .connection
                .query_row(
                    "UPDATE _snapshot SET label = NULL WHERE label = ?1 RETURNING id",
                    [label.as_str()],
                    |row| row.get(0),
                )
                .optional()?;
            self.connection.execute(
                "UPDATE _snapshot SET label = ?1 WHERE id = ?2",
                params![label.as_str(), snapshot],
            )?;
            Ok(had.filter(|had| *had != snapshot))
        };
        let had = write().map_err(|error| self.failed(&error))?;
        self.commit()?;
        Ok(had)
    }

    /// Takes a label away. Returns the number of the snapshot that had it, if any.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn remove_label(self, label: &str) -> Result<Option<i64>, StoreError> {
        self.warn_of_damage()?;
        let write = || -> rusqlite::Result<Option<i64>> {
            let had = self
                .connection
                .query_row(
                    "UPDATE _snapshot SET label = NULL WHERE label = ?1 RETURNING id",
                    [label],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(had)
        };
        let had = write().map_err(|error| self.failed(&error))?;
        self.commit()?;
        Ok(had)
    }
}
