//! What lists do not show any more.
//!
//! A list that suddenly comes back with fewer rows agrees with its own total, and so looks like removed access. Harness says
//! of one thing by itself whether it is there, so what is missing is asked about: what is found contradicts the list, and
//! what is not found confirms it. Of what Harness does not say, a list is believed that lost less than half.

use std::collections::{BTreeMap, HashSet};

use super::alone::Thing;
use super::assemble::Assembly;
use super::definition::Alone;
use super::inquiry::{Inquiry, SAMPLE, Verdict};
use super::listings::definition;
use super::reassigned::{Given, Reassigned};
use super::request::{Before, HeldResources};
use super::shown::Shown;
use super::visibility::Caller;
use super::ways::NotWhole;
use crate::api::error::ApiError;
use crate::model::{Level, Listing, ListingKind, ListingState, ResourceId, ResourceType, Scope};

/// Rows of role assignments and members compared in one sync. Beyond that, only the loss of a tenth of a list is looked
/// into: a long list loses some every day.
const MOST_COMPARED: i64 = 50_000;

/// What is missing from a list, and of how many.
struct Missing {
    kind: ListingKind,
    /// Where it is asked about.
    scope: Scope,
    /// It is what Harness supplies at that level, which all lists of the level show.
    supplied_at: Option<Level>,
    /// It is members of this user group.
    group: Option<ResourceId>,
    identifiers: Vec<String>,
    held: usize,
}

impl Missing {
    fn of_list(kind: ListingKind, scope: &Scope, held: usize, identifiers: Vec<String>) -> Self {
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
    fn wants_proof(&self) -> bool {
        self.is_half() || definition(self.kind).alone == Alone::ItsLists
    }

    /// Whether the question goes to the very list that does not show it.
    fn is_asked_of_its_list(&self) -> bool {
        let is_below = self.kind == ListingKind::Users && self.scope != Scope::Account;
        is_below || definition(self.kind).alone == Alone::OfOwner
    }

    fn things(&self) -> impl ExactSizeIterator<Item = Thing<'_>> {
        self.identifiers.iter().map(|identifier| Thing {
            kind: self.kind,
            scope: &self.scope,
            identifier,
            is_supplied: self.supplied_at.is_some(),
            group: self.group.as_ref(),
        })
    }

    fn lost(&self) -> String {
        let of = match &self.group {
            Some(group) => format!("{} members of {}", self.held, group.identifier),
            None if self.supplied_at.is_some() => format!("{} of Harness's own", self.held),
            None => self.held.to_string(),
        };
        let missing = self.identifiers.len();
        format!("{missing} of {of} that it showed before are missing")
    }
}

/// Asks about what is missing from lists, and about the caller's own role assignments. Where Harness shows it, or does not
/// say, the list is incomplete. Returns the role assignments that are there but give something else.
pub(super) fn settle(
    inquiry: &mut Inquiry<'_>,
    assembly: &mut Assembly,
    before: &dyn Before,
    caller: &Caller,
) -> Result<Vec<Reassigned>, ApiError> {
    if let Caller::Known(caller) = caller {
        settle_own(inquiry, assembly, before, caller)?;
    }
    let found = before.resources().and_then(|held| {
        set_catalogue_aside(inquiry, assembly, &held);
        find(assembly, before, held)
    });
    let Found {
        mut missing,
        reassigned,
    } = found.unwrap_or_else(|why| {
        log::warn!("what was held before is not known: {why}");
        Found::default()
    });
    missing.sort_by_cached_key(|missing| {
        let (kind, scope) = (missing.kind.as_str(), missing.scope.clone());
        let urgent = (!missing.wants_proof(), missing.identifiers.len());
        (urgent, kind, scope, missing.group.clone())
    });
    let mut left = missing.len();
    let mut open = Vec::new();
    let mut doubted = HashSet::new();
    for missing in missing {
        let share = inquiry.share(left);
        left -= 1;
        let lost = missing.lost();
        let doubt = match verdict(inquiry, assembly, &missing, share)? {
            Verdict::There(one) => format!("{lost}, but {one} is there when asked for by itself"),
            Verdict::Unsaid if missing.wants_proof() => unsaid(&lost),
            Verdict::Gone { all: true } if !missing.is_asked_of_its_list() => {
                log::info!("{} of {}: {lost}, and gone", missing.kind, missing.scope);
                continue;
            }
            Verdict::Gone { .. } | Verdict::Unsaid => {
                open.push(missing);
                continue;
            }
        };
        doubted.insert(definition(missing.kind).endpoint.path);
        assembly.doubt(&missing, &doubt);
    }
    // Where one list of an endpoint is wrong, another that lost rows is no better.
    for missing in open {
        if doubted.contains(definition(missing.kind).endpoint.path) {
            let reason = format!(
                "{}, together with others of a list that is wrong",
                missing.lost()
            );
            assembly.doubt(&missing, &reason);
        }
    }
    Ok(reassigned)
}

