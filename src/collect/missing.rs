//! What lists do not show any more of what was held before; `removals` asks about it.

use std::collections::{BTreeMap, HashSet};

use super::alone::Thing;
use super::assemble::Assembly;
use super::definition::Alone;
use super::listings::definition;
use super::reassigned::{Given, Reassigned};
use super::request::{Before, HeldResources};
use super::shown::Shown;
use crate::model::{Level, ListingKind, ListingState, ResourceId, ResourceType, Scope};

/// Rows of role assignments and members compared in one sync. Beyond that, only the loss of a tenth of a list is looked
/// into: a long list loses some every day.
const MOST_COMPARED: i64 = 50_000;

/// What is missing from a list, and of how many.
pub(super) struct Missing {
    pub(super) kind: ListingKind,
    /// Where it is asked about.
    pub(super) scope: Scope,
    /// It is what Harness supplies at that level, which all lists of the level show.
    pub(super) supplied_at: Option<Level>,
    /// It is members of this user group.
    pub(super) group: Option<ResourceId>,
    pub(super) identifiers: Vec<String>,
    /// Of how many.
    held: usize,
}

impl Missing {
    pub(super) fn of_list(
        kind: ListingKind,
        scope: &Scope,
        held: usize,
        identifiers: Vec<String>,
    ) -> Self {
        Self {
            kind,
            scope: scope.clone(),
            supplied_at: None,
            group: None,
            identifiers,
            held,
        }
    }

    fn is_half(&self) -> bool {
        self.identifiers.len() * 2 >= self.held
    }

    /// Whether Harness must say that they are gone: it is half of them, or takes everything in it along.
    pub(super) fn wants_proof(&self) -> bool {
        self.is_half() || definition(self.kind).alone == Alone::ItsLists
    }

    /// Whether the question goes to the very list that does not show it.
    pub(super) fn is_asked_of_its_list(&self) -> bool {
        let is_below = self.kind == ListingKind::Users && self.scope != Scope::Account;
        is_below || definition(self.kind).alone == Alone::OfOwner
    }

    pub(super) fn things(&self) -> impl ExactSizeIterator<Item = Thing<'_>> {
        self.identifiers.iter().map(|identifier| Thing {
            kind: self.kind,
            scope: &self.scope,
            identifier,
            is_supplied: self.supplied_at.is_some(),
            group: self.group.as_ref(),
        })
    }

    pub(super) fn lost(&self) -> String {
        let of = match &self.group {
            Some(group) => format!("{} members of {}", self.held, group.identifier),
            None if self.supplied_at.is_some() => format!("{} of Harness's own", self.held),
            None => self.held.to_string(),
        };
        let missing = self.identifiers.len();
        format!("{missing} of {of} that it showed before are missing")
    }
}

/// The caller's own role assignments that lists, which must show them, do not; by scope.
pub(super) fn own_assignments(
    assembly: &Assembly,
    before: &dyn Before,
    caller: &str,
) -> BTreeMap<Scope, Vec<String>> {
    let mut missing: BTreeMap<Scope, Vec<String>> = BTreeMap::new();
    for (scope, identifier) in before.own_assignments(caller).unwrap_or_default() {
        missing.entry(scope).or_default().push(identifier);
    }
    missing.retain(|scope, own| {
        let shown = assembly.assigned_at(scope);
        let own_shown: HashSet<String> = shown.filter(|one| own.contains(one)).collect();
        own.retain(|identifier| !own_shown.contains(identifier));
        assembly.is_whole(ListingKind::RoleAssignments, scope) && !own.is_empty()
    });
    missing
}

/// What complete lists do not show any more.
pub(super) fn find(
    assembly: &Assembly,
    before: &dyn Before,
    mut held: HeldResources,
    left: &HashSet<String>,
) -> Result<Found, String> {
    let mut search = Search {
        assembly,
        before,
        shown: assembly.shown(),
        left,
        to_compare: MOST_COMPARED,
        found: Found::default(),
    };
    let whole = assembly
        .listings
        .iter()
        .filter(|listing| listing.state == ListingState::Complete);
    let whole: HashSet<_> = whole
        .map(|listing| (listing.kind, &listing.scope))
        .collect();
    let counts = before.assignment_counts()?;
    for listing in &assembly.listings {
        let is_whole = whole.contains(&(listing.kind, &listing.scope));
        if !is_whole || definition(listing.kind).alone == Alone::Never {
            continue;
        }
        let scope = &listing.scope;
        match listing.kind {
            ListingKind::RoleAssignments => {
                let had = counts.get(scope).copied().unwrap_or_default();
                search.assignments(scope, listing.rows, had)?;
            }
            ListingKind::Users if *scope != Scope::Account => search.members_of_scope(scope)?,
            kind => {
                let held = held.own.remove(&(kind, scope.clone()));
                search.resources(kind, scope, held.unwrap_or_default());
            }
        }
    }
    search.supplied(held);
    search.members_of_groups(&whole)?;
    Ok(search.found)
}

