//! Who is in a user group, asked of the group itself.

use std::hash::Hash;

use super::endpoint::Endpoint;
use super::rows::as_set;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire::User;
use crate::model::ResourceId;

static MEMBERS: Endpoint = Endpoint::post("/ng/api/user-groups", &["email,ASC"]);

/// Uuids of the members, sorted. The list shows those who belong to the group's own scope, which are all of them.
pub(super) fn read(client: &Client, group: &ResourceId) -> Result<Vec<String>, ApiError> {
    let call = MEMBERS
        .call(client.account_id(), &group.scope)
        .segment(&group.identifier)
        .segment("users");
    let mut users: Vec<User> = Vec::new();
    // Without a body the server fails.
    let body = serde_json::json!({});
    client.walk_post(
        &call,
        &body,
        |user: &User, hasher| user.uuid.hash(hasher),
        &mut users,
    )?;
    Ok(as_set(Some(
        users.into_iter().map(|user| user.uuid).collect(),
    )))
}
