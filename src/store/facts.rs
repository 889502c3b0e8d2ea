//! Facts read from their tables by a condition, each with the listing that shows it and its interval.

use rusqlite::ToSql;

use super::Reader;
use super::names::{NameLookup, namesake, namesake_column};
use crate::model::{GrantFact, ResourceFact, ResourceType, Timestamp};

impl Reader {
    /// Versions of resources, by a condition on `x`.
    pub(super) fn resource_facts(
        &self,
        rows: &str,
        parameters: &[(&'static str, Box<dyn ToSql>)],
    ) -> rusqlite::Result<Vec<Listed<ResourceFact>>> {
        self.connection
            .prepare(&format!(
                "SELECT p.path, r.type, r.id, x.name, x.attributes, r.listing, x.since, x.valid_until,
                   {}
                 FROM _resource_version x JOIN _resource r ON r.key = x.resource
                 JOIN _scope p ON p.key = r.scope WHERE {rows}",
                namesake_column()
            ))?
            .query_map(&*bound(parameters), |row| {
                let fact = ResourceFact {
                    scope: row.get(0)?,
                    kind: ResourceType::parse(row.get_ref(1)?.as_str()?),
                    id: row.get(2)?,
                    name: row.get(3)?,
                    attributes: row.get(4)?,
                    namesake: namesake(row, 8)?,
                    newly_visible: false,
                    read_by_both: false,
                };
                Ok(Listed {
                    fact,
                    listing: row.get(5)?,
                    since: row.get(6)?,
                    until: row.get(7)?,
                })
            })?
            .collect()
    }

    /// Grants, by a condition on `x`.
    pub(super) fn grant_facts(
        &self,
        rows: &str,
        named_at: NamedAt,
        parameters: &[(&'static str, Box<dyn ToSql>)],
    ) -> rusqlite::Result<Vec<Listed<GrantFact>>> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT x.target, x.principal, x.scope, x.resource_group, x.role_assignment, x.created_at,
               x.harness_managed, x.listing, x.since, x.valid_until
             FROM _grant x WHERE {rows}"
        ))?;
        let mut rows = statement.query(&*bound(parameters))?;
        let mut names = NameLookup::of(self)?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            let until: Option<i64> = row.get(9)?;
            let at = match (named_at, until) {
                (NamedAt::Snapshot(at), _) => at,
                (NamedAt::LastSeen, Some(until)) => until - 1,
                (NamedAt::LastSeen, None) => i64::MAX,
            };
            let held: i64 = row.get(0)?;
            let target = names.resource(held, at)?;
            let principal = names.resource(row.get(1)?, at)?;
            let (report_scope, scope, resource_group) = match row.get(2)? {
                0 => (names.home(held, at)?, None, None),
                scope => {
                    let scope = names.scope(scope)?;
                    let group = names.resource(row.get(3)?, at)?;
                    (scope.clone(), Some(scope), Some(group))
                }
            };
            let fact = GrantFact {
                report_scope,
                scope,
                target,
                principal,
                resource_group,
                role_assignment: row.get(4)?,
                created_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
                harness_managed: row.get(6)?,
                newly_visible: false,
                read_by_both: false,
            };
            facts.push(Listed {
                fact,
                listing: row.get(7)?,
                since: row.get(8)?,
                until,
            });
        }
        Ok(facts)
    }
}

/// As of which snapshot things are named.
#[derive(Clone, Copy)]
pub(super) enum NamedAt {
    Snapshot(i64),
    /// The last one that showed the grant.
    LastSeen,
}

/// A fact with the listing that shows it, and the snapshots since and until which it holds.
pub(super) struct Listed<T> {
    pub(super) fact: T,
    /// Its key in the fact's own file.
    pub(super) listing: Option<i64>,
    pub(super) since: i64,
    pub(super) until: Option<i64>,
}

/// A kind of fact.
pub(super) trait Fact {
    /// Whether its `since` is where it began. Otherwise it is where it became like this, and an earlier version of it may
    /// be forgotten together with the snapshots that held it.
    const SINCE_THE_BEGINNING: bool;

    /// The principal type that a partial list may show completely; empty for a resource.
    fn principal_type(&self) -> &str;

    fn set_newly_visible(&mut self, newly_visible: bool);

    fn set_read_by_both(&mut self, read_by_both: bool);
}

impl Fact for ResourceFact {
    const SINCE_THE_BEGINNING: bool = false;

    fn principal_type(&self) -> &'static str {
        ""
    }

    fn set_newly_visible(&mut self, newly_visible: bool) {
        self.newly_visible = newly_visible;
    }

    fn set_read_by_both(&mut self, read_by_both: bool) {
        self.read_by_both = read_by_both;
    }
}

impl Fact for GrantFact {
    const SINCE_THE_BEGINNING: bool = true;

    fn principal_type(&self) -> &str {
        self.principal.kind.as_str()
    }

    fn set_newly_visible(&mut self, newly_visible: bool) {
        self.newly_visible = newly_visible;
    }

    fn set_read_by_both(&mut self, read_by_both: bool) {
        self.read_by_both = read_by_both;
    }
}

fn bound<'a>(
    parameters: &'a [(&'static str, Box<dyn ToSql>)],
) -> Vec<(&'static str, &'a dyn ToSql)> {
    parameters
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect()
}
