//! Lists that show much less than they did.
//!
//! A list that suddenly comes back empty agrees with its own total, and so looks like removed access. Harness says of one
//! thing by itself whether it is there, so some of what is missing is asked about: what is found contradicts the list, and
//! what is not found confirms it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::alone::{Presence, ask};
use super::assemble::Assembly;
use super::assignments::Assignments;
use super::definition::Alone;
use super::listings::definition;
use super::request::Before;
use super::visibility::Caller;
use super::walk::Walker;
use crate::api::error::ApiError;
use crate::model::{ListingKind, ListingState, ResourceId, Scope};

/// Single things asked about in one sync; more would cost more than the sync itself.
const MOST_ASKED: usize = 100;

/// Of one list so many of the missing are asked about.
const SAMPLE: usize = 3;

/// Of a longer list of role assignments only the loss of most is looked into: it loses some every day.
const MOST_SORTED: i64 = 20_000;

/// What is missing from a list, and of how many.
struct Shrunk {
    kind: ListingKind,
    scope: Scope,
    missing: Vec<String>,
    held: usize,
    /// The list as a whole lost most of its rows.
    lost_most: bool,
}

/// Asks about what is missing from lists that lost most of their rows, and about the caller's own role assignments.
/// Where Harness shows it, or does not say, the list is incomplete.
pub(super) fn settle(
    walker: Walker<'_>,
    assembly: &mut Assembly,
    before: &dyn Before,
    caller: &Caller,
) -> Result<(), ApiError> {
    let rows = match before.rows() {
        Ok(rows) if rows.is_empty() => return Ok(()),
        Ok(rows) => rows,
        Err(why) => {
            log::warn!("what was held before is not known: {why}");
            return Ok(());
        }
    };
    let mut inquiry = Inquiry {
        walker,
        left: MOST_ASKED,
        answers: HashMap::new(),
    };
    let mut believed = Vec::new();
    let mut doubted = HashSet::new();
    for shrunk in shrunk(assembly, before, &rows) {
        match inquiry.doubt(assembly, &shrunk)? {
            Some(doubt) => {
                assembly.lower(shrunk.kind, &shrunk.scope, &doubt);
                doubted.insert(definition(shrunk.kind).endpoint.path);
            }
            None => believed.push(shrunk),
        }
    }
    // Where one list of an endpoint is wrong, another that shrank as much is no better.
    for shrunk in believed {
        let is_alike = doubted.contains(definition(shrunk.kind).endpoint.path);
        if is_alike && shrunk.lost_most {
            let reason = "it lost most of its rows together with another list that is wrong";
            assembly.lower(shrunk.kind, &shrunk.scope, reason);
        }
    }
    if let Caller::Known(caller) = caller {
        for (scope, own) in own_assignments(assembly, before, caller) {
            if inquiry.shows_one_of(&scope, &own)? {
                let reason = "the key's own role assignment is missing from it, but is there when asked for by itself";
                assembly.lower(ListingKind::RoleAssignments, &scope, reason);
            }
        }
    }
    Ok(())
}

/// Complete lists with less than half of the rows that they had, and what they do not show any more. Role assignments of one
/// type of principal may be missing alone, so there any loss counts.
fn shrunk(
    assembly: &Assembly,
    before: &dyn Before,
    rows: &HashMap<(ListingKind, Scope), i64>,
) -> Vec<Shrunk> {
    let mut found = Vec::new();
    for listing in &assembly.listings {
        let (kind, scope) = (listing.kind, &listing.scope);
        let had = rows
            .get(&(kind, scope.clone()))
            .copied()
            .unwrap_or_default();
        let has_sorts = kind == ListingKind::RoleAssignments && had <= MOST_SORTED;
        let lost_most = listing.rows * 2 < had;
        let has_shrunk = lost_most || has_sorts && listing.rows < had;
        let can_be_asked = definition(kind).alone != Alone::Never;
        if !has_shrunk || !can_be_asked || listing.state != ListingState::Complete {
            continue;
        }
        let held = before.held(kind, scope).unwrap_or_else(|why| {
            log::warn!("what {kind} of {scope} held before is not known: {why}");
            Vec::new()
        });
        let shown = assembly.shown_by(kind, scope);
        for sort in held {
            let held = sort.len();
            let mut missing = sort;
            missing.retain(|identifier| !shown.contains(identifier));
            found.push(Shrunk {
                kind,
                scope: scope.clone(),
                missing,
                held,
                lost_most,
            });
        }
    }
    found
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
        let is_whole = assembly.listings.iter().any(|listing| {
            listing.kind == ListingKind::RoleAssignments
                && listing.scope == *scope
                && listing.state == ListingState::Complete
        });
        let shown = assembly.shown_by(ListingKind::RoleAssignments, scope);
        own.retain(|identifier| !shown.contains(identifier));
        is_whole && !own.is_empty()
    });
    missing
}

