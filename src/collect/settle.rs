//! What the finished walks leave open, cleared up: scopes that were deleted meanwhile, lists whose look says nothing, and
//! lists that the key may not see all of.

use std::collections::{BTreeSet, HashSet};

use super::assemble::Assembly;
use super::assignments::Assignments;
use super::definition::Wanted;
use super::listings;
use super::listings::role_assignments::OF_MANY_SCOPES;
use super::record::Unsettled;
use super::visibility::{Caller, KeyVisibility};
use crate::model::{
    Depth, Listing, ListingKind, ListingState, ResourceId, ResourceType, Scope, ScopeSelection,
};

impl Assembly {
    /// Every account has an organization `default` that nobody can delete. A list without it was filtered, whatever the
    /// caller's grants say.
    pub(super) fn shows_the_default_organization(&self) -> bool {
        let mut lists = self.listings.iter();
        if !lists.any(|listing| listing.kind == ListingKind::Organizations) {
            return true; // nobody asked for all of them
        }
        let default = ResourceId::of_scope(&Scope::Organization {
            org: "default".to_owned(),
        });
        let shown = default.and_then(|id| self.directory.find(&id));
        shown.is_some_and(|id| self.resources.iter().any(|resource| resource.id == id))
    }

    /// Whether all organizations and projects were asked for, and their lists are whole.
    pub(super) fn has_every_scope(&self, selection: &ScopeSelection) -> bool {
        let is_of_scopes = |listing: &&Listing| {
            matches!(
                listing.kind,
                ListingKind::Organizations | ListingKind::Projects
            )
        };
        let mut lists = self.listings.iter().filter(is_of_scopes);
        selection.depth == Depth::All
            && !selection.is_narrowed()
            && lists.all(|listing| listing.state == ListingState::Complete)
    }

    /// Scopes below the account of which a list was not found.
    pub(super) fn not_found(&self) -> BTreeSet<Scope> {
        self.doubts
            .iter()
            .filter(|(_, scope, doubt)| {
                matches!(doubt, Unsettled::NotFound) && *scope != Scope::Account
            })
            .map(|(_, scope, _)| scope.clone())
            .collect()
    }

    /// Lists whose permission must be asked in their very scope, because they look as if nothing may be seen.
    pub(super) fn looking_filtered(&self) -> Vec<(ListingKind, Scope)> {
        self.doubts
            .iter()
            .filter(|(kind, _, doubt)| {
                matches!(doubt, Unsettled::LooksFiltered)
                    && listings::definition(*kind).wanted == Wanted::Always
            })
            .map(|(kind, scope, _)| (*kind, scope.clone()))
            .collect()
    }

    /// Takes out everything of scopes that were deleted during the walk: the snapshot is of the account without them.
    pub(super) fn forget(&mut self, deleted: &HashSet<Scope>) {
        if deleted.is_empty() {
            return;
        }
        for scope in deleted {
            log::info!("{scope} was deleted during the sync");
        }
        let is_gone = |scope: &Scope| deleted.iter().any(|gone| gone.contains(scope));
        let containers: HashSet<ResourceId> =
            deleted.iter().filter_map(ResourceId::of_scope).collect();
        let directory = &self.directory;
        let is_kept = |id: &ResourceId| !is_gone(&id.scope) && !containers.contains(id);
        let before = self.resources.len();
        self.resources
            .retain(|resource| is_kept(directory.id(resource.id)));
        log::debug!("{} resources left out", before - self.resources.len());
        self.grants
            .retain(|grant| is_kept(directory.id(grant.target)));
        self.assignments.retain(|list| !is_gone(&list.scope));
        self.listings.retain(|listing| !is_gone(&listing.scope));
        self.doubts.retain(|(_, scope, _)| !is_gone(scope));
        self.members_in_scope
            .retain(|(group, _)| !is_gone(&group.scope));
        for container in &containers {
            self.count_one_less(container);
        }
    }

    fn count_one_less(&mut self, container: &ResourceId) {
        let Some(kind) = ListingKind::of(&container.kind) else {
            return;
        };
        let shown_by = self
            .listings
            .iter_mut()
            .filter(|listing| listing.kind == kind && listing.scope.contains(&container.scope));
        for listing in shown_by {
            listing.rows -= 1;
            listing.reported_total = listing.reported_total.map(|total| total - 1);
        }
    }

    /// A list that shows only what lives above is trusted when that is in the lists of its own scopes: the scope then
    /// inherits it, and has nothing of its own.
    fn lower_inherited(&mut self) {
        let doubts = std::mem::take(&mut self.doubts);
        for (kind, scope, doubt) in &doubts {
            let reason = match doubt {
                Unsettled::OnlyInherited(ids)
                    if !ids.iter().all(|id| self.is_at_home(*kind, id)) =>
                {
                    "only rows of other scopes came"
                }
                Unsettled::NotFound | Unsettled::LooksFiltered | Unsettled::OnlyInherited(_) => {
                    continue;
                }
            };
            self.lower(*kind, scope, reason);
        }
    }

