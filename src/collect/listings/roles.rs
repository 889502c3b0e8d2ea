//! Roles: custom ones of a scope, and those Harness supplies at its level.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::RoleItem;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{
    ListScope, ListedResource, Row, Unread, as_set, known_levels, levels, own_scope,
};
use crate::model::{Details, ListingKind, ResourceType, Scope};

pub(super) static ROLES: Definition = Definition {
    kind: ListingKind::Roles,
    endpoint: Endpoint::get("/authz/api/roles", &["identifier,ASC"]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_role_view",
        resource_type: "ROLE",
        principal: None,
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Named,
    walks: Walks::EachScope(None),
    read: |walk| walk.resources::<RoleItem>(),
    alone: Alone::Below("/role/identifier"),
};

impl Row for RoleItem {
    fn key(&self, key: &mut RowKey) {
        // A custom role may share the identifier of a supplied one.
        let scope = self.scope.as_ref();
        (
            self.is_supplied(),
            scope.map(|scope| (&scope.org_identifier, &scope.project_identifier)),
            &self.role.identifier,
        )
            .hash(key);
    }

    fn account(&self) -> Option<&str> {
        let scope = self.scope.as_ref().filter(|_| !self.is_supplied());
        scope?.account_identifier.as_deref()
    }

    fn listed(self, asked: &ListScope) -> Result<ListedResource, String> {
        let supplied = self.is_supplied();
        let scope = match &self.scope {
            _ if supplied => Scope::Harness,
            None => match asked {
                ListScope::Exactly(scope) | ListScope::Unfiltered(scope) => scope.clone(),
                ListScope::WholeAccount => Scope::Account,
            },
            Some(scope) => own_scope(
                scope.org_identifier.as_deref(),
                scope.project_identifier.as_deref(),
                "a role",
            )?,
        };
        let Some(permissions) = self.role.permissions else {
            let identifier = self.role.identifier;
            return Err(format!(
                "the role {identifier} does not say its permissions"
            ));
        };
        let mut unread = Unread::default();
        let scope_levels = levels(unread.always("scope_levels", self.role.allowed_scope_levels));
        let supplied_at = if supplied {
            known_levels(&scope_levels)
        } else {
            Vec::new()
        };
        let details = Details::Role {
            description: unread.maybe("description", self.role.description),
            harness_managed: supplied,
            permissions: as_set(Some(permissions)),
            scope_levels,
        };
        let listed = ListedResource::new(
            ResourceType::Role,
            scope,
            self.role.identifier,
            unread.maybe("name", self.role.name),
            details,
        )
        .with_unread(unread);
        Ok(ListedResource {
            supplied_at,
            ..listed
        })
    }
}

impl RoleItem {
    fn is_supplied(&self) -> bool {
        // Those of Harness have no scope.
        self.harness_managed.unwrap_or(self.scope.is_none())
    }
}