struct Inquiry<'a> {
    walker: Walker<'a>,
    left: usize,
    /// Whether Harness says at all of a kind that something is there.
    answers: HashMap<ListingKind, bool>,
}

impl Inquiry<'_> {
    /// Why a list that shows less is no proof, if it is none.
    fn doubt(&mut self, assembly: &Assembly, shrunk: &Shrunk) -> Result<Option<String>, ApiError> {
        let kind = shrunk.kind;
        if shrunk.missing.len() * 2 <= shrunk.held {
            return Ok(None);
        }
        let lost = format!(
            "{} of {} that it showed before are missing",
            shrunk.missing.len(),
            shrunk.held
        );
        let asked = sample(&shrunk.missing);
        let is_answered = match (kind, &shrunk.scope) {
            (ListingKind::Users, scope) if *scope != Scope::Account => assembly.shows_members(),
            _ => self.answers_about(kind, assembly)?,
        };
        if self.left < asked.len() || !is_answered {
            return Ok(Some(unsaid(&lost)));
        }
        for identifier in asked {
            self.left -= 1;
            match ask(self.walker, kind, &shrunk.scope, identifier)? {
                Presence::There => {
                    return Ok(Some(format!(
                        "{lost}, but {identifier} is there when asked for by itself"
                    )));
                }
                Presence::Unsaid => return Ok(Some(unsaid(&lost))),
                Presence::Gone => {}
            }
        }
        log::info!("{kind} of {}: {lost}, and gone", shrunk.scope);
        Ok(None)
    }

    /// Whether one of some role assignments is there when asked for by itself.
    fn shows_one_of(&mut self, scope: &Scope, missing: &[String]) -> Result<bool, ApiError> {
        for identifier in sample(missing) {
            if self.left == 0 {
                return Ok(false);
            }
            self.left -= 1;
            let presence = ask(self.walker, ListingKind::RoleAssignments, scope, identifier)?;
            if presence == Presence::There {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A server that does not know how to be asked about one thing answers that it is not found, whatever it is. So
    /// something that a list shows is asked about first.
    fn answers_about(&mut self, kind: ListingKind, assembly: &Assembly) -> Result<bool, ApiError> {
        if let Some(answers) = self.answers.get(&kind) {
            return Ok(*answers);
        }
        let answers = match assembly.one_of(kind) {
            Some((scope, identifier)) => {
                self.left = self.left.saturating_sub(1);
                ask(self.walker, kind, &scope, &identifier)? == Presence::There
            }
            None => true, // none is left that could be asked about
        };
        self.answers.insert(kind, answers);
        Ok(answers)
    }
}

fn unsaid(lost: &str) -> String {
    format!(
        "{lost}, and Harness does not say whether they are gone (if they are, run once with --max-removed 100)"
    )
}

/// Some of them, from all over.
fn sample(missing: &[String]) -> Vec<&String> {
    let step = missing.len().div_ceil(SAMPLE).max(1);
    missing.iter().step_by(step).collect()
}

impl Assembly {
    /// Identifiers of what the list of a scope shows.
    fn shown_by(&self, kind: ListingKind, scope: &Scope) -> HashSet<String> {
        if kind == ListingKind::RoleAssignments {
            let lists = self.assignments.iter().filter(|list| list.scope == *scope);
            return lists.flat_map(Assignments::identifiers).collect();
        }
        if kind == ListingKind::Users && *scope != Scope::Account {
            let container = ResourceId::of_scope(scope).and_then(|id| self.directory.find(&id));
            let members = self
                .grants
                .iter()
                .filter(|grant| grant.scope.is_none() && Some(grant.target) == container);
            return members
                .map(|grant| self.directory.id(grant.principal).identifier.clone())
                .collect();
        }
        self.resources
            .iter()
            .map(|resource| self.directory.id(resource.id))
            .filter(|id| ListingKind::of(&id.kind) == Some(kind))
            .filter(|id| id.scope == *scope || id.scope == Scope::Harness)
            .map(|id| id.identifier.clone())
            .collect()
    }

    /// Whether any list shows members of an organization or project. They are asked for in the same lists, so where all of
    /// them are empty, no answer means anything.
    fn shows_members(&self) -> bool {
        self.listings.iter().any(|listing| {
            listing.kind == ListingKind::Users
                && listing.scope != Scope::Account
                && listing.rows > 0
        })
    }

    /// Something of a kind that a list shows, with the scope to ask about it in.
    fn one_of(&self, kind: ListingKind) -> Option<(Scope, String)> {
        if kind == ListingKind::RoleAssignments {
            let mut lists = self.assignments.iter();
            return lists.find_map(|list| Some((list.scope.clone(), list.identifiers().next()?)));
        }
        let is_own = |id: &&ResourceId| {
            ListingKind::of(&id.kind) == Some(kind) && id.scope != Scope::Harness
        };
        let mut ids = self
            .resources
            .iter()
            .map(|resource| self.directory.id(resource.id));
        let id = ids.find(is_own)?;
        Some((id.scope.clone(), id.identifier.clone()))
    }
}
