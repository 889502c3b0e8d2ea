//! Events about access, stretch by stretch, the oldest first: what was read whole grows without a hole, and the next sync
//! goes on at its end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pager::{Paged, Pager};
use super::{ends_the_sync, partial, question, record, state_of_broken};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{
    AuditEvent, Listing, ListingKind, ListingState, ReadWindow, Timestamp, TrailRead, Window,
};

/// Harness keeps events for two years.
pub const EARLIEST_MONTHS: i64 = 24;

const DAY_MS: i64 = 86_400_000;
/// Read at once, unless there are too many events in it.
const STRETCH_MS: i64 = 30 * DAY_MS;

/// What the trail records of access. The type alone is asked for: an older server refuses actions that it does not know.
const ABOUT_ACCESS: [&str; 12] = [
    "USER",
    "USER_GROUP",
    "ROLE",
    "RESOURCE_GROUP",
    "SERVICE_ACCOUNT",
    "API_KEY",
    "TOKEN",
    "ORGANIZATION",
    "PROJECT",
    "ROLE_ASSIGNMENT",
    "NG_LOGIN_SETTINGS",
    "IP_ALLOWLIST_CONFIG",
];

/// Reads the events between two moments.
///
/// # Errors
/// Only what ends the whole sync; everything else is the state of the listing and of its stretches.
pub fn read_events(
    client: &Client,
    window: Window,
    told: &dyn Fn(usize),
) -> Result<(TrailRead, Listing), ApiError> {
    let started_at = Timestamp::now();
    let mut reader = EventsReader {
        account: client.account_id(),
        pager: Pager::new(client),
        events: BTreeMap::new(),
        total: Some(0),
        windows: Vec::new(),
        told,
    };
    for stretch in stretches(window) {
        if !reader.read(stretch)? {
            break;
        }
    }
    let EventsReader {
        pager,
        events,
        total,
        mut windows,
        ..
    } = reader;
    if let Some(unread) = after(&windows, window) {
        let state = windows
            .last()
            .map_or_else(|| partial("not read".to_owned()), |last| last.state.clone());
        windows.push(ReadWindow {
            window: unread,
            state,
        });
    }
    let state = windows
        .iter()
        .map(|window| &window.state)
        .find(|state| **state != ListingState::Complete)
        .cloned()
        .unwrap_or(ListingState::Complete);
    let listing = record(
        ListingKind::AuditEvents,
        &pager,
        state,
        (total, events.len()),
        started_at,
    );
    let mut events: Vec<AuditEvent> = events.into_values().collect();
    events.sort_by(|a, b| (a.at, &a.audit_id).cmp(&(b.at, &b.audit_id)));
    let read = TrailRead {
        events,
        windows: joined(windows),
        sign_ins: Vec::new(),
    };
    Ok((read, listing))
}

struct EventsReader<'a> {
    account: &'a str,
    pager: Pager<'a>,
    events: BTreeMap<String, AuditEvent>,
    /// `None` as soon as the trail said no total.
    total: Option<u64>,
    windows: Vec<ReadWindow>,
    told: &'a dyn Fn(usize),
}

impl EventsReader<'_> {
    /// Reads a stretch, in halves when it holds too much. `false`: reading on makes no sense.
    fn read(&mut self, stretch: Window) -> Result<bool, ApiError> {
        let body = question(self.account, stretch, about_access());
        let answer = match self.pager.ask(&body, "timestamp,ASC", |_| false) {
            Ok(Paged::Read(answer)) => answer,
            Ok(Paged::TooMany) => {
                let (first, second) = match self.pager.halves(stretch) {
                    Ok(halves) => halves,
                    Err(why) => {
                        self.windows.push(ReadWindow {
                            window: stretch,
                            state: partial(why),
                        });
                        return Ok(true);
                    }
                };
                return Ok(self.read(first)? && self.read(second)?);
            }
            Err(error) if ends_the_sync(&error) => return Err(error),
            Err(error) => {
                log::info!("{}", error.brief());
                self.windows.push(ReadWindow {
                    window: stretch,
                    state: state_of_broken(&error),
                });
                return Ok(false);
            }
        };
        self.total = self.total.zip(answer.total).map(|(sum, total)| sum + total);
        for event in answer.events {
            self.events.insert(event.audit_id.clone(), event);
        }
        (self.told)(self.events.len());
        let state = answer.incomplete.map_or(ListingState::Complete, partial);
        self.windows.push(ReadWindow {
            window: stretch,
            state,
        });
        Ok(true)
    }
}

fn about_access() -> Value {
    let resources: Vec<Value> = ABOUT_ACCESS
        .iter()
        .map(|kind| json!({"type": kind}))
        .collect();
    // Sign-ins are most of the trail and say nothing about a change. What Harness does by itself must stay in.
    json!({"resources": resources, "staticFilter": "EXCLUDE_LOGIN_EVENTS"})
}

fn stretches(window: Window) -> impl Iterator<Item = Window> {
    let (first, last) = (window.from.as_millis(), window.until.as_millis());
    let begins = std::iter::successors(Some(first), |from| Some(from + STRETCH_MS));
    begins
        .take_while(move |from| *from <= last)
        .map(move |from| Window {
            from: Timestamp::from_millis(from),
            until: Timestamp::from_millis((from + STRETCH_MS - 1).min(last)),
        })
}

/// What of a stretch lies after everything that was tried.
fn after(windows: &[ReadWindow], whole: Window) -> Option<Window> {
    let tried = windows.last()?.window.until;
    (tried < whole.until).then(|| Window {
        from: Timestamp::from_millis(tried.as_millis() + 1),
        until: whole.until,
    })
}

/// Neighbours of one state as one stretch.
fn joined(windows: Vec<ReadWindow>) -> Vec<ReadWindow> {
    let mut joined: Vec<ReadWindow> = Vec::new();
    for next in windows {
        match joined.last_mut() {
            Some(last) if last.state == next.state => last.window.until = next.window.until,
            _ => joined.push(next),
        }
    }
    joined
}
