//! Organizations.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::OrganizationItem;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListScope, ListedResource, Row, Unread};
use crate::model::{Details, ListingKind, ResourceType, Scope};

/// Opens the list, one organization at a time: what is not held for all of them hides some.
pub(crate) static VIEW: RequiredPermission = RequiredPermission {
    permission: "core_organization_view",
    resource_type: "ORGANIZATION",
    principal: None,
};

pub(super) static ORGANIZATIONS: Definition = Definition {
    kind: ListingKind::Organizations,
    endpoint: Endpoint::get("/ng/api/organizations", &["identifier,ASC"]),
    otherwise: &[],
    permission: Some(&VIEW),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Naming,
    walks: Walks::Tree,
    read: |walk| walk.resources::<OrganizationItem>(),
    alone: Alone::ItsLists,
};

impl Row for OrganizationItem {
    fn key(&self, key: &mut RowKey) {
        self.organization.identifier.hash(key);
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        let mut unread = Unread::default();
        let details = Details::Container {
            description: unread.maybe("description", self.organization.description),
            harness_managed: unread.always("harness_managed", self.harness_managed),
        };
        Ok(ListedResource::new(
            ResourceType::Organization,
            Scope::Account,
            self.organization.identifier,
            unread.maybe("name", self.organization.name),
            details,
        )
        .with_unread(unread))
    }
}
