//! Roles: custom ones of a scope, and those Harness supplies at its level.

use std::hash::{DefaultHasher, Hash};

use super::found::{Asked, Found, Row, as_set, known_levels, levels};
use crate::api::wire::RoleItem;
use crate::model::{Details, ResourceType, Scope};

impl Row for RoleItem {
    fn key(&self, hasher: &mut DefaultHasher) {
        // A custom role may share the identifier of a supplied one.
        (self.is_supplied(), &self.role.identifier).hash(hasher);
    }

    fn found(self, asked: &Asked) -> Result<Found, String> {
        let supplied = self.is_supplied();
        let scope = match &self.scope {
            _ if supplied => Scope::Harness,
            None => match asked {
                Asked::Only(scope) => scope.clone(),
                Asked::Whole => Scope::Account,
            },
            Some(scope) => asked.scope(
                scope.org_identifier.as_deref(),
                scope.project_identifier.as_deref(),
                "a role",
            )?,
        };
        let scope_levels = levels(self.role.allowed_scope_levels);
        let supplied_at = if supplied {
            known_levels(&scope_levels)
        } else {
            Vec::new()
        };
        let details = Details::Role {
            description: self.role.description,
            harness_managed: supplied,
            permissions: as_set(self.role.permissions),
            scope_levels,
        };
        let found = Found::new(
            ResourceType::Role,
            scope,
            self.role.identifier,
            self.role.name,
            details,
        );
        Ok(Found {
            supplied_at,
            ..found
        })
    }
}

impl RoleItem {
    fn is_supplied(&self) -> bool {
        self.harness_managed.unwrap_or_default()
    }
}
