//! Storing what a sync read of the audit trail.

use rusqlite::params;

use super::merge::Merge;
use crate::model::{Actor, TrailRead};

impl Merge<'_> {
    /// Adds events that are not stored yet, the stretches of time that were read, and what is known of sign-ins.
    pub(super) fn merge_trail(&mut self) -> rusqlite::Result<()> {
        let Some(read) = self.observation.trail.take() else {
            return Ok(());
        };
        self.add_events(&read)?;
        self.add_windows(&read)?;
        self.add_sign_ins(&read)
    }

    fn add_events(&self, read: &TrailRead) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO _audit_event (audit_id, at, action, actor_type, actor, actor_user, actor_name,
               other_type, other, other_user, resource_type, resource, resource_user, resource_name, scope, source)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?;
        for event in &read.events {
            let other = event.impersonation.as_ref();
            insert.execute(params![
                event.audit_id,
                event.at.as_millis(),
                event.action,
                event.actor.kind.as_str(),
                event.actor.identifier,
                event.actor.user_id,
                event.actor.name,
                other.map(|actor| actor.kind.as_str()),
                other.map(|actor| &actor.identifier),
                other.and_then(|actor: &Actor| actor.user_id.as_ref()),
                event.acted_on.kind,
                event.acted_on.identifier,
                event.acted_on.user_id,
                event.acted_on.name,
                event.scope.to_string(),
                event.source,
            ])?;
        }
        Ok(())
    }

    /// A stretch that goes on where an earlier one of the same state ends makes that one longer.
    fn add_windows(&self, read: &TrailRead) -> rusqlite::Result<()> {
        for window in &read.windows {
            let (from, until) = (
                window.window.from.as_millis(),
                window.window.until.as_millis(),
            );
            let state = window.state.as_str();
            let grown = self.connection.execute(
                "UPDATE _audit_window SET ends = max(ends, ?2), snapshot = ?4
                 WHERE key = (SELECT key FROM _audit_window WHERE state = ?3 AND reason IS ?5 AND starts <= ?1
                              AND ends >= ?1 - 1 ORDER BY ends DESC LIMIT 1)",
                params![from, until, state, self.snapshot, window.state.reason()],
            )?;
            if grown == 0 {
                self.connection.execute(
                    "INSERT INTO _audit_window (starts, ends, state, reason, snapshot) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![from, until, state, window.state.reason(), self.snapshot],
                )?;
            }
        }
        Ok(())
    }

    fn add_sign_ins(&self, read: &TrailRead) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO _login (resource, last_login, observed_from, observed_until)
             SELECT key, ?2, ?3, ?4 FROM _resource WHERE id = ?1
             ON CONFLICT (resource) DO UPDATE SET
               last_login = coalesce(max(excluded.last_login, last_login), excluded.last_login, last_login),
               observed_from = CASE WHEN excluded.observed_from > observed_until THEN excluded.observed_from
                                    ELSE min(observed_from, excluded.observed_from) END,
               observed_until = max(observed_until, excluded.observed_until)",
        )?;
        for sign_in in &read.sign_ins {
            insert.execute(params![
                format!("user/{}", sign_in.user),
                sign_in.last.map(crate::model::Timestamp::as_millis),
                sign_in.read_from.as_millis(),
                sign_in.read_until.as_millis(),
            ])?;
        }
        Ok(())
    }
}
