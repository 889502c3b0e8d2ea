//! User groups, with their members.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::UserGroup;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WholeAccount, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListScope, ListedResource, Members, Row, Unread, as_set, own_scope};
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
    fn key(&self, key: &mut RowKey) {
        (
            &self.org_identifier,
            &self.project_identifier,
            &self.identifier,
        )
            .hash(key);
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
        let mut unread = Unread::default();
        let details = Details::UserGroup {
            description: unread.maybe("description", self.description),
            sso_linked: unread.always("sso_linked", self.sso_linked.or(self.is_sso_linked)),
            sso_type: unread.maybe("sso_type", self.linked_sso_type),
            sso_group: unread.maybe("sso_group", self.sso_group_name.or(self.sso_group_id)),
            externally_managed: unread.always("externally_managed", self.externally_managed),
            harness_managed: unread.always("harness_managed", self.harness_managed),
        };
        let listed = ListedResource::new(
            ResourceType::UserGroup,
            scope,
            self.identifier,
            unread.maybe("name", self.name),
            details,
        )
        .with_unread(unread);
        Ok(ListedResource {
            members: match self.users {
                Some(users) => Members::All(as_set(Some(users))),
                None => Members::Unsaid,
            },
            ..listed
        })
    }
}
