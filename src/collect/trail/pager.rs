//! Reads one question to the audit trail to its end: `POST /audit/api/audits/list`, or `…/listV2` where that is gone.
//!
//! Pages are sorted by time alone, and events of one moment may change places between two pages. So a question is read
//! whole when as many different events were seen as the trail says there are, each page naming the same total; otherwise
//! it is read again. The second list says no totals: there a walk without a repeated event is whole.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::event;
use super::unreadable::Unreadable;
use crate::api::call::{Call, PAGE_SIZE, PageAsked};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::AuditPage;
use crate::model::{AuditEvent, Window};

/// Deep pages are read by skipping, which a server does slowly: longer questions are asked in parts.
pub(super) const MOST_EVENTS: u64 = 10_000;
/// The shortest stretch of time that is cut into halves.
const SHORTEST_MS: i64 = 60_000;
/// How often a reading cuts a stretch into halves: a server that tells of too many events everywhere is not asked for ever.
const MOST_HALVINGS: u32 = 60;
/// Walks of one question.
const ATTEMPTS: u32 = 3;

const LIST: &str = "/audit/api/audits/list";
pub(super) const LIST_V2: &str = "/audit/api/audits/listV2";

/// Asks the trail.
pub(super) struct Pager<'a> {
    client: &'a Client,
    without_totals: Cell<bool>,
    halvings: Cell<u32>,
    pub(super) cost: Cost,
}

/// What reading took.
#[derive(Debug, Default)]
pub(super) struct Cost {
    pub(super) requests: Cell<u64>,
    pub(super) retries: Cell<u64>,
    pub(super) pages: Cell<u64>,
}

/// What a question gave.
#[derive(Debug, Default)]
pub(super) struct EventsRead {
    /// Each event once, in order of time.
    pub(super) events: Vec<AuditEvent>,
    /// How many there are, where the trail says so.
    pub(super) total: Option<u64>,
    /// Why it may be incomplete.
    pub(super) incomplete: Option<String>,
    /// Where it is incomplete, if everything besides was read.
    pub(super) holes: Vec<Window>,
}

/// How a question ended.
#[derive(Debug)]
pub(super) enum Paged {
    /// Read.
    Read(EventsRead),
    /// More events than should be asked for at once.
    TooMany,
}

/// One walk over the pages.
#[derive(Default)]
struct TrailWalk {
    total: Option<u64>,
    rows: u64,
    steady: bool,
    /// Whether the reader had enough.
    stopped: bool,
    /// Whether a page that brought nothing new said that there is more.
    astray: bool,
    /// Whether the first page brought no events, and did not say that there are none.
    silent: bool,
    unreadable: Unreadable,
}

const SILENT: &str = "the answer holds neither events nor how many there are";

