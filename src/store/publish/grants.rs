//! Grants: periods that go on, end and begin. A million of them are the bulk of a sync.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, params_from_iter};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroI64;

use super::brake::{Merged, Tally};
use super::merge::Merge;
use crate::model::{
    AssignmentIds, AssignmentRef, Grant, ListingKind, NumberMap, Ref, ResourceId, ResourceType,
    Scope, ScopeRef,
};
use crate::store::derived::{Held, Holding};
use crate::store::digest;

impl Merge<'_> {
    /// Grants of a role that no list showed went by the name that Harness's own would have. Where it now shows up as the
    /// scope's own, they are grants of that one, and were all along.
    pub(super) fn rename_newly_listed(&self) -> rusqlite::Result<()> {
        if self.is_first {
            return Ok(());
        }
        for (column, index) in [("target", "_grant_of"), ("resource_group", "_grant_over")] {
            let unlisted = self
                .connection
                .prepare(&format!(
                    "SELECT DISTINCT r.key, r.type, r.identifier, s.key, s.path
                     FROM _scope h CROSS JOIN _resource r INDEXED BY _resource_unlisted ON r.scope = h.key
                     CROSS JOIN _grant g INDEXED BY {index} ON g.{column} = r.key AND g.{column} <> 0
                     CROSS JOIN _scope s ON s.key = g.scope
                     WHERE h.path = 'harness' AND r.version IS NULL AND NOT EXISTS (SELECT 1 FROM _resource_version v WHERE v.resource = r.key)"
                ))?
                .query_map([], |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                    ))
                })?
                .collect::<Result<Vec<(i64, String, String, i64, String)>, _>>()?;
            let mut rename = self.connection.prepare(&format!(
                "UPDATE _grant SET {column} = ?1 WHERE {column} = ?2 AND scope = ?3"
            ))?;
            for (unlisted, kind, identifier, scope, path) in unlisted {
                if let Some(own) = self.listed_now(&kind, &path, identifier)
                    && rename.execute([own, unlisted, scope])? > 0
                {
                    digest::forget_all(self.connection)?; // the past says something else now
                }
            }
        }
        Ok(())
    }

    /// The key of a role or resource group that a list of its own scope shows.
    fn listed_now(&self, kind: &str, scope: &str, identifier: String) -> Option<i64> {
        let kinds = [ResourceType::Role, ResourceType::ResourceGroup];
        let id = ResourceId {
            kind: kinds.into_iter().find(|known| known.as_str() == kind)?,
            scope: Scope::parse(scope)?,
            identifier,
        };
        let id = self.observation.directory.find(&id)?;
        let mut listed = self.observation.resources.iter();
        listed
            .any(|resource| resource.id == id)
            .then(|| self.resources[id.index()])
    }

    /// Returns how many are gone, and what is held now.
    pub(super) fn merge_grants(&mut self) -> rusqlite::Result<(Merged, Held)> {
        let listings = self.listings_of_members()?;
        let grants = self.take_keyed_grants();
        let mut closed = Vec::new();
        let mut opened = Opened::default();
        let mut tally = Tally::default();
        let mut holding = Holding::default();
        let mut observed = Observed::of(&grants);
        // In the order of the table, which is nearly that of the keys.
        let mut live = self.connection.prepare(
            "SELECT key, target, principal, scope, resource_group, role_assignment, created_at,
               harness_managed, listing, since, first_seen
             FROM _grant NOT INDEXED WHERE valid_until IS NULL",
        )?;
        let mut kind_of = self
            .connection
            .prepare("SELECT type FROM _resource WHERE key = ?1")?;
        let mut rows = live.query([])?;
        while let Some(row) = rows.next()? {
            let version: i64 = row.get(0)?;
            let key: GrantKey = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
            let Some(at) = observed.find(&key) else {
                let kind: String = kind_of.query_row([key[1]], |row| row.get(0))?;
                let gone = self.is_gone(row.get(8)?, Some(&kind));
                tally.count_grant(&key, gone && !self.is_moved(row.get(8)?));
                if gone {
                    closed.push(version);
                } else {
                    holding.add(key[1], key[2], key[3]);
                }
                continue;
            };
            tally.count_grant(&key, false);
            if self.is_same(&grants[at], row)? {
                holding.add(key[1], key[2], key[3]);
                observed.stays[at] = true;
            } else {
                closed.push(version);
                opened.since.insert(at, (row.get(9)?, row.get(10)?));
            }
        }
        opened.rows = observed.others();
        drop(rows);
        drop((live, kind_of));
        self.keep_changed_pages()?;
        self.close("_grant", &closed)?;
        self.insert_grants(&grants, &opened, &listings, &mut holding)?;
        self.observation.assignment_ids = AssignmentIds::default(); // indexes are made next and want the memory
        Ok((
            tally.merged(closed.len(), opened.rows.len()),
            holding.counted(),
        ))
    }

    /// Whether a stored grant says of itself what was observed. Nothing of a role assignment changes while it has the same
    /// identifier, so what was not said now is what was known before.
    fn is_same(&self, now: &KeyedGrant, stored: &Row<'_>) -> rusqlite::Result<bool> {
        Ok(
            self.is_assigned_by(now, stored.get_ref(5)?.as_str_or_null()?)
                && now.created_at.is_none_or(|now| {
                    stored
                        .get(6)
                        .is_ok_and(|at: Option<i64>| at == Some(now.get()))
                })
                && now.harness_managed <= stored.get::<_, bool>(7)?,
        )
    }

    /// The grants under the keys of the file, in the order of those, each once. They take the place of the observed
    /// ones: a million of both would double what a sync needs.
    fn take_keyed_grants(&mut self) -> Vec<KeyedGrant> {
        let observed = std::mem::take(&mut self.observation.grants);
        let mut grants: Vec<KeyedGrant> = observed
            .into_iter()
            .map(|grant| KeyedGrant {
                key: self.key_of(&grant),
                created_at: grant.created_at,
                assignment: grant.assignment,
                harness_managed: grant.harness_managed,
            })
            .collect();
        // Harness holds each natural key once; should it ever show two, the same one must win every time.
        grants.sort_unstable_by(|a, b| {
            let tie = || self.assignment_of(a).cmp(&self.assignment_of(b));
            a.key.cmp(&b.key).then_with(tie)
        });
        grants.dedup_by_key(|grant| grant.key);
        grants
    }

    pub(super) fn key_of(&self, grant: &Grant) -> GrantKey {
        let resource = |id: Ref| narrow(self.resources[id.index()]);
        let scope = |scope: ScopeRef| narrow(self.scopes[scope.index()]);
        [
            resource(grant.target),
            resource(grant.principal),
            grant.scope.map_or(0, scope),
            grant.resource_group.map_or(0, resource),
        ]
    }

    fn assignment_of(&self, grant: &KeyedGrant) -> Option<Cow<'_, str>> {
        grant
            .assignment
            .map(|id| self.observation.assignment_ids.get(id))
    }

    fn is_assigned_by(&self, grant: &KeyedGrant, stored: Option<&str>) -> bool {
        match (grant.assignment, stored) {
            (Some(now), Some(stored)) => self.observation.assignment_ids.is(now, stored),
            (now, stored) => now.is_none() && stored.is_none(),
        }
    }

    fn insert_grants(
        &mut self,
        grants: &[KeyedGrant],
        opened: &Opened,
        listings: &NumberMap<u32, i64>,
        holding: &mut Holding,
    ) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO _grant (target, principal, resource_group, scope, listing, role_assignment,
               created_at, harness_managed, since, first_seen, valid_from)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let mut earlier = self.connection.prepare(
            "SELECT min(first_seen) FROM _grant
             WHERE target = ?1 AND principal = ?2 AND scope = ?3 AND resource_group = ?4",
        )?;
        let mut assignment = Vec::new();
        for &at in &opened.rows {
            let grant = &grants[at];
            let [target, principal, scope, resource_group] = grant.key;
            holding.add(principal, scope, resource_group);
            // A membership is shown by the list of its group, a role by the role assignments of its scope.
            let listing = match listings.get(&target) {
                Some(listing) => *listing,
                None => self
                    .dictionary
                    .listing_at(ListingKind::RoleAssignments, i64::from(scope))?,
            };
            let (since, first_seen) = match opened.since.get(&at) {
                Some(since) => *since,
                None if self.is_first => (self.snapshot, self.snapshot),
                None => {
                    let first: Option<i64> = earlier.query_row(grant.key, |row| row.get(0))?;
                    (self.snapshot, first.unwrap_or(self.snapshot))
                }
            };
            let identifier = grant.assignment.map(|id| {
                self.observation.assignment_ids.write(id, &mut assignment);
                assignment.as_slice()
            });
            let row = grant.row(listing, identifier, [since, first_seen]);
            if let Some(sums) = &mut self.first_grants {
                sums.add(&row)?;
            }
            let row = row.into_iter().chain([ValueRef::Integer(self.snapshot)]);
            insert.execute(params_from_iter(row.map(ToSqlOutput::Borrowed)))?;
        }
        Ok(())
    }

    /// The listing that shows the members of each thing that has some, by the thing's key.
    fn listings_of_members(&mut self) -> rusqlite::Result<NumberMap<u32, i64>> {
        let mut listings = NumberMap::default();
        for grant in self
            .observation
            .grants
            .iter()
            .filter(|grant| grant.scope.is_none())
        {
            if let Entry::Vacant(entry) =
                listings.entry(narrow(self.resources[grant.target.index()]))
            {
                let (kind, scope) = shown_by(self.observation.directory.id(grant.target));
                entry.insert(self.dictionary.listing(kind, &scope)?);
            }
        }
        Ok(listings)
    }
}

