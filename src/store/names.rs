//! Names by key, each read once: thousands of changes are about hundreds of things.

use rusqlite::{Statement, params};
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::Reader;
use super::schema::live;
use crate::model::{Named, NumberMap, ResourceType};

/// A listing as files other than its own know it: kind and scope path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListingName {
    pub(super) kind: String,
    pub(super) scope: String,
}

pub(super) struct Names<'a> {
    pub(super) reader: &'a Reader,
    named: Statement<'a>,
    /// By key and snapshot.
    resources: NumberMap<(i64, i64), (Arc<Named>, i64)>,
    scopes: NumberMap<i64, Arc<str>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(reader: &'a Reader) -> rusqlite::Result<Self> {
        let named = reader.connection.prepare(&format!(
            "SELECT r.id, r.type, r.scope, v.name,
               CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
               v.key IS NOT NULL
             FROM _resource r LEFT JOIN _resource_version v ON v.resource = r.key AND {}
             WHERE r.key = ?1",
            live("v", "?2")
        ))?;
        Ok(Self {
            reader,
            named,
            resources: NumberMap::default(),
            scopes: NumberMap::default(),
        })
    }

    /// A resource as a snapshot names it.
    pub(super) fn resource(&mut self, key: i64, snapshot: i64) -> rusqlite::Result<Arc<Named>> {
        Ok(self.look_up(key, snapshot)?.0.clone())
    }

    /// The scope that a resource lives in.
    pub(super) fn home(&mut self, key: i64, snapshot: i64) -> rusqlite::Result<Arc<str>> {
        let scope = self.look_up(key, snapshot)?.1;
        self.scope(scope)
    }

    fn look_up(&mut self, key: i64, snapshot: i64) -> rusqlite::Result<&(Arc<Named>, i64)> {
        match self.resources.entry((key, snapshot)) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                let found = self.named.query_row(params![key, snapshot], |row| {
                    let named = Named {
                        id: row.get(0)?,
                        kind: ResourceType::parse(row.get_ref(1)?.as_str()?),
                        name: row.get(3)?,
                        email: row.get(4)?,
                        resolved: row.get(5)?,
                    };
                    Ok((Arc::new(named), row.get(2)?))
                })?;
                Ok(place.insert(found))
            }
        }
    }

    pub(super) fn scope(&mut self, key: i64) -> rusqlite::Result<Arc<str>> {
        match self.scopes.entry(key) {
            Entry::Occupied(found) => Ok(found.get().clone()),
            Entry::Vacant(place) => {
                let path: String = self
                    .reader
                    .connection
                    .prepare_cached("SELECT path FROM _scope WHERE key = ?1")?
                    .query_row([key], |row| row.get(0))?;
                Ok(place.insert(path.into()).clone())
            }
        }
    }

    pub(super) fn listing(&self, key: i64) -> rusqlite::Result<ListingName> {
        self.reader
            .connection
            .prepare_cached(
                "SELECT l.kind, p.path FROM _listing l JOIN _scope p ON p.key = l.scope WHERE l.key = ?1",
            )?
            .query_row([key], |row| {
                Ok(ListingName {
                    kind: row.get(0)?,
                    scope: row.get(1)?,
                })
            })
    }
}
