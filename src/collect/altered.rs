//! Roles and resource groups whose rows say something else than before.
//!
//! A row that suddenly gives nothing, or less, or more, looks like access that somebody changed. Harness says of each by
//! itself what it gives, so what changed is asked about: where the two differ nobody knows which is right, and the row does
//! not count. Of what Harness does not say, a row is believed that still gives something.

use std::collections::{HashMap, HashSet};

use super::alone;
use super::assemble::Assembly;
use super::inquiry::Inquiry;
use super::request::Before;
use crate::api::error::ApiError;
use crate::model::{Details, ListingKind, Ref, ResourceId, ResourceType, Scope};

/// A row that says something else than before.
struct Altered {
    kind: ListingKind,
    resource: Ref,
    /// Where it is asked about.
    scope: Scope,
    now: Details,
}

/// Rows of a type, and whether they are Harness's own.
type Sort = (ResourceType, bool);

fn sort(id: &ResourceId) -> Sort {
    (id.kind.clone(), id.scope == Scope::Harness)
}

/// What Harness says of it by itself.
enum ByItself {
    Same,
    Other,
    None,
}

/// Asks about rows that say something else than before. Where Harness says otherwise, or does not say why a row gives
/// nothing any more, the row is a gap of its list.
pub(super) fn settle(
    inquiry: &mut Inquiry<'_>,
    assembly: &mut Assembly,
    before: &dyn Before,
) -> Result<(), ApiError> {
    let mut altered = find(assembly, before).unwrap_or_else(|why| {
        log::warn!("what was held before is not known: {why}");
        Vec::new()
    });
    altered.sort_by_key(|altered| gives_something(&altered.now)); // what gives nothing first
    let mut open: Vec<Altered> = Vec::new();
    let mut doubted = HashSet::new();
    let mut confirmed = HashSet::new();
    let mut wrong = HashSet::new();
    for altered in altered {
        let id = assembly.directory.id(altered.resource).clone();
        let doubt = match ask(inquiry, &altered, &id)? {
            ByItself::Same => {
                confirmed.insert(altered.kind);
                continue;
            }
            ByItself::Other => "says something else when asked for by itself",
            ByItself::None if !gives_something(&altered.now) => {
                "suddenly gives nothing, and Harness does not say more when asked for it by itself (if that is so, run once \
                 with --max-removed 100)"
            }
            ByItself::None => {
                open.push(altered);
                continue;
            }
        };
        doubted.insert(altered.kind);
        assembly.doubt_row(&altered, &id, doubt);
        wrong.insert(altered.resource);
    }
    // Where one row of a list is wrong, another that changed is no better; nor is one of many of which nothing is said.
    let many = assembly.sorts_of_which_half(&open);
    for altered in &open {
        let id = assembly.directory.id(altered.resource).clone();
        let why = if doubted.contains(&altered.kind) {
            "changed together with others that are wrong"
        } else if !confirmed.contains(&altered.kind) && many.contains(&sort(&id)) {
            "changed together with half of its list, and Harness does not say what they give by themselves (if that is so, \
             run once with --max-removed 100)"
        } else {
            continue;
        };
        assembly.doubt_row(altered, &id, why);
        wrong.insert(altered.resource);
    }
    assembly
        .resources
        .retain(|resource| !wrong.contains(&resource.id));
    Ok(())
}

fn ask(
    inquiry: &mut Inquiry<'_>,
    altered: &Altered,
    id: &ResourceId,
) -> Result<ByItself, ApiError> {
    if !inquiry.may_ask(altered.kind) {
        return Ok(ByItself::None);
    }
    let details = alone::details(inquiry.walker, altered.kind, &altered.scope, id)?;
    inquiry.count(altered.kind, details.is_some());
    Ok(match details {
        None => ByItself::None,
        Some(details) if gives_the_same(&details, &altered.now) => ByItself::Same,
        Some(_) => ByItself::Other,
    })
}

fn find(assembly: &Assembly, before: &dyn Before) -> Result<Vec<Altered>, String> {
    let held = before.details()?;
    let mut found = Vec::new();
    for resource in &assembly.resources {
        let id = assembly.directory.id(resource.id);
        let (Some(held), Some(kind)) = (held.get(id), ListingKind::of(&id.kind)) else {
            continue;
        };
        let scope = match id.scope {
            Scope::Harness => assembly.scopes_of_supplied(kind, resource.id).next(),
            _ => Some(&id.scope),
        };
        if let Some(scope) = scope
            && !gives_the_same(held, &resource.details)
        {
            found.push(Altered {
                kind,
                resource: resource.id,
                scope: scope.clone(),
                now: resource.details.clone(),
            });
        }
    }
    Ok(found)
}

/// Whether two rows give the same, whatever they are called.
fn gives_the_same(one: &Details, other: &Details) -> bool {
    match (one, other) {
        (
            Details::Role { permissions, .. },
            Details::Role {
                permissions: others,
                ..
            },
        ) => permissions == others,
        (
            Details::ResourceGroup {
                all_resources,
                included_scopes,
                selectors,
                ..
            },
            Details::ResourceGroup {
                all_resources: all_others,
                included_scopes: other_scopes,
                selectors: other_selectors,
                ..
            },
        ) => {
            (all_resources, included_scopes, selectors)
                == (all_others, other_scopes, other_selectors)
        }
        _ => true,
    }
}

fn gives_something(details: &Details) -> bool {
    match details {
        Details::Role { permissions, .. } => !permissions.is_empty(),
        Details::ResourceGroup {
            all_resources,
            included_scopes,
            selectors,
            ..
        } => (*all_resources || !selectors.is_empty()) && !included_scopes.is_empty(),
        _ => true,
    }
}

impl Assembly {
    /// The sorts of rows of which half changed. A single one is no half of anything.
    fn sorts_of_which_half(&self, altered: &[Altered]) -> HashSet<Sort> {
        if altered.is_empty() {
            return HashSet::new();
        }
        let counted = |rows: &mut dyn Iterator<Item = Ref>| {
            let mut counts: HashMap<Sort, usize> = HashMap::new();
            for row in rows {
                *counts.entry(sort(self.directory.id(row))).or_default() += 1;
            }
            counts
        };
        let all = counted(&mut self.resources.iter().map(|one| one.id));
        let changed = counted(&mut altered.iter().map(|one| one.resource));
        let half = changed
            .into_iter()
            .filter(|(sort, changed)| *changed > 1 && changed * 2 >= all[sort]);
        half.map(|(sort, _)| sort).collect()
    }

    /// A row does not count, and its lists are gaps: what was known of it stays.
    fn doubt_row(&mut self, altered: &Altered, id: &ResourceId, why: &str) {
        let kind = altered.kind;
        let scopes: Vec<Scope> = match id.scope {
            Scope::Harness => self
                .scopes_of_supplied(kind, altered.resource)
                .cloned()
                .collect(),
            _ => vec![id.scope.clone()],
        };
        let reason = format!("{} {why}", id.identifier);
        for scope in scopes {
            if self.is_whole(kind, &scope) {
                self.lower(kind, &scope, &reason);
            }
        }
    }
}