/// What the lists show less, or otherwise.
#[derive(Default)]
pub(super) struct Found {
    pub(super) missing: Vec<Missing>,
    pub(super) reassigned: Vec<Reassigned>,
}

struct Search<'a> {
    assembly: &'a Assembly,
    before: &'a dyn Before,
    shown: Shown<'a>,
    /// People who left the account.
    left: &'a HashSet<String>,
    /// Rows that may still be compared.
    to_compare: i64,
    found: Found,
}

impl<'a> Search<'a> {
    fn resources(&mut self, kind: ListingKind, scope: &'a Scope, mut held: Vec<String>) {
        let shown = self.shown.own.remove(&(kind, scope)).unwrap_or_default();
        let count = held.len();
        held.retain(|identifier| !shown.contains(&**identifier));
        if !held.is_empty() {
            let missing = Missing::of_list(kind, scope, count, held);
            self.found.missing.push(missing);
        }
    }

    fn assignments(&mut self, scope: &Scope, rows: i64, had: i64) -> Result<(), String> {
        let lost_much = rows * 10 <= had * 9;
        let count = had.max(rows);
        if count > self.to_compare && !lost_much {
            return Ok(());
        }
        self.to_compare -= count.min(self.to_compare);
        let shown = Given::at(self.assembly, scope);
        let mut sorts: BTreeMap<(ResourceType, bool), (usize, Vec<String>)> = BTreeMap::new();
        for held in self.before.assignments(scope)? {
            let sort = (held.principal.kind.clone(), held.harness_managed);
            let (count, missing) = sorts.entry(sort).or_default();
            *count += 1;
            match shown.get(&*held.identifier) {
                None if self.has_left(&held.principal) => {}
                None => missing.push(held.identifier),
                Some(given) if given.is(&held, scope) => {}
                Some(_) => self.found.reassigned.push(Reassigned {
                    scope: scope.clone(),
                    identifier: held.identifier,
                }),
            }
        }
        let kind = ListingKind::RoleAssignments;
        for (held, missing) in sorts.into_values() {
            if !missing.is_empty() {
                let missing = Missing::of_list(kind, scope, held, missing);
                self.found.missing.push(missing);
            }
        }
        Ok(())
    }

    fn has_left(&self, principal: &ResourceId) -> bool {
        principal.kind == ResourceType::User && self.left.contains(&principal.identifier)
    }

    /// People who were members of an organization or project.
    fn members_of_scope(&mut self, scope: &Scope) -> Result<(), String> {
        let Some(container) = ResourceId::of_scope(scope) else {
            return Ok(());
        };
        let held = self.before.members(&container)?;
        let assembly = self.assembly;
        let container = assembly.directory.find(&container);
        let shown = &self.shown.members;
        let is_shown = |user: &str| assembly.is_member(shown, container, user);
        let count = held.len();
        let is_missing = |user: &String| !self.left.contains(user) && !is_shown(user);
        let missing: Vec<String> = held.into_iter().filter(is_missing).collect();
        if !missing.is_empty() {
            self.found
                .missing
                .push(Missing::of_list(ListingKind::Users, scope, count, missing));
        }
        Ok(())
    }

    /// Harness's own are shown by all lists of their level.
    fn supplied(&mut self, held: HeldResources) {
        for ((kind, level), mut identifiers) in held.supplied {
            let shown = self.shown.supplied.get(&kind);
            let held = identifiers.len();
            identifiers.retain(|one| !shown.is_some_and(|shown| shown.contains(&**one)));
            let whole = self.assembly.listings.iter().find(|listing| {
                listing.kind == kind
                    && listing.scope.level() == Some(level)
                    && listing.state == ListingState::Complete
            });
            if let Some(whole) = whole
                && !identifiers.is_empty()
            {
                self.found.missing.push(Missing {
                    supplied_at: Some(level),
                    ..Missing::of_list(kind, &whole.scope, held, identifiers)
                });
            }
        }
    }

    /// People who were in user groups whose rows say who is in them.
    fn members_of_groups(&mut self, whole: &HashSet<(ListingKind, &Scope)>) -> Result<(), String> {
        let assembly = self.assembly;
        let kind = ListingKind::UserGroups;
        let in_scope: HashSet<&ResourceId> =
            assembly.members_in_scope.iter().map(|(id, _)| id).collect();
        for resource in &assembly.resources {
            let group = assembly.directory.id(resource.id);
            let count = self.shown.members.get(&resource.id).map_or(0, HashSet::len);
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            if group.kind != ResourceType::UserGroup
                || in_scope.contains(group)
                || count > self.to_compare
                || !whole.contains(&(kind, &group.scope))
            {
                continue;
            }
            self.to_compare -= count;
            let mut missing = self.before.members(group)?;
            let held = missing.len();
            missing.retain(|user| {
                !self.left.contains(user)
                    && !assembly.is_member(&self.shown.members, Some(resource.id), user)
            });
            if !missing.is_empty() {
                self.found.missing.push(Missing {
                    group: Some(group.clone()),
                    ..Missing::of_list(kind, &group.scope, held, missing)
                });
            }
        }
        Ok(())
    }
}
