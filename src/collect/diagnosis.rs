//! What `doctor` wants to know: can a sync of these scopes with this key see everything, and how does this server differ?

use std::time::{Duration, SystemTime};

use super::assemble::Assembly;
use super::definition::{Definition, RequiredPermission, Walks, Wanted, WithoutPermission};
use super::failure::Failure;
use super::listings;
use super::proof;
use super::request::ObservationRequest;
use super::tree;
use super::trial;
use super::visibility::{Caller, KeyVisibility, PermissionProbe};
use super::walk::Walker;
use super::ways::Ways;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire;
use crate::model::{
    CheckedPermission, Depth, Deviation, Diagnosis, Extra, ListDiagnosis, ListingKind,
    ListingState, Proof, Scope, ScopeSelection, Timestamp, Trial, TrialAnswer,
};

/// Asks about the key, reads the account, and tries each list once.
///
/// # Errors
/// When the key is refused, or what answers is not Harness.
pub fn diagnose(client: &Client, request: &ObservationRequest<'_>) -> Result<Diagnosis, Failure> {
    let ways = Ways::default();
    let walker = Walker {
        client,
        ways: &ways,
    };
    let selection = request.selection;
    let mut visibility = KeyVisibility::ask(client, &everything(selection))?;
    let account = account(client)?;
    let mut assembly = Assembly::new(selection);
    let scopes = tree::read(walker, request, &mut visibility, &mut assembly)?;
    let tops: Vec<Scope> = scopes
        .iter()
        .filter(|scope| match scope {
            Scope::Account => true,
            Scope::Organization { .. } => selection.without_account,
            Scope::Project { .. } | Scope::Harness => false,
        })
        .cloned()
        .collect();
    let trials = trial::of_each(walker, selection, tops.first())?;
    if !client.has_worked()
        && let Some(error) = visibility.refusal()
    {
        return Err(Failure::of_nothing_worked(error.clone()));
    }
    let [organizations, projects] = [
        PermissionProbe::AllOrganizations,
        PermissionProbe::AllProjects,
    ]
    .map(|own| proof_of(&visibility, &own));
    prove(walker, &mut visibility)?;
    let permissions = held(&visibility, &tops, selection);
    let lists = lists(&visibility, &assembly, selection, &scopes, &trials);
    let (name_and_cluster, skew) = account;
    let (account_name, cluster) = name_and_cluster.unwrap_or_default();
    Ok(Diagnosis {
        caller: match visibility.caller() {
            Caller::Known(caller) => Some(caller.clone()),
            Caller::Nobody | Caller::Unasked => None,
        },
        access_control: match visibility.caller() {
            Caller::Known(_) => Some(true),
            Caller::Nobody => Some(false),
            Caller::Unasked => None,
        },
        account_name,
        cluster,
        clock_skew: skew,
        permissions,
        organizations,
        projects,
        lists,
        deviations: deviations(walker, &visibility, &trials),
        trials,
    })
}

/// `doctor` says about organizations and projects too, whatever is selected.
fn everything(selection: &ScopeSelection) -> ScopeSelection {
    ScopeSelection {
        depth: Depth::All,
        extras: Extra::ALL.into_iter().collect(),
        ..selection.clone()
    }
}

type AccountRead = (Option<(Option<String>, Option<String>)>, Option<Duration>);

/// Name and cluster of the account, for a key that may read it, and how far the clocks are apart.
fn account(client: &Client) -> Result<AccountRead, ApiError> {
    let endpoint = &listings::definition(ListingKind::Accounts).endpoint;
    let call = endpoint.call(client.account_id(), &Scope::Account);
    match client.get::<wire::Account>(&call) {
        Err(error) if error.ends_run() => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok((None, None))
        }
        Ok(reply) => Ok((
            Some((reply.data.name, reply.data.cluster)),
            reply.server_date.map(skew),
        )),
    }
}

/// What the access check leaves open, the key's own grants may prove, as in a sync. That takes the account's lists.
fn prove(walker: Walker<'_>, visibility: &mut KeyVisibility) -> Result<(), ApiError> {
    let started_at = Timestamp::now();
    let Caller::Known(caller) = visibility.caller().clone() else {
        return Ok(());
    };
    if !visibility.wants_proof() {
        return Ok(());
    }
    let mut assembly = Assembly::new(&ScopeSelection::default());
    for kind in [
        ListingKind::RoleAssignments,
        ListingKind::UserGroups,
        ListingKind::ServiceAccounts,
        ListingKind::Roles,
        ListingKind::ResourceGroups,
    ] {
        if let Some(listed) = walker.listing(kind, &Scope::Account)? {
            assembly.add(listed);
        }
    }
    let own = proof::own_assignments(&assembly, &caller, started_at);
    visibility.prove_by(own.into_iter().flat_map(|own| own.proves).collect());
    Ok(())
}

