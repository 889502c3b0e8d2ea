//! Merging an observation into the history, in one transaction.

use rusqlite::{Connection, OptionalExtension, params};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroI64;

use super::brake::{self, Removal, Tally};
use super::dictionary::{Dictionary, harness_scope};
use super::{Identity, StoreError, Writer, schema};
use crate::model::{
    AssignmentIds, AssignmentRef, Grant, Label, Level, Listing, ListingKind, ListingState,
    Observation, Ref, ResourceId, ResourceType, Scope, ScopeRef,
};

/// The snapshot that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its number.
    pub snapshot: i64,
    /// `complete` or `partial`.
    pub state: &'static str,
    /// Resources it holds.
    pub resources: i64,
    /// Grants it holds.
    pub grants: i64,
}

impl Writer {
    /// Stores an observation as the next snapshot. Facts end where a complete listing no longer shows them; facts of
    /// listings that were not complete stay.
    ///
    /// # Errors
    /// When the file cannot be written; it then holds what it held before.
    pub fn publish(
        self,
        identity: &Identity,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
    ) -> Result<Published, StoreError> {
        self.merge(identity, observation, tool_version, label)
            .map_err(|error| match error {
                Stopped::Sqlite(error) => self.failed(&error),
                Stopped::TooMuchGone(removals) => StoreError::TooMuchGone {
                    path: self.path.clone(),
                    removals,
                },
            })
    }

