//! What follows from the answers about the key, for each list and scope.

use std::collections::HashSet;

use super::own_grants::{OwnGrant, prove};
use super::results::{ProbeResult, ProbeResults};
use super::{Caller, PermissionProbe};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::collect::definition::{RequiredPermission, Wanted, WithoutPermission};
use crate::collect::listings;
use crate::model::{CHECK_SILENT, Depth, ListingKind, ResourceType, Scope, ScopeSelection};

/// What the key may see in each scope of a sync.
#[derive(Debug, Default)]
pub(crate) struct KeyVisibility {
    answers: ProbeResults,
    own: Vec<OwnGrant>,
    /// Organizations asked about.
    organizations: Vec<String>,
}

/// Whether all organizations, or all projects of an organization, are asked for. What is named by itself is not: its
/// list need not be known to be complete.
pub(crate) fn wants_every(kind: ListingKind, scope: &Scope, selection: &ScopeSelection) -> bool {
    match (kind, scope.org()) {
        (ListingKind::Organizations, _) => {
            selection.depth > Depth::Account && !selection.is_narrowed()
        }
        (ListingKind::Projects, Some(org)) => {
            let by_name = selection.orgs.iter().any(|wanted| wanted == org);
            selection.depth == Depth::All && (by_name || !selection.is_narrowed())
        }
        _ => !selection.is_narrowed(),
    }
}

/// Permissions that open a list in every scope.
fn of_every_scope() -> impl Iterator<Item = &'static RequiredPermission> {
    listings::of_every_scope().filter_map(|listing| listing.permission)
}

impl KeyVisibility {
    /// Asks about the account, and where more is to be observed, about everything below it: whether organizations,
    /// projects and every other list are visible everywhere.
    pub(crate) fn ask(client: &Client, selection: &ScopeSelection) -> Result<Self, ApiError> {
        let mut visibility = Self::default();
        visibility.ask_also(client, selection)?;
        Ok(visibility)
    }

    /// Asks what the same questions about another selection leave open.
    pub(crate) fn ask_also(
        &mut self,
        client: &Client,
        selection: &ScopeSelection,
    ) -> Result<(), ApiError> {
        let extras = listings::asked_for_by(|extra| selection.extras.contains(&extra))
            .filter_map(|listing| listing.permission);
        let mut probes = Vec::new();
        if !selection.without_account {
            let in_account = of_every_scope().chain(extras);
            probes.extend(
                in_account.map(|required| PermissionProbe::InScope(required, Scope::Account)),
            );
        }
        if !selection.without_account && selection.depth > Depth::Account {
            probes.extend([
                PermissionProbe::AllOrganizations,
                PermissionProbe::AllProjects,
            ]);
            probes.extend(of_every_scope().map(PermissionProbe::InEveryScope));
        }
        self.answers.ask(client, probes)
    }

    /// Asks about the scopes where a list is not known to be visible already, and about the projects of organizations
    /// where those are not known to be all visible.
    pub(crate) fn ask_about(&mut self, client: &Client, scopes: &[Scope]) -> Result<(), ApiError> {
        let mut probes = Vec::new();
        for scope in scopes {
            for required in of_every_scope() {
                if !self.holds(&PermissionProbe::InEveryScope(required)) {
                    probes.push(PermissionProbe::InScope(required, scope.clone()));
                }
            }
            if let Scope::Organization { org } = scope {
                if !self.holds(&PermissionProbe::AllProjects) {
                    probes.push(PermissionProbe::AllProjectsOf(org.clone()));
                }
                self.organizations.push(org.clone());
            }
        }
        self.answers.ask(client, probes)
    }

    /// Asks about single lists, in their very scope.
    pub(crate) fn ask_about_lists(
        &mut self,
        client: &Client,
        lists: &[(ListingKind, Scope)],
    ) -> Result<(), ApiError> {
        let probes = lists.iter().flat_map(|(kind, scope)| {
            let required = match listings::definition(*kind).permission {
                Some(required) => vec![required],
                // Role assignments show each type of principal to whoever may view it.
                None => of_every_scope()
                    .filter(|of| of.principal.is_some())
                    .collect(),
            };
            let probe = |required| PermissionProbe::InScope(required, scope.clone());
            required.into_iter().map(probe).collect::<Vec<_>>()
        });
        self.answers.ask(client, probes.collect())
    }

    /// Asks everything again after the walk.
    pub(crate) fn ask_again(&mut self, client: &Client) -> Result<(), ApiError> {
        self.answers.ask_again(client)
    }

    /// Takes what the lists show of the caller's own grants for a proof.
    pub(crate) fn prove_by(&mut self, own: Vec<OwnGrant>) {
        self.own = own;
    }

    /// Whose key it is.
    pub(crate) fn caller(&self) -> &Caller {
        &self.answers.caller
    }

