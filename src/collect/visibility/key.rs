//! What follows from the answers about the key, for each list and scope.

use std::collections::HashSet;

use super::{PermissionProbe, Unenforced, ask};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::collect::definition::{RequiredPermission, Wanted, WithoutPermission};
use crate::collect::listings;
use crate::model::{Depth, ListingKind, ResourceType, Scope, ScopeSelection};

/// What the key may see in each scope of a sync.
#[derive(Debug, Default)]
pub(crate) struct KeyVisibility {
    pub(crate) caller: Option<String>,
    asked: HashSet<PermissionProbe>,
    denied: HashSet<PermissionProbe>,
    unenforced: Unenforced,
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

/// Said where Harness names no caller, which is how it answers with access control switched off.
const NOBODY: &str = "Harness does not say whose key this is: access control seems to be switched off for the account, \
                      so the permission check proves nothing";

/// Permissions that open a list in every scope.
fn of_every_scope() -> impl Iterator<Item = &'static RequiredPermission> {
    listings::of_every_scope().filter_map(|listing| listing.permission)
}

impl KeyVisibility {
    /// Asks about the account, and where more is to be observed, about everything below it: whether organizations,
    /// projects and every other list are visible everywhere.
    pub(crate) fn ask(client: &Client, selection: &ScopeSelection) -> Result<Self, ApiError> {
        let below = selection.depth > Depth::Account;
        let mut visibility = Self::default();
        let extras = listings::asked_for_by(|extra| selection.extras.contains(&extra))
            .filter_map(|listing| listing.permission);
        let in_account: Vec<PermissionProbe> = of_every_scope()
            .chain(extras)
            .map(|required| PermissionProbe::InScope(required, Scope::Account))
            .collect();
        let mut everywhere = Vec::new();
        if below {
            everywhere.extend([
                PermissionProbe::AllOrganizations,
                PermissionProbe::AllProjects,
            ]);
            everywhere.extend(of_every_scope().map(PermissionProbe::InEveryScope));
        }
        match visibility.put(client, [in_account.clone(), everywhere.clone()].concat()) {
            // Servers that check scopes may refuse to answer about ones that do not exist; then nothing is proven.
            Err(error) if below && error.is_refusal() => {
                log::info!("{error}");
                visibility.put(client, in_account)?;
                visibility.denied.extend(everywhere);
            }
            asked => asked?,
        }
        visibility.unenforced = Unenforced::ask(client)?;
        Ok(visibility)
    }

