//! Names by key, each read once: thousands of changes are about hundreds of things.

use rusqlite::{Row, Statement, params};
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::Reader;
use super::schema::live;
use crate::model::{Named, Namesake, NumberMap, ResourceType};

/// A listing as files other than its own know it: kind and scope path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListingName {
    pub(super) kind: String,
    pub(super) scope: String,
}

/// Whether another of the type looks the same as `r`: a user by name and address, now or earlier, since whoever is invited again
/// is another user; anything else by name and scope.
const HAS_NAMESAKE: &str = "
  CASE WHEN r.type = 'user' AND r.known_email IS NOT NULL THEN EXISTS (SELECT 1 FROM _resource o
    WHERE o.known_email = r.known_email AND o.key <> r.key AND o.type = 'user' AND o.known_name IS r.known_name)
  ELSE EXISTS (SELECT 1 FROM _resource o
    WHERE o.name = r.known_name AND o.key <> r.key AND o.type = r.type AND o.scope = r.scope) END";

/// Since which snapshot no list shows `r`; NULL = one does, or none ever did. Told of the whole file, also where an earlier
/// snapshot is shown: `r.version` would be that snapshot's.
pub(super) const GONE_SINCE: &str = "
  (SELECT CASE WHEN count(e.valid_until) = count(*) THEN max(e.valid_until) END
   FROM _resource_version e WHERE e.resource = r.key)";

/// The column of [`namesake`]: since which snapshot `r` is gone, 0 = it is not; NULL = nothing else looks the same.
pub(super) fn namesake_column() -> String {
    format!("CASE WHEN {HAS_NAMESAKE} THEN ifnull({GONE_SINCE}, 0) END")
}

/// Reads the column above.
pub(super) fn namesake(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Namesake>> {
    let gone_since: Option<i64> = row.get(at)?;
    Ok(gone_since.map(|snapshot| Namesake {
        gone_since: (snapshot > 0).then_some(snapshot),
    }))
}

pub(super) struct NameLookup<'a> {
    pub(super) reader: &'a Reader,
    named: Statement<'a>,
    /// By key and snapshot.
    resources: NumberMap<(i64, i64), (Arc<Named>, i64)>,
    scopes: NumberMap<i64, Arc<str>>,
}

impl<'a> NameLookup<'a> {
    pub(super) fn of(reader: &'a Reader) -> rusqlite::Result<Self> {
        let named = reader.connection.prepare(&format!(
            "SELECT r.id, r.type, r.scope, v.name,
               CASE WHEN v.key = r.version THEN r.email
                 WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
               v.key IS NOT NULL, {}
             FROM _resource r LEFT JOIN _resource_version v ON v.resource = r.key AND {}
             WHERE r.key = ?1",
            namesake_column(),
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
                        namesake: namesake(row, 6)?,
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
