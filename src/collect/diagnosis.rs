//! What `doctor` wants to know: can a sync of this account with this key see everything?

use std::time::{Duration, SystemTime};

use super::definition::{RequiredPermission, WithoutPermission};
use super::listings;
use super::visibility::{PermissionProbe, Unenforced, ask};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire;
use crate::model::{Diagnosis, Extra, Held, ListingKind, Proof, Scope};

/// Asks about the key and reads the account.
///
/// # Errors
/// When the key is refused, or what answers is not Harness.
pub fn diagnose(client: &Client) -> Result<Diagnosis, ApiError> {
    let required = required();
    let probes: Vec<PermissionProbe> = required
        .iter()
        .map(|(required, _)| PermissionProbe::InScope(required, Scope::Account))
        .collect();
    let own = ask(client, &probes)?;
    let unenforced = Unenforced::ask(client)?;
    let below_account = below(client)?;
    // As to a sync, a yes that everybody hears is none.
    let is_yes = |probe: &PermissionProbe, held: bool| {
        held && own.caller.is_some() && unenforced.why(probe.permission()).is_none()
    };
    let permissions = required
        .iter()
        .zip(probes.iter().zip(&own.held))
        .map(|((required, needed), (probe, held))| Held {
            permission: required.permission,
            resource_type: required.resource_type,
            needed: *needed,
            held: is_yes(probe, *held),
        })
        .collect();
    let mut asked: Vec<PermissionProbe> = probes;
    asked.extend([
        PermissionProbe::AllOrganizations,
        PermissionProbe::AllProjects,
    ]);
    for reason in asked
        .iter()
        .filter_map(|probe| unenforced.why(probe.permission()))
    {
        log::warn!("{reason}, so nobody can tell what is hidden");
    }
    let [organizations, projects] = [
        PermissionProbe::AllOrganizations,
        PermissionProbe::AllProjects,
    ]
    .map(|own| proof(&own, &below_account, is_yes));
    let account = account(client)?;
    let server_date = account.as_ref().and_then(|(_, date)| *date);
    let (account_name, cluster) = account
        .map(|(account, _)| (account.name, account.cluster))
        .unwrap_or_default();
    Ok(Diagnosis {
        caller: own.caller,
        account_name,
        cluster,
        clock_skew: server_date.map(skew),
        permissions,
        organizations,
        projects,
    })
}

/// What a sync needs, and what it needs only for sign-in settings (false).
fn required() -> Vec<(&'static RequiredPermission, bool)> {
    let needed = listings::of_every_scope().map(|listing| (listing, true));
    let optional = listings::asked_for_by(|extra| extra == Extra::AuthSettings)
        .map(|listing| (listing, false));
    needed
        .chain(optional)
        .filter(|(listing, _)| listing.without_permission == WithoutPermission::Gap)
        .filter_map(|(listing, needed)| Some((listing.permission?, needed)))
        .collect()
}

/// The account as Harness sends it, and what the server's clock says; nothing for a key that may not read it.
fn account(client: &Client) -> Result<Option<(wire::Account, Option<SystemTime>)>, ApiError> {
    let endpoint = &listings::definition(ListingKind::Accounts).endpoint;
    let call = endpoint.call(client.account_id(), &Scope::Account);
    match client.get::<wire::Account>(&call) {
        Err(error) if error.is_not_permitted() => {
            log::info!("{error}");
            Ok(None)
        }
        reply => reply.map(|reply| Some((reply.data, reply.server_date))),
    }
}

/// What is held everywhere below the account. Servers that check scopes may refuse to answer about ones that do not
/// exist; then nothing is proven.
fn below(client: &Client) -> Result<Vec<(PermissionProbe, bool)>, ApiError> {
    let mut probes = vec![
        PermissionProbe::AllOrganizations,
        PermissionProbe::AllProjects,
    ];
    let everywhere = listings::of_every_scope().filter_map(|listing| listing.permission);
    probes.extend(everywhere.map(PermissionProbe::InEveryScope));
    let held = match ask(client, &probes) {
        Ok(results) => results.held,
        Err(error) if error.is_refusal() => vec![false; probes.len()],
        Err(error) => return Err(error),
    };
    Ok(probes.into_iter().zip(held).collect())
}

/// Whether what a probe is about can be seen completely, which takes the other views besides.
fn proof(
    own: &PermissionProbe,
    below: &[(PermissionProbe, bool)],
    is_yes: impl Fn(&PermissionProbe, bool) -> bool,
) -> Proof {
    let lacking: Vec<&'static str> = below
        .iter()
        .filter(|(probe, _)| probe == own || matches!(probe, PermissionProbe::InEveryScope(_)))
        .filter(|(probe, held)| !is_yes(probe, *held))
        .map(|(probe, _)| probe.permission())
        .collect();
    if lacking.is_empty() {
        Proof::Proven
    } else {
        Proof::Unproven(lacking)
    }
}

fn skew(server: SystemTime) -> Duration {
    let now = SystemTime::now();
    let skew = now
        .duration_since(server)
        .unwrap_or_else(|error| error.duration());
    Duration::from_secs(skew.as_secs())
}
