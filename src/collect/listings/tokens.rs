//! What the tokens of service accounts and of users have in common.

use std::hash::Hash;

use crate::api::page::RowKey;
use crate::api::wire::TokenItem;
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{ListedResource, Unread, own_scope};
use crate::model::{Details, ResourceId, ResourceType, Scope};

/// Times from the year 2100 on are how Harness says never.
const YEAR_2100_MS: i64 = 4_102_444_800_000;

/// Asked at the account, it lists the tokens of every scope.
pub(super) const ENDPOINT: Endpoint = Endpoint::get(
    "/ng/api/token/aggregate",
    &[
        "orgIdentifier,ASC",
        "projectIdentifier,ASC",
        "parentIdentifier,ASC",
        "apiKeyIdentifier,ASC",
        "identifier,ASC",
    ],
);

pub(super) fn key(item: &TokenItem, key: &mut RowKey) {
    let token = &item.token;
    (
        &token.org_identifier,
        &token.project_identifier,
        &token.parent_identifier,
        &token.api_key_identifier,
        &token.identifier,
    )
        .hash(key);
}

/// Identifiers are unique in their API key only, so the text id names owner and key too.
pub(super) fn listed(
    item: TokenItem,
    kind: ResourceType,
    owner: ResourceType,
) -> Result<ListedResource, String> {
    let token = item.token;
    let scope = own_scope(
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
    let mut unread = Unread::default();
    let details = Details::Token {
        owner: owner.to_string(),
        api_key: token.api_key_identifier,
        valid_from: unread.always("valid_from", token.valid_from),
        expires_at: item.expiry_at.filter(|expiry| *expiry < YEAR_2100_MS),
        valid: unread.always("valid", token.valid),
    };
    let scope = match kind {
        ResourceType::PersonalToken => Scope::Account,
        _ => scope,
    };
    let name = unread.maybe("name", token.name);
    let listed = ListedResource::new(kind, scope, identifier, name, details);
    Ok(listed.with_unread(unread))
}
