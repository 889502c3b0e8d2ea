//! Believing what lists do not show any more, or not.
//!
//! A list that suddenly comes back with fewer rows agrees with its own total, and so looks like removed access. Harness says
//! of one thing by itself whether it is there, so what is missing is asked about: what is found contradicts the list, and
//! what is not found confirms it. Of what Harness does not say, a list is believed that lost less than half.

use std::collections::HashSet;

use super::assemble::Assembly;
use super::inquiry::{Inquiry, SAMPLE, Whereabouts};
use super::listings::definition;
use super::missing::{Found, Missing, find, own_assignments};
use super::reassigned::Reassigned;
use super::request::{Before, HeldResources};
use super::visibility::Caller;
use super::ways::NotWhole;
use crate::api::error::ApiError;
use crate::model::{Listing, ListingKind, ListingState, Scope};

/// Asks about what is missing from lists, and about the caller's own role assignments. Where Harness shows it, or does not
/// say, the list is incomplete. Returns the role assignments that are there but give something else.
pub(super) fn settle(
    inquiry: &mut Inquiry<'_>,
    assembly: &mut Assembly,
    before: &dyn Before,
    caller: &Caller,
) -> Result<Vec<Reassigned>, ApiError> {
    let mut judgement = Judgement::default();
    if let Caller::Known(caller) = caller {
        judgement.of_own(inquiry, assembly, before, caller)?;
    }
    let mut held = match before.resources() {
        Ok(held) if held.own.is_empty() => return Ok(Vec::new()),
        Ok(held) => held,
        Err(why) => {
            log::warn!("what was held before is not known: {why}");
            return Ok(Vec::new());
        }
    };
    set_catalogue_aside(inquiry, assembly, &held);
    let left = judgement.of_people(inquiry, assembly, &mut held)?;
    let Found {
        mut missing,
        reassigned,
    } = find(assembly, before, held, &left).unwrap_or_else(|why| {
        log::warn!("what was held before is not known: {why}");
        Found::default()
    });
    missing.sort_by_cached_key(|missing| {
        let (kind, scope) = (missing.kind.as_str(), missing.scope.clone());
        let urgent = (!missing.wants_proof(), missing.identifiers.len());
        (urgent, kind, scope, missing.group.clone())
    });
    let mut lists = missing.len();
    for missing in missing {
        judgement.of(inquiry, assembly, missing, lists)?;
        lists -= 1;
    }
    judgement.end(assembly);
    Ok(reassigned)
}

/// What came of the questions so far.
#[derive(Default)]
struct Judgement {
    /// Lists whose loss Harness neither confirmed nor denied as a whole.
    open: Vec<Missing>,
    /// Paths of lists that are wrong.
    doubted: HashSet<&'static str>,
}

impl Judgement {
    /// Asks about one of so many lists that lost something. Returns what is gone for certain.
    fn of(
        &mut self,
        inquiry: &mut Inquiry<'_>,
        assembly: &mut Assembly,
        missing: Missing,
        lists: usize,
    ) -> Result<Vec<String>, ApiError> {
        let share = inquiry.share(lists);
        let lost = missing.lost();
        let doubt = match whereabouts(inquiry, assembly, &missing, share)? {
            Whereabouts::There(one) => {
                format!("{lost}, but {one} is there when asked for by itself")
            }
            Whereabouts::Unsaid if missing.wants_proof() => unsaid(&lost),
            Whereabouts::Gone { all: true } if !missing.is_asked_of_its_list() => {
                log::info!("{} of {}: {lost}, and gone", missing.kind, missing.scope);
                return Ok(missing.identifiers);
            }
            Whereabouts::Gone { .. } | Whereabouts::Unsaid => {
                self.open.push(missing);
                return Ok(Vec::new());
            }
        };
        self.doubted.insert(definition(missing.kind).endpoint.path);
        assembly.doubt(&missing, &doubt);
        Ok(Vec::new())
    }

    /// The caller's own role assignments prove a list wrong that does not show them.
    fn of_own(
        &mut self,
        inquiry: &mut Inquiry<'_>,
        assembly: &mut Assembly,
        before: &dyn Before,
        caller: &str,
    ) -> Result<(), ApiError> {
        let kind = ListingKind::RoleAssignments;
        for (scope, own) in own_assignments(assembly, before, caller) {
            let missing = Missing::of_list(kind, &scope, own.len(), own);
            if matches!(
                inquiry.about(missing.things(), SAMPLE)?,
                Whereabouts::There(_)
            ) {
                let reason = "the key's own role assignment is missing from it, but is there when asked for by itself";
                assembly.lower(kind, &scope, reason);
                self.doubted.insert(definition(kind).endpoint.path);
            }
        }
        Ok(())
    }

    /// People first: whoever left the account left its groups, and what they held with them. Returns their uuids.
    fn of_people(
        &mut self,
        inquiry: &mut Inquiry<'_>,
        assembly: &mut Assembly,
        held: &mut HeldResources,
    ) -> Result<HashSet<String>, ApiError> {
        let (kind, scope) = (ListingKind::Users, Scope::Account);
        let mut people = held.own.remove(&(kind, scope.clone())).unwrap_or_default();
        if !assembly.is_whole(kind, &scope) {
            return Ok(HashSet::new());
        }
        let count = people.len();
        let shown = assembly.identifiers(kind);
        people.retain(|uuid| !shown.contains(&**uuid));
        if people.is_empty() {
            return Ok(HashSet::new());
        }
        let missing = Missing::of_list(kind, &scope, count, people);
        let gone = self.of(inquiry, assembly, missing, 1)?;
        Ok(gone.into_iter().collect())
    }

    /// Where one list of an endpoint is wrong, another that lost rows is no better.
    fn end(self, assembly: &mut Assembly) {
        for missing in self.open {
            if self
                .doubted
                .contains(definition(missing.kind).endpoint.path)
            {
                let lost = missing.lost();
                let reason = format!("{lost}, together with others of a list that is wrong");
                assembly.doubt(&missing, &reason);
            }
        }
    }
}

fn whereabouts(
    inquiry: &mut Inquiry<'_>,
    assembly: &Assembly,
    missing: &Missing,
    share: usize,
) -> Result<Whereabouts, ApiError> {
    let (kind, scope) = (missing.kind, &missing.scope);
    let is_answered = match missing.group {
        None => inquiry.answers_about(kind, scope, assembly)?,
        Some(_) => inquiry.answers_about_members(assembly)?,
    };
    if is_answered {
        inquiry.about(missing.things(), share)
    } else {
        Ok(Whereabouts::Unsaid)
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
    let shown = assembly.identifiers(kind);
    let missing = held.iter().filter(|one| !shown.contains(&***one)).count();
    if assembly.is_whole(kind, &Scope::Account) && missing * 2 >= held.len() {
        let (ways, held) = (inquiry.walker.ways, held.len());
        let why = format!("the catalogue lacks {missing} of {held}, so it is not all of it");
        ways.go_on_without(kind, NotWhole::Defect(why));
        assembly.listings.retain(|listing| listing.kind != kind);
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