    /// Whether the caller holds a permission in the account.
    pub(crate) fn holds_something(&self) -> bool {
        let in_account = |required| PermissionProbe::InScope(required, Scope::Account);
        of_every_scope().any(|required| self.holds(&in_account(required)))
    }

    /// The error of an access check that never answered.
    pub(crate) fn refusal(&self) -> Option<&ApiError> {
        self.answers.refusal()
    }

    /// What the key lacks in these scopes, one sentence for each permission, and whose key it is. Empty when nothing is
    /// denied in a scope that exists: the rest may turn out to be proven.
    pub(crate) fn missing(&self, scopes: &[Scope], selection: &ScopeSelection) -> Vec<String> {
        let extras: Vec<_> = listings::asked_for_by(|extra| selection.extras.contains(&extra))
            .filter(|listing| listing.without_permission == WithoutPermission::Gap)
            .filter_map(|listing| listing.permission)
            .filter_map(|required| Some((required, self.hidden(required, &Scope::Account)?)))
            .collect();
        let lacks_one = extras.iter().any(|(_, why)| *why == Hidden::Lacks);
        if !lacks_one && !self.answers.deny_what_exists() {
            return Vec::new();
        }
        let mut sentences = self.hidden_below(scopes, selection);
        let account = Scope::Account.to_string();
        let told = |(required, why): (_, Hidden)| why.told(required, &account);
        sentences.extend(extras.into_iter().map(told));
        for required in of_every_scope() {
            let why = |scope: &Scope| Some((scope.clone(), self.hidden(required, scope)?));
            let (lacking, unanswered): (Vec<_>, Vec<_>) = scopes
                .iter()
                .filter_map(why)
                .partition(|(_, why)| *why == Hidden::Lacks);
            if !lacking.is_empty() {
                let scopes: Vec<String> =
                    lacking.iter().map(|(scope, _)| scope.to_string()).collect();
                sentences.push(Hidden::Lacks.told(required, &some_of(&scopes)));
            }
            let unanswered = unanswered.first();
            sentences.extend(unanswered.map(|(scope, why)| why.told(required, &scope.to_string())));
        }
        let mut said = HashSet::new();
        sentences.retain(|sentence| said.insert(sentence.clone()));
        let caller = self.caller().name();
        sentences.extend(caller.map(|caller| format!("the key is that of {caller}")));
        sentences
    }

    /// Whether organizations and projects are all visible, where all of them are wanted.
    fn hidden_below(&self, scopes: &[Scope], selection: &ScopeSelection) -> Vec<String> {
        scopes
            .iter()
            .filter_map(|scope| {
                let kind = match scope {
                    Scope::Account => ListingKind::Organizations,
                    Scope::Organization { .. } => ListingKind::Projects,
                    Scope::Project { .. } | Scope::Harness => return None,
                };
                wants_every(kind, scope, selection).then(|| self.why_incomplete(kind, scope))?
            })
            .collect()
    }

    /// Whether own grants could prove what the access check would not.
    pub(crate) fn wants_proof(&self) -> bool {
        self.answers.leave_something_open()
    }

    /// Whether Harness said yes each time, or the key's own grants prove what Harness would not answer about. A plain no
    /// about a scope that exists is the very answer that the list gets, and stands.
    pub(crate) fn holds(&self, probe: &PermissionProbe) -> bool {
        match self.answers.get(probe) {
            Some(ProbeResult::Yes) => true,
            Some(ProbeResult::No) => {
                probe.is_sentinel()
                    && self.answers.sentinels_say_nothing()
                    && prove(&self.own, probe)
            }
            Some(ProbeResult::Unanswered(_)) => prove(&self.own, probe),
            Some(ProbeResult::Taken) | None => false,
        }
    }

    /// Whether Harness said yes or no at all.
    pub(crate) fn is_answered(&self, probe: &PermissionProbe) -> bool {
        matches!(
            self.answers.get(probe),
            Some(ProbeResult::Yes | ProbeResult::No | ProbeResult::Taken)
        )
    }

    /// Said where Harness did not answer about one of these.
    fn unanswered(&self, probes: &[&PermissionProbe]) -> Option<String> {
        probes
            .iter()
            .find_map(|probe| match self.answers.get(probe) {
                Some(ProbeResult::Unanswered(reason)) => {
                    Some(format!("unproven, because {CHECK_SILENT}: {reason}"))
                }
                _ => None,
            })
    }