    /// Lists of role assignments that show those of other scopes alone. The server may not look at the scope it is asked
    /// for, unless another list below the account shows that it does.
    fn lower_assignments_of_others(&mut self) {
        let is_below = |list: &&Assignments| list.scope != Scope::Account;
        let looks = self
            .assignments
            .iter()
            .filter(is_below)
            .any(|list| list.seen > 0);
        let of_others: HashSet<Scope> = self
            .assignments
            .iter()
            .filter(|list| list.seen == 0 && list.elsewhere > 0)
            .filter(|list| !looks || !is_below(list))
            .map(|list| list.scope.clone())
            .collect();
        for listing in &mut self.listings {
            let is_unread = matches!(listing.state, ListingState::Unread { .. });
            if listing.kind == ListingKind::RoleAssignments
                && of_others.contains(&listing.scope)
                && !is_unread
            {
                let reason = "only role assignments of other scopes came".to_owned();
                lower_state(&mut listing.state, &[], reason);
            }
        }
    }

    /// A caller that the lists show can do something in the account, so it must have been given that there.
    fn lower_assignments_of_nobody(&mut self, visibility: &KeyVisibility) {
        let is_empty = |list: &Assignments| list.scope == Scope::Account && list.seen == 0;
        if !self.assignments.iter().any(is_empty) {
            return;
        }
        let is_listed = |caller: &str| {
            let mut ids = self
                .resources
                .iter()
                .map(|resource| self.directory.id(resource.id));
            caller.split_once('/').is_some_and(|(kind, identifier)| {
                ids.any(|id| id.kind.as_str() == kind && id.identifier == identifier)
            })
        };
        let was_given = match visibility.caller() {
            Caller::Known(caller) => visibility.holds_something() && is_listed(caller),
            Caller::Nobody | Caller::Unasked => false,
        };
        if was_given {
            let reason = "it is empty, although the key was given permissions in the account";
            self.lower(ListingKind::RoleAssignments, &Scope::Account, reason);
        }
    }

    /// Lowers the state of one list.
    pub(super) fn lower(&mut self, kind: ListingKind, scope: &Scope, reason: &str) {
        let mut listings = self.listings.iter_mut();
        if let Some(listing) =
            listings.find(|listing| listing.kind == kind && listing.scope == *scope)
        {
            lower_state(&mut listing.state, &[], reason.to_owned());
        }
    }

    fn is_at_home(&self, kind: ListingKind, id: &ResourceId) -> bool {
        let shown = self
            .directory
            .find(id)
            .is_some_and(|id| self.at_home.contains(&id));
        shown
            && self.listings.iter().any(|listing| {
                listing.kind == kind
                    && listing.scope == id.scope
                    && listing.state == ListingState::Complete
            })
    }

    /// Lowers the state of every listing that the key may not see whole, whatever the listing itself says. Role
    /// assignments that came from a walk over many scopes were thinned by what the key may view in the account.
    pub(super) fn lower_states(&mut self, visibility: &KeyVisibility) {
        self.lower_inherited();
        self.lower_assignments_of_others();
        self.lower_assignments_of_nobody(visibility);
        let of_many = OF_MANY_SCOPES.name("");
        let in_account = visibility.assignments_seen(&Scope::Account);
        for listing in &mut self.listings {
            let doubt = match listing.kind {
                ListingKind::RoleAssignments => visibility.assignments_seen(&listing.scope),
                kind => visibility
                    .why_incomplete(kind, &listing.scope)
                    .map(|reason| (Vec::new(), reason)),
            };
            if let Some((whole_for, reason)) = doubt {
                lower_state(&mut listing.state, &whole_for, reason);
            }
            if listing.endpoint == of_many
                && listing.scope != Scope::Account
                && let Some((whole_for, reason)) = &in_account
            {
                lower_state(&mut listing.state, whole_for, reason.clone());
            }
        }
    }
}

/// A second doubt never makes a listing better: what is shown whole is shown whole by both.
fn lower_state(state: &mut ListingState, shown: &[ResourceType], doubt: String) {
    match state {
        ListingState::Complete | ListingState::Unread { .. } => {
            *state = ListingState::Partial {
                reason: doubt,
                whole_for: shown.to_vec(),
            };
        }
        ListingState::Partial { reason, whole_for } => {
            whole_for.retain(|kind| shown.contains(kind));
            reason.push_str("; ");
            reason.push_str(&doubt);
        }
        // What the permission check says names the permission and the scope; Harness's own words may not.
        ListingState::NotPermitted { reason } if doubt.starts_with("the key lacks") => {
            *reason = doubt;
        }
        ListingState::NotPermitted { .. } => {}
    }
}
