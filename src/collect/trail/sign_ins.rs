//! The last sign-in of each person. Harness tells it nowhere but in the audit trail, whose sign-ins are many: so the
//! newest week is read whole, and older time only for those who were not seen yet, in batches that end as soon as
//! everybody in them was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::pager::{EventsRead, Paged, Pager};
use super::{ends_the_sync, partial, question, record, state_of_broken};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{
    AuditEvent, Details, Directory, Listing, ListingKind, ListingState, Resource, SignIn,
    Timestamp, Window,
};

const DAY_MS: i64 = 86_400_000;
/// How far back people are looked for, in days before now, each step only for those not seen in a newer one.
const STEPS: [(i64, i64); 4] = [(7, 0), (30, 7), (90, 30), (365, 90)];
/// Addresses in one question.
pub(super) const BATCH: usize = 50;

/// Somebody whose sign-ins are wanted.
#[derive(Clone, Debug)]
pub struct Person {
    /// The uuid.
    pub uuid: String,
    /// The address, which is how the trail names people in a filter.
    pub email: String,
    /// Until when the person's sign-ins were read by an earlier sync.
    pub read_until: Option<Timestamp>,
}

/// Everybody among the resources who has an address; `read_until` tells until when somebody's sign-ins were read before.
#[must_use]
pub fn people(
    resources: &[Resource],
    directory: &Directory,
    read_until: impl Fn(&str) -> Option<Timestamp>,
) -> Vec<Person> {
    let people = resources.iter().filter_map(|resource| {
        let Details::User {
            email: Some(email), ..
        } = &resource.details
        else {
            return None;
        };
        let uuid = directory.id(resource.id).identifier.clone();
        Some(Person {
            read_until: read_until(&uuid),
            email: email.clone(),
            uuid,
        })
    });
    people.collect()
}

/// Reads the last sign-in of each of these people.
///
/// # Errors
/// Only what ends the whole sync.
pub fn read_sign_ins(
    client: &Client,
    people: &[Person],
    until: Timestamp,
) -> Result<(Vec<SignIn>, Listing), ApiError> {
    let started_at = Timestamp::now();
    let mut reader = SignInsReader {
        account: client.account_id(),
        pager: Pager::new(client),
        found: BTreeMap::new(),
        rows: 0,
    };
    let state = match reader.read(people, until) {
        Ok(()) => ListingState::Complete,
        Err(Stopped::Sync(error)) => return Err(error),
        Err(Stopped::Here(state)) => state,
    };
    let SignInsReader {
        pager, found, rows, ..
    } = reader;
    let listing = record(
        ListingKind::SignIns,
        &pager,
        state,
        (None, rows),
        started_at,
    );
    Ok((found.into_values().collect(), listing))
}

/// Why no more is read.
enum Stopped {
    Sync(ApiError),
    Here(ListingState),
}

struct SignInsReader<'a> {
    account: &'a str,
    pager: Pager<'a>,
    /// By uuid.
    found: BTreeMap<String, SignIn>,
    rows: usize,
}

