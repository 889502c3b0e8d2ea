//! Who is in a user group whose row does not say so, asked of the group itself.

use std::hash::Hash;

use super::endpoint::{Endpoint, FEW_TRIES};
use super::rows::{Members, as_set};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::User;
use crate::model::ResourceId;

static MEMBERS: Endpoint = Endpoint::post("/ng/api/user-groups", &["email,ASC"]);
static ONE_GROUP: Endpoint = Endpoint::get("/ng/api/user-groups", &[]);

/// What the group's own list shows. A list that is not whole says nothing.
pub(super) fn read(client: &Client, group: &ResourceId) -> Result<Members, ApiError> {
    let call = MEMBERS
        .call(client.account_id(), &group.scope)
        .segment(&group.identifier)
        .segment("users");
    let mut users: Vec<User> = Vec::new();
    // Without a body the server fails.
    let body = serde_json::json!({});
    let walked = client.walk_post(
        &call,
        &body,
        |user: &User, key| user.uuid.hash(key),
        &mut users,
    )?;
    if walked.unread_after.is_some() {
        return Ok(Members::Unread);
    }
    if let Some(gap) = walked.gaps.first() {
        log::info!("the list of the members of {group}: {gap}");
        return Ok(Members::Unsaid);
    }
    let uuids = users.into_iter().map(|user| user.uuid).collect();
    Ok(Members::InScope(as_set(Some(uuids))))
}

/// Whether somebody is in a group; `None` when Harness does not say.
pub(super) fn is_member(
    client: &Client,
    group: &ResourceId,
    user: &str,
) -> Result<Option<bool>, ApiError> {
    let call = ONE_GROUP
        .call(client.account_id(), &group.scope)
        .segment(&group.identifier)
        .segment("member")
        .segment(user)
        .tries(FEW_TRIES);
    match client.get::<bool>(&call) {
        Ok(reply) => Ok(Some(reply.data)),
        Err(error) if error.ends_run() => Err(error),
        Err(error) => {
            if !matches!(*error.kind, ApiErrorKind::NotFound(_)) {
                log::info!("{}", error.brief());
            }
            Ok(None)
        }
    }
}
