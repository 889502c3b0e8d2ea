//! Reads the audit trail: who did what to access, and who signed in. `pager` asks one question to its end, `due` says which
//! stretches of time are to be read, `events` reads them, `unreadable` bounds what an odd event leaves open, `sign_ins` looks
//! for the last sign-in of each person with the fewest requests, `detail` tells candidates apart, `sample` is for `doctor`.
//!
//! The trail is no part of what a snapshot promises about access. What cannot be read of it is a gap of its own list, and
//! costs nothing else.

mod detail;
mod due;
mod event;
mod events;
mod pager;
mod sample;
mod sign_ins;
mod unreadable;

pub use detail::read_detail;
pub use due::{OVERLAP_MS, due};
pub use events::{EARLIEST_MONTHS, read_events};
pub(super) use sample::{is_of_the_second_list, question_of, sample};
pub use sign_ins::{Person, people, read_sign_ins};

use super::record::{count, partial, state_of_broken};
use pager::Pager;
use serde_json::{Value, json};

use crate::api::error::{ApiError, ApiErrorKind};
use crate::model::{Listing, ListingKind, ListingState, Scope, TRAIL_LAG_MS, Timestamp, Window};

/// The latest moment that can be read now.
#[must_use]
pub fn readable_until(now: Timestamp) -> Timestamp {
    now.moved(-TRAIL_LAG_MS)
}

/// A question about a stretch of time in the account and everything below it.
fn question(account: &str, window: Window, more: Value) -> Value {
    let mut body = json!({
        "filterType": "Audit",
        "scopes": [{"accountIdentifier": account}],
        "includeChildScopes": true,
        "startTime": window.from.as_millis(),
        "endTime": window.until.as_millis(),
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

/// Failures that say nothing about the trail and end the whole sync.
fn ends_the_sync(error: &ApiError) -> bool {
    match *error.kind {
        ApiErrorKind::Cancelled => true,
        // The lists were read with the same key, so it is the trail that is odd.
        ApiErrorKind::BadKey(_) => !error.others_work,
        _ => false,
    }
}

/// The record of what was read.
fn record(
    kind: ListingKind,
    pager: &Pager<'_>,
    state: ListingState,
    (total, rows): (Option<u64>, usize),
    started_at: Timestamp,
) -> Listing {
    Listing {
        kind,
        scope: Scope::Account,
        endpoint: pager.endpoint(),
        state,
        accepted: None,
        reported_total: total.map(count),
        rows: count(rows as u64),
        pages: count(pager.cost.pages.get()),
        requests: count(pager.cost.requests.get()),
        retries: count(pager.cost.retries.get()),
        started_at,
        finished_at: Timestamp::now(),
    }
}
