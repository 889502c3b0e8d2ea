//! Resources: versions that go on, end and begin, and beside each identity a copy of the version that holds.

use rusqlite::{Row, params};

use super::brake::{Merged, Tally};
use super::merge::Merge;
use crate::model::{Details, Resource};

/// What a snapshot changes: versions that end, resources that are gone, and observed resources with a new version.
#[derive(Default)]
struct Changes {
    closed: Vec<i64>,
    gone: Vec<i64>,
    opened: Vec<usize>,
}

impl Merge<'_> {
    /// Returns what is gone of each type.
    pub(super) fn merge_resources(&mut self) -> rusqlite::Result<Merged> {
        let mut order: Vec<(i64, usize)> = self
            .observation
            .resources
            .iter()
            .enumerate()
            .map(|(at, resource)| (self.resources[resource.id.index()], at))
            .collect();
        order.sort_unstable();
        order.dedup_by_key(|(key, _)| *key);

        let supplied = self.dictionary.scopes.get("harness").copied();
        let mut changes = Changes::default();
        let mut tally = Tally::default();
        let mut seen = order.iter().peekable();
        let connection = self.connection;
        let mut live = connection.prepare(
            "SELECT v.key, v.resource, v.name, v.attributes, r.listing, r.type, r.scope FROM _resource_version v
             JOIN _resource r ON r.key = v.resource WHERE v.valid_until IS NULL ORDER BY v.resource",
        )?;
        let mut rows = live.query([])?;
        while let Some(row) = rows.next()? {
            let (version, resource): (i64, i64) = (row.get(0)?, row.get(1)?);
            while let Some((_, at)) = seen.next_if(|(key, _)| *key < resource) {
                changes.opened.push(*at);
            }
            let observed = seen.next_if(|(key, _)| *key == resource);
            let gone = observed.is_none()
                && self.is_gone(row.get(4)?, None)
                && !(Some(row.get(6)?) == supplied && self.is_named_by_a_grant(resource));
            let moved = self.moved.projects.contains(&resource) || self.is_moved(row.get(4)?);
            tally.count(row.get_ref(5)?.as_str()?, gone && !moved);
            if gone {
                changes.closed.push(version);
                changes.gone.push(resource);
            }
            if let Some((_, at)) = observed {
                let now = &mut self.observation.resources[*at];
                now.keep_unread(row.get_ref(2)?.as_str_or_null()?, row.get_ref(3)?.as_str()?);
                if !is_same(now, row)? {
                    changes.closed.push(version);
                    changes.opened.push(*at);
                }
            }
        }
        changes.opened.extend(seen.map(|(_, at)| *at));
        self.write_versions(&changes)?;
        Ok(tally.merged(changes.closed.len(), changes.opened.len()))
    }

    fn write_versions(&self, changes: &Changes) -> rusqlite::Result<()> {
        self.close("_resource_version", &changes.closed)?;
        let mut hide = self.connection.prepare(
            "UPDATE _resource SET version = NULL, name = NULL, email = NULL, disabled = NULL, locked = NULL,
               sso_linked = NULL WHERE key = ?1",
        )?;
        for resource in &changes.gone {
            hide.execute([resource])?;
        }
        let mut insert = self.connection.prepare(
            "INSERT INTO _resource_version (resource, name, attributes, since, valid_from)
             VALUES (?1, ?2, ?3, ?4, ?4)",
        )?;
        let mut show = self.connection.prepare(
            "UPDATE _resource SET version = ?2, name = ?3, email = ?4, disabled = ?5, locked = ?6, sso_linked = ?7,
               known_name = ?3, known_email = ?4, first_seen = ifnull(first_seen, ?8) WHERE key = ?1",
        )?;
        for at in &changes.opened {
            let resource = &self.observation.resources[*at];
            let (key, details) = (self.resources[resource.id.index()], &resource.details);
            insert.execute(params![
                key,
                resource.name,
                details.to_json(),
                self.snapshot
            ])?;
            let shown = Shown::of(details);
            show.execute(params![
                key,
                self.connection.last_insert_rowid(),
                resource.name,
                shown.email,
                shown.disabled,
                shown.locked,
                shown.sso_linked,
                self.snapshot
            ])?;
        }
        Ok(())
    }

    /// Harness hides some of the roles and resource groups that it supplies; those still held work all the same.
    fn is_named_by_a_grant(&self, resource: i64) -> bool {
        self.observation.grants.iter().any(|grant| {
            let names = [Some(grant.target), grant.resource_group];
            let mut keys = names
                .into_iter()
                .flatten()
                .map(|id| self.resources[id.index()]);
            keys.any(|key| key == resource)
        })
    }
}

fn is_same(now: &Resource, held: &Row<'_>) -> rusqlite::Result<bool> {
    Ok(now.name.as_deref() == held.get_ref(2)?.as_str_or_null()?
        && now.details.to_json() == held.get_ref(3)?.as_str()?)
}

/// What stands beside the identity, besides the name.
#[derive(Default)]
struct Shown<'a> {
    email: Option<&'a str>,
    disabled: Option<bool>,
    locked: Option<bool>,
    sso_linked: Option<bool>,
}

impl<'a> Shown<'a> {
    fn of(details: &'a Details) -> Self {
        match details {
            Details::User {
                email,
                disabled,
                locked,
                ..
            } => Self {
                email: email.as_deref(),
                disabled: *disabled,
                locked: *locked,
                sso_linked: None,
            },
            Details::ServiceAccount { email, .. } => Self {
                email: email.as_deref(),
                ..Self::default()
            },
            Details::UserGroup { sso_linked, .. } => Self {
                sso_linked: *sso_linked,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}
