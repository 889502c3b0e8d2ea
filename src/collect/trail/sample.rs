//! What `doctor` asks of the trail: as much as a first sync would read, and one page of the last month, whose events tell
//! whether later syncs can read them.

use serde_json::Value;

use super::events::{STRETCH_MS, about_access};
use super::pager::{LIST_V2, Pager};
use super::sign_ins::{BATCH, signed_in};
use super::{OVERLAP_MS, Person, partial, question, read_events, read_sign_ins, readable_until};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Extra, Listing, ListingKind, ListingState, ScopeSelection, Timestamp, Window};

/// The records of what a sync of the selection would read of the trail.
pub(crate) fn sample(
    client: &Client,
    selection: &ScopeSelection,
    mut people: Vec<Person>,
) -> Result<Vec<Listing>, ApiError> {
    let now = Timestamp::now();
    let until = readable_until(now);
    let mut listings = Vec::new();
    if selection.extras.contains(&Extra::Audit) {
        let from = now.moved(-OVERLAP_MS).min(until);
        let fresh = Window {
            from: until.moved(1),
            until: now,
        };
        let first = [Window { from, until }];
        let (_, mut listing) = read_events(client, &first, Some(fresh), &|_| {})?;
        if listing.state == ListingState::Complete
            && let Some(wrong) = wrong_in_the_last_month(client)?
        {
            listing.state = partial(wrong);
        }
        listings.push(listing);
    }
    if selection.extras.contains(&Extra::Logins) {
        people.truncate(BATCH);
        let (_, listing) = read_sign_ins(client, &people, until)?;
        listings.push(listing);
    }
    Ok(listings)
}

/// The question about the last month, for lists that are read from the trail.
pub(crate) fn question_of(account: &str, kind: ListingKind) -> Option<Value> {
    let until = readable_until(Timestamp::now());
    let window = Window {
        from: until.moved(-STRETCH_MS),
        until,
    };
    match kind {
        ListingKind::AuditEvents => Some(question(account, window, about_access())),
        ListingKind::SignIns => Some(question(account, window, signed_in())),
        _ => None,
    }
}

/// Whether the trail was read from the second of its two lists.
pub(crate) fn is_of_the_second_list(listing: &Listing) -> bool {
    listing.endpoint.ends_with(LIST_V2)
}

fn wrong_in_the_last_month(client: &Client) -> Result<Option<String>, ApiError> {
    let pager = Pager::new(client);
    let Some(body) = question_of(client.account_id(), ListingKind::AuditEvents) else {
        return Ok(None);
    };
    match pager.first_page(&body, "timestamp,ASC") {
        Ok(wrong) => Ok(wrong),
        Err(error) if super::ends_the_sync(&error) => Err(error),
        Err(error) => Ok(Some(error.kind.reason())),
    }
}