    fn merge(
        &self,
        identity: &Identity,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
    ) -> Result<Published, Stopped> {
        if self.fresh {
            self.close_to_others();
            schema::create(&self.connection)?;
            self.connection.execute(
                "INSERT INTO account VALUES (1, ?1, ?2)",
                [&identity.account_id, &identity.base_url],
            )?;
        } else {
            // Dirty pages written early would lock readers out before the commit.
            self.connection.pragma_update(None, "cache_spill", false)?;
        }
        let published = Merge::begin(&self.connection, observation, tool_version, label)?
            .run(self.max_removed_percent)?;
        if self.fresh {
            schema::index(&self.connection)?;
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(published)
    }
}

/// Why nothing was stored.
enum Stopped {
    Sqlite(rusqlite::Error),
    TooMuchGone(Vec<Removal>),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// How much of a listing this snapshot saw.
enum Sight {
    Whole,
    /// Whole for role assignments of these principal types; nothing is certain of the rest.
    WholeFor(Vec<ResourceType>),
}

struct Merge<'a> {
    connection: &'a Connection,
    observation: Observation,
    state: &'static str,
    snapshot: i64,
    dictionary: Dictionary<'a>,
    /// `resource.key` by position in the observation's directory.
    resources: Vec<i64>,
    /// `scope.key` by position in the observation's directory.
    scopes: Vec<i64>,
    sight: HashMap<i64, Sight>,
}

impl<'a> Merge<'a> {
    fn begin(
        connection: &'a Connection,
        observation: Observation,
        tool_version: &str,
        label: Option<&Label>,
    ) -> rusqlite::Result<Self> {
        let snapshot = insert_snapshot(connection, &observation, tool_version, label)?;
        let mut dictionary = Dictionary::load(connection)?;
        let resources = dictionary.resource_keys(&observation)?;
        let scopes = observation
            .directory
            .scopes()
            .iter()
            .map(|scope| dictionary.scope(&scope.to_string()))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            connection,
            state: state_of(&observation),
            observation,
            snapshot,
            dictionary,
            resources,
            scopes,
            sight: HashMap::new(),
        })
    }

    fn run(mut self, max_removed_percent: u8) -> Result<Published, Stopped> {
        self.merge_coverage()?;
        self.see_vanished_scopes();
        let mut removals = self.merge_resources()?;
        self.observation.resources = Vec::new(); // a million grants want the memory
        removals.extend(self.merge_grants()?);
        let complete = brake::previous_is_complete(self.connection, self.snapshot)?;
        let too_many = brake::beyond(removals, max_removed_percent, complete);
        if !too_many.is_empty() {
            return Err(Stopped::TooMuchGone(too_many));
        }
        Ok(self.finish()?)
    }

    // ---- coverage -----------------------------------------------------------------------------------------------

    fn merge_coverage(&mut self) -> rusqlite::Result<()> {
        self.forget_effort_of_complete_listings()?;
        let listings = std::mem::take(&mut self.observation.listings);
        for listing in &listings {
            let scope = listing.scope.to_string();
            let key = self.dictionary.listing(listing.kind, &scope)?;
            self.record_coverage(key, listing)?;
            self.record_effort(key, listing)?;
        }
        for listing in supplied_by_harness(&listings) {
            let (level, listing) = listing;
            let scope = harness_scope(level);
            let key = self.dictionary.listing(listing.kind, &scope)?;
            self.record_coverage(key, &listing)?;
        }
        self.end_coverage_of_unlisted()
    }

    fn record_coverage(&mut self, key: i64, listing: &Listing) -> rusqlite::Result<()> {
        let whole_for = match &listing.state {
            ListingState::Partial { whole_for, .. } if !whole_for.is_empty() => {
                Some(joined(whole_for))
            }
            _ => None,
        };
        let same = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM coverage WHERE listing = ?1 AND valid_until IS NULL AND state = ?2
                   AND reason IS ?3 AND whole_for IS ?4 AND endpoint = ?5 AND reported_total IS ?6
                   AND rows = ?7 AND pages = ?8",
            )?
            .exists(params![
                key,
                listing.state.as_str(),
                listing.state.reason(),
                whole_for,
                listing.endpoint,
                listing.reported_total,
                listing.rows,
                listing.pages
            ])?;
        if !same {
            self.connection
                .prepare_cached(
                    "UPDATE coverage SET valid_until = ?1 WHERE listing = ?2 AND valid_until IS NULL",
                )?
                .execute([self.snapshot, key])?;
            self.connection
                .prepare_cached(
                    "INSERT INTO coverage (listing, state, reason, whole_for, endpoint, reported_total,
                       rows, pages, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    key,
                    listing.state.as_str(),
                    listing.state.reason(),
                    whole_for,
                    listing.endpoint,
                    listing.reported_total,
                    listing.rows,
                    listing.pages,
                    self.snapshot
                ])?;
        }
        self.sight.insert(key, self.learn(key, listing)?);
        Ok(())
    }

    /// Notes what was seen whole for the first time, and returns how much was seen now.
    fn learn(&self, key: i64, listing: &Listing) -> rusqlite::Result<Sight> {
        if !self.is_known(key)?
            && let Some(since) = self.nowhere_since(&listing.scope)?
        {
            self.note_as_known(key, "", since)?;
        }
        match &listing.state {
            ListingState::Complete => {
                self.note_as_known(key, "", self.snapshot)?;
                Ok(Sight::Whole)
            }
            ListingState::Partial { whole_for, .. } => {
                for kind in whole_for {
                    self.note_as_known(key, kind.as_str(), self.snapshot)?;
                }
                Ok(Sight::WholeFor(whole_for.clone()))
            }
            ListingState::NotPermitted { .. } => Ok(Sight::WholeFor(Vec::new())),
        }
    }

    fn note_as_known(&self, key: i64, principal: &str, since: i64) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO known VALUES (?1, ?2, ?3)")?
            .execute(params![key, principal, since])?;
        Ok(())
    }

    fn is_known(&self, key: i64) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM known WHERE listing = ?1 AND principal_type = ''")?
            .exists([key])
    }

    /// Since when it was known, up to the snapshot before this one, that an organization or project did not exist.
    /// Asked before the resources of this one are merged.
    fn nowhere_since(&self, scope: &Scope) -> rusqlite::Result<Option<i64>> {
        let mut missing = self.connection.prepare_cached(
            "SELECT max(k.since, ifnull((SELECT max(v.valid_until) FROM resource r
               JOIN resource_version v ON v.resource = r.key WHERE r.id = ?3), 0))
             FROM known k JOIN listing l ON l.key = k.listing JOIN scope s ON s.key = l.scope
             WHERE l.kind = ?1 AND s.path = ?2 AND k.principal_type = '' AND k.since < ?4
               AND NOT EXISTS (SELECT 1 FROM resource r JOIN resource_version v ON v.resource = r.key
                 WHERE r.id = ?3 AND v.valid_until IS NULL)",
        )?;
        let mut earliest = None;
        for (kind, id) in containers(scope) {
            let parameters = params![
                kind.as_str(),
                id.scope.to_string(),
                id.to_string(),
                self.snapshot
            ];
            let since: Option<i64> = missing.query_row(parameters, |row| row.get(0)).optional()?;
            earliest = earliest.into_iter().chain(since).min();
        }
        Ok(earliest)
    }

    /// What complete listings of older snapshots cost interests nobody, and would outgrow the access it is about.
    fn forget_effort_of_complete_listings(&self) -> rusqlite::Result<()> {
        self.connection.execute(
            "DELETE FROM effort WHERE EXISTS (SELECT 1 FROM coverage c
               WHERE c.listing = effort.listing AND c.state = 'complete' AND c.valid_from <= effort.snapshot
                 AND (c.valid_until IS NULL OR c.valid_until > effort.snapshot))",
            [],
        )?;
        Ok(())
    }

    fn record_effort(&self, key: i64, listing: &Listing) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT INTO effort VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                self.snapshot,
                key,
                listing.requests,
                listing.retries,
                listing.started_at.to_string(),
                listing.finished_at.to_string()
            ])?;
        Ok(())
    }

    fn end_coverage_of_unlisted(&self) -> rusqlite::Result<()> {
        let mut live = self
            .connection
            .prepare("SELECT key, listing FROM coverage WHERE valid_until IS NULL")?;
        let unlisted: Vec<i64> = live
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?
            .filter(|row| !matches!(row, Ok((_, listing)) if self.sight.contains_key(listing)))
            .map(|row| row.map(|(key, _)| key))
            .collect::<Result<_, _>>()?;
        self.close("coverage", &unlisted)
    }

    /// An organization or project that a complete list no longer shows took everything in it along.
    fn see_vanished_scopes(&mut self) {
        let there: HashSet<&ResourceId> = self
            .observation
            .resources
            .iter()
            .map(|resource| self.observation.directory.id(resource.id))
            .filter(|id| matches!(id.kind, ResourceType::Organization | ResourceType::Project))
            .collect();
        let vanished: HashSet<i64> = self
            .dictionary
            .scopes
            .iter()
            .filter(|(path, _)| {
                Scope::parse(path).is_some_and(|scope| self.has_vanished(&scope, &there))
            })
            .map(|(_, key)| *key)
            .collect();
        for (&(_, scope), &listing) in &self.dictionary.listings {
            if vanished.contains(&scope) {
                self.sight.insert(listing, Sight::Whole);
            }
        }
    }

    fn has_vanished(&self, scope: &Scope, there: &HashSet<&ResourceId>) -> bool {
        containers(scope)
            .iter()
            .any(|(kind, id)| self.sees_whole(*kind, &id.scope.to_string()) && !there.contains(id))
    }

    fn sees_whole(&self, kind: ListingKind, scope: &str) -> bool {
        self.dictionary
            .known_listing(kind, scope)
            .and_then(|listing| self.sight.get(&listing))
            .is_some_and(|sight| matches!(sight, Sight::Whole))
    }

    /// Whether a fact that was not seen is known to be gone.
    fn is_gone(&self, listing: Option<i64>, principal_type: Option<&str>) -> bool {
        match listing.and_then(|listing| self.sight.get(&listing)) {
            Some(Sight::Whole) => true,
            Some(Sight::WholeFor(types)) => {
                principal_type.is_some_and(|kind| types.iter().any(|seen| seen.as_str() == kind))
            }
            None => false,
        }
    }

    // ---- resources ----------------------------------------------------------------------------------------------

    /// Returns what is gone of each type.
    fn merge_resources(&self) -> rusqlite::Result<Vec<Removal>> {
        let resources = &self.observation.resources;
        let mut order: Vec<(i64, usize)> = resources
            .iter()
            .enumerate()
            .map(|(at, resource)| (self.resources[resource.id.index()], at))
            .collect();
        order.sort_unstable();
        order.dedup_by_key(|(key, _)| *key);

        let mut closed = Vec::new();
        let mut opened = Vec::new();
        let mut tally = Tally::default();
        let mut seen = order.iter().peekable();
        let mut live = self.connection.prepare(
            "SELECT v.key, v.resource, v.name, v.attributes, r.listing, r.type FROM resource_version v
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
                    let gone = self.is_gone(row.get(4)?, None);
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

    // ---- grants -------------------------------------------------------------------------------------------------

    /// Returns how many are gone.
    fn merge_grants(&mut self) -> rusqlite::Result<Vec<Removal>> {
        let listings = self.listings_of_members()?;
        let grants = self.take_keyed_grants();
        let mut closed = Vec::new();
        let mut opened = Opened::default();
        let mut tally = Tally::default();
        let mut seen = grants.iter().zip(0u32..).peekable();
        let mut live = self.connection.prepare(
            "SELECT key, target, principal, scope, resource_group, role_assignment, created_at,
               harness_managed, listing, since
             FROM grant_version WHERE valid_until IS NULL
             ORDER BY target, principal, scope, resource_group",
        )?;
        let mut kind_of = self
            .connection
            .prepare("SELECT type FROM resource WHERE key = ?1")?;
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
                    tally.count("grant", gone);
                    if gone {
                        closed.push(version);
                    }
                }
                Some((now, at)) => {
                    tally.count("grant", false);
                    let same = self.assignment_of(now).as_deref()
                        == row.get_ref(5)?.as_str_or_null()?
                        && now.created_at.map(NonZeroI64::get) == row.get(6)?
                        && now.harness_managed == row.get::<_, bool>(7)?;
                    if !same {
                        closed.push(version);
                        opened.push(at, Some(row.get(9)?));
                    }
                }
            }
        }
        for (_, at) in seen {
            opened.push(at, None);
        }
        drop(rows);
        drop((live, kind_of));
        self.close("grant_version", &closed)?;
        self.insert_grants(&grants, &opened, &listings)?;
        self.observation.assignment_ids = AssignmentIds::default(); // indexes are made next and want the memory
        Ok(tally.removals())
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

    fn key_of(&self, grant: &Grant) -> GrantKey {
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
    ) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO grant_version (target, principal, scope, resource_group, listing, role_assignment,
               created_at, harness_managed, since, valid_from)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for &at in &opened.rows {
            let grant = &grants[at as usize];
            let [target, principal, scope, resource_group] = grant.key;
            // A membership is shown by the list of its group, a role by the role assignments of its scope.
            let listing = match listings.get(&target) {
                Some(listing) => *listing,
                None => self
                    .dictionary
                    .listing_at(ListingKind::RoleAssignments, i64::from(scope))?,
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
                opened.since.get(&at).copied().unwrap_or(self.snapshot),
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

    // ---- common -------------------------------------------------------------------------------------------------

    fn close(&self, table: &'static str, rows: &[i64]) -> rusqlite::Result<()> {
        let mut update = self.connection.prepare(&format!(
            "UPDATE {table} SET valid_until = ?1 WHERE key = ?2"
        ))?;
        for row in rows {
            update.execute([self.snapshot, *row])?;
        }
        Ok(())
    }

    fn finish(self) -> rusqlite::Result<Published> {
        let mut by_type = self.connection.prepare(
            "SELECT r.type, count(*) FROM resource_version v JOIN resource r ON r.key = v.resource
             WHERE v.valid_until IS NULL GROUP BY r.type",
        )?;
        let counts: HashMap<String, i64> = by_type
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let grants: i64 = self.connection.query_row(
            "SELECT count(*) FROM grant_version WHERE valid_until IS NULL",
            [],
            |row| row.get(0),
        )?;
        let count = |kind: &ResourceType| counts.get(kind.as_str()).copied().unwrap_or(0);
        self.connection.execute(
            "UPDATE snapshot SET users = ?2, service_accounts = ?3, user_groups = ?4, roles = ?5,
               resource_groups = ?6, grants = ?7 WHERE id = ?1",
            [
                self.snapshot,
                count(&ResourceType::User),
                count(&ResourceType::ServiceAccount),
                count(&ResourceType::UserGroup),
                count(&ResourceType::Role),
                count(&ResourceType::ResourceGroup),
                grants,
            ],
        )?;
        Ok(Published {
            snapshot: self.snapshot,
            state: self.state,
            resources: counts.values().sum(),
            grants,
        })
    }
}

/// Grants to insert, by position in the observation. Nearly all are new, so only the others say since when they hold.
#[derive(Default)]
struct Opened {
    rows: Vec<u32>,
    since: HashMap<u32, i64>,
}

impl Opened {
    fn push(&mut self, at: u32, since: Option<i64>) {
        self.rows.push(at);
        self.since.extend(since.map(|since| (at, since)));
    }
}

/// The list that shows who is a member of something: of a user group the list of groups, of an organization or project
/// the users of that scope.
fn shown_by(target: &ResourceId) -> (ListingKind, String) {
    let users_of = |scope: Scope| (ListingKind::Users, scope.to_string());
    match (&target.kind, &target.scope) {
        (ResourceType::Organization, _) => users_of(Scope::Organization {
            org: target.identifier.clone(),
        }),
        (ResourceType::Project, Scope::Organization { org }) => users_of(Scope::Project {
            org: org.clone(),
            project: target.identifier.clone(),
        }),
        (_, scope) => (ListingKind::UserGroups, scope.to_string()),
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
type GrantKey = [u32; 4];

/// Dictionary keys count up from 1 and so stay far below 2^32.
fn narrow(key: i64) -> u32 {
    u32::try_from(key).expect("dictionary keys count up from 1")
}

fn insert_snapshot(
    connection: &Connection,
    observation: &Observation,
    tool_version: &str,
    label: Option<&Label>,
) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO snapshot (state, started_at, finished_at, scopes, caller, tool_version, requests, users,
           service_accounts, user_groups, roles, resource_groups, grants, disabled_role_assignments, label)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, 0, ?8, ?9)",
        params![
            state_of(observation),
            observation.started_at.to_string(),
            observation.finished_at.to_string(),
            observation.scopes,
            observation.caller,
            tool_version,
            observation.requests,
            observation.disabled_role_assignments,
            label.map(Label::as_str)
        ],
    )?;
    Ok(connection.last_insert_rowid())
}

