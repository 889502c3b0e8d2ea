//! Names by key, each read once: thousands of changes are about hundreds of things.

use rusqlite::{OptionalExtension, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::Reader;
use super::sight::ListingName;
use crate::model::Named;

pub(super) struct Names<'a> {
    reader: &'a Reader,
    /// By key and snapshot.
    resources: HashMap<(i64, i64), (Arc<Named>, Arc<str>)>,
    scopes: HashMap<i64, Arc<str>>,
    listings: HashMap<i64, Arc<ListingName>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(reader: &'a Reader) -> Self {
        Self {
            reader,
            resources: HashMap::new(),
            scopes: HashMap::new(),
            listings: HashMap::new(),
        }
    }

    /// A resource as a snapshot names it, and the scope it lives in.
    pub(super) fn resource(
        &mut self,
        key: i64,
        snapshot: i64,
    ) -> rusqlite::Result<(Arc<Named>, Arc<str>)> {
        if let Some(found) = self.resources.get(&(key, snapshot)) {
            return Ok(found.clone());
        }
        let (id, kind, scope) = self
            .reader
            .connection
            .prepare_cached("SELECT id, type, scope FROM resource WHERE key = ?1")?
            .query_row([key], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
            })?;
        let version: Option<(Option<String>, Option<String>)> = self
            .reader
            .connection
            .prepare_cached(
                "SELECT name, json_extract(attributes, '$.email') FROM resource_version
                 WHERE resource = ?1 AND valid_from <= ?2 AND (valid_until IS NULL OR valid_until > ?2)",
            )?
            .query_row(params![key, snapshot], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let resolved = version.is_some();
        let (name, email) = version.unwrap_or_default();
        let email = email.filter(|_| matches!(kind.as_str(), "user" | "service_account"));
        let named = Arc::new(Named {
            id,
            kind,
            name,
            email,
            resolved,
        });
        let found = (named, self.scope(scope)?);
        self.resources.insert((key, snapshot), found.clone());
        Ok(found)
    }

    pub(super) fn scope(&mut self, key: i64) -> rusqlite::Result<Arc<str>> {
        match self.scopes.entry(key) {
            Entry::Occupied(found) => Ok(found.get().clone()),
            Entry::Vacant(place) => {
                let path: String = self
                    .reader
                    .connection
                    .prepare_cached("SELECT path FROM scope WHERE key = ?1")?
                    .query_row([key], |row| row.get(0))?;
                Ok(place.insert(path.into()).clone())
            }
        }
    }

    pub(super) fn listing(&mut self, key: i64) -> rusqlite::Result<Arc<ListingName>> {
        match self.listings.entry(key) {
            Entry::Occupied(found) => Ok(found.get().clone()),
            Entry::Vacant(place) => {
                let name = self
                    .reader
                    .connection
                    .prepare_cached(
                        "SELECT l.kind, p.path FROM listing l JOIN scope p ON p.key = l.scope WHERE l.key = ?1",
                    )?
                    .query_row([key], |row| {
                        Ok(ListingName {
                            kind: row.get(0)?,
                            scope: row.get(1)?,
                        })
                    })?;
                Ok(place.insert(Arc::new(name)).clone())
            }
        }
    }
}
