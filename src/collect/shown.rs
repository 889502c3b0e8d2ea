//! What the lists show, as questions about it need it.

use std::collections::{HashMap, HashSet};

use super::assemble::{Assembly, user_id};
use super::assignments::Assignments;
use crate::model::{ListingKind, ListingState, Ref, Resource, ResourceId, ResourceType, Scope};

/// What the lists show.
pub(super) struct Shown<'a> {
    /// Identifiers of the account's own resources, by the list of their scope.
    pub(super) own: HashMap<(ListingKind, &'a Scope), HashSet<&'a str>>,
    /// Identifiers of what Harness supplies.
    pub(super) supplied: HashMap<ListingKind, HashSet<&'a str>>,
    /// Who is a member of a user group, organization or project.
    pub(super) members: Members,
}

pub(super) type Members = HashMap<Ref, HashSet<Ref>>;

impl Assembly {
    /// An index of what was gathered.
    pub(super) fn shown(&self) -> Shown<'_> {
        let mut shown = Shown {
            own: HashMap::new(),
            supplied: HashMap::new(),
            members: HashMap::new(),
        };
        for resource in &self.resources {
            let id = self.directory.id(resource.id);
            let Some(kind) = ListingKind::of(&id.kind) else {
                continue;
            };
            let of_list = match id.scope {
                Scope::Harness => shown.supplied.entry(kind).or_default(),
                _ => shown.own.entry((kind, &id.scope)).or_default(),
            };
            of_list.insert(&id.identifier);
        }
        for grant in self.grants.iter().filter(|grant| grant.scope.is_none()) {
            let of_target = shown.members.entry(grant.target).or_default();
            of_target.insert(grant.principal);
        }
        shown
    }

    /// Identifiers of the account's own resources of a kind.
    pub(super) fn identifiers(&self, kind: ListingKind) -> HashSet<&str> {
        let ids = self
            .resources
            .iter()
            .map(|resource| self.directory.id(resource.id));
        ids.filter(|id| ListingKind::of(&id.kind) == Some(kind) && id.scope != Scope::Harness)
            .map(|id| &*id.identifier)
            .collect()
    }

    /// Whether somebody is a member, by uuid.
    pub(super) fn is_member(&self, members: &Members, of: Option<Ref>, user: &str) -> bool {
        let user = self.directory.find(&user_id(user.to_owned()));
        let members = of.and_then(|of| members.get(&of));
        user.is_some_and(|user| members.is_some_and(|members| members.contains(&user)))
    }

    /// Harness's identifiers of the enabled role assignments of a scope.
    pub(super) fn assigned_at(&self, scope: &Scope) -> impl Iterator<Item = String> {
        let lists = self
            .assignments
            .iter()
            .filter(move |list| list.scope == *scope);
        lists.flat_map(Assignments::identifiers)
    }

    /// Whether the list of a kind in a scope is complete as far as is known.
    pub(super) fn is_whole(&self, kind: ListingKind, scope: &Scope) -> bool {
        self.listings.iter().any(|listing| {
            listing.kind == kind
                && listing.scope == *scope
                && listing.state == ListingState::Complete
        })
    }

    /// Whether any list shows members of an organization or project. They are asked for in the same lists, so where all of
    /// them are empty, no answer means anything.
    pub(super) fn shows_members(&self) -> bool {
        self.listings.iter().any(|listing| {
            listing.kind == ListingKind::Users
                && listing.scope != Scope::Account
                && listing.rows > 0
        })
    }

    /// Something of a kind that a list shows, with the scope to ask about it in, and whether Harness supplies it.
    pub(super) fn one_of(&self, kind: ListingKind) -> Option<(Scope, String, bool)> {
        if kind == ListingKind::RoleAssignments {
            let mut lists = self.assignments.iter();
            return lists
                .find_map(|list| Some((list.scope.clone(), list.identifiers().next()?, false)));
        }
        let of_kind = |resource: &&Resource| {
            ListingKind::of(&self.directory.id(resource.id).kind) == Some(kind)
        };
        let ids = || {
            self.resources
                .iter()
                .filter(of_kind)
                .map(|resource| resource.id)
        };
        let is_own = |id: &Ref| self.directory.id(*id).scope != Scope::Harness;
        if let Some(id) = ids().find(is_own) {
            let id = self.directory.id(id);
            return Some((id.scope.clone(), id.identifier.clone(), false));
        }
        ids().find_map(|id| {
            let scope = self.scopes_of_supplied(kind, id).next()?;
            Some((
                scope.clone(),
                self.directory.id(id).identifier.clone(),
                true,
            ))
        })
    }

    /// Somebody whom the row of a user group shows in it.
    pub(super) fn one_member(&self) -> Option<(&ResourceId, &str)> {
        let members = self.grants.iter().filter(|grant| grant.scope.is_none());
        let ids =
            members.map(|grant| [grant.target, grant.principal].map(|id| self.directory.id(id)));
        let mut of_groups = ids.filter(|[group, _]| group.kind == ResourceType::UserGroup);
        of_groups
            .next()
            .map(|[group, user]| (group, &*user.identifier))
    }

    /// The scopes whose lists show something that Harness supplies.
    pub(super) fn scopes_of_supplied(
        &self,
        kind: ListingKind,
        id: Ref,
    ) -> impl Iterator<Item = &Scope> {
        let levels = self.supplied_levels.get(&id).map_or(&[][..], Vec::as_slice);
        let lists = self.listings.iter().filter(move |listing| {
            listing.kind == kind
                && listing
                    .scope
                    .level()
                    .is_some_and(|level| levels.contains(&level))
        });
        lists.map(|listing| &listing.scope)
    }
}
