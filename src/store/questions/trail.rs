//! What the file knows of the audit trail.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use crate::model::{ActedOn, Actor, ActorKind, AuditEvent, AuditTrail, Scope, Timestamp, Window};
use crate::store::{Reader, StoreError, Writer};

const EVENTS: &str = "SELECT audit_id, at, action, actor_type, actor, actor_user, actor_name, other_type, other, other_user,
   resource_type, resource, resource_user, resource_name, scope, source FROM _audit_event";

/// Whose sign-ins were read, and until when.
#[derive(Clone, Debug)]
pub struct SignInsRead {
    /// The uuid.
    pub user: String,
    /// Until when they were read.
    pub read_until: Timestamp,
}

impl Reader {
    /// The events between two moments, invitations before them included, and which stretches of time were read whole.
    /// `None` when this file never read the trail.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit_trail(&self, window: Window) -> Result<Option<AuditTrail>, StoreError> {
        let read = || -> rusqlite::Result<Option<AuditTrail>> {
            if !reads_trail(&self.connection)? {
                return Ok(None);
            }
            let sql = format!(
                "{EVENTS} WHERE at BETWEEN ?1 AND ?2 OR (at < ?1 AND action = 'INVITE') ORDER BY at, audit_id"
            );
            let mut statement = self.connection.prepare(&sql)?;
            let events = statement
                .query_map([window.from.as_millis(), window.until.as_millis()], event)?
                .collect::<rusqlite::Result<_>>()?;
            let read_whole = self
                .connection
                .prepare("SELECT starts, ends FROM _audit_window WHERE state = 'complete' ORDER BY starts")?
                .query_map([], |row| {
                    Ok(Window {
                        from: Timestamp::from_millis(row.get(0)?),
                        until: Timestamp::from_millis(row.get(1)?),
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some(AuditTrail { events, read_whole }))
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Every event between two moments, in order of time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit_events(&self, window: Window) -> Result<Vec<AuditEvent>, StoreError> {
        let read = || -> rusqlite::Result<Vec<AuditEvent>> {
            self.connection
                .prepare(&format!(
                    "{EVENTS} WHERE at BETWEEN ?1 AND ?2 ORDER BY at, audit_id"
                ))?
                .query_map([window.from.as_millis(), window.until.as_millis()], event)?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }
}

impl Reader {
    /// Text ids of the groups that an identity provider keeps.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn synced_groups(&self) -> Result<BTreeSet<String>, StoreError> {
        self.texts(
            "SELECT id FROM user_groups WHERE sso_linked OR externally_managed",
            &[],
        )
    }

    /// Paths of the scopes whose role assignments a snapshot listed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scopes_seen(&self, snapshot: i64) -> Result<BTreeSet<String>, StoreError> {
        self.texts(
            "SELECT scope FROM listings WHERE snapshot_id = ?1 AND kind = 'role_assignments'",
            &[&snapshot],
        )
    }

    fn texts(&self, sql: &str, parameters: &[&dyn ToSql]) -> Result<BTreeSet<String>, StoreError> {
        let read = || -> rusqlite::Result<BTreeSet<String>> {
            self.connection
                .prepare(sql)?
                .query_map(parameters, |row| row.get(0))?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }
}

impl Writer {
    /// Until when the trail was read without a hole, and when the oldest snapshot began to look: where the next reading
    /// begins.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn trail_read_until(&self) -> Result<Option<Timestamp>, StoreError> {
        self.moment("SELECT max(ends) FROM _audit_window WHERE state = 'complete'")
    }

    /// When the oldest snapshot of the file began.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn oldest_snapshot(&self) -> Result<Option<Timestamp>, StoreError> {
        self.moment(
            "SELECT CAST(round((julianday(min(started_at)) - 2440587.5) * 86400000) AS INTEGER)
             FROM _snapshot WHERE state <> 'pruned'",
        )
    }

    /// Whose sign-ins were read before.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sign_ins_read(&self) -> Result<Vec<SignInsRead>, StoreError> {
        if self.fresh {
            return Ok(Vec::new());
        }
        let read = || -> rusqlite::Result<Vec<SignInsRead>> {
            self.connection
                .prepare("SELECT r.identifier, l.observed_until FROM _login l JOIN _resource r ON r.key = l.resource")?
                .query_map([], |row| {
                    Ok(SignInsRead { user: row.get(0)?, read_until: Timestamp::from_millis(row.get(1)?) })
                })?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    fn moment(&self, sql: &str) -> Result<Option<Timestamp>, StoreError> {
        if self.fresh {
            return Ok(None);
        }
        let read = || {
            self.connection
                .query_row(sql, [], |row| row.get::<_, Option<i64>>(0))
        };
        let millis = read().map_err(|error| self.failed(&error))?;
        Ok(millis.map(Timestamp::from_millis))
    }
}

fn reads_trail(connection: &Connection) -> rusqlite::Result<bool> {
    let found = connection
        .query_row("SELECT 1 FROM _audit_window LIMIT 1", params![], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

fn event(row: &Row<'_>) -> rusqlite::Result<AuditEvent> {
    let actor =
        |kind: Option<String>, identifier: Option<String>, user_id, name| -> Option<Actor> {
            Some(Actor {
                kind: ActorKind::parse(&kind?),
                identifier: identifier?,
                user_id,
                name,
            })
        };
    let by = actor(row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?);
    let scope: String = row.get(14)?;
    Ok(AuditEvent {
        audit_id: row.get(0)?,
        at: Timestamp::from_millis(row.get(1)?),
        action: row.get(2)?,
        actor: by.ok_or(rusqlite::Error::InvalidQuery)?,
        impersonation: actor(row.get(7)?, row.get(8)?, row.get(9)?, None),
        acted_on: ActedOn {
            kind: row.get(10)?,
            identifier: row.get(11)?,
            user_id: row.get(12)?,
            name: row.get(13)?,
        },
        scope: Scope::parse(&scope).unwrap_or(Scope::Account),
        source: row.get(15)?,
    })
}
