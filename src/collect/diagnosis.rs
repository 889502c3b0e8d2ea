//! What `doctor` wants to know: would a sync of these scopes with this key be whole, and how does this server differ?
//!
//! It looks as a sync does, with the very same walks, and judges by their records.

use super::definition::{Definition, RequiredPermission, Walks, WithoutPermission};
use super::failure::Failure;
use super::listings;
use super::look::look;
use super::notes;
use super::request::ObservationRequest;
use super::trail;
use super::trial;
use super::visibility::{Caller, KeyVisibility, PermissionProbe};
use super::walk::Walker;
use super::ways::{NotWhole, Ways};

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire;
use crate::model::{
    CheckedPermission, Depth, Deviation, Diagnosis, Extra, ListDiagnosis, Listing, ListingKind,
    ListingState, Proof, Scope, ScopeSelection, Trial, TrialAnswer,
};

/// Looks at the account as a sync does, and asks about the key and the server besides.
///
/// # Errors
/// When a sync would end without a snapshot: the key is refused, or what answers is not Harness.
pub fn diagnose(client: &Client, request: &ObservationRequest<'_>) -> Result<Diagnosis, Failure> {
    let ways = Ways::default();
    let walker = Walker {
        client,
        ways: &ways,
    };
    let selection = request.selection;
    let mut seen = look(walker, request)?;
    let clock_ahead = client.clock_ahead();
    let people = trail::people(&seen.assembly.resources, &seen.assembly.directory, |_| None);
    let of_trail = trail::sample(client, selection, people)?;
    let lists = lists(seen.assembly.listings.iter().chain(&of_trail));
    let is_unread = lists.iter().any(|list| !list.unread.is_empty());
    let proof_is_open = is_unread && seen.visibility.wants_proof();

    // From here on nothing changes what a sync would make of the lists.
    seen.visibility.ask_also(client, &everything(selection))?;
    let visibility = &seen.visibility;
    let [organizations, projects] = [
        PermissionProbe::AllOrganizations,
        PermissionProbe::AllProjects,
    ]
    .map(|own| proof_of(visibility, &own));
    let tops = tops(&seen.scopes, selection);
    let (account_name, cluster) = account(client)?;
    let trials = trial::of_each(walker, selection, tops.first())?;
    let mut deviations = deviations(walker, visibility, &of_trail, &trials);
    let unread = notes::unread(&seen.assembly).into_iter();
    deviations.extend(
        unread.map(|((kind, attribute), rows)| Deviation::AttributeUnread(kind, attribute, rows)),
    );
    Ok(Diagnosis {
        caller: visibility.caller().name(),
        access_control: match visibility.caller() {
            Caller::Known(_) => Some(true),
            Caller::Nobody => Some(false),
            Caller::Unasked => None,
        },
        account_name,
        cluster,
        clock_ahead,
        permissions: held(visibility, &tops, selection),
        organizations,
        projects,
        lists,
        proof_is_open,
        deviations,
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

/// The uppermost scopes that are observed.
fn tops(scopes: &[Scope], selection: &ScopeSelection) -> Vec<Scope> {
    let is_top = |scope: &&Scope| match scope {
        Scope::Account => true,
        Scope::Organization { .. } => selection.without_account,
        Scope::Project { .. } | Scope::Harness => false,
    };
    scopes.iter().filter(is_top).cloned().collect()
}

/// Name and cluster of the account, for a key that may read it.
fn account(client: &Client) -> Result<(Option<String>, Option<String>), ApiError> {
    let endpoint = &listings::definition(ListingKind::Accounts).endpoint;
    let call = endpoint.call(client.account_id(), &Scope::Account);
    match client.get::<wire::Account>(&call) {
        Err(error) if error.ends_run() => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok((None, None))
        }
        Ok(reply) => Ok((reply.data.name.known(), reply.data.cluster.known())),
    }
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
    .filter(|listing| {
        matches!(
            listing.without_permission,
            WithoutPermission::Gap | WithoutPermission::GapApart
        )
    })
    .map(|listing| (listing, false));
    let mut required: Vec<(&'static RequiredPermission, bool)> = needed
        .chain(optional)
        .filter_map(|(listing, needed)| Some((listing.permission?, needed)))
        .collect();
    required.dedup();
    let of_scope = |scope: &Scope| {
        required
            .iter()
            .filter(|(_, needed)| *needed || *scope == Scope::Account)
            .map(|(required, needed)| {
                let probe = PermissionProbe::InScope(required, scope.clone());
                CheckedPermission {
                    permission: required.permission,
                    resource_type: required.resource_type,
                    scope: scope.clone(),
                    needed: *needed,
                    held: visibility.holds(&probe),
                    answered: visibility.is_answered(&probe),
                }
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

/// The records of the walks by kind, in the order of the walks.
fn lists<'a>(records: impl Iterator<Item = &'a Listing>) -> Vec<ListDiagnosis> {
    let records: Vec<&Listing> = records.collect();
    let of_kind = |kind: ListingKind| {
        let own: Vec<&Listing> = records
            .iter()
            .copied()
            .filter(|record| record.kind == kind)
            .collect();
        let (mut gaps, mut unread) = (Vec::new(), Vec::new());
        for record in &own {
            match record.state {
                ListingState::Complete => {}
                ListingState::Unread { .. } => unread.push((*record).clone()),
                ListingState::Partial { .. } | ListingState::NotPermitted { .. } => {
                    gaps.push((*record).clone());
                }
            }
        }
        (!own.is_empty()).then_some(ListDiagnosis {
            kind,
            scopes: own.len(),
            gaps,
            unread,
        })
    };
    let is_promised =
        |listing: &&Definition| listing.without_permission != WithoutPermission::NotRead;
    listings::LISTINGS
        .into_iter()
        .filter(is_promised)
        .filter_map(|listing| of_kind(listing.kind))
        .collect()
}

/// Where this server differs.
fn deviations(
    walker: Walker<'_>,
    visibility: &KeyVisibility,
    of_trail: &[Listing],
    trials: &[Trial],
) -> Vec<Deviation> {
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
        met.push(Deviation::CheckSilent(error.kind.essence()));
    } else if visibility.wants_proof() {
        met.push(Deviation::NothingAboutUnknownScopes);
    }
    let otherwise = walker.ways.unusual().into_iter();
    met.extend(otherwise.map(Deviation::AskedOtherwise));
    let elsewhere = of_trail
        .iter()
        .filter(|listing| trail::is_of_the_second_list(listing));
    met.extend(elsewhere.map(|listing| Deviation::AskedOtherwise(listing.kind)));
    let unsorted = walker.client.unsorted_lists();
    let is_unsorted = |listing: &&Definition| {
        unsorted.iter().any(|path| path == listing.endpoint.path) && listing.walks != Walks::Trail
    };
    let unsorted = listings::LISTINGS.into_iter().filter(is_unsorted);
    met.extend(unsorted.map(|listing| Deviation::Unsorted(listing.kind)));
    let aside = walker.ways.set_aside().into_iter();
    met.extend(aside.map(|aside| match aside.why {
        NotWhole::Failed(error) => Deviation::NotListed(aside.kind, error.kind.essence()),
        NotWhole::Defect(defect) => Deviation::NotWhole(aside.kind, defect),
    }));
    met.extend(trials.iter().filter_map(of_trial));
    met
}

fn of_trial(trial: &Trial) -> Option<Deviation> {
    let listing = listings::definition(trial.kind);
    match &trial.answer {
        TrialAnswer::Failure { .. } => None,
        TrialAnswer::List {
            total: None,
            is_page: true,
            ..
        } if listing.walks != Walks::Trail => Some(Deviation::Untotalled(trial.kind)),
        TrialAnswer::List { rows, shape, .. } => {
            let says = shape.iter().any(|member| member == "users: array");
            (trial.kind == ListingKind::UserGroups && *rows > 0 && !says)
                .then_some(Deviation::MembersUnsaid)
        }
    }
}
