//! Roles and resource groups whose rows say something else than before.
//!
//! A row that suddenly gives nothing, or less, or more, looks like access that somebody changed. Harness says of each by
//! itself what it gives, so what changed is asked about: where the two differ nobody knows which is right, and the row does
//! not count. Of what Harness does not say, a row is believed that still gives something.

use std::collections::HashSet;

use super::alone;
use super::assemble::Assembly;
use super::inquiry::Inquiry;
use super::request::Before;
use crate::api::error::ApiError;
use crate::model::{Details, ListingKind, Ref, ResourceId, Scope};

/// A row that says something else than before.
struct Altered {
    kind: ListingKind,
    resource: Ref,
    /// Where it is asked about.
    scope: Scope,
    now: Details,
}

/// What Harness says of it by itself.
enum Answer {
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
    let mut open = Vec::new();
    let mut doubted = HashSet::new();
    for altered in altered {
        let id = assembly.directory.id(altered.resource).clone();
        let doubt = match ask(inquiry, &altered, &id)? {
            Answer::Same => continue,
            Answer::Other => "says something else when asked for by itself",
            Answer::None if !gives_something(&altered.now) => {
                "suddenly gives nothing, and Harness does not say more when asked for it by itself (if that is so, run once \
                 with --max-removed 100)"
            }
            Answer::None => {
                open.push(altered);
                continue;
            }
        };
        doubted.insert(altered.kind);
        assembly.leave_out(&altered, &id, doubt);
    }
    // Where one row of a list is wrong, another that changed is no better.
    for altered in open {
        if doubted.contains(&altered.kind) {
            let id = assembly.directory.id(altered.resource).clone();
            assembly.leave_out(&altered, &id, "changed together with others that are wrong");
        }
    }
    Ok(())
}

fn ask(inquiry: &mut Inquiry<'_>, altered: &Altered, id: &ResourceId) -> Result<Answer, ApiError> {
    if !inquiry.may_ask(altered.kind) {
        return Ok(Answer::None);
    }
    let details = alone::details(inquiry.walker, altered.kind, &altered.scope, id)?;
    inquiry.count(altered.kind, details.is_some());
    Ok(match details {
        None => Answer::None,
        Some(details) if gives_the_same(&details, &altered.now) => Answer::Same,
        Some(_) => Answer::Other,
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
    /// Takes a row out: what was known of it stays.
    fn leave_out(&mut self, altered: &Altered, id: &ResourceId, why: &str) {
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
        self.resources
            .retain(|resource| resource.id != altered.resource);
    }
}
