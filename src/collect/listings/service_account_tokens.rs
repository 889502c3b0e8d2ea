//! Tokens of service accounts.

use serde::Deserialize;

use super::tokens;
use crate::api::page::RowKey;
use crate::api::wire::TokenItem;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::rows::{ListScope, ListedResource, Row};
use crate::model::{Extra, ListingKind, ResourceType};

pub(super) static SERVICE_ACCOUNT_TOKENS: Definition = Definition {
    kind: ListingKind::ServiceAccountTokens,
    endpoint: tokens::ENDPOINT.with(&[("apiKeyType", "SERVICE_ACCOUNT")]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_serviceaccount_manageapikey",
        resource_type: "SERVICEACCOUNT",
        principal: None,
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::With(Extra::Tokens),
    phase: Phase::Named,
    walks: Walks::WholeAccount,
    read: |walk| walk.resources::<ServiceAccountToken>(),
    alone: Alone::OfOwner,
};

#[derive(Debug, Hash, Deserialize)]
#[serde(transparent)]
struct ServiceAccountToken(TokenItem);

impl Row for ServiceAccountToken {
    fn key(&self, key: &mut RowKey) {
        tokens::key(&self.0, key);
    }

    fn account(&self) -> Option<&str> {
        self.0.token.account_identifier.as_deref()
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        tokens::listed(
            self.0,
            ResourceType::ServiceAccountToken,
            ResourceType::ServiceAccount,
        )
    }
}
