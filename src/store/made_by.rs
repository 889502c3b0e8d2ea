//! Who made the changes that snapshots show, as it was joined from the audit trail. Kept beside the facts, so that the view
//! `changes` and `history` can tell it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::audit_id::stored;
use super::questions::{EVENT_COLUMNS, EVENT_TABLES, event};
use super::{Reader, StoreError, Writer};
use crate::model::{Acting, Actor, ActorKind, AuditEvent, Behind, By, Certainty, GrantFact};

/// What changed.
#[derive(Clone, Copy, Debug)]
pub enum Changed<'a> {
    /// The resource of this text id.
    Resource(&'a str),
    /// A grant.
    Grant(&'a GrantFact),
}

/// Who made the changes that a snapshot shows, and what happened that it does not show.
#[derive(Clone, Debug)]
pub struct ExplainedSnapshot<'a> {
    /// The snapshot.
    pub snapshot: i64,
    /// Its changes.
    pub changes: Vec<(Changed<'a>, &'a By)>,
    /// What the trail records since the snapshot before, and no change shows.
    pub unseen: &'a [AuditEvent],
}

/// What the event alone does not tell.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_by: Option<ActorRow>,
    /// Everybody who did something that fits, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actors: Vec<ActorRow>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ActorRow {
    r#type: String,
    identifier: String,
    user_id: Option<String>,
    name: Option<String>,
    /// The other person of an impersonation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    impersonation: Option<Box<ActorRow>>,
}

impl From<&Acting> for ActorRow {
    fn from(acting: &Acting) -> Self {
        Self {
            impersonation: acting
                .impersonation
                .as_ref()
                .map(|other| Box::new(other.into())),
            ..Self::from(&acting.actor)
        }
    }
}

impl From<ActorRow> for Acting {
    fn from(mut row: ActorRow) -> Self {
        let other = row.impersonation.take();
        Self {
            actor: row.into(),
            impersonation: other.map(|other| Actor::from(*other)),
        }
    }
}

impl From<&Actor> for ActorRow {
    fn from(actor: &Actor) -> Self {
        Self {
            r#type: actor.kind.as_str().to_owned(),
            identifier: actor.identifier.clone(),
            user_id: actor.user_id.clone(),
            name: actor.name.clone(),
            impersonation: None,
        }
    }
}

impl From<ActorRow> for Actor {
    fn from(row: ActorRow) -> Self {
        Self {
            kind: ActorKind::parse(&row.r#type),
            identifier: row.identifier,
            user_id: row.user_id,
            name: row.name,
        }
    }
}

impl Told {
    /// As JSON; `None` when there is nothing.
    fn of(by: &By) -> Option<String> {
        let told = Self {
            through: by.through.clone(),
            behind: by.behind.as_ref().map(|behind| behind.as_str().to_owned()),
            invited_by: match &by.behind {
                Some(Behind::Invitation(inviter)) => inviter.as_ref().map(ActorRow::from),
                Some(Behind::IdentityProvider) | None => None,
            },
            actors: match by.actors.as_slice() {
                [] | [_] => Vec::new(),
                several => several.iter().map(ActorRow::from).collect(),
            },
        };
        (told != Self::default()).then(|| serde_json::to_string(&told).ok())?
    }
}

impl Writer {
    /// Records who made the changes that snapshots show, in place of what was recorded before.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn record_made_by(self, explained: &[ExplainedSnapshot<'_>]) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            let mut word = self
                .connection
                .prepare("INSERT OR IGNORE INTO _audit_word (word) VALUES (?1)")?;
            for certainty in Certainty::ALL {
                word.execute([certainty.as_str()])?;
            }
            for of in explained {
                self.record_of(of)?;
            }
            Ok(())
        };
        write().map_err(|error| self.failed(&error))?;
        self.commit()
    }

    fn record_of(&self, explained: &ExplainedSnapshot<'_>) -> rusqlite::Result<()> {
        let snapshot = explained.snapshot;
        for table in ["_made_by", "_unseen"] {
            self.connection.execute(
                &format!("DELETE FROM {table} WHERE snapshot = ?1"),
                [snapshot],
            )?;
        }
        let mut insert = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO _made_by (snapshot, is_grant, fact, certainty, event, told)
             VALUES (?1, ?2, ?3, (SELECT key FROM _audit_word WHERE word = ?4),
                     (SELECT key FROM _audit_event WHERE audit_id = ?5), ?6)",
        )?;
        for (changed, by) in &explained.changes {
            if let Some((is_grant, fact)) = self.fact(snapshot, *changed)? {
                let audit_id = by.event.as_ref().map(|event| stored(&event.audit_id));
                let certainty = by.certainty.as_str();
                let told = Told::of(by);
                insert.execute(params![snapshot, is_grant, fact, certainty, audit_id, told])?;
            }
        }
        let mut insert = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO _unseen (event, snapshot) SELECT key, ?2 FROM _audit_event WHERE audit_id = ?1",
        )?;
        for event in explained.unseen {
            insert.execute(params![stored(&event.audit_id), snapshot])?;
        }
        Ok(())
    }

    fn fact(&self, snapshot: i64, changed: Changed<'_>) -> rusqlite::Result<Option<(bool, i64)>> {
        key_of(&self.connection, snapshot, changed)
    }
}

impl Reader {
    /// Who made a change that a snapshot shows. `None` when nothing is known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn made_by(&self, snapshot: i64, changed: Changed<'_>) -> Result<Option<By>, StoreError> {
        let read = || -> rusqlite::Result<Option<By>> {
            let Some((is_grant, fact)) = key_of(&self.connection, snapshot, changed)? else {
                return Ok(None);
            };
            self.connection
                .prepare_cached(&format!(
                    "SELECT {EVENT_COLUMNS}, c.word AS certainty, m.told
                     FROM _made_by m JOIN _audit_word c ON c.key = m.certainty LEFT JOIN _audit_event e ON e.key = m.event {EVENT_TABLES}
                     WHERE m.snapshot = ?1 AND m.is_grant = ?2 AND m.fact = ?3"
                ))?
                .query_row(params![snapshot, is_grant, fact], made_by)
                .optional()
        };
        read().map_err(|error| self.failed(&error))
    }
}

fn made_by(row: &Row<'_>) -> rusqlite::Result<By> {
    let certainty = Certainty::parse(row.get_ref("certainty")?.as_str()?);
    let told = row.get_ref("told")?.as_str_or_null()?;
    let told: Told = told
        .and_then(|told| serde_json::from_str(told).ok())
        .unwrap_or_default();
    let event = match row.get_ref("audit_id")?.as_str_or_null()? {
        Some(_) => Some(event(row)?),
        None => None,
    };
    let actors: Vec<Acting> = match (told.actors.is_empty(), &event) {
        (true, Some(event)) => vec![Acting::from(event)],
        _ => told.actors.into_iter().map(Acting::from).collect(),
    };
    Ok(By {
        certainty: certainty.unwrap_or(Certainty::Unknown),
        records: event.iter().map(|event| event.audit_id.clone()).collect(),
        event,
        actors,
        through: told.through,
        behind: match told.behind.as_deref() {
            Some("invitation") => Some(Behind::Invitation(told.invited_by.map(Actor::from))),
            Some("identity_provider") => Some(Behind::IdentityProvider),
            _ => None,
        },
    })
}

fn key_of(
    connection: &Connection,
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
                   AND (g.valid_from = ?1 OR g.valid_until = ?1 OR g.since = ?1)
                 ORDER BY (g.valid_from = ?1 OR g.valid_until = ?1) DESC, g.key LIMIT 1",
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