impl<'a> Pager<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self {
            client,
            without_totals: Cell::new(false),
            halvings: Cell::new(0),
            cost: Cost::default(),
        }
    }

    /// Method and path, for the ledger.
    pub(super) fn endpoint(&self) -> String {
        let path = if self.without_totals.get() {
            LIST_V2
        } else {
            LIST
        };
        format!("POST {path}")
    }

    /// Reads every event that fits; `enough` may end it early.
    pub(super) fn ask(
        &self,
        body: &Value,
        order: &str,
        enough: impl FnMut(&AuditEvent) -> bool,
    ) -> Result<Paged, ApiError> {
        self.ask_times(ATTEMPTS, body, order, enough)
    }

    /// Reads the events that fit as they come, complete or not.
    pub(super) fn ask_once(&self, body: &Value, order: &str) -> Result<Paged, ApiError> {
        self.ask_times(1, body, order, |_| false)
    }

    fn ask_times(
        &self,
        attempts: u32,
        body: &Value,
        order: &str,
        mut enough: impl FnMut(&AuditEvent) -> bool,
    ) -> Result<Paged, ApiError> {
        let mut seen: BTreeMap<String, AuditEvent> = BTreeMap::new();
        let mut incomplete = None;
        let mut holes = Vec::new();
        let mut total = None;
        for attempt in 1..=attempts {
            let Some(walk) = self.walk(body, order, &mut seen, &mut enough)? else {
                return Ok(Paged::TooMany);
            };
            total = walk.total;
            incomplete = walk
                .why_incomplete(seen.len() as u64)
                .filter(|_| !walk.stopped);
            holes = walk.holes(seen.len() as u64);
            if incomplete.is_none() {
                break;
            }
            log::info!("attempt {attempt} to read the audit trail: {incomplete:?}");
        }
        let mut events: Vec<AuditEvent> = seen.into_values().collect();
        events.sort_by(|a, b| (a.at, &a.audit_id).cmp(&(b.at, &b.audit_id)));
        Ok(Paged::Read(EventsRead {
            events,
            total,
            incomplete,
            holes,
        }))
    }

    /// What is wrong with the first page, if anything.
    pub(super) fn first_page(&self, body: &Value, order: &str) -> Result<Option<String>, ApiError> {
        let page = self.page(body, order, 0)?;
        if self.is_silent(&page) {
            return Ok(Some(SILENT.to_owned()));
        }
        let mut rows = page.content.unwrap_or_default().into_iter();
        Ok(rows.find_map(|row| event::read(&row).err()).map(unreadable))
    }

    /// Whether a page has no events without saying that there are none. The second list says no totals, but lists none.
    fn is_silent(&self, page: &AuditPage) -> bool {
        let lists_none = page.content.as_ref().is_some_and(Vec::is_empty);
        match page.total_items {
            Some(_) => false,
            None if self.without_totals.get() => page.content.is_none(),
            None => page.content.is_none() || lists_none,
        }
    }

    /// `None`: too many events for one question.
    fn walk(
        &self,
        body: &Value,
        order: &str,
        seen: &mut BTreeMap<String, AuditEvent>,
        enough: &mut impl FnMut(&AuditEvent) -> bool,
    ) -> Result<Option<TrailWalk>, ApiError> {
        let mut walk = TrailWalk {
            steady: true,
            ..TrailWalk::default()
        };
        let mut here = BTreeSet::new();
        for index in 0.. {
            let page = self.page(body, order, index)?;
            walk.silent |= index == 0 && self.is_silent(&page);
            let rows = page.content.unwrap_or_default();
            if index == 0 {
                walk.total = page.total_items;
                if page.total_items.is_some_and(|total| total > MOST_EVENTS) {
                    return Ok(None);
                }
            }
            walk.steady &= walk.total == page.total_items;
            let full = rows.len() as u64 >= PAGE_SIZE;
            let (before, odd_before) = (here.len(), walk.unreadable.count());
            for row in rows {
                walk.rows += 1;
                match event::read(&row) {
                    Ok(event) => {
                        walk.stopped |= enough(&event);
                        walk.unreadable.pass(event.at);
                        here.insert(event.audit_id.clone());
                        seen.insert(event.audit_id.clone(), event);
                    }
                    Err(wrong) => walk.unreadable.add(event::time(&row), wrong),
                }
            }
            let more = match (page.has_next, page.total_pages) {
                (Some(more), _) => more,
                (None, Some(pages)) => index + 1 < pages,
                (None, None) => full,
            };
            if walk.stopped || !more {
                return Ok(Some(walk));
            }
            walk.astray = here.len() == before && walk.unreadable.count() == odd_before;
            if walk.astray {
                return Ok(Some(walk));
            }
            if walk.rows >= MOST_EVENTS {
                return Ok(walk.total.map(|_| walk));
            }
        }
        Ok(Some(walk))
    }

    /// The two halves of a stretch that holds too much, the older one first; or why it is not cut.
    pub(super) fn halves(&self, stretch: Window) -> Result<(Window, Window), String> {
        let (from, until) = (stretch.from, stretch.until);
        let length = until.as_millis().saturating_sub(from.as_millis());
        if length < SHORTEST_MS {
            return Err(format!("more than {MOST_EVENTS} events within a minute"));
        }
        if self.halvings.get() >= MOST_HALVINGS {
            return Err(format!(
                "too many events for one sync: more than {MOST_EVENTS} in a stretch after {MOST_HALVINGS} halvings"
            ));
        }
        self.halvings.set(self.halvings.get() + 1);
        let middle = from.moved(length / 2);
        let older = Window {
            from,
            until: middle,
        };
        let newer = Window {
            from: middle.moved(1),
            until,
        };
        Ok((older, newer))
    }

    fn page(&self, body: &Value, order: &str, index: u64) -> Result<AuditPage, ApiError> {
        let ask = |path: &str| {
            let call = Call::new(path).sort(order).page(PageAsked {
                index,
                size: PAGE_SIZE,
            });
            self.client.post::<AuditPage, Value>(&call, body)
        };
        let first = if self.without_totals.get() {
            LIST_V2
        } else {
            LIST
        };
        let reply = match ask(first) {
            Err(error) if is_gone(&error) && !self.without_totals.get() => {
                self.count(error.attempts);
                self.without_totals.set(true);
                ask(LIST_V2).map_err(|fallback| if is_gone(&fallback) { error } else { fallback })
            }
            other => other,
        };
        match reply {
            Ok(reply) => {
                self.count(reply.attempts);
                self.cost.pages.set(self.cost.pages.get() + 1);
                Ok(reply.data)
            }
            Err(error) => {
                self.count(error.attempts);
                Err(error)
            }
        }
    }

    fn count(&self, attempts: u32) {
        self.cost
            .requests
            .set(self.cost.requests.get() + u64::from(attempts));
        self.cost
            .retries
            .set(self.cost.retries.get() + u64::from(attempts.saturating_sub(1)));
    }
}

fn unreadable(wrong: impl fmt::Display) -> String {
    format!("an event cannot be read: {wrong}")
}

pub(super) fn is_gone(error: &ApiError) -> bool {
    matches!(*error.kind, ApiErrorKind::NotFound(_))
}

impl TrailWalk {
    fn why_incomplete(&self, seen: u64) -> Option<String> {
        if let Some(wrong) = self.unreadable.first() {
            return Some(unreadable(wrong));
        }
        self.why_lost(seen)
    }

    /// Where the events lie that cannot be read, if nothing else is missing.
    fn holes(&self, seen: u64) -> Vec<Window> {
        if self.why_lost(seen + self.unreadable.count()).is_some() {
            return Vec::new();
        }
        self.unreadable.holes()
    }

    /// Why an event may be missing.
    fn why_lost(&self, seen: u64) -> Option<String> {
        if self.silent {
            return Some(SILENT.to_owned());
        }
        if !self.steady {
            return Some("the number of events changed while they were read".to_owned());
        }
        match self.total {
            Some(total) if total != seen => {
                Some(format!("{seen} different events were seen of {total}"))
            }
            None if self.rows != seen => {
                Some("an event was seen twice, so another may be missing".to_owned())
            }
            None if self.astray => {
                Some("a page without another event said that there are more".to_owned())
            }
            _ => None,
        }
    }
}
