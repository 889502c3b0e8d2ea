//! Looking at an account: asks what the key may see, walks the lists, and clears up what the walks leave open. A sync keeps
//! what this gives, `doctor` judges by it.

use super::altered;
use super::assemble::{About, Assembly};
use super::departed;
use super::failure::Failure;
use super::inquiry::Inquiry;
use super::notes;
use super::plan::Plan;
use super::proof;
use super::reassigned;
use super::removals;
use super::request::ObservationRequest;
use super::tree;
use super::visibility::{Caller, KeyVisibility};
use super::walk::Walker;
use super::workers::WorkerPool;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Observation, Scope, Timestamp};

/// Everything that is known before the first walk.
pub(super) struct Prepared {
    started_at: Timestamp,
    visibility: KeyVisibility,
    assembly: Assembly,
    pub(super) plan: Plan,
}

/// Everything that the walks showed, judged.
pub(super) struct Seen {
    started_at: Timestamp,
    pub(super) visibility: KeyVisibility,
    pub(super) assembly: Assembly,
    pub(super) scopes: Vec<Scope>,
}

/// Looks at everything that the request selects.
pub(super) fn look(walker: Walker<'_>, request: &ObservationRequest<'_>) -> Result<Seen, Failure> {
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
        every_scope: assembly.has_every_scope(request.selection),
        jobs: request.jobs,
        progress: request.progress,
    };
    for tasks in [plan.naming, plan.named] {
        pool.run(tasks, |listed| assembly.add(listed))?;
    }
    if !walker.client.has_worked()
        && let Some(error) = visibility.refusal()
    {
        return Err(Failure::of_nothing_worked(error.clone()));
    }
    settle(walker, request, &mut visibility, &mut assembly, started_at)?;
    Ok(Seen {
        started_at,
        visibility,
        assembly,
        scopes: plan.scopes,
    })
}

impl Seen {
    /// What a snapshot is made of.
    pub(super) fn finish(self, client: &Client, request: &ObservationRequest<'_>) -> Observation {
        let notes = notes::of(&self.visibility, &self.assembly, request.selection);
        self.assembly.finish(About {
            started_at: self.started_at,
            caller: self.visibility.caller().name(),
            scopes: request.selection.to_string(),
            requests: client.requests(),
            notes,
            remembered: request.remembered,
        })
    }
}

/// What is asked before the first walk.
pub(super) fn prepare(
    walker: Walker<'_>,
    request: &ObservationRequest<'_>,
) -> Result<Prepared, Failure> {
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
    prove(walker, visibility, assembly, started_at)?;
    let deleted = tree::deleted(walker, visibility, &assembly.not_found())?;
    assembly.forget(&deleted);
    departed::settle(client, assembly, request.before)?;
    if !request.before.anything_may_go() {
        let mut inquiry = Inquiry::new(walker);
        let caller = visibility.caller();
        let reassigned = removals::settle(&mut inquiry, assembly, request.before, caller)?;
        reassigned::settle(&mut inquiry, assembly, request.before, reassigned)?;
        altered::settle(&mut inquiry, assembly, request.before)?;
    }
    assembly.lower_states(visibility);
    Ok(())
}

/// What the permission check leaves open, the key's own grants may prove.
fn prove(
    walker: Walker<'_>,
    visibility: &mut KeyVisibility,
    assembly: &Assembly,
    started_at: Timestamp,
) -> Result<(), ApiError> {
    if visibility.wants_proof()
        && let Caller::Known(caller) = visibility.caller()
    {
        let own = proof::own_assignments(assembly, caller, started_at);
        let proven = proof::confirmed(walker, own)?;
        if assembly.shows_the_default_organization() {
            visibility.prove_by(proven);
        }
    }
    Ok(())
}
