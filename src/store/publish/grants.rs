//! Grants: periods that go on, end and begin. A million of them are the bulk of a sync.

use rusqlite::{Row, params};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroI64;

use super::brake::{Merged, Tally};
use super::merge::Merge;
use crate::model::{
    AssignmentIds, AssignmentRef, Grant, ListingKind, Ref, ResourceId, ResourceType, Scope,
    ScopeRef,
};
use crate::store::derived::Held;
use crate::store::digest;

impl Merge<'_> {
    /// Grants of a role that no list showed went by the name that Harness's own would have. Where it now shows up as the
    /// scope's own, they are grants of that one, and were all along.
    pub(super) fn rename_newly_listed(&self) -> rusqlite::Result<()> {
        for column in ["target", "resource_group"] {
            let unlisted = self
                .connection
                .prepare(&format!(
                    "SELECT DISTINCT r.key, r.type, r.identifier, s.key, s.path
                     FROM _scope h CROSS JOIN _resource r ON r.scope = h.key
                     CROSS JOIN _grant g ON g.{column} = r.key AND g.{column} <> 0
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
        let mut held = Held::default();
        let mut seen = grants.iter().zip(0u32..).peekable();
        let mut live = self.connection.prepare(
            "SELECT key, target, principal, scope, resource_group, role_assignment, created_at,
               harness_managed, listing, since, first_seen
             FROM _grant WHERE valid_until IS NULL
             ORDER BY target, principal, scope, resource_group",
        )?;
        let mut kind_of = self
            .connection
            .prepare("SELECT type FROM _resource WHERE key = ?1")?;
        let mut rows = live.query([])?;
        while let Some(row) = rows.next()? {
            let version: i64 = row.get(0)?;
            let key: GrantKey = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
            while let Some((_, at)) = seen.next_if(|(next, _)| next.key < key) {
                opened.push(at, None);
            }
            match seen.next_if(|(next, _)| next.key == key) {
                None => {
                    let kind: String = kind_of.query_row([key[1]], |row| row.get(0))?;
                    let gone = self.is_gone(row.get(8)?, Some(&kind));
                    tally.count_grant(&key, gone && !self.is_moved(row.get(8)?));
                    if gone {
                        closed.push(version);
                    } else {
                        held.count(key[1], key[2], key[3]);
                    }
                }
                Some((now, at)) => {
                    tally.count_grant(&key, false);
                    if self.is_same(now, row)? {
                        held.count(key[1], key[2], key[3]);
                    } else {
                        closed.push(version);
                        opened.push(at, Some((row.get(9)?, row.get(10)?)));
                    }
                }
            }
        }
        for (_, at) in seen {
            opened.push(at, None);
        }
        drop(rows);
        drop((live, kind_of));
        self.close("_grant", &closed)?;
        self.insert_grants(&grants, &opened, &listings, &mut held)?;
        self.observation.assignment_ids = AssignmentIds::default(); // indexes are made next and want the memory
        Ok((tally.merged(closed.len(), opened.rows.len()), held))
    }

    /// Whether a stored grant says of itself what was observed. Nothing of a role assignment changes while it has the same
    /// identifier, so what was not said now is what was known before.
    fn is_same(&self, now: &KeyedGrant, stored: &Row<'_>) -> rusqlite::Result<bool> {
        Ok(
            self.assignment_of(now).as_deref() == stored.get_ref(5)?.as_str_or_null()?
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

    fn insert_grants(
        &mut self,
        grants: &[KeyedGrant],
        opened: &Opened,
        listings: &HashMap<u32, i64>,
        held: &mut Held,
    ) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO _grant (target, principal, scope, resource_group, listing, role_assignment,
               created_at, harness_managed, since, first_seen, valid_from)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let mut earlier = self.connection.prepare(
            "SELECT min(first_seen) FROM _grant
             WHERE target = ?1 AND principal = ?2 AND scope = ?3 AND resource_group = ?4",
        )?;
        for &at in &opened.rows {
            let grant = &grants[at as usize];
            let [target, principal, scope, resource_group] = grant.key;
            held.count(principal, scope, resource_group);
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
            insert.execute(params![
                target,
                principal,
                scope,
                resource_group,
                listing,
                self.assignment_of(grant),
                grant.created_at.map(NonZeroI64::get),
                grant.harness_managed,
                since,
                first_seen,
                self.snapshot
            ])?;
        }
        Ok(())
    }

    /// The listing that shows the members of each thing that has some, by the thing's key.
    fn listings_of_members(&mut self) -> rusqlite::Result<HashMap<u32, i64>> {
        let mut listings = HashMap::new();
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

/// Grants to insert, by position in the observation. Nearly all are new, so only the others say since when they hold.
#[derive(Default)]
struct Opened {
    rows: Vec<u32>,
    /// Snapshots since when it is held without a break, and from when it was seen first.
    since: HashMap<u32, (i64, i64)>,
}

impl Opened {
    fn push(&mut self, at: u32, since: Option<(i64, i64)>) {
        self.rows.push(at);
        self.since.extend(since.map(|since| (at, since)));
    }
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

/// Keys of target, principal, scope and resource group.
pub(super) type GrantKey = [u32; 4];

/// Dictionary keys count up from 1 and so stay far below 2^32.
fn narrow(key: i64) -> u32 {
    u32::try_from(key).expect("dictionary keys count up from 1")
}
