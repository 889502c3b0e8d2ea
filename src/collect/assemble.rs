//! Puts the rows of all listings together: each resource once, and for each role assignment the grant it makes.

use std::collections::{HashMap, HashSet};

use super::assignments::{Assignments, PrincipalName, RoleName};
use super::list_walk::Rows;
use super::record::{ListedRows, Unsettled};
use super::request::Remembered;
use super::rows::{ListedResource, Members};
use crate::model::{
    AssignmentIds, Directory, Grant, Level, Listing, ListingKind, ListingState, Observation, Ref,
    Resource, ResourceId, ResourceType, Scope, ScopeSelection, Timestamp,
};

/// What is known of the observation as a whole.
pub(super) struct About<'a> {
    pub(super) started_at: Timestamp,
    pub(super) caller: Option<String>,
    pub(super) scopes: String,
    pub(super) requests: u64,
    /// Remarks on the whole snapshot.
    pub(super) notes: Vec<String>,
    pub(super) remembered: &'a Remembered,
}

/// What was gathered so far.
#[derive(Default)]
pub(super) struct Assembly {
    pub(super) directory: Directory,
    pub(super) resources: Vec<Resource>,
    seen: HashSet<Ref>,
    /// Resources that the list of their own scope showed.
    pub(super) at_home: HashSet<Ref>,
    /// Counted as listed although no list shows them.
    remembered: HashSet<ResourceId>,
    ever_listed: HashSet<ResourceId>,
    pub(super) supplied_levels: HashMap<Ref, Vec<Level>>,
    pub(super) grants: Vec<Grant>,
    pub(super) assignments: Vec<Assignments>,
    pub(super) listings: Vec<Listing>,
    pub(super) doubts: Vec<(ListingKind, Scope, Unsettled)>,
    /// Rows of a scope above, which the list of their own scope shows better.
    inherited: Vec<ListedResource>,
    /// Groups whose row does not say who is in them, with those whom their own list shows.
    pub(super) members_in_scope: Vec<(ResourceId, Vec<String>)>,
    /// The account's list of users is not read, so people are known by the lists of their organizations and projects.
    people_below: bool,
}