    /// Why the list of a kind in a scope cannot be known to be complete.
    pub(crate) fn why_incomplete(&self, kind: ListingKind, scope: &Scope) -> Option<String> {
        match (kind, scope) {
            (ListingKind::Organizations, _) => {
                self.unless(&[PermissionProbe::AllOrganizations], "every organization")
            }
            (ListingKind::Projects, Scope::Organization { org }) => {
                let either = [
                    PermissionProbe::AllProjects,
                    PermissionProbe::AllProjectsOf(org.clone()),
                ];
                self.unless(&either, &format!("every project of {scope}"))
            }
            (ListingKind::Projects, _) if self.sees_projects_of_each() => None,
            (ListingKind::Projects, _) => {
                self.unless(&[PermissionProbe::AllProjects], "every project")
            }
            _ => self.why_hidden_list(kind, scope),
        }
    }

    fn why_hidden_list(&self, kind: ListingKind, scope: &Scope) -> Option<String> {
        let listing = listings::definition(kind);
        let required = listing.permission?;
        match listing.without_permission {
            WithoutPermission::NotRead | WithoutPermission::GapApart => None,
            WithoutPermission::Gap | WithoutPermission::LeftOut => match listing.wanted {
                Wanted::Always => self.why_hidden(required, scope),
                Wanted::With(_) => self.why_hidden(required, &Scope::Account), // where Harness judges it
            },
        }
    }

    /// Whether every project of each organization is visible, and every organization.
    fn sees_projects_of_each(&self) -> bool {
        let of_each = |org: &String| self.holds(&PermissionProbe::AllProjectsOf(org.clone()));
        self.holds(&PermissionProbe::AllOrganizations)
            && !self.organizations.is_empty()
            && self.organizations.iter().all(of_each)
    }

    fn unless(&self, any: &[PermissionProbe], all: &str) -> Option<String> {
        if any.iter().any(|probe| self.holds(probe)) {
            return None;
        }
        let permission = any.first().map_or("", PermissionProbe::permission);
        let probes: Vec<&PermissionProbe> = any.iter().collect();
        Some(self.unanswered(&probes).unwrap_or_else(|| {
            format!("the key is not known to see {all}: {permission} is not held for all of them")
        }))
    }

    /// Role assignments of a principal type vanish when that type may not be viewed. The types of which all are shown,
    /// and why the others are not; `None` when everything is shown. Types this program does not know are in doubt as
    /// soon as anything is hidden.
    pub(crate) fn assignments_seen(&self, scope: &Scope) -> Option<(Vec<ResourceType>, String)> {
        let mut whole_for = Vec::new();
        let mut reasons: Vec<String> = Vec::new();
        for required in of_every_scope() {
            let Some(principal) = &required.principal else {
                continue;
            };
            match self.why_hidden(required, scope) {
                None => whole_for.push(principal.clone()),
                Some(reason) if !reasons.contains(&reason) => reasons.push(reason),
                Some(_) => {}
            }
        }
        (!reasons.is_empty()).then(|| (whole_for, reasons.join("; ")))
    }

    /// Whether a list is visible in every scope, so that one list of the whole account shows everything.
    pub(crate) fn is_visible_everywhere(&self, kind: ListingKind) -> bool {
        let account = &Scope::Account; // where Harness judges such a list
        listings::definition(kind)
            .permission
            .is_some_and(|required| {
                self.holds(&PermissionProbe::InEveryScope(required))
                    && self.why_hidden(required, account).is_none()
            })
    }

    fn why_hidden(&self, required: &'static RequiredPermission, scope: &Scope) -> Option<String> {
        let why = self.hidden(required, scope)?;
        Some(why.told(required, &scope.to_string()))
    }

    fn hidden(&self, required: &'static RequiredPermission, scope: &Scope) -> Option<Hidden> {
        let here = PermissionProbe::InScope(required, scope.clone());
        let everywhere = PermissionProbe::InEveryScope(required);
        let is_visible = match self.answers.get(&here) {
            Some(_) => self.holds(&here),
            None => self.holds(&everywhere),
        };
        if is_visible {
            return None;
        }
        let unanswered = self.unanswered(&[&here, &everywhere]);
        Some(unanswered.map_or(Hidden::Lacks, Hidden::Unanswered))
    }
}

/// Why a list is not known to be seen whole.
#[derive(Debug, PartialEq, Eq)]
enum Hidden {
    /// Harness says so.
    Lacks,
    /// Harness did not say, and why.
    Unanswered(String),
}

impl Hidden {
    fn told(&self, required: &RequiredPermission, place: &str) -> String {
        match self {
            Self::Lacks => format!("the key lacks {} in {place}", required.permission),
            Self::Unanswered(why) => why.clone(),
        }
    }
}

/// The first few scopes, and how many more there are.
fn some_of(scopes: &[String]) -> String {
    const SHOWN: usize = 5;
    match scopes.len().saturating_sub(SHOWN) {
        0 => scopes.join(", "),
        more => format!("{} and {more} more scopes", scopes[..SHOWN].join(", ")),
    }
}