fn state_of(observation: &Observation) -> &'static str {
    let complete = |listing: &Listing| listing.state == ListingState::Complete;
    if observation.listings.iter().all(complete) {
        "complete"
    } else {
        "partial"
    }
}

/// The organization, and the project if it is one, that a scope is, with the lists that show them.
fn containers(scope: &Scope) -> Vec<(ListingKind, ResourceId)> {
    let Some(org) = scope.org() else {
        return Vec::new();
    };
    let organization = ResourceId {
        kind: ResourceType::Organization,
        scope: Scope::Account,
        identifier: org.to_owned(),
    };
    let project = scope.project().map(|project| ResourceId {
        kind: ResourceType::Project,
        scope: Scope::Organization {
            org: org.to_owned(),
        },
        identifier: project.to_owned(),
    });
    std::iter::once((ListingKind::Organizations, organization))
        .chain(project.map(|project| (ListingKind::Projects, project)))
        .collect()
}

fn joined(types: &[ResourceType]) -> String {
    let names: Vec<&str> = types.iter().map(ResourceType::as_str).collect();
    format!(",{},", names.join(","))
}

/// What Harness supplies shows up in every list of its level, so one complete list of the level shows all of it.
fn supplied_by_harness(listings: &[Listing]) -> Vec<(Level, Listing)> {
    let mut supplied = Vec::new();
    for kind in [ListingKind::Roles, ListingKind::ResourceGroups] {
        for level in [Level::Account, Level::Organization, Level::Project] {
            let of_level = listings
                .iter()
                .filter(|listing| listing.kind == kind && listing.scope.level() == Some(level));
            let best = of_level.min_by_key(|listing| listing.state != ListingState::Complete);
            supplied.extend(best.map(|best| {
                (
                    level,
                    Listing {
                        scope: Scope::Harness,
                        reported_total: None,
                        rows: 0,
                        pages: 0,
                        ..best.clone()
                    },
                )
            }));
        }
    }
    supplied
}