impl Assembly {
    /// Nothing yet.
    pub(super) fn new(selection: &ScopeSelection) -> Self {
        Self {
            people_below: selection.without_account,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, listed: ListedRows) {
        let ListedRows {
            rows,
            listing,
            doubt,
        } = listed;
        match (rows, &listing) {
            // Below the account, a list of users says who is a member there.
            (Rows::Resources(found), Some(listing))
                if listing.kind == ListingKind::Users && listing.scope != Scope::Account =>
            {
                self.members(found, &listing.scope);
            }
            (Rows::Resources(found), Some(listing)) => {
                for resource in found {
                    if resource.id.scope == listing.scope {
                        let id = self.directory.intern(resource.id.clone());
                        self.at_home.insert(id);
                    } else if resource.id.scope != Scope::Harness {
                        self.inherited.push(resource);
                        continue;
                    }
                    self.resource(resource);
                }
            }
            (Rows::Resources(found), None) => self.resources(found),
            (Rows::Assignments(assignments), _) => self.assignments.push(*assignments),
        }
        if let Some(listing) = listing {
            if let Some(doubt) = doubt {
                self.doubts
                    .push((listing.kind, listing.scope.clone(), doubt));
            }
            self.listing(listing);
        }
    }

    fn members(&mut self, found: Vec<ListedResource>, scope: &Scope) {
        let Some(container) = ResourceId::of_scope(scope) else {
            return;
        };
        let container = self.directory.intern(container);
        for user in found {
            let principal = self.directory.intern(user.id.clone());
            self.grants.push(membership(principal, container));
            if self.people_below {
                self.resource(user);
            }
        }
    }

    pub(super) fn resources(&mut self, found: Vec<ListedResource>) {
        for found in found {
            self.resource(found);
        }
    }

    pub(super) fn listing(&mut self, listing: Listing) {
        self.listings.push(listing);
    }

    /// What Harness supplies is listed in every scope, and kept once.
    fn resource(&mut self, found: ListedResource) {
        let id = self.directory.intern(found.id);
        if !self.seen.insert(id) {
            return;
        }
        if !found.supplied_at.is_empty() {
            self.supplied_levels.insert(id, found.supplied_at);
        }
        let members = match found.members {
            Members::Unsaid | Members::Unread => Vec::new(),
            Members::All(users) => users,
            Members::InScope(users) => {
                let group = self.directory.id(id).clone();
                self.members_in_scope.push((group, users.clone()));
                users
            }
        };
        for user in members {
            let principal = self.directory.intern(user_id(user));
            self.grants.push(membership(principal, id));
        }
        self.resources.push(Resource {
            id,
            name: found.name,
            details: found.details,
            unread: found.unread.0,
        });
    }

    /// Rows of scopes above count where no list of their own scope showed them.
    pub(super) fn keep_inherited(&mut self) {
        let inherited = std::mem::take(&mut self.inherited);
        self.resources(inherited);
    }

    /// One more member of a group.
    pub(super) fn member(&mut self, group: &ResourceId, user: String) {
        let [principal, group] = [user_id(user), group.clone()].map(|id| self.directory.intern(id));
        self.grants.push(membership(principal, group));
    }

    /// Ends the gathering: turns role assignments into grants.
    pub(super) fn finish(mut self, about: About<'_>) -> Observation {
        self.remember(about.remembered);
        let mut assignment_ids = AssignmentIds::default();
        let mut disabled = 0;
        for assignments in std::mem::take(&mut self.assignments) {
            disabled += assignments.disabled;
            self.role_grants(assignments, &mut assignment_ids);
        }
        Observation {
            started_at: about.started_at,
            finished_at: Timestamp::now(),
            caller: about.caller,
            scopes: about.scopes,
            requests: i64::try_from(about.requests).unwrap_or(i64::MAX),
            directory: self.directory,
            resources: self.resources,
            supplied_levels: self.supplied_levels,
            grants: self.grants,
            assignment_ids,
            disabled_role_assignments: disabled,
            listings: self.listings,
            notes: about.notes,
            trail: None,
        }
    }

    /// What the last snapshot held counts as listed where this one's list is not whole.
    fn remember(&mut self, remembered: &Remembered) {
        let whole: HashSet<(ListingKind, &Scope)> = self
            .listings
            .iter()
            .filter(|listing| listing.state == ListingState::Complete)
            .flat_map(|listing| {
                [
                    (listing.kind, &listing.scope),
                    (listing.kind, &Scope::Harness),
                ]
            })
            .collect();
        let is_hidden = |id: &&ResourceId| {
            ListingKind::of(&id.kind).is_some_and(|kind| !whole.contains(&(kind, &id.scope)))
        };
        let hidden = remembered.held.iter().filter(is_hidden).cloned().collect();
        self.remembered = hidden;
        self.ever_listed.clone_from(&remembered.ever);
    }

    fn role_grants(&mut self, assignments: Assignments, ids: &mut AssignmentIds) {
        let scope = &assignments.scope;
        let principals = assignments
            .principals
            .map(|principal| self.directory.intern(principal_id(principal, scope)));
        let roles = assignments.roles.map(|role| {
            let id = self.role_id(&role, scope);
            self.directory.intern(id)
        });
        let resource_groups = assignments.resource_groups.map(|group| {
            let id = self.own_or_supplied(ResourceType::ResourceGroup, &group, scope);
            self.directory.intern(id)
        });
        let scope = self.directory.intern_scope(scope);
        let before = ids.size();
        ids.append(assignments.ids);
        let mut grants: Vec<Grant> = assignments
            .rows
            .into_iter()
            .map(|row| Grant {
                principal: principals[row.principal as usize],
                target: roles[row.role as usize],
                scope: Some(scope),
                resource_group: Some(resource_groups[row.resource_group as usize]),
                created_at: row.created_at,
                assignment: Some(row.id.after(before)),
                harness_managed: row.harness_managed,
            })
            .collect();
        if grants.capacity() > self.grants.capacity() {
            std::mem::swap(&mut grants, &mut self.grants);
        }
        self.grants.append(&mut grants);
    }

    /// A role reference names the level of the parent whose custom role it is; without one, a role is the scope's own
    /// or one that Harness supplies.
    pub(super) fn role_id(&self, role: &RoleName, scope: &Scope) -> ResourceId {
        let home = role.level.and_then(|level| scope.ancestor(level));
        self.own_or_supplied(
            ResourceType::Role,
            &role.identifier,
            home.as_ref().unwrap_or(scope),
        )
    }

    /// The scope's own, if it has one of that identifier; else the one that Harness supplies. Harness hides some of its
    /// own, and a deleted one is in no list either: then it is the one that was ever listed, and before any was, one
    /// with the leading underscore of Harness's names is taken for Harness's.
    pub(super) fn own_or_supplied(
        &self,
        kind: ResourceType,
        identifier: &str,
        scope: &Scope,
    ) -> ResourceId {
        let in_scope = |scope: &Scope| ResourceId {
            kind: kind.clone(),
            scope: scope.clone(),
            identifier: identifier.to_owned(),
        };
        let (own, supplied) = (in_scope(scope), in_scope(&Scope::Harness));
        let is_supplied = !self.is_listed(&own)
            && (self.is_listed(&supplied)
                || identifier.starts_with('_') && !self.ever_listed.contains(&own));
        if is_supplied { supplied } else { own }
    }

    fn is_listed(&self, id: &ResourceId) -> bool {
        self.remembered.contains(id) || self.is_seen(id)
    }

    fn is_seen(&self, id: &ResourceId) -> bool {
        self.directory
            .find(id)
            .is_some_and(|id| self.seen.contains(&id))
    }
}

pub(super) fn user_id(uuid: String) -> ResourceId {
    ResourceId {
        kind: ResourceType::User,
        scope: Scope::Account,
        identifier: uuid,
    }
}

fn membership(principal: Ref, target: Ref) -> Grant {
    Grant {
        principal,
        target,
        scope: None,
        resource_group: None,
        created_at: None,
        assignment: None,
        harness_managed: false,
    }
}

/// Groups and service accounts live at their `scopeLevel` on the way up; without one, where they are assigned.
pub(super) fn principal_id(principal: PrincipalName, scope: &Scope) -> ResourceId {
    if principal.kind == ResourceType::User {
        return user_id(principal.identifier);
    }
    let home = principal.level.and_then(|level| scope.ancestor(level));
    ResourceId {
        kind: principal.kind,
        scope: home.unwrap_or_else(|| scope.clone()),
        identifier: principal.identifier,
    }
}
