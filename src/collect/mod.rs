//! Walks the lists of an account and maps what they show to the model.
//!
//! `listings` has one file for each list and the table of them. `visibility` asks what the key may see; `tree` says which
//! scopes there are; `plan` chooses the walks; `workers` are a few threads that make them; `walk` makes one and keeps its
//! record. `assemble` puts the rows together and resolves what role assignments name. `trail` reads who did what,
//! `analyzer` asks Harness who may do what. `diagnosis` is for `doctor`.
//! Nothing here knows the store.

mod alone;
pub mod analyzer;
mod assemble;
mod assignments;
mod definition;
mod departed;
pub mod diagnosis;
mod emptied;
mod endpoint;
mod failure;
mod list_walk;
pub mod listings;
mod members;
mod notes;
pub mod plan;
mod proof;
mod record;
mod request;
mod rows;
mod settle;
pub mod trail;
mod tree;
mod trial;
mod visibility;
mod walk;
mod ways;
pub mod workers;

pub use definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WholeAccount, WithoutPermission,
};
pub use endpoint::Endpoint;
pub use failure::Failure;
pub use request::{Before, NothingBefore, ObservationRequest, Remembered};

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Depth, Observation, Scope, Timestamp};
use assemble::Assembly;
use plan::Plan;
use visibility::{Caller, KeyVisibility};
use walk::Walker;
use ways::Ways;
use workers::WorkerPool;

/// Everything that is known before the first walk.
struct Prepared {
    started_at: Timestamp,
    visibility: KeyVisibility,
    assembly: Assembly,
    plan: Plan,
}

/// Says how the account would be observed; sends only what is needed to know.
///
/// # Errors
/// As [`observe`].
pub fn plan(client: &Client, request: &ObservationRequest<'_>) -> Result<Plan, Failure> {
    let ways = Ways::default();
    let walker = Walker {
        client,
        ways: &ways,
    };
    prepare(walker, request).map(|prepared| prepared.plan)
}

/// Observes the account. A list that cannot be read, or cannot be known to be complete, is a gap, and its record says
/// why.
///
/// # Errors
/// When no request can do better: the key, the account, the host, the time, or a signal.
pub fn observe(client: &Client, request: &ObservationRequest<'_>) -> Result<Observation, Failure> {
    let ways = Ways::default();
    let walker = Walker {
        client,
        ways: &ways,
    };
    let Prepared {
        started_at,
        mut visibility,
        mut assembly,
        plan,
    } = prepare(walker, request)?;
    for choice in &plan.choices {
        log::info!("{choice}");
    }
    log::info!("at least {} requests to come", plan.requests() + 1);
    let pool = WorkerPool {
        walker,
        scopes: &plan.scopes,
        every_scope: request.selection.depth == Depth::All && !request.selection.is_narrowed(),
        jobs: request.jobs,
        progress: request.progress,
    };
    for tasks in [plan.naming, plan.named] {
        pool.run(tasks, |listed| assembly.add(listed))?;
    }
    if !client.has_worked()
        && let Some(error) = visibility.refusal()
    {
        return Err(Failure::of_nothing_worked(error.clone()));
    }
    settle(walker, request, &mut visibility, &mut assembly, started_at)?;
    let notes = notes::of(&visibility, &assembly, request.selection);
    Ok(assembly.finish(assemble::About {
        started_at,
        caller: match visibility.caller() {
            Caller::Known(caller) => Some(caller.clone()),
            Caller::Nobody | Caller::Unasked => None,
        },
        scopes: request.selection.to_string(),
        requests: client.requests(),
        notes,
        remembered: request.remembered,
    }))
}

fn prepare(walker: Walker<'_>, request: &ObservationRequest<'_>) -> Result<Prepared, Failure> {
    let started_at = Timestamp::now();
    if !request.refuse_early {
        walker.client.keep_what_came();
    }
    let mut assembly = Assembly::new(request.selection);
    let mut visibility = KeyVisibility::ask(walker.client, request.selection)?;
    refuse(&visibility, &[], request)?;
    let scopes = tree::read(walker, request, &mut visibility, &mut assembly)?;
    refuse(&visibility, &scopes, request)?;
    let plan = Plan::new(&visibility, scopes, request.selection, request.jobs);
    Ok(Prepared {
        started_at,
        visibility,
        assembly,
        plan,
    })
}

/// A key that will not do costs next to nothing.
fn refuse(
    visibility: &KeyVisibility,
    scopes: &[Scope],
    request: &ObservationRequest<'_>,
) -> Result<(), Failure> {
    let account = [Scope::Account];
    let first = if request.selection.without_account {
        &[][..]
    } else {
        &account[..]
    };
    let missing = visibility.missing(
        if scopes.is_empty() { first } else { scopes },
        request.selection,
    );
    if missing.is_empty() || !request.refuse_early {
        Ok(())
    } else {
        Err(Failure::MissingPermissions(missing))
    }
}

/// Clears up what the walks left open, and lowers the state of every list that cannot be known to be complete.
fn settle(
    walker: Walker<'_>,
    request: &ObservationRequest<'_>,
    visibility: &mut KeyVisibility,
    assembly: &mut Assembly,
    started_at: Timestamp,
) -> Result<(), ApiError> {
    let client = walker.client;
    assembly.keep_inherited();
    visibility.ask_about_lists(client, &assembly.looking_filtered())?;
    visibility.ask_again(client)?;
    if visibility.wants_proof()
        && let Caller::Known(caller) = visibility.caller()
    {
        let own = proof::own_assignments(assembly, caller, started_at);
        let proven = proof::confirmed(walker, own)?;
        if assembly.shows_the_default_organization() {
            visibility.prove_by(proven);
        }
    }
    let deleted = tree::deleted(walker, visibility, &assembly.not_found())?;
    assembly.forget(&deleted);
    departed::settle(client, assembly, request.before)?;
    emptied::settle(walker, assembly, request.before, visibility.caller())?;
    assembly.lower_states(visibility);
    Ok(())
}
