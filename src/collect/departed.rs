//! Members who are missing from a group's own list.
//!
//! That list leaves out whoever does not belong to the group's scope any more, such as a person who left the account, so it
//! does not prove that somebody was removed from the group. Whoever was a member before is asked about one by one.

use std::collections::HashSet;

use super::assemble::Assembly;
use super::members;
use super::request::MembersBefore;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{ListingKind, ResourceId};

/// Single people asked about in one sync; more would cost more than the sync itself.
const MOST_ASKED: usize = 100;

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
                members::is_member(client, &group, user)?
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
