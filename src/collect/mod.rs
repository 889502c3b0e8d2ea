//! Walks the lists of an account and maps what they show to the model.
//!
//! `listings` has one file for each list and the table of them. `visibility` asks what the key may see; `tree` says which
//! scopes there are; `plan` chooses the walks; `workers` are a few threads that make them; `walk` makes one and keeps its
//! record. `assemble` puts the rows together and resolves what role assignments name. `trail` reads who did what. `diagnosis` is for `doctor`.
//! Nothing here knows the store.

mod assemble;
mod assignments;
mod definition;
pub mod diagnosis;
mod endpoint;
mod list_walk;
pub mod listings;
pub mod plan;
mod rows;
pub mod trail;
mod tree;
mod visibility;
mod walk;
pub mod workers;

use std::collections::HashSet;

pub use definition::{
    Definition, Phase, RequiredPermission, Walks, Wanted, WholeAccount, WithoutPermission,
};
pub use endpoint::Endpoint;

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Observation, ResourceId, Scope, ScopeSelection, Timestamp};
use assemble::Assembly;
use plan::Plan;
use visibility::KeyVisibility;
use workers::{Progress, WorkerPool};

/// What to observe, and what to do where something cannot be seen.
#[derive(Debug)]
pub struct Request<'a> {
    /// Which scopes, and what besides.
    pub selection: &'a ScopeSelection,
    /// Go on without what cannot be seen; its listings say so. Otherwise the first gap ends the observation.
    pub accept_gaps: bool,
    /// What was known before.
    pub remembered: &'a Remembered,
    /// Concurrent requests, at least 1.
    pub jobs: usize,
    /// Told how far the work is.
    pub progress: &'a Progress,
}

/// Roles and resource groups as they were known before. Where no list shows one that a role assignment names, they tell a
/// custom one from one that Harness supplies: the name alone does not, and the grant must stay the same grant.
#[derive(Debug, Default)]
pub struct Remembered {
    /// Those of the last snapshot.
    pub held: HashSet<ResourceId>,
    /// Those that any list ever showed.
    pub ever: HashSet<ResourceId>,
}

/// Why there is no observation.
#[derive(Debug)]
pub enum Failure {
    /// A request or a listing failed.
    Api(ApiError),
    /// The key may not see enough: a sentence for each permission and scope.
    MissingPermissions(Vec<String>),
    /// Organizations or projects that were asked for by name and are in no list.
    UnknownScopes(Vec<Scope>),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

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
pub fn plan(client: &Client, request: &Request<'_>) -> Result<Plan, Failure> {
    prepare(client, request).map(|prepared| prepared.plan)
}

/// Observes the account.
///
/// # Errors
/// When a listing fails or, unless gaps are accepted, cannot be known to be whole; nothing is half-observed.
pub fn observe(client: &Client, request: &Request<'_>) -> Result<Observation, Failure> {
    let Prepared {
        started_at,
        mut visibility,
        mut assembly,
        plan,
    } = prepare(client, request)?;
    for choice in &plan.choices {
        log::info!("{choice}");
    }
    log::info!("at least {} requests to come", plan.requests() + 1);
    let pool = WorkerPool {
        client,
        scopes: &plan.scopes,
        accept_gaps: request.accept_gaps,
        jobs: request.jobs,
        progress: request.progress,
    };
    for tasks in [plan.naming, plan.named] {
        pool.run(tasks, |(rows, listing)| assembly.add(rows, listing))?;
    }
    visibility.ask_again(client)?;
    refuse(&visibility, &plan.scopes, request)?;
    assembly.lower_states(&visibility);
    Ok(assembly.finish(assemble::About {
        started_at,
        caller: visibility.caller,
        scopes: request.selection.to_string(),
        requests: client.requests(),
        remembered: request.remembered,
    }))
}

fn prepare(client: &Client, request: &Request<'_>) -> Result<Prepared, Failure> {
    let started_at = Timestamp::now();
    let mut assembly = Assembly::default();
    let mut visibility = KeyVisibility::ask(client, request.selection)?;
    refuse(&visibility, &[Scope::Account], request)?;
    let scopes = tree::read(client, request, &mut visibility, &mut assembly)?;
    refuse(&visibility, &scopes, request)?;
    let plan = Plan::new(&visibility, scopes, request.selection, request.jobs);
    Ok(Prepared {
        started_at,
        visibility,
        assembly,
        plan,
    })
}

fn refuse(
    visibility: &KeyVisibility,
    scopes: &[Scope],
    request: &Request<'_>,
) -> Result<(), Failure> {
    let missing = visibility.missing(scopes, request.selection);
    if missing.is_empty() || request.accept_gaps {
        Ok(())
    } else {
        Err(Failure::MissingPermissions(missing))
    }
}
