//! The keys of scopes, listings and resources: public ids are texts, facts refer to them by small integers.

use rusqlite::{Connection, params};
use std::collections::{HashMap, HashSet};

use crate::model::{Level, ListingKind, Observation, ResourceId, Scope};

/// The keys of scopes, listings and resources, new ones added as they come up.
pub(super) struct Dictionary<'a> {
    connection: &'a Connection,
    pub(super) scopes: HashMap<String, i64>,
    pub(super) listings: HashMap<(ListingKind, i64), i64>,
}

/// Key and listing of a resource.
type KnownResource = (i64, Option<i64>);

impl<'a> Dictionary<'a> {
    pub(super) fn load(connection: &'a Connection) -> rusqlite::Result<Self> {
        let scopes = connection
            .prepare("SELECT path, key FROM _scope WHERE key > 0")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut listings = HashMap::new();
        let mut statement = connection.prepare("SELECT kind, scope, key FROM _listing")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(kind) = ListingKind::parse(row.get_ref(0)?.as_str()?) {
                listings.insert((kind, row.get(1)?), row.get(2)?);
            }
        }
        Ok(Self {
            connection,
            scopes,
            listings,
        })
    }

    pub(super) fn scope(&mut self, path: &str) -> rusqlite::Result<i64> {
        if let Some(key) = self.scopes.get(path) {
            return Ok(*key);
        }
        self.connection
            .prepare_cached("INSERT INTO _scope (path) VALUES (?1)")?
            .execute([path])?;
        let key = self.connection.last_insert_rowid();
        self.scopes.insert(path.to_owned(), key);
        Ok(key)
    }

    pub(super) fn listing(&mut self, kind: ListingKind, scope: &str) -> rusqlite::Result<i64> {
        let scope = self.scope(scope)?;
        self.listing_at(kind, scope)
    }

    pub(super) fn listing_at(&mut self, kind: ListingKind, scope: i64) -> rusqlite::Result<i64> {
        if let Some(key) = self.listings.get(&(kind, scope)) {
            return Ok(*key);
        }
        self.connection
            .prepare_cached("INSERT INTO _listing (kind, scope) VALUES (?1, ?2)")?
            .execute(params![kind.as_str(), scope])?;
        let key = self.connection.last_insert_rowid();
        self.listings.insert((kind, scope), key);
        Ok(key)
    }

    pub(super) fn known_listing(&self, kind: ListingKind, scope: &str) -> Option<i64> {
        self.listings
            .get(&(kind, *self.scopes.get(scope)?))
            .copied()
    }

    pub(super) fn resource_keys(
        &mut self,
        observation: &Observation,
    ) -> rusqlite::Result<Vec<i64>> {
        let lists = observation.listings.iter();
        let observed: HashSet<Level> = lists
            .filter(|list| matches!(list.kind, ListingKind::Roles | ListingKind::ResourceGroups))
            .filter_map(|list| list.scope.level())
            .collect();
        let levels: HashMap<usize, Level> = observation
            .supplied_levels
            .iter()
            .filter_map(|(id, levels)| Some((id.index(), level_of(levels, &observed)?)))
            .collect();
        let known = self.known_resources()?;
        let ids = observation.directory.ids();
        let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
        // New ones get their keys in the order of their ids: what is found by ids in order then lies in the file in order.
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_unstable_by_key(|at| &texts[*at]);
        let mut keys = vec![0; ids.len()];
        for at in order {
            keys[at] = self.resource(&ids[at], &texts[at], levels.get(&at).copied(), &known)?;
        }
        Ok(keys)
    }

    /// Key and listing of every resource that the file knows, by text id.
    fn known_resources(&self) -> rusqlite::Result<HashMap<String, KnownResource>> {
        self.connection
            .prepare("SELECT id, key, listing FROM _resource WHERE key > 0")?
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
            .collect()
    }

    fn resource(
        &mut self,
        id: &ResourceId,
        text: &str,
        level: Option<Level>,
        known: &HashMap<String, KnownResource>,
    ) -> rusqlite::Result<i64> {
        let known = known.get(text).copied();
        if let Some((key, listing)) = known
            && (listing.is_some() || level.is_none())
        {
            return Ok(key);
        }
        let listing = self.listing_of(id, level)?;
        if let Some((key, _)) = known {
            self.connection
                .prepare_cached("UPDATE _resource SET listing = ?1 WHERE key = ?2")?
                .execute(params![listing, key])?;
            return Ok(key);
        }
        let scope = self.scope(&id.scope.to_string())?;
        self.connection
            .prepare_cached(
                "INSERT INTO _resource (id, type, scope, identifier, listing) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![text, id.kind.as_str(), scope, id.identifier, listing])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The listing that shows a resource, as far as that can be known: what Harness supplies is shown at its levels.
    fn listing_of(
        &mut self,
        id: &ResourceId,
        level: Option<Level>,
    ) -> rusqlite::Result<Option<i64>> {
        let Some(kind) = ListingKind::of(&id.kind) else {
            return Ok(None);
        };
        let scope = match (&id.scope, level) {
            (Scope::Harness, None) => return Ok(None),
            (Scope::Harness, Some(level)) => harness_scope(level),
            (scope, _) => scope.to_string(),
        };
        self.listing(kind, &scope).map(Some)
    }
}

/// The level whose lists show something that Harness supplies at several: one that was observed.
fn level_of(levels: &[Level], observed: &HashSet<Level>) -> Option<Level> {
    let seen = levels.iter().filter(|level| observed.contains(level)).min();
    seen.or_else(|| levels.iter().min()).copied()
}

/// Stands in `listing` for what Harness supplies at a level.
pub(super) fn harness_scope(level: Level) -> String {
    format!("harness/{}", level.as_str())
}
