//! The account itself. That a key may not read it is no gap: the account is known to exist.

use crate::api::call::Envelope;
use crate::api::wire;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListedResource, Unread};
use crate::model::{Details, ListingKind, ResourceType, Scope};

pub(super) static ACCOUNT: Definition = Definition {
    kind: ListingKind::Accounts,
    endpoint: Endpoint::get("/ng/api/accounts/{account}", &[]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_account_view",
        resource_type: "ACCOUNT",
        principal: None,
    }),
    without_permission: WithoutPermission::NotRead,
    wanted: Wanted::Always,
    phase: Phase::Naming,
    walks: Walks::Account,
    read: |walk| {
        walk.one(Envelope::Data, |account: wire::Account| {
            if account.identifier == walk.account_id() {
                Ok(listed(account))
            } else {
                Err(format!(
                    "it is about another account, {}",
                    account.identifier
                ))
            }
        })
    },
    alone: Alone::Never,
};

fn listed(account: wire::Account) -> ListedResource {
    let mut unread = Unread::default();
    let details = Details::Account {
        authentication_mechanism: unread
            .always("authentication_mechanism", account.authentication_mechanism),
        public_access_enabled: unread
            .always("public_access_enabled", account.public_access_enabled),
        two_factor_enforced: unread
            .always("two_factor_enforced", account.two_factor_admin_enforced),
    };
    ListedResource::new(
        ResourceType::Account,
        Scope::Account,
        account.identifier,
        unread.maybe("name", account.name),
        details,
    )
    .with_unread(unread)
}
