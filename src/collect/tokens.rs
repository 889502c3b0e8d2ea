//! Tokens: of service accounts, and of users.

use std::hash::{DefaultHasher, Hash};

use serde::Deserialize;

use super::found::{Asked, Found, Row};
use crate::api::wire::TokenItem;
use crate::model::{Details, ResourceId, ResourceType, Scope};

/// Times from the year 2100 on are how Harness says never.
const YEAR_2100_MS: i64 = 4_102_444_800_000;

/// A token of a service account.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct ServiceAccountToken(TokenItem);

/// A token of a user.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct PersonalToken(TokenItem);

impl Row for ServiceAccountToken {
    fn key(&self, hasher: &mut DefaultHasher) {
        key(&self.0, hasher);
    }

    fn found(self, asked: &Asked) -> Result<Found, String> {
        let owner = ResourceType::ServiceAccount;
        found(self.0, asked, ResourceType::ServiceAccountToken, owner)
    }
}

impl Row for PersonalToken {
    fn key(&self, hasher: &mut DefaultHasher) {
        key(&self.0, hasher);
    }

    fn found(self, asked: &Asked) -> Result<Found, String> {
        found(
            self.0,
            asked,
            ResourceType::PersonalToken,
            ResourceType::User,
        )
    }
}

fn key(item: &TokenItem, hasher: &mut DefaultHasher) {
    let token = &item.token;
    (
        &token.org_identifier,
        &token.project_identifier,
        &token.parent_identifier,
        &token.api_key_identifier,
        &token.identifier,
    )
        .hash(hasher);
}

/// Identifiers are unique in their API key only, so the text id names owner and key too.
fn found(
    item: TokenItem,
    asked: &Asked,
    kind: ResourceType,
    owner: ResourceType,
) -> Result<Found, String> {
    let token = item.token;
    let scope = asked.scope(
        token.org_identifier.as_deref(),
        token.project_identifier.as_deref(),
        "a token",
    )?;
    let owner = ResourceId {
        kind: owner,
        scope: scope.clone(),
        identifier: token.parent_identifier.clone(),
    };
    let identifier = format!(
        "{}/{}/{}",
        token.parent_identifier, token.api_key_identifier, token.identifier
    );
    let details = Details::Token {
        owner: owner.to_string(),
        api_key: token.api_key_identifier,
        valid_from: token.valid_from,
        expires_at: item.expiry_at.filter(|expiry| *expiry < YEAR_2100_MS),
        valid: token.valid,
    };
    let scope = match kind {
        ResourceType::PersonalToken => Scope::Account,
        _ => scope,
    };
    Ok(Found::new(kind, scope, identifier, token.name, details))
}