impl Tally {
    /// Memberships and role grants come from different lists: many of one must not hide that all of the other are gone.
    fn count_grant(&mut self, key: &GrantKey, gone: bool) {
        let [_, _, scope, _] = key;
        self.count("grant", gone);
        self.count_part(
            if *scope == 0 {
                "membership"
            } else {
                "role grant"
            },
            gone,
        );
    }
}

/// The observed grants, in the order of their keys, while those that are stored are looked for among them.
struct Observed<'a> {
    grants: &'a [KeyedGrant],
    /// Which of them are stored as they are.
    stays: Vec<bool>,
    /// Where the next one is expected.
    next: usize,
}

impl<'a> Observed<'a> {
    fn of(grants: &'a [KeyedGrant]) -> Self {
        Self {
            grants,
            stays: vec![false; grants.len()],
            next: 0,
        }
    }

    /// The position of a stored grant; `None` = it was not observed.
    fn find(&mut self, key: &GrantKey) -> Option<usize> {
        let is_next = self
            .grants
            .get(self.next)
            .is_some_and(|next| next.key == *key);
        let at = if is_next {
            self.next
        } else {
            self.grants
                .binary_search_by(|grant| grant.key.cmp(key))
                .ok()?
        };
        self.next = at + 1;
        (!self.stays[at]).then_some(at)
    }

