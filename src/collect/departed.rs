//! Members who are missing from a group.
//!
//! The list of a group's own members leaves out whoever does not belong to the group's scope any more, such as a person who
//! left the account, so it does not prove that somebody was removed from the group. Whoever was a member before is asked
//! about one by one.

use std::collections::HashSet;

use super::assemble::Assembly;
use super::members;
use super::request::Before;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{ListingKind, ResourceId};

/// Single people asked about in one sync; more would cost more than the sync itself.
const MOST_ASKED: usize = 100;

/// Asks about whoever was a member before and is not shown by the list of the group itself. Where Harness does not say, the
/// groups of that scope are incomplete.
pub(super) fn settle(
    client: &Client,
    assembly: &mut Assembly,
    before: &dyn Before,
) -> Result<(), ApiError> {
    let mut inquiry = Inquiry {
        client,
        left: MOST_ASKED,
    };
    let in_scope = std::mem::take(&mut assembly.members_in_scope);
    for (group, shown) in &in_scope {
        match before.members(group) {
            Ok(known) => inquiry.one_by_one(assembly, group, shown, &known)?,
            Err(why) => doubt_the_list(assembly, group, &why),
        }
    }
    assembly.members_in_scope = in_scope;
    Ok(())
}

struct Inquiry<'a> {
    client: &'a Client,
    left: usize,
}

impl Inquiry<'_> {
    fn one_by_one(
        &mut self,
        assembly: &mut Assembly,
        group: &ResourceId,
        shown: &[String],
        known: &[String],
    ) -> Result<(), ApiError> {
        let shown: HashSet<&String> = shown.iter().collect();
        for user in known.iter().filter(|user| !shown.contains(user)) {
            match self.is_member(group, user)? {
                Some(true) => assembly.member(group, user.clone()),
                Some(false) => {}
                None => {
                    let why = "Harness did not say whether somebody who is missing from it is still a member";
                    doubt_the_list(assembly, group, why);
                    break;
                }
            }
        }
        Ok(())
    }

    fn is_member(&mut self, group: &ResourceId, user: &str) -> Result<Option<bool>, ApiError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        members::is_member(self.client, group, user)
    }
}

fn doubt_the_list(assembly: &mut Assembly, group: &ResourceId, why: &str) {
    let reason = format!(
        "the list of the members of {} is no proof: {why}",
        group.identifier
    );
    assembly.lower(ListingKind::UserGroups, &group.scope, &reason);
}
