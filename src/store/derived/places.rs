//! In which scopes a role counts: the tables `_above` and `_covers`.

use rusqlite::{Connection, Row};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::replace::replace;
use crate::model::{IncludedScope, Level, ResourceId, ResourceType, Scope};
use crate::store::schema::{live, live_now};

/// Brings both tables up to date with a snapshot, `None` = the newest.
pub(in crate::store) fn refresh_places(
    connection: &Connection,
    at: Option<i64>,
) -> rusqlite::Result<()> {
    let places = Places::load(connection)?;
    let wanted = places.above(connection, at)?;
    replace(connection, "_above", ["scope", "above"], &wanted)?;
    let wanted = places.covers(connection, at)?;
    let columns = ["scope", "resource_group", "base", "children", "everything"];
    replace(connection, "_covers", columns, &wanted)
}

fn is_live(alias: &str, at: Option<i64>) -> String {
    at.map_or_else(|| live_now(alias), |at| live(alias, at))
}

/// The scopes and their keys.
struct Places {
    scopes: HashMap<i64, Scope>,
    keys: HashMap<Scope, i64>,
    /// Organizations and projects that there are.
    containers: BTreeSet<Scope>,
}

impl Places {
    fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut places = Self {
            scopes: HashMap::new(),
            keys: HashMap::new(),
            containers: containers(connection)?,
        };
        let mut statement = connection.prepare("SELECT key, path FROM _scope WHERE key > 0")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(scope) = Scope::parse(row.get_ref(1)?.as_str()?) {
                places.add(row.get(0)?, scope);
            }
        }
        for scope in places.missing() {
            let mut insert = connection.prepare_cached("INSERT INTO _scope (path) VALUES (?1)")?;
            insert.execute([scope.to_string()])?;
            places.add(connection.last_insert_rowid(), scope);
        }
        Ok(places)
    }

    fn add(&mut self, key: i64, scope: Scope) {
        self.keys.insert(scope.clone(), key);
        self.scopes.insert(key, scope);
    }

    /// Scopes without a key: the account, what lies around a scope that has one, and what no fact is about yet.
    fn missing(&self) -> BTreeSet<Scope> {
        let known = self.scopes.values().chain(&self.containers);
        known
            .flat_map(around)
            .chain([Scope::Account])
            .filter(|scope| !self.keys.contains_key(scope))
            .collect()
    }

    /// Each scope there is, with itself and those that it lies in.
    fn above(
        &self,
        connection: &Connection,
        at: Option<i64>,
    ) -> rusqlite::Result<BTreeSet<[i64; 2]>> {
        let listed: BTreeSet<i64> = connection
            .prepare(&format!(
                "SELECT DISTINCT l.scope FROM _coverage c JOIN _listing l ON l.key = c.listing WHERE {}",
                is_live("c", at)
            ))?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut above = BTreeSet::new();
        for (scope, key) in &self.keys {
            let is_there =
                *scope == Scope::Account || listed.contains(key) || self.containers.contains(scope);
            if is_there && *scope != Scope::Harness {
                above.extend(around(scope).map(|upper| [*key, self.keys[&upper]]));
            }
        }
        Ok(above)
    }

    /// Where each resource group covers something when a role is held over it at a scope, as far as such grants exist.
    fn covers(
        &self,
        connection: &Connection,
        at: Option<i64>,
    ) -> rusqlite::Result<BTreeSet<[i64; 5]>> {
        let groups = resource_groups(connection)?;
        // Pairs by the index alone: nearly always the first grant of a pair that is looked up holds.
        let mut pairs = connection.prepare(&format!(
            "SELECT d.resource_group, d.scope
             FROM (SELECT DISTINCT resource_group, scope FROM _grant WHERE resource_group > 0) d
             WHERE EXISTS (SELECT 1 FROM _grant g WHERE g.resource_group = d.resource_group AND g.scope = d.scope AND {})",
            is_live("g", at)
        ))?;
        let mut covers = BTreeSet::new();
        let mut rows = pairs.query([])?;
        while let Some(row) = rows.next()? {
            let (group, scope): (i64, i64) = (row.get(0)?, row.get(1)?);
            let Some(held_at) = self.scopes.get(&scope) else {
                continue;
            };
            let Some(known) = groups.get(&group) else {
                // Nobody knows what it covers; where it is held it may count.
                covers.insert([scope, group, scope, 0, 0]);
                continue;
            };
            for (base, children) in known.bases(held_at) {
                if let Some(base) = self.keys.get(&base) {
                    let everything = known.all_resources.into();
                    covers.insert([scope, group, *base, children.into(), everything]);
                }
            }
        }
        Ok(covers)
    }
}

/// A scope and those that it lies in.
fn around(scope: &Scope) -> impl Iterator<Item = Scope> {
    let levels = [Level::Account, Level::Organization, Level::Project];
    let is_harness = *scope == Scope::Harness;
    levels
        .into_iter()
        .filter(move |_| !is_harness)
        .filter_map(|level| scope.ancestor(level))
}

fn containers(connection: &Connection) -> rusqlite::Result<BTreeSet<Scope>> {
    let mut statement = connection.prepare(
        "SELECT r.type, p.path, r.identifier FROM _resource r JOIN _scope p ON p.key = r.scope
         WHERE r.type IN ('organization', 'project') AND r.version IS NOT NULL",
    )?;
    let mut rows = statement.query([])?;
    let mut containers = BTreeSet::new();
    while let Some(row) = rows.next()? {
        containers.extend(container(row)?);
    }
    Ok(containers)
}

fn container(row: &Row<'_>) -> rusqlite::Result<Option<Scope>> {
    let kinds = [ResourceType::Organization, ResourceType::Project];
    let name = row.get_ref(0)?.as_str()?;
    let kind = kinds.into_iter().find(|kind| kind.as_str() == name);
    let scope = Scope::parse(row.get_ref(1)?.as_str()?);
    let identifier = row.get(2)?;
    Ok(kind.zip(scope).and_then(|(kind, scope)| {
        let id = ResourceId {
            kind,
            scope,
            identifier,
        };
        id.as_scope()
    }))
}

/// What the attributes of a resource group say about where it covers something.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Covering {
    all_resources: bool,
    included_scopes: Vec<IncludedScope>,
}

impl Covering {
    /// The scopes that it covers, and whether everything below is meant; none lies in another that means that.
    fn bases(&self, held_at: &Scope) -> BTreeMap<Scope, bool> {
        let mut bases = BTreeMap::new();
        for included in &self.included_scopes {
            let scope = match &included.scope {
                None => Some(held_at.clone()),
                Some(path) => Scope::parse(path),
            };
            if let Some(scope) = scope {
                *bases.entry(scope).or_default() |= included.child_scopes;
            }
        }
        let wide: Vec<Scope> = bases
            .iter()
            .filter(|(_, children)| **children)
            .map(|(scope, _)| scope.clone())
            .collect();
        bases.retain(|scope, _| {
            !wide
                .iter()
                .any(|upper| upper != scope && upper.contains(scope))
        });
        bases
    }
}

fn resource_groups(connection: &Connection) -> rusqlite::Result<HashMap<i64, Covering>> {
    connection
        .prepare(
            "SELECT r.key, v.attributes FROM _resource r JOIN _resource_version v ON v.key = r.version
             WHERE r.type = 'resource_group'",
        )?
        .query_map([], |row| {
            let attributes = row.get_ref(1)?.as_str()?;
            Ok((row.get(0)?, serde_json::from_str(attributes).unwrap_or_default()))
        })?
        .collect()
}
