//! Service accounts.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::ServiceAccountItem;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WholeAccount, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListScope, ListedResource, Row, Unread, own_scope};
use crate::model::{Details, ListingKind, ResourceType};

pub(crate) const AGGREGATE: &str = "/ng/api/serviceaccount/aggregate";

pub(super) static SERVICE_ACCOUNTS: Definition = Definition {
    kind: ListingKind::ServiceAccounts,
    endpoint: Endpoint::get(AGGREGATE, &["identifier,ASC"]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_serviceaccount_view",
        resource_type: "SERVICEACCOUNT",
        principal: Some(ResourceType::ServiceAccount),
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Named,
    walks: Walks::EachScope(Some(WholeAccount {
        // Servers from before 2026 do not know the parameter and answer with those of the account alone.
        endpoint: Endpoint::get(
            AGGREGATE,
            &[
                "orgIdentifier,ASC",
                "projectIdentifier,ASC",
                "identifier,ASC",
            ],
        )
        .filtered(&[("filterType", "INCLUDE_CHILD_SCOPE_SERVICE_ACCOUNTS")]),
        why: "servers since 2026 can; scope by scope where none shows up below the account",
    })),
    read: |walk| walk.resources::<ServiceAccountItem>(),
    alone: Alone::Below("/serviceAccount/identifier"),
};

impl Row for ServiceAccountItem {
    fn key(&self, key: &mut RowKey) {
        let account = &self.service_account;
        (
            &account.org_identifier,
            &account.project_identifier,
            &account.identifier,
        )
            .hash(key);
    }

    fn account(&self) -> Option<&str> {
        self.service_account.account_identifier.as_deref()
    }

    /// A list may show service accounts of the scopes above, which keep their own scope.
    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        let account = self.service_account;
        let scope = own_scope(
            account.org_identifier.as_deref(),
            account.project_identifier.as_deref(),
            "a service account",
        )?;
        let mut unread = Unread::default();
        let details = Details::ServiceAccount {
            email: unread.always("email", account.email),
            description: unread.maybe("description", account.description),
            api_keys: unread.always("api_keys", self.tokens_count),
        };
        Ok(ListedResource::new(
            ResourceType::ServiceAccount,
            scope,
            account.identifier,
            unread.maybe("name", account.name),
            details,
        )
        .with_unread(unread))
    }
}
