//! What the file knows of the audit trail.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use crate::model::{
    ActedOn, Actor, ActorKind, AuditEvent, AuditTrail, EventDetail, ListingState, ReadWindow,
    Scope, Timestamp, TrailBefore, Window,
};
use crate::store::audit_id::stored;
use crate::store::{Reader, StoreError, Writer};

/// The columns of an event, from [`EVENT_TABLES`].
pub(in crate::store) const EVENT_COLUMNS: &str =
    "CASE typeof(e.audit_id) WHEN 'blob' THEN lower(hex(e.audit_id)) ELSE e.audit_id END AS audit_id, e.at, w.word, a.type, a.identifier, a.user_id, a.name, o.type, o.identifier, o.user_id, o.name,
     t.type, t.identifier, t.user_id, t.name, p.word, s.word, e.detail";

/// What an event `e` is made of.
pub(in crate::store) const EVENT_TABLES: &str = "LEFT JOIN _audit_word w ON w.key = e.action
     LEFT JOIN _audit_party a ON a.key = e.actor LEFT JOIN _audit_party o ON o.key = e.other
     LEFT JOIN _audit_party t ON t.key = e.thing LEFT JOIN _audit_word p ON p.key = e.scope
     LEFT JOIN _audit_word s ON s.key = e.source";

/// Whose sign-ins were read, and until when.
#[derive(Clone, Debug)]
pub struct SignInsRead {
    /// The uuid.
    pub user: String,
    /// Until when they were read.
    pub read_until: Timestamp,
}

impl Reader {
    /// Whether this file ever read the trail.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_trail(&self) -> Result<bool, StoreError> {
        reads_trail(&self.connection).map_err(|error| self.failed(&error))
    }

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
            let when = "e.at BETWEEN ?1 AND ?2 OR (e.at < ?1 AND w.word = 'INVITE')";
            let events = events(&self.connection, when, window)?;
            let windows = windows(&self.connection)?;
            let (whole, failed): (Vec<_>, Vec<_>) = windows
                .into_iter()
                .partition(|read| read.state == ListingState::Complete);
            Ok(Some(AuditTrail {
                events,
                read_whole: whole.iter().map(|read| read.window).collect(),
                failed,
            }))
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Every event between two moments, in order of time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit_events(&self, window: Window) -> Result<Vec<AuditEvent>, StoreError> {
        events(&self.connection, "e.at BETWEEN ?1 AND ?2", window)
            .map_err(|error| self.failed(&error))
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
    /// What earlier syncs asked the trail for.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn trail_before(&self) -> Result<TrailBefore, StoreError> {
        self.remembered(|connection| {
            let oldest = connection.query_row(
                "SELECT CAST(round((julianday(min(started_at)) - 2440587.5) * 86400000) AS INTEGER)
                 FROM _snapshot WHERE state <> 'pruned'",
                [],
                |row| row.get::<_, Option<i64>>(0),
            )?;
            Ok(TrailBefore {
                oldest: oldest.map(Timestamp::from_millis),
                windows: windows(connection)?,
            })
        })
    }

    /// Keeps what was learnt of events, by Harness's identifier.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn record_details(self, details: &[(String, EventDetail)]) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            let mut update = self
                .connection
                .prepare("UPDATE _audit_event SET detail = ?2 WHERE audit_id = ?1")?;
            for (audit_id, detail) in details {
                update.execute(params![
                    stored(audit_id),
                    serde_json::to_string(detail).ok()
                ])?;
            }
            Ok(())
        };
        write().map_err(|error| self.failed(&error))?;
        self.commit()
    }

    /// Whose sign-ins were read before.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sign_ins_read(&self) -> Result<Vec<SignInsRead>, StoreError> {
        self.remembered(|connection| {
            connection
                .prepare("SELECT r.identifier, l.observed_until FROM _login l JOIN _resource r ON r.key = l.resource")?
                .query_map([], |row| {
                    Ok(SignInsRead { user: row.get(0)?, read_until: Timestamp::from_millis(row.get(1)?) })
                })?
                .collect()
        })
    }
}