fn verdict(
    inquiry: &mut Inquiry<'_>,
    assembly: &Assembly,
    missing: &Missing,
    share: usize,
) -> Result<Verdict, ApiError> {
    let (kind, scope) = (missing.kind, &missing.scope);
    let is_answered = match missing.group {
        None => inquiry.answers_about(kind, scope, assembly)?,
        Some(_) => inquiry.answers_about_members(assembly)?,
    };
    if is_answered {
        inquiry.about(missing.things(), share)
    } else {
        Ok(Verdict::Unsaid)
    }
}

fn unsaid(lost: &str) -> String {
    format!(
        "{lost}, and Harness does not say whether they are gone (if they are, run once with --max-removed 100)"
    )
}

/// The catalogue of permissions cannot be asked about one of them. Harness takes some away with a release, never half.
fn set_catalogue_aside(inquiry: &Inquiry<'_>, assembly: &mut Assembly, held: &HeldResources) {
    let kind = ListingKind::Permissions;
    let Some(held) = held.own.get(&(kind, Scope::Account)) else {
        return;
    };
    let shown = assembly.shown().own.remove(&(kind, &Scope::Account));
    let is_missing = |one: &&String| !shown.as_ref().is_some_and(|shown| shown.contains(&***one));
    let missing = held.iter().filter(is_missing).count();
    if assembly.is_whole(kind, &Scope::Account) && missing * 2 >= held.len() {
        let (ways, held) = (inquiry.walker.ways, held.len());
        let why = format!("the catalogue lacks {missing} of {held}, so it is not all of it");
        ways.go_on_without(kind, NotWhole::Defect(why));
        assembly.listings.retain(|listing| listing.kind != kind);
    }
}

/// The caller's own role assignments prove a list wrong that does not show them.
fn settle_own(
    inquiry: &mut Inquiry<'_>,
    assembly: &mut Assembly,
    before: &dyn Before,
    caller: &str,
) -> Result<(), ApiError> {
    let kind = ListingKind::RoleAssignments;
    for (scope, own) in own_assignments(assembly, before, caller) {
        let missing = Missing::of_list(kind, &scope, own.len(), own);
        if matches!(inquiry.about(missing.things(), SAMPLE)?, Verdict::There(_)) {
            let reason = "the key's own role assignment is missing from it, but is there when asked for by itself";
            assembly.lower(kind, &scope, reason);
        }
    }
    Ok(())
}

/// The caller's own role assignments that lists, which must show them, do not; by scope.
fn own_assignments(
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
fn find(
    assembly: &Assembly,
    before: &dyn Before,
    mut held: HeldResources,
) -> Result<Found, String> {
    let mut search = Search {
        assembly,
        before,
        shown: assembly.shown(),
        left: MOST_COMPARED,
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
struct Found {
    missing: Vec<Missing>,
    reassigned: Vec<Reassigned>,
}

struct Search<'a> {
    assembly: &'a Assembly,
    before: &'a dyn Before,
    shown: Shown<'a>,
    /// Rows that may still be compared.
    left: i64,
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
        if had == 0 || had > self.left && !lost_much {
            return Ok(());
        }
        self.left -= had.min(self.left);
        let shown = Given::at(self.assembly, scope);
        let mut sorts: BTreeMap<(ResourceType, bool), (usize, Vec<String>)> = BTreeMap::new();
        for held in self.before.assignments(scope)? {
            let sort = (held.principal.kind.clone(), held.harness_managed);
            let (count, missing) = sorts.entry(sort).or_default();
            *count += 1;
            match shown.get(&*held.identifier) {
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
        let missing: Vec<String> = held.into_iter().filter(|user| !is_shown(user)).collect();
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
                || count > self.left
                || !whole.contains(&(kind, &group.scope))
            {
                continue;
            }
            self.left -= count;
            let mut missing = self.before.members(group)?;
            let held = missing.len();
            missing
                .retain(|user| !assembly.is_member(&self.shown.members, Some(resource.id), user));
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

impl Assembly {
    /// The lists that should show what is missing are incomplete. One reason is enough for each.
    fn doubt(&mut self, missing: &Missing, reason: &str) {
        let is_its = |listing: &Listing| match missing.supplied_at {
            None => listing.scope == missing.scope,
            Some(level) => listing.scope.level() == Some(level),
        };
        let its = self.listings.iter().filter(|listing| {
            listing.kind == missing.kind
                && listing.state == ListingState::Complete
                && is_its(listing)
        });
        let scopes: Vec<Scope> = its.map(|listing| listing.scope.clone()).collect();
        for scope in scopes {
            self.lower(missing.kind, &scope, reason);
        }
    }
}
