//! Organizations and projects: the tree below the account.

use std::hash::{DefaultHasher, Hash};

use super::found::{Asked, Found, Row};
use crate::api::wire::{OrganizationItem, ProjectItem};
use crate::model::{Details, ResourceType, Scope};

impl Row for OrganizationItem {
    fn key(&self, hasher: &mut DefaultHasher) {
        self.organization.identifier.hash(hasher);
    }

    fn found(self, _asked: &Asked) -> Result<Found, String> {
        let details = Details::Container {
            description: self.organization.description,
            harness_managed: self.harness_managed.unwrap_or_default(),
        };
        Ok(Found::new(
            ResourceType::Organization,
            Scope::Account,
            self.organization.identifier,
            self.organization.name,
            details,
        ))
    }
}

impl Row for ProjectItem {
    fn key(&self, hasher: &mut DefaultHasher) {
        (&self.project.org_identifier, &self.project.identifier).hash(hasher);
    }

    fn found(self, asked: &Asked) -> Result<Found, String> {
        let project = self.project;
        let home = asked.scope(project.org_identifier.as_deref(), None, "a project")?;
        if home == Scope::Account {
            return Err("a project is in no organization".to_owned());
        }
        let details = Details::Container {
            description: project.description,
            harness_managed: false,
        };
        Ok(Found::new(
            ResourceType::Project,
            home,
            project.identifier,
            project.name,
            details,
        ))
    }
}
