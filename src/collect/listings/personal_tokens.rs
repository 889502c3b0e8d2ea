//! Tokens of users.

use serde::Deserialize;

use super::tokens;
use crate::api::page::RowKey;
use crate::api::wire::TokenItem;
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::rows::{ListScope, ListedResource, Row};
use crate::model::{Extra, ListingKind, ResourceType};

pub(super) static PERSONAL_TOKENS: Definition = Definition {
    kind: ListingKind::PersonalTokens,
    endpoint: tokens::ENDPOINT.with(&[("apiKeyType", "USER")]),
    otherwise: &[],
    permission: Some(&RequiredPermission {
        permission: "core_user_manage",
        resource_type: "USER",
        principal: None,
    }),
    without_permission: WithoutPermission::LeftOut,
    wanted: Wanted::With(Extra::Tokens),
    phase: Phase::Named,
    walks: Walks::Account,
    read: |walk| walk.resources::<PersonalToken>(),
    alone: Alone::OfOwner,
};

#[derive(Debug, Hash, Deserialize)]
#[serde(transparent)]
struct PersonalToken(TokenItem);

impl Row for PersonalToken {
    fn key(&self, key: &mut RowKey) {
        tokens::key(&self.0, key);
    }

    fn account(&self) -> Option<&str> {
        self.0.token.account_identifier.as_deref()
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        tokens::listed(self.0, ResourceType::PersonalToken, ResourceType::User)
    }
}
