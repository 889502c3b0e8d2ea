//! Walks the listings of an account and maps what they show to the model.
//!
//! `preflight` asks what the key may see; `tree` says where; `plan` chooses the walks; `work` has them done
//! by a few threads; `walk` does one, at the place that `catalogue` names. One file per kind of row holds its identity
//! and its mapping. `assemble` resolves what role assignments name. Invariant: nothing here knows the store.

mod account;
mod assemble;
mod auth_settings;
mod catalogue;
pub mod examine;
mod found;
mod many_scopes;
mod organizations;
pub mod plan;
pub mod preflight;
mod resource_groups;
mod role_assignments;
mod roles;
mod service_accounts;
mod tokens;
mod tree;
mod user_groups;
mod users;
mod walk;
pub mod work;

use std::collections::HashSet;

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Area, Extra};
use crate::model::{Observation, ResourceId, Scope, Timestamp};
use assemble::Assembly;
use plan::Plan;
use preflight::Access;
use work::{Office, Progress};

/// What to observe, and what to do where something cannot be seen.
#[derive(Debug)]
pub struct Request<'a> {
    /// Which scopes.
    pub area: &'a Area,
    /// Go on without what cannot be seen; its listings say so. Otherwise the first gap ends the observation.
    pub accept_gaps: bool,
    /// What was known before.
    pub remembered: &'a Remembered,
    /// Requests under way at a time, at least 1.
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
    access: Access,
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
        mut access,
        mut assembly,
        plan,
    } = prepare(client, request)?;
    for choice in &plan.choices {
        log::info!("{choice}");
    }
    log::info!("at least {} requests to come", plan.requests() + 1);
    assembly.account(account::read(client)?);
    if request.area.extras.contains(&Extra::AuthSettings) {
        let (rows, listing) = auth_settings::read(client, request.accept_gaps)?;
        assembly.add(rows, listing);
    }
    let office = Office {
        client,
        scopes: &plan.scopes,
        accept_gaps: request.accept_gaps,
        jobs: request.jobs,
        progress: request.progress,
    };
    for tasks in [plan.first, plan.second] {
        office.work(tasks, |(rows, listing)| assembly.add(rows, listing))?;
    }
    access.ask_again(client)?;
    refuse(&access, &plan.scopes, request)?;
    assembly.judge(&access);
    Ok(assembly.finish(assemble::About {
        started_at,
        caller: access.caller,
        scopes: request.area.to_string(),
        requests: client.requests(),
        remembered: request.remembered,
    }))
}

fn prepare(client: &Client, request: &Request<'_>) -> Result<Prepared, Failure> {
    let started_at = Timestamp::now();
    let mut assembly = Assembly::default();
    let mut access = Access::ask(client, request.area)?;
    refuse(&access, &[Scope::Account], request)?;
    let scopes = tree::read(client, request, &mut access, &mut assembly)?;
    refuse(&access, &scopes, request)?;
    let plan = Plan::new(&access, scopes, request.area, request.jobs);
    Ok(Prepared {
        started_at,
        access,
        assembly,
        plan,
    })
}

fn refuse(access: &Access, scopes: &[Scope], request: &Request<'_>) -> Result<(), Failure> {
    let missing = access.missing(scopes, request.area);
    if missing.is_empty() || request.accept_gaps {
        Ok(())
    } else {
        Err(Failure::MissingPermissions(missing))
    }
}