impl SignInsReader<'_> {
    fn read(&mut self, people: &[Person], until: Timestamp) -> Result<(), Stopped> {
        let (known, new): (Vec<&Person>, Vec<&Person>) = people
            .iter()
            .partition(|person| person.read_until.is_some_and(|at| at < until));
        self.since_last_time(&known, until)?;
        let mut unseen = new;
        for (from, to) in STEPS {
            let window = Window {
                from: before(until, from),
                until: before(until, to),
            };
            if unseen.is_empty() {
                break;
            }
            self.step(&unseen, window, to == 0)?;
            unseen.retain(|person| {
                self.found
                    .get(&person.uuid)
                    .is_none_or(|sign_in| sign_in.last.is_none())
            });
        }
        Ok(())
    }

    /// People whose sign-ins were read before: what came since, in one question.
    fn since_last_time(&mut self, people: &[&Person], until: Timestamp) -> Result<(), Stopped> {
        let Some(from) = people.iter().filter_map(|person| person.read_until).min() else {
            return Ok(());
        };
        self.everybody(people, Window { from, until })
    }

    fn step(&mut self, people: &[&Person], window: Window, is_newest: bool) -> Result<(), Stopped> {
        if is_newest {
            return self.everybody(people, window);
        }
        for batch in people.chunks(BATCH) {
            let principals: Vec<Value> = batch
                .iter()
                .map(|person| json!({"type": "USER", "identifier": person.email}))
                .collect();
            self.ask(batch, window, json!({"principals": principals}))?;
        }
        Ok(())
    }

    fn everybody(&mut self, people: &[&Person], window: Window) -> Result<(), Stopped> {
        // A busy account may have more sign-ins in the stretch than are asked for at once: then in parts, the newest
        // first, each part for those not seen yet.
        self.ask(people, window, json!({}))
    }

    fn ask(&mut self, people: &[&Person], window: Window, filter: Value) -> Result<(), Stopped> {
        let mut more = signed_in();
        if let (Some(more), Value::Object(filter)) = (more.as_object_mut(), filter.clone()) {
            more.extend(filter);
        }
        let body = question(self.account, window, more);
        let mut waiting: BTreeSet<&str> =
            people.iter().map(|person| person.uuid.as_str()).collect();
        let enough = |event: &AuditEvent| {
            if let Some(person) = people.iter().find(|person| is_of(event, person)) {
                waiting.remove(person.uuid.as_str());
            }
            waiting.is_empty()
        };
        match self.pager.ask(&body, "timestamp,DESC", enough) {
            Ok(Paged::Read(answer)) => self.take(people, window, &answer),
            Ok(Paged::TooMany) => {
                let (older, newer) = self
                    .pager
                    .halves(window)
                    .map_err(|why| Stopped::Here(partial(why)))?;
                self.ask(people, newer, filter.clone())?;
                let unseen: Vec<&Person> = people
                    .iter()
                    .filter(|person| {
                        self.found
                            .get(&person.uuid)
                            .is_none_or(|found| found.last.is_none())
                    })
                    .copied()
                    .collect();
                self.ask(&unseen, older, filter)?;
                Ok(())
            }
            Err(error) if ends_the_sync(&error) => Err(Stopped::Sync(error)),
            Err(error) => {
                log::info!("{}", error.brief());
                Err(Stopped::Here(state_of_broken(&error)))
            }
        }
    }

    /// Notes what a stretch showed of these people. Windows are read from the newest to the oldest, so a first sign-in that
    /// is found is the last one.
    fn take(
        &mut self,
        people: &[&Person],
        window: Window,
        answer: &EventsRead,
    ) -> Result<(), Stopped> {
        self.rows += answer.events.len();
        for person in people {
            let last = answer
                .events
                .iter()
                .rev()
                .find(|event| is_of(event, person))
                .map(|event| event.at);
            let found = self
                .found
                .entry(person.uuid.clone())
                .or_insert_with(|| SignIn {
                    user: person.uuid.clone(),
                    last: None,
                    read_from: window.until,
                    read_until: window.until,
                });
            found.last = found.last.or(last);
            // Whoever was seen needs no older time; of the others, only a stretch that was read whole tells.
            let read_from = last.or(answer.incomplete.is_none().then_some(window.from));
            found.read_from = found.read_from.min(read_from.unwrap_or(found.read_from));
        }
        match &answer.incomplete {
            Some(reason) => Err(Stopped::Here(partial(reason.clone()))),
            None => Ok(()),
        }
    }
}

pub(super) fn signed_in() -> Value {
    json!({"actions": ["LOGIN", "LOGIN2FA"]})
}

fn is_of(event: &AuditEvent, person: &Person) -> bool {
    let acted_on = &event.acted_on;
    match acted_on.user_id.as_ref().or(event.actor.user_id.as_ref()) {
        Some(uuid) => *uuid == person.uuid,
        None => acted_on.identifier.eq_ignore_ascii_case(&person.email),
    }
}

fn before(moment: Timestamp, days: i64) -> Timestamp {
    moment.moved(-days * DAY_MS)
}
