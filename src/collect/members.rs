//! Who is in a user group whose row does not say so, asked of the group itself.
//!
//! The group's own list of members leaves out whoever does not belong to its scope any more, such as a person who left the
//! account. Whom the list does not show is therefore asked about one by one, as far as somebody knew of a membership before.

use std::collections::HashSet;
use std::hash::Hash;

use super::assemble::Assembly;
use super::endpoint::Endpoint;
use super::request::MembersBefore;
use super::rows::{Members, as_set};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::User;
use crate::model::{ListingKind, ResourceId};

/// Single people asked about in one sync; more would cost more than the sync itself.
const MOST_ASKED: usize = 100;

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
        |user: &User, hasher| user.uuid.hash(hasher),
        &mut users,
    )?;
    if let Some(gap) = walked.gaps.first() {
        log::info!("the list of the members of {group}: {gap}");
        return Ok(Members::Unsaid);
    }
    let uuids = users.into_iter().map(|user| user.uuid).collect();
    Ok(Members::InScope(as_set(Some(uuids))))
}

/// Asks about whoever was a member before and is not in the list of the group itself. Where Harness does not say, the
/// groups of that scope are incomplete.
pub(super) fn settle(
    client: &Client,
    assembly: &mut Assembly,
    before: &MembersBefore<'_>,
) -> Result<(), ApiError> {
    let mut left = MOST_ASKED;
    for (group, shown) in std::mem::take(&mut assembly.members_in_scope) {
        let unclear = match before(&group) {
            Ok(known) => known,
            Err(why) => {
                doubt(assembly, &group, &why);
                continue;
            }
        };
        let shown: HashSet<&String> = shown.iter().collect();
        for user in unclear.iter().filter(|user| !shown.contains(user)) {
            let asked = if left == 0 {
                None
            } else {
                left -= 1;
                is_member(client, &group, user)?
            };
            match asked {
                Some(true) => assembly.member(&group, user.clone()),
                Some(false) => {}
                None => {
                    let why = "Harness did not say whether somebody who is missing from it is still a member";
                    doubt(assembly, &group, why);
                    break;
                }
            }
        }
    }
    Ok(())
}

fn doubt(assembly: &mut Assembly, group: &ResourceId, why: &str) {
    let reason = format!(
        "the list of the members of {} is no proof: {why}",
        group.identifier
    );
    assembly.lower(ListingKind::UserGroups, &group.scope, &reason);
}

/// Whether somebody is in a group; `None` when Harness does not say.
fn is_member(client: &Client, group: &ResourceId, user: &str) -> Result<Option<bool>, ApiError> {
    let call = ONE_GROUP
        .call(client.account_id(), &group.scope)
        .segment(&group.identifier)
        .segment("member")
        .segment(user);
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
