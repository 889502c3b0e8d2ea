//! Users. The account's list is the whole list: members of a project are members of its account.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::User;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListScope, ListedResource, Row, Unread};
use crate::model::{Details, Extra, ListingKind, ResourceType, Scope};

pub(super) static USERS: Definition = Definition {
    kind: ListingKind::Users,
    endpoint: Endpoint::post("/ng/api/user/batch", &["email,ASC"]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_user_view",
        resource_type: "USER",
        principal: Some(ResourceType::User),
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Named,
    walks: Walks::AccountAndBelow(Extra::ProjectUsers),
    read: |walk| walk.resources::<User>(),
    alone: Alone::At("/ng/api/user/aggregate", "/user/uuid"),
};

impl Row for User {
    fn key(&self, key: &mut RowKey) {
        self.uuid.hash(key);
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        let mut unread = Unread::default();
        let two_factor = self.two_factor_authentication_enabled;
        let details = Details::User {
            email: unread.always("email", self.email),
            locked: unread.always("locked", self.locked),
            disabled: unread.always("disabled", self.disabled),
            externally_managed: unread.always("externally_managed", self.externally_managed),
            two_factor_enabled: unread.always("two_factor_enabled", two_factor),
        };
        Ok(ListedResource::new(
            ResourceType::User,
            Scope::Account,
            self.uuid,
            unread.maybe("name", self.name),
            details,
        )
        .with_unread(unread))
    }
}