    /// Asks about the scopes where a list is not known to be visible already, and about the projects of organizations
    /// where those are not known to be all visible.
    pub(crate) fn ask_about(&mut self, client: &Client, scopes: &[Scope]) -> Result<(), ApiError> {
        let mut probes = Vec::new();
        for scope in scopes {
            for required in of_every_scope() {
                if !self.holds(&PermissionProbe::InEveryScope(required)) && *scope != Scope::Account
                {
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
        self.put(client, probes)
    }

    /// Asks everything again after the walk: a permission that was taken away meanwhile thinned what came after.
    pub(crate) fn ask_again(&mut self, client: &Client) -> Result<(), ApiError> {
        let denied = self.denied.clone();
        let probes = std::mem::take(&mut self.asked).into_iter().collect();
        self.put(client, probes)?;
        self.denied.extend(denied);
        Ok(())
    }

    fn put(&mut self, client: &Client, probes: Vec<PermissionProbe>) -> Result<(), ApiError> {
        if probes.is_empty() {
            return Ok(());
        }
        let results = ask(client, &probes)?;
        self.caller = results.caller;
        let denied = probes.iter().zip(results.held).filter(|(_, held)| !held);
        self.denied.extend(denied.map(|(probe, _)| probe.clone()));
        self.asked.extend(probes);
        Ok(())
    }

    /// Whether something was asked and answered each time with a yes that means something.
    fn holds(&self, probe: &PermissionProbe) -> bool {
        self.asked.contains(probe)
            && !self.denied.contains(probe)
            && self.caller.is_some()
            && self.unenforced.why(probe.permission()).is_none()
    }

    /// What the key lacks in these scopes, one sentence for each permission, scopes beyond the first few counted.
    pub(crate) fn missing(&self, scopes: &[Scope], selection: &ScopeSelection) -> Vec<String> {
        const SHOWN: usize = 5;
        if self.caller.is_none() {
            return vec![NOBODY.to_owned()];
        }
        let mut sentences = self.hidden_below(scopes, selection);
        sentences.extend(
            listings::asked_for_by(|extra| selection.extras.contains(&extra))
                .filter(|listing| listing.without_permission == WithoutPermission::Gap)
                .filter_map(|listing| listing.permission)
                .filter_map(|required| self.why_hidden(required, &Scope::Account)),
        );
        for required in of_every_scope() {
            let hidden: Vec<String> = scopes
                .iter()
                .filter_map(|scope| self.why_hidden(required, scope))
                .collect();
            let more = hidden.len().saturating_sub(SHOWN);
            sentences.extend(hidden.into_iter().take(SHOWN));
            if more > 0 {
                sentences.push(format!("the same in {more} more scopes"));
            }
        }
        sentences
    }

    /// Whether organizations and projects are all visible, where all of them are wanted.
    fn hidden_below(&self, scopes: &[Scope], selection: &ScopeSelection) -> Vec<String> {
        let wanted = scopes.iter().filter(|scope| match scope {
            Scope::Account => wants_every(ListingKind::Organizations, scope, selection),
            Scope::Organization { .. } => wants_every(ListingKind::Projects, scope, selection),
            Scope::Project { .. } | Scope::Harness => false,
        });
        wanted
            .filter_map(|scope| match scope {
                Scope::Account => self.why_incomplete(ListingKind::Organizations, scope),
                _ => self.why_incomplete(ListingKind::Projects, scope),
            })
            .collect()
    }

    /// Why the list of a kind in a scope cannot be known to be complete.
    pub(crate) fn why_incomplete(&self, kind: ListingKind, scope: &Scope) -> Option<String> {
        match (kind, scope) {
            (ListingKind::Organizations, _) => self.unless(&[PermissionProbe::AllOrganizations], || {
                "the key is not known to see every organization: core_organization_view is not held for all of them"
                    .to_owned()
            }),
            (ListingKind::Projects, Scope::Organization { org }) => {
                let either = [
                    PermissionProbe::AllProjects,
                    PermissionProbe::AllProjectsOf(org.clone()),
                ];
                self.unless(&either, || {
                    format!(
                        "the key is not known to see every project of {scope}: core_project_view is not held for all of \
                         them"
                    )
                })
            }
            (ListingKind::Projects, _) if self.sees_projects_of_each() => None,
            (ListingKind::Projects, _) => self.unless(&[PermissionProbe::AllProjects], || {
                "the key is not known to see every project: core_project_view is not held for all of them".to_owned()
            }),
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

    fn unless(&self, any: &[PermissionProbe], reason: impl FnOnce() -> String) -> Option<String> {
        if any.iter().any(|probe| self.holds(probe)) {
            return None;
        }
        let meaningless = any
            .first()
            .and_then(|probe| self.why_meaningless(probe.permission(), &Scope::Account));
        Some(meaningless.unwrap_or_else(reason))
    }

    /// Why nothing is known by a permission, whatever Harness answers.
    fn why_meaningless(&self, permission: &str, scope: &Scope) -> Option<String> {
        if self.caller.is_none() {
            return Some(NOBODY.to_owned());
        }
        let why = self.unenforced.why(permission)?;
        Some(format!(
            "{why}, so nobody can tell what is hidden in {scope}"
        ))
    }

    /// Role assignments of a principal type vanish when that type may not be viewed. The types of which all are shown,
    /// and why the others are not; `None` when everything is shown. Types this program does not know are in doubt as
    /// soon as anything is hidden.
    pub(crate) fn assignments_seen(&self, scope: &Scope) -> Option<(Vec<ResourceType>, String)> {
        let mut whole_for = Vec::new();
        let mut reasons = Vec::new();
        for required in of_every_scope() {
            let Some(principal) = &required.principal else {
                continue;
            };
            match self.why_hidden(required, scope) {
                None => whole_for.push(principal.clone()),
                Some(reason) => reasons.push(reason),
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
        let permission = required.permission;
        let here = PermissionProbe::InScope(required, scope.clone());
        let everywhere = PermissionProbe::InEveryScope(required);
        let is_visible =
            self.holds(&here) || (!self.denied.contains(&here) && self.holds(&everywhere));
        (!is_visible).then(|| {
            self.why_meaningless(permission, scope)
                .unwrap_or_else(|| format!("the key lacks {permission} in {scope}"))
        })
    }
}