/// Every stretch that was asked for, in order of time.
fn windows(connection: &Connection) -> rusqlite::Result<Vec<ReadWindow>> {
    connection
        .prepare(
            "SELECT starts, ends, state, reason, attempts FROM _audit_window ORDER BY starts, ends",
        )?
        .query_map([], |row| {
            let reason = row.get::<_, Option<String>>(3)?.unwrap_or_default();
            Ok(ReadWindow {
                window: Window {
                    from: Timestamp::from_millis(row.get(0)?),
                    until: Timestamp::from_millis(row.get(1)?),
                },
                state: match row.get_ref(2)?.as_str()? {
                    "complete" => ListingState::Complete,
                    "not_permitted" => ListingState::NotPermitted { reason },
                    _ => ListingState::Partial {
                        reason,
                        whole_for: Vec::new(),
                    },
                },
                attempts: row.get(4)?,
            })
        })?
        .collect()
}

/// The events for which a condition on the two moments (?1, ?2) is true, in order of time.
fn events(
    connection: &Connection,
    when: &str,
    window: Window,
) -> rusqlite::Result<Vec<AuditEvent>> {
    let mut events = connection
        .prepare(&format!(
            "SELECT {EVENT_COLUMNS} FROM _audit_event e {EVENT_TABLES} WHERE {when} ORDER BY e.at, e.audit_id"
        ))?
        .query_map([window.from.as_millis(), window.until.as_millis()], event)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    name_by_address(connection, &mut events)?;
    Ok(events)
}

/// Adds the uuid to users of whom the trail tells the address alone, where one person alone ever had that address, as far as
/// snapshots and the trail know. Addresses change hands: whoever of several it was is not guessed.
fn name_by_address(connection: &Connection, events: &mut [AuditEvent]) -> rusqlite::Result<()> {
    let is_nameless = |actor: &Actor| actor.kind == ActorKind::User && actor.user_id.is_none();
    let acting = || events.iter().flat_map(AuditEvent::who_acted);
    if !acting().any(is_nameless) {
        return Ok(());
    }
    let actors: HashSet<Actor> = acting().cloned().collect();
    let mut known: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut statement = connection.prepare(
        "SELECT DISTINCT json_extract(v.attributes, '$.email'), r.identifier
         FROM _resource_version v JOIN _resource r ON r.key = v.resource
         WHERE r.type = 'user' AND json_extract(v.attributes, '$.email') IS NOT NULL",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let address: String = row.get(0)?;
        known
            .entry(address.to_lowercase())
            .or_default()
            .insert(row.get(1)?);
    }
    for actor in actors
        .into_iter()
        .filter(|actor| actor.kind == ActorKind::User)
    {
        let of = known.entry(actor.identifier.to_lowercase()).or_default();
        of.extend(actor.user_id);
    }
    for event in events {
        for actor in [Some(&mut event.actor), event.impersonation.as_mut()]
            .into_iter()
            .flatten()
        {
            let people = known
                .get(&actor.identifier.to_lowercase())
                .filter(|_| is_nameless(actor));
            if let Some(people) = people.filter(|people| people.len() == 1) {
                actor.user_id = people.first().cloned();
            }
        }
    }
    Ok(())
}

fn reads_trail(connection: &Connection) -> rusqlite::Result<bool> {
    let found = connection
        .query_row("SELECT 1 FROM _audit_window LIMIT 1", params![], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Reads a row that begins with these columns.
pub(in crate::store) fn event(row: &Row<'_>) -> rusqlite::Result<AuditEvent> {
    // '' = Harness did not say.
    let said = |at: usize| -> rusqlite::Result<Option<String>> {
        Ok(row
            .get::<_, Option<String>>(at)?
            .filter(|text| !text.is_empty()))
    };
    let actor = |first: usize| -> rusqlite::Result<Actor> {
        Ok(Actor {
            kind: ActorKind::parse(row.get_ref(first)?.as_str()?),
            identifier: row.get(first + 1)?,
            user_id: said(first + 2)?,
            name: said(first + 3)?,
        })
    };
    let scope: String = row.get(15)?;
    Ok(AuditEvent {
        audit_id: row.get(0)?,
        at: Timestamp::from_millis(row.get(1)?),
        action: row.get(2)?,
        actor: actor(3)?,
        impersonation: said(7)?.map(|_| actor(7)).transpose()?,
        acted_on: ActedOn {
            kind: row.get(11)?,
            identifier: row.get(12)?,
            user_id: said(13)?,
            name: said(14)?,
        },
        scope: Scope::parse(&scope).unwrap_or(Scope::Account),
        source: said(16)?,
        detail: said(17)?.and_then(|detail| serde_json::from_str(&detail).ok()),
    })
}