/// Permissions that a sync needs in each of the scopes, and those of what `--with` would add.
fn held(
    visibility: &KeyVisibility,
    tops: &[Scope],
    selection: &ScopeSelection,
) -> Vec<CheckedPermission> {
    let needed = listings::of_every_scope().map(|listing| (listing, true));
    let optional = listings::asked_for_by(|extra| {
        extra == Extra::AuthSettings || selection.extras.contains(&extra)
    })
    .map(|listing| (listing, false));
    let required: Vec<(&'static RequiredPermission, bool)> = needed
        .chain(optional)
        .filter(|(listing, _)| listing.without_permission == WithoutPermission::Gap)
        .filter_map(|(listing, needed)| Some((listing.permission?, needed)))
        .collect();
    let of_scope = |scope: &Scope| {
        required
            .iter()
            .filter(|(_, needed)| *needed || *scope == Scope::Account)
            .map(|(required, needed)| CheckedPermission {
                permission: required.permission,
                resource_type: required.resource_type,
                scope: scope.clone(),
                needed: *needed,
                held: visibility.holds(&PermissionProbe::InScope(required, scope.clone())),
            })
            .collect::<Vec<CheckedPermission>>()
    };
    tops.iter().flat_map(of_scope).collect()
}

/// Whether what a probe is about can be seen completely, which takes the other views besides.
fn proof_of(visibility: &KeyVisibility, own: &PermissionProbe) -> Proof {
    let views = listings::of_every_scope().filter_map(|listing| listing.permission);
    let lacking: Vec<&'static str> = [own.clone()]
        .into_iter()
        .chain(views.map(PermissionProbe::InEveryScope))
        .filter(|probe| !visibility.holds(probe))
        .map(|probe| probe.permission())
        .collect();
    if lacking.is_empty() {
        Proof::Proven
    } else {
        Proof::Unproven(lacking)
    }
}

/// What a sync would make of each list.
fn lists(
    visibility: &KeyVisibility,
    assembly: &Assembly,
    selection: &ScopeSelection,
    scopes: &[Scope],
    trials: &[Trial],
) -> Vec<ListDiagnosis> {
    let planned = listings::LISTINGS.into_iter().filter(|listing| {
        let wanted = match listing.wanted {
            Wanted::Always => true,
            Wanted::With(extra) => selection.extras.contains(&extra),
        };
        wanted && listing.without_permission == WithoutPermission::Gap
    });
    planned
        .filter_map(|listing| {
            if listing.walks == Walks::Tree {
                return of_tree(listing, visibility, assembly);
            }
            let read = read_in(listing, selection, scopes);
            let mut gaps: Vec<(Scope, String)> = read
                .iter()
                .filter_map(|scope| {
                    Some((scope.clone(), why_incomplete(visibility, listing, scope)?))
                })
                .collect();
            let failed = trials.iter().find_map(|trial| failure(listing, trial));
            gaps.extend(failed.filter(|_| gaps.is_empty()));
            let diagnosis = ListDiagnosis {
                kind: listing.kind,
                scopes: read.len(),
                gaps,
            };
            (!read.is_empty()).then_some(diagnosis)
        })
        .collect()
}

fn of_tree(
    listing: &Definition,
    visibility: &KeyVisibility,
    assembly: &Assembly,
) -> Option<ListDiagnosis> {
    let of_kind = assembly
        .listings
        .iter()
        .filter(|own| own.kind == listing.kind);
    let states: Vec<(Scope, Option<String>)> = of_kind
        .map(|own| {
            let why = match &own.state {
                ListingState::Complete => visibility.why_incomplete(own.kind, &own.scope),
                state => state.reason().map(str::to_owned),
            };
            (own.scope.clone(), why)
        })
        .collect();
    (!states.is_empty()).then(|| ListDiagnosis {
        kind: listing.kind,
        scopes: states.len(),
        gaps: states
            .into_iter()
            .filter_map(|(scope, why)| Some((scope, why?)))
            .collect(),
    })
}

fn read_in(listing: &Definition, selection: &ScopeSelection, scopes: &[Scope]) -> Vec<Scope> {
    let below = |scope: &&Scope| **scope != Scope::Account;
    match &listing.walks {
        Walks::Tree | Walks::Once | Walks::Trail => Vec::new(),
        Walks::Account | Walks::WholeAccount if selection.without_account => Vec::new(),
        Walks::Account | Walks::WholeAccount => vec![Scope::Account],
        Walks::AccountAndBelow(extra)
            if selection.without_account || selection.extras.contains(extra) =>
        {
            scopes.to_vec()
        }
        Walks::AccountAndBelow(_) => {
            let mut account = scopes.to_vec();
            account.retain(|scope| !below(&scope));
            account
        }
        Walks::EachScope(_) | Walks::ManyScopes => scopes.to_vec(),
    }
}

fn why_incomplete(
    visibility: &KeyVisibility,
    listing: &Definition,
    scope: &Scope,
) -> Option<String> {
    match listing.kind {
        ListingKind::RoleAssignments => visibility
            .assignments_seen(scope)
            .map(|(_, reasons)| reasons),
        kind => visibility.why_incomplete(kind, scope),
    }
}

fn failure(listing: &Definition, trial: &Trial) -> Option<(Scope, String)> {
    if trial.kind != listing.kind {
        return None;
    }
    let (kind, status, code) = match &trial.answer {
        TrialAnswer::Failure { kind, status, code } => (kind, status, code),
        TrialAnswer::List { defects, .. } => {
            let why = (!defects.is_empty()).then(|| defects.join("; "))?;
            return Some((trial.scope.clone(), why));
        }
    };
    let status = status.map_or_else(String::new, |status| format!(" (status {status})"));
    let code = code
        .as_ref()
        .map_or_else(String::new, |code| format!(", {code}"));
    let why = format!("{} fails: {kind}{status}{code}", trial.endpoint);
    Some((trial.scope.clone(), why))
}

/// Where this server differs.
fn deviations(walker: Walker<'_>, visibility: &KeyVisibility, trials: &[Trial]) -> Vec<Deviation> {
    let mut met = Vec::new();
    met.extend(
        walker
            .client
            .moved_to()
            .map(|url| Deviation::Below(url.to_string())),
    );
    if *visibility.caller() == Caller::Nobody {
        met.push(Deviation::AccessControlOff);
    }
    if let Some(error) = visibility.refusal() {
        met.push(Deviation::CheckSilent(error.kind.reason()));
    } else if visibility.wants_proof() {
        met.push(Deviation::NothingAboutUnknownScopes);
    }
    let otherwise = walker.ways.unusual().into_iter();
    met.extend(otherwise.map(Deviation::AskedOtherwise));
    let unsorted = walker.client.unsorted_lists();
    let is_unsorted =
        |listing: &&Definition| unsorted.iter().any(|path| path == listing.endpoint.path);
    let unsorted = listings::LISTINGS.into_iter().filter(is_unsorted);
    met.extend(unsorted.map(|listing| Deviation::Unsorted(listing.kind)));
    met.extend(trials.iter().filter_map(of_trial));
    met
}

fn of_trial(trial: &Trial) -> Option<Deviation> {
    let listing = listings::definition(trial.kind);
    match &trial.answer {
        TrialAnswer::Failure { kind, .. } => (listing.without_permission
            == WithoutPermission::NotRead)
            .then_some(Deviation::NotListed(trial.kind, kind)),
        TrialAnswer::List {
            total: None,
            is_page: true,
            ..
        } => Some(Deviation::Untotalled(trial.kind)),
        TrialAnswer::List { rows: 0, .. } if trial.kind == ListingKind::Permissions => {
            Some(Deviation::NotListed(trial.kind, "no rows"))
        }
        TrialAnswer::List { rows, shape, .. } => {
            let says = shape.iter().any(|member| member == "users: array");
            (trial.kind == ListingKind::UserGroups && *rows > 0 && !says)
                .then_some(Deviation::MembersUnsaid)
        }
    }
}

fn skew(server: SystemTime) -> Duration {
    let now = SystemTime::now();
    let skew = now
        .duration_since(server)
        .unwrap_or_else(|error| error.duration());
    Duration::from_secs(skew.as_secs())
}
