//! Who made the changes that snapshots show, as it was joined from the audit trail. Kept beside the facts, so that the view
//! `changes` and `history` can tell it.

use rusqlite::{OptionalExtension, params};

use super::{Reader, StoreError, Writer};
use crate::model::{GrantFact, RecordedBy};

/// What changed.
#[derive(Clone, Copy, Debug)]
pub enum Changed<'a> {
    /// The resource of this text id.
    Resource(&'a str),
    /// A grant.
    Grant(&'a GrantFact),
}

/// Who made one change.
#[derive(Clone, Copy, Debug)]
pub struct MadeBy<'a> {
    /// What changed.
    pub changed: Changed<'a>,
    /// How sure it is, in the word of the documents.
    pub certainty: &'static str,
    /// Harness's identifier of the event; `None` = nobody is recorded.
    pub audit_id: Option<&'a str>,
}

impl Writer {
    /// Records who made the changes that a snapshot shows, in place of what was recorded before.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn record_made_by(self, changes: &[(i64, Vec<MadeBy<'_>>)]) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            let mut forget = self
                .connection
                .prepare("DELETE FROM _made_by WHERE snapshot = ?1")?;
            let mut insert = self.connection.prepare(
                "INSERT OR REPLACE INTO _made_by (snapshot, is_grant, fact, certainty, event)
                 VALUES (?1, ?2, ?3, ?4, (SELECT key FROM _audit_event WHERE audit_id = ?5))",
            )?;
            for (snapshot, made_by) in changes {
                forget.execute([snapshot])?;
                for change in made_by {
                    if let Some((is_grant, fact)) = self.fact(*snapshot, change.changed)? {
                        insert.execute(params![
                            snapshot,
                            is_grant,
                            fact,
                            change.certainty,
                            change.audit_id
                        ])?;
                    }
                }
            }
            Ok(())
        };
        write().map_err(|error| self.failed(&error))?;
        self.commit()
    }

    fn fact(&self, snapshot: i64, changed: Changed<'_>) -> rusqlite::Result<Option<(bool, i64)>> {
        key_of(&self.connection, snapshot, changed)
    }
}

impl Reader {
    /// Who made a change that a snapshot shows: the actor as Harness names it, how sure it is, and when in UTC. `None` when
    /// nothing is known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn made_by(
        &self,
        snapshot: i64,
        changed: Changed<'_>,
    ) -> Result<Option<RecordedBy>, StoreError> {
        let read = || -> rusqlite::Result<Option<RecordedBy>> {
            let Some((is_grant, fact)) = key_of(&self.connection, snapshot, changed)? else {
                return Ok(None);
            };
            self.connection
                .prepare_cached(
                    "SELECT m.certainty, e.actor, e.other, strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch')
                     FROM _made_by m LEFT JOIN _audit_event e ON e.key = m.event
                     WHERE m.snapshot = ?1 AND m.is_grant = ?2 AND m.fact = ?3",
                )?
                .query_row(params![snapshot, is_grant, fact], |row| {
                    Ok(RecordedBy {
                        certainty: row.get(0)?,
                        actor: row.get(1)?,
                        impersonation: row.get(2)?,
                        at: row.get(3)?,
                    })
                })
                .optional()
        };
        read().map_err(|error| self.failed(&error))
    }
}

fn key_of(
    connection: &rusqlite::Connection,
    snapshot: i64,
    changed: Changed<'_>,
) -> rusqlite::Result<Option<(bool, i64)>> {
    let key = match changed {
        Changed::Resource(id) => connection
            .prepare_cached("SELECT key FROM _resource WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?,
        Changed::Grant(grant) => connection
            .prepare_cached(
                "SELECT g.key FROM _grant g JOIN _resource p ON p.key = g.principal AND p.id = ?2
                 JOIN _resource t ON t.key = g.target AND t.id = ?3
                 WHERE g.scope = ifnull((SELECT key FROM _scope WHERE path = ?4), 0)
                   AND g.resource_group = ifnull((SELECT key FROM _resource WHERE id = ?5), 0)
                   AND (g.valid_from = ?1 OR g.valid_until = ?1)",
            )?
            .query_row(
                params![
                    snapshot,
                    grant.principal.id,
                    grant.target.id,
                    grant.scope.as_deref(),
                    grant.resource_group.as_ref().map(|group| &group.id)
                ],
                |row| row.get(0),
            )
            .optional()?,
    };
    Ok(key.map(|key| (matches!(changed, Changed::Grant(_)), key)))
}
