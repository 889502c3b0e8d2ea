//! Events about access, stretch by stretch, the oldest first. A stretch that cannot be read is noted, and the next one read
//! nevertheless; of one that holds an event that cannot be read, only the time around that event is missing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pager::{EventsRead, Paged, Pager, is_gone};
use super::{ends_the_sync, partial, question, record, state_of_broken};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{
    AuditEvent, Listing, ListingKind, ListingState, ReadWindow, Timestamp, TrailRead, Window,
};

/// Harness keeps events for two years.
pub const EARLIEST_MONTHS: i64 = 24;

/// After so many stretches in a row that failed, it is the trail that does not answer.
const MOST_FAILURES: u32 = 2;

const DAY_MS: i64 = 86_400_000;
/// Read at once, unless there are too many events in it.
pub(super) const STRETCH_MS: i64 = 30 * DAY_MS;

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

/// Reads the events of stretches of time, and of the newest one as far as they are published yet: those are known then, but
/// nothing is said of what is missing.
///
/// # Errors
/// Only what ends the whole sync; everything else is the state of the listing and of its stretches.
pub fn read_events(
    client: &Client,
    due: &[Window],
    fresh: Option<Window>,
    told: &dyn Fn(usize),
) -> Result<(TrailRead, Listing), ApiError> {
    let started_at = Timestamp::now();
    let mut reader = EventsReader {
        account: client.account_id(),
        pager: Pager::new(client),
        events: BTreeMap::new(),
        total: Some(0),
        windows: Vec::new(),
        failures: 0,
        told,
    };
    for stretch in due.iter().flat_map(|window| stretches(*window)) {
        reader.read(stretch)?;
    }
    if let Some(fresh) = fresh {
        reader.read_fresh(fresh)?;
    }
    let EventsReader {
        pager,
        events,
        total,
        mut windows,
        ..
    } = reader;
    let is_whole = |read: &ReadWindow| read.state == ListingState::Complete;
    if !windows.iter().any(is_whole) {
        // It was the trail that did not answer, and not these stretches.
        for read in &mut windows {
            read.attempts = 0;
        }
    }
    let mut states = windows.iter().map(|read| &read.state);
    let state = states.find(|state| **state != ListingState::Complete);
    let state = state.cloned().unwrap_or(ListingState::Complete);
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
        fresh,
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
    /// Stretches in a row that failed.
    failures: u32,
    told: &'a dyn Fn(usize),
}

impl EventsReader<'_> {
    /// Reads a stretch, in halves when it holds too much.
    fn read(&mut self, stretch: Window) -> Result<(), ApiError> {
        if self.failures >= MOST_FAILURES {
            let last = self.windows.last().map(|read| read.state.clone());
            self.note(stretch, last.unwrap_or(ListingState::Complete), 0);
            return Ok(());
        }
        let body = question(self.account, stretch, about_access());
        match self.pager.ask(&body, "timestamp,ASC", |_| false) {
            Ok(Paged::Read(answer)) => self.take(stretch, answer),
            Ok(Paged::TooMany) => match self.pager.halves(stretch) {
                Ok((older, newer)) => {
                    self.read(older)?;
                    self.read(newer)?;
                }
                Err(why) => self.note(stretch, partial(why), 1),
            },
            Err(error) if ends_the_sync(&error) => return Err(error),
            Err(error) => {
                log::info!("{}", error.brief());
                let is_for_all = error.is_not_permitted() || is_gone(&error);
                self.failures += if is_for_all { MOST_FAILURES } else { 1 };
                self.note(stretch, state_of_broken(&error), u32::from(!is_for_all));
            }
        }
        Ok(())
    }

    fn take(&mut self, stretch: Window, answer: EventsRead) {
        self.failures = 0;
        self.keep(answer.total, answer.events);
        match answer.incomplete.map(partial) {
            None => self.note(stretch, ListingState::Complete, 0),
            Some(state) if answer.holes.is_empty() => self.note(stretch, state, 1),
            Some(state) => self.note_around(stretch, &answer.holes, &state),
        }
    }

    /// Whole but for some holes.
    fn note_around(&mut self, stretch: Window, holes: &[Window], state: &ListingState) {
        let mut from = stretch.from;
        for hole in holes {
            let hole = Window {
                from: hole.from.max(from),
                until: hole.until.min(stretch.until),
            };
            self.note_if_any(from, hole.from.moved(-1));
            self.note(hole, state.clone(), 1);
            from = hole.until.moved(1);
        }
        self.note_if_any(from, stretch.until);
    }

    fn note_if_any(&mut self, from: Timestamp, until: Timestamp) {
        if from <= until {
            self.note(Window { from, until }, ListingState::Complete, 0);
        }
    }

    fn note(&mut self, window: Window, state: ListingState, attempts: u32) {
        self.windows.push(ReadWindow {
            window,
            state,
            attempts,
        });
    }

    /// What is not published yet is read by the next sync, so nothing is noted of this stretch.
    fn read_fresh(&mut self, stretch: Window) -> Result<(), ApiError> {
        if self.failures > 0 {
            return Ok(());
        }
        let body = question(self.account, stretch, about_access());
        match self.pager.ask_once(&body, "timestamp,ASC") {
            Ok(Paged::Read(answer)) => self.keep(answer.total, answer.events),
            Ok(Paged::TooMany) => {}
            Err(error) if ends_the_sync(&error) => return Err(error),
            Err(error) => log::info!("{}", error.brief()),
        }
        Ok(())
    }

    fn keep(&mut self, total: Option<u64>, events: Vec<AuditEvent>) {
        self.total = self.total.zip(total).map(|(sum, total)| sum + total);
        for event in events {
            self.events.insert(event.audit_id.clone(), event);
        }
        (self.told)(self.events.len());
    }
}

pub(super) fn about_access() -> Value {
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

/// Neighbours that were read whole as one stretch.
fn joined(windows: Vec<ReadWindow>) -> Vec<ReadWindow> {
    let mut joined: Vec<ReadWindow> = Vec::new();
    for next in windows {
        match joined.last_mut() {
            Some(last)
                if last.state == ListingState::Complete
                    && next.state == ListingState::Complete
                    && last.window.until.moved(1) == next.window.from =>
            {
                last.window.until = next.window.until;
            }
            _ => joined.push(next),
        }
    }
    joined
}