    /// Those that are not stored as they are.
    fn others(self) -> Vec<usize> {
        let all = self.stays.iter().enumerate();
        all.filter_map(|(at, stays)| (!stays).then_some(at))
            .collect()
    }
}

/// Grants to insert, by position in the observation. Nearly all are new, so only the others say since when they hold.
#[derive(Default)]
struct Opened {
    rows: Vec<usize>,
    /// Snapshots since when it is held without a break, and from when it was seen first.
    since: HashMap<usize, (i64, i64)>,
}

/// The list that shows who is a member of something: of a user group the list of groups, of an organization or project
/// the users of that scope.
fn shown_by(target: &ResourceId) -> (ListingKind, String) {
    match target.as_scope() {
        Some(container) => (ListingKind::Users, container.to_string()),
        None => (ListingKind::UserGroups, target.scope.to_string()),
    }
}

/// A grant under the keys of the file.
struct KeyedGrant {
    key: GrantKey,
    created_at: Option<NonZeroI64>,
    assignment: Option<AssignmentRef>,
    harness_managed: bool,
}

impl KeyedGrant {
    /// What is stored of it; `seen` = since when it is held without a break, and when it was seen first.
    fn row<'a>(
        &self,
        listing: i64,
        identifier: Option<&'a [u8]>,
        seen: [i64; 2],
    ) -> [ValueRef<'a>; 10] {
        let [target, principal, scope, resource_group] =
            self.key.map(|key| ValueRef::Integer(key.into()));
        let created_at = self.created_at.map(NonZeroI64::get);
        let [since, first_seen] = seen.map(ValueRef::Integer);
        [
            target,
            principal,
            resource_group,
            scope,
            ValueRef::Integer(listing),
            identifier.map_or(ValueRef::Null, ValueRef::Text),
            created_at.map_or(ValueRef::Null, ValueRef::Integer),
            ValueRef::Integer(self.harness_managed.into()),
            since,
            first_seen,
        ]
    }
}

/// Keys of target, principal, scope and resource group.
pub(super) type GrantKey = [u32; 4];

/// Dictionary keys count up from 1 and so stay far below 2^32.
fn narrow(key: i64) -> u32 {
    u32::try_from(key).expect("dictionary keys count up from 1")
}
