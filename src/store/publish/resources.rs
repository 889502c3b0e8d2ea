//! Resources: versions that go on, end and begin.

use rusqlite::params;

use super::brake::{Removal, Tally};
use super::merge::Merge;

impl Merge<'_> {
    /// Returns what is gone of each type.
    pub(super) fn merge_resources(&self) -> rusqlite::Result<Vec<Removal>> {
        let resources = &self.observation.resources;
        let mut order: Vec<(i64, usize)> = resources
            .iter()
            .enumerate()
            .map(|(at, resource)| (self.resources[resource.id.index()], at))
            .collect();
        order.sort_unstable();
        order.dedup_by_key(|(key, _)| *key);

        let supplied = self.dictionary.scopes.get("harness").copied();
        let mut closed = Vec::new();
        let mut opened = Vec::new();
        let mut tally = Tally::default();
        let mut seen = order.iter().peekable();
        let mut live = self.connection.prepare(
            "SELECT v.key, v.resource, v.name, v.attributes, r.listing, r.type, r.scope FROM resource_version v
             JOIN resource r ON r.key = v.resource WHERE v.valid_until IS NULL ORDER BY v.resource",
        )?;
        let mut rows = live.query([])?;
        while let Some(row) = rows.next()? {
            let (version, resource): (i64, i64) = (row.get(0)?, row.get(1)?);
            while let Some(&&(key, at)) = seen.peek()
                && key < resource
            {
                opened.push(at);
                seen.next();
            }
            match seen.next_if(|(key, _)| *key == resource) {
                None => {
                    let gone = self.is_gone(row.get(4)?, None)
                        && !(Some(row.get(6)?) == supplied && self.is_named_by_a_grant(resource));
                    tally.count(row.get_ref(5)?.as_str()?, gone);
                    if gone {
                        closed.push(version);
                    }
                }
                Some(&(_, at)) => {
                    tally.count(row.get_ref(5)?.as_str()?, false);
                    let now = &resources[at];
                    let same = now.name.as_deref() == row.get_ref(2)?.as_str_or_null()?
                        && now.details.to_json() == row.get_ref(3)?.as_str()?;
                    if !same {
                        closed.push(version);
                        opened.push(at);
                    }
                }
            }
        }
        opened.extend(seen.map(|&(_, at)| at));
        self.close("resource_version", &closed)?;
        let mut insert = self.connection.prepare(
            "INSERT INTO resource_version (resource, name, attributes, since, valid_from)
             VALUES (?1, ?2, ?3, ?4, ?4)",
        )?;
        for at in opened {
            let resource = &resources[at];
            insert.execute(params![
                self.resources[resource.id.index()],
                resource.name,
                resource.details.to_json(),
                self.snapshot
            ])?;
        }
        Ok(tally.removals())
    }

    /// Harness hides some of the roles and resource groups that it supplies; what is still held works all the same.
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
