//! Projects. Asked without an organization, Harness lists those of every organization.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::ProjectItem;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListScope, ListedResource, Row, Unread, own_scope};
use crate::model::{Details, ListingKind, ResourceType, Scope};

/// Opens the list, one project at a time: what is not held for all of them hides some.
pub(crate) static VIEW: RequiredPermission = RequiredPermission {
    permission: "core_project_view",
    resource_type: "PROJECT",
    principal: None,
};

pub(super) static PROJECTS: Definition = Definition {
    kind: ListingKind::Projects,
    endpoint: Endpoint::get("/ng/api/projects", &["orgIdentifier,ASC", "identifier,ASC"]),
    otherwise: &[],
    permission: Some(&VIEW),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Naming,
    walks: Walks::Tree,
    read: |walk| walk.resources::<ProjectItem>(),
    alone: Alone::ItsLists,
};

impl Row for ProjectItem {
    fn key(&self, key: &mut RowKey) {
        (&self.project.org_identifier, &self.project.identifier).hash(key);
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        let project = self.project;
        let home = own_scope(project.org_identifier.as_deref(), None, "a project")?;
        if home == Scope::Account {
            return Err("a project is in no organization".to_owned());
        }
        let mut unread = Unread::default();
        let details = Details::Container {
            description: unread.maybe("description", project.description),
            harness_managed: Some(false),
        };
        Ok(ListedResource::new(
            ResourceType::Project,
            home,
            project.identifier,
            unread.maybe("name", project.name),
            details,
        )
        .with_unread(unread))
    }
}
