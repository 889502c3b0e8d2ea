//! Storing what a sync read of the audit trail.

use rusqlite::{OptionalExtension, params, params_from_iter};

use super::merge::Merge;
use crate::model::{ActedOn, Actor, ListingState, ReadWindow, TrailRead};
use crate::store::audit_id::stored;

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
            "INSERT OR IGNORE INTO _audit_event (audit_id, at, action, actor, other, thing, scope, source)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for event in &read.events {
            let other = event.impersonation.as_ref();
            insert.execute(params![
                stored(&event.audit_id),
                event.at.as_millis(),
                self.word(&event.action)?,
                self.actor(&event.actor)?,
                other.map(|actor| self.actor(actor)).transpose()?,
                self.thing(&event.acted_on)?,
                self.word(&event.scope.to_string())?,
                event
                    .source
                    .as_deref()
                    .map(|source| self.word(source))
                    .transpose()?,
            ])?;
        }
        Ok(())
    }

    fn word(&self, word: &str) -> rusqlite::Result<i64> {
        self.key(
            "INSERT OR IGNORE INTO _audit_word (word) VALUES (?1)",
            "SELECT key FROM _audit_word WHERE word = ?1",
            &[word],
        )
    }

    fn actor(&self, actor: &Actor) -> rusqlite::Result<i64> {
        self.party(
            actor.kind.as_str(),
            &actor.identifier,
            actor.user_id.as_deref(),
            actor.name.as_deref(),
        )
    }

    fn thing(&self, thing: &ActedOn) -> rusqlite::Result<i64> {
        self.party(
            &thing.kind,
            &thing.identifier,
            thing.user_id.as_deref(),
            thing.name.as_deref(),
        )
    }

    fn party(
        &self,
        kind: &str,
        identifier: &str,
        user_id: Option<&str>,
        name: Option<&str>,
    ) -> rusqlite::Result<i64> {
        self.key(
            "INSERT OR IGNORE INTO _audit_party (type, identifier, user_id, name) VALUES (?1, ?2, ?3, ?4)",
            "SELECT key FROM _audit_party WHERE type = ?1 AND identifier = ?2 AND user_id = ?3 AND name = ?4",
            &[kind, identifier, user_id.unwrap_or_default(), name.unwrap_or_default()],
        )
    }

    /// The key of an entry of a dictionary, which is added when it is not there.
    fn key(&self, insert: &str, select: &str, parts: &[&str]) -> rusqlite::Result<i64> {
        let mut select = self.connection.prepare_cached(select)?;
        if let Some(key) = select
            .query_row(params_from_iter(parts), |row| row.get(0))
            .optional()?
        {
            return Ok(key);
        }
        self.connection
            .prepare_cached(insert)?
            .execute(params_from_iter(parts))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// What was asked for now replaces what is known of it: a stretch that was read whole is no hole any more, and one that
    /// was not counts how often it was tried.
    fn add_windows(&self, read: &TrailRead) -> rusqlite::Result<()> {
        let ends =
            |read: &ReadWindow| [read.window.from.as_millis(), read.window.until.as_millis()];
        let meets = "state <> 'complete' AND starts <= ?2 AND ends >= ?1";
        let mut tried = self.connection.prepare(&format!(
            "SELECT ifnull(max(attempts), 0) FROM _audit_window WHERE {meets}"
        ))?;
        let tried: Vec<i64> = read
            .windows
            .iter()
            .map(|read| tried.query_row(ends(read), |row| row.get(0)))
            .collect::<rusqlite::Result<_>>()?;
        let mut forget = self
            .connection
            .prepare(&format!("DELETE FROM _audit_window WHERE {meets}"))?;
        for read in &read.windows {
            forget.execute(ends(read))?;
        }
        for (read, tried) in read.windows.iter().zip(tried) {
            let [from, until] = ends(read);
            if read.state == ListingState::Complete {
                self.add_read_whole(from, until)?;
            } else {
                let (state, reason) = (read.state.as_str(), read.state.reason());
                let attempts = tried + i64::from(read.attempts);
                self.connection.execute(
                    "INSERT INTO _audit_window (starts, ends, state, reason, snapshot, attempts)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![from, until, state, reason, self.snapshot, attempts],
                )?;
            }
        }
        Ok(())
    }

    /// A stretch that goes on where an earlier one ends makes that one longer.
    fn add_read_whole(&self, from: i64, until: i64) -> rusqlite::Result<()> {
        let grown = self.connection.execute(
            "UPDATE _audit_window SET ends = max(ends, ?2), snapshot = ?3
             WHERE key = (SELECT key FROM _audit_window WHERE state = 'complete' AND starts <= ?1
                          AND ends >= ?1 - 1 ORDER BY ends DESC LIMIT 1)",
            [from, until, self.snapshot],
        )?;
        if grown == 0 {
            self.connection.execute(
                "INSERT INTO _audit_window (starts, ends, state, snapshot, attempts)
                 VALUES (?1, ?2, 'complete', ?3, 0)",
                [from, until, self.snapshot],
            )?;
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
