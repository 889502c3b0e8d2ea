//! User groups, with their members.

use std::hash::{DefaultHasher, Hash};

use crate::api::wire::UserGroup;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WholeAccount, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListScope, ListedResource, Members, Row, as_set, own_scope};
use crate::model::{Details, ListingKind, ResourceType};

pub(crate) const PATH: &str = "/ng/api/user-groups";

pub(super) static USER_GROUPS: Definition = Definition {
    kind: ListingKind::UserGroups,
    endpoint: Endpoint::get(PATH, &["identifier,ASC"])
        .filtered(&[("filterType", "EXCLUDE_INHERITED_GROUPS")]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_usergroup_view",
        resource_type: "USERGROUP",
        principal: Some(ResourceType::UserGroup),
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Naming,
    walks: Walks::EachScope(Some(WholeAccount {
        endpoint: Endpoint::get(
            PATH,
            &[
                "orgIdentifier,ASC",
                "projectIdentifier,ASC",
                "identifier,ASC",
            ],
        )
        .filtered(&[("filterType", "INCLUDE_CHILD_SCOPE_GROUPS")]),
        why: "the key may view groups in every scope; scope by scope where none shows up below the account",
    })),
    read: |walk| walk.resources::<UserGroup>(),
    alone: Alone::Below("/identifier"),
};

impl Row for UserGroup {
    fn key(&self, hasher: &mut DefaultHasher) {
        (
            &self.org_identifier,
            &self.project_identifier,
            &self.identifier,
        )
            .hash(hasher);
    }

    fn account(&self) -> Option<&str> {
        self.account_identifier.as_deref()
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        let scope = own_scope(
            self.org_identifier.as_deref(),
            self.project_identifier.as_deref(),
            "a user group",
        )?;
        let details = Details::UserGroup {
            description: self.description,
            sso_linked: self.sso_linked.or(self.is_sso_linked).unwrap_or_default(),
            sso_type: self.linked_sso_type,
            sso_group: self.sso_group_name.or(self.sso_group_id),
            externally_managed: self.externally_managed.unwrap_or_default(),
            harness_managed: self.harness_managed.unwrap_or_default(),
        };
        let listed = ListedResource::new(
            ResourceType::UserGroup,
            scope,
            self.identifier,
            self.name,
            details,
        );
        Ok(ListedResource {
            members: match self.users {
                Some(users) => Members::All(as_set(Some(users))),
                None => Members::Unsaid,
            },
            ..listed
        })
    }
}
