//! Walks the lists of an account and maps what they show to the model.
//!
//! `listings` has one file for each list and the table of them. `visibility` asks what the key may see; `tree` says which
//! scopes there are; `plan` chooses the walks; `workers` are a few threads that make them; `walk` makes one and keeps its
//! record. `assemble` puts the rows together and resolves what role assignments name. What a list does not show any more
//! (`missing`, `removals`), or shows otherwise (`altered`, `reassigned`), is asked about by itself (`alone`, within the bounds of `inquiry`). `look`
//! does it all in its order. `trail` reads who did what, `analyzer` asks Harness who may do what. `diagnosis` is for `doctor`.
//! Nothing here knows the store.

mod alone;
mod altered;
pub mod analyzer;
mod assemble;
mod assignments;
mod definition;
mod departed;
pub mod diagnosis;
mod endpoint;
mod failure;
mod inquiry;
mod list_walk;
pub mod listings;
mod look;
mod members;
mod missing;
mod notes;
pub mod plan;
mod proof;
mod reassigned;
mod record;
mod removals;
mod request;
mod rows;
mod settle;
mod shown;
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
pub use request::{Before, HeldResources, NothingBefore, ObservationRequest, Remembered};

use crate::api::client::Client;
use crate::model::Observation;
use look::{look, prepare};
use plan::Plan;
use walk::Walker;
use ways::Ways;

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
    let seen = look(walker, request)?;
    for aside in ways.set_aside() {
        log::log!(aside.level(), "{aside}");
    }
    Ok(seen.finish(client, request))
}
