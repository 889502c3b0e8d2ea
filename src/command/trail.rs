//! The audit trail in `sync`, which reads it, and in `diff`, which says who made each change.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::api::client::Client;
use crate::collect::trail::{
    EARLIEST_MONTHS, OVERLAP_MS, Person, due, people, read_detail, read_events, read_sign_ins,
    readable_until,
};
use crate::diff::attribution::{Interval, attribute};
use crate::diff::{AssessedChange, Comparison, Subject, assess, compare};
use crate::error::Error;
use crate::model::{
    AuditEvent, By, Certainty, Extra, Impacts, Observation, ScopeSelection, SnapshotInfo,
    Timestamp, TrailRead, Unread, Window,
};
use crate::store::{Changed, ExplainedSnapshot, Reader, Writer};

const MONTH_MS: i64 = 31 * 86_400_000;

/// What is asked of the trail.
pub(super) struct Reading<'a> {
    pub(super) client: &'a Client,
    pub(super) writer: &'a Writer,
    pub(super) selection: &'a ScopeSelection,
    /// `--audit-since`.
    pub(super) since: Option<Timestamp>,
}

impl Reading<'_> {
    /// Reads what was asked for, and adds it to the observation. What could not be read costs the snapshot nothing.
    pub(super) fn add_to(&self, observation: &mut Observation) -> Result<(), Error> {
        let wants = |extra| self.selection.extras.contains(&extra);
        let until = readable_until(Timestamp::now());
        let mut read = TrailRead::default();
        let mut listings = Vec::new();
        if wants(Extra::Audit) {
            let due = self.due(observation, until)?;
            let fresh = Window {
                from: until.moved(1),
                until: Timestamp::now(),
            };
            let told = |events: usize| log::info!("{events} events of the audit trail read");
            let (events, listing) = read_events(self.client, &due, Some(fresh), &told)?;
            read = events;
            listings.push(listing);
        }
        if wants(Extra::Logins) {
            let people = self.people(observation)?;
            let (sign_ins, listing) = read_sign_ins(self.client, &people, until)?;
            read.sign_ins = sign_ins;
            listings.push(listing);
        }
        if !listings.is_empty() {
            observation.trail = Some(read);
            observation.requests = i64::try_from(self.client.requests()).unwrap_or(i64::MAX);
            observation.listings.extend(listings);
        }
        Ok(())
    }

    fn due(&self, observation: &Observation, until: Timestamp) -> Result<Vec<Window>, Error> {
        let oldest_kept = Timestamp::now().moved(-EARLIEST_MONTHS * MONTH_MS);
        if let Some(since) = self.since {
            let from = since.max(oldest_kept).min(until);
            return Ok(vec![Window { from, until }]);
        }
        let mut before = self.writer.trail_before()?;
        before.oldest.get_or_insert(observation.started_at);
        Ok(due(&before, oldest_kept, until))
    }

    fn people(&self, observation: &Observation) -> Result<Vec<Person>, Error> {
        let read: HashMap<String, Timestamp> = self
            .writer
            .sign_ins_read()?
            .into_iter()
            .map(|read| (read.user, read.read_until.moved(-OVERLAP_MS)))
            .collect();
        let read_until = |uuid: &str| read.get(uuid).copied();
        Ok(people(
            &observation.resources,
            &observation.directory,
            read_until,
        ))
    }
}

/// Records who made the changes that the snapshots of a file show, where the trail was read now.
pub(super) fn record_read(path: &Path, read: &[Window]) -> Result<(), Error> {
    record(path, |older, newer| is_touched(older, newer, read))
}

/// Whether a change between the two looks may be recorded in one of these stretches.
fn is_touched(older: &SnapshotInfo, newer: &SnapshotInfo, read: &[Window]) -> bool {
    let (from, until) = interval(older, newer).with_skew();
    read.iter()
        .any(|window| window.meets(Window { from, until }))
}

/// Records it anew where snapshots between two others are gone, so that more is one change.
pub(super) fn record_around(path: &Path, gone: &[i64]) -> Result<(), Error> {
    record(path, |older, newer| {
        gone.iter().any(|gone| older.id < *gone && *gone < newer.id)
    })
}

/// Asks what exactly was changed where several people did something that fits a change of these stretches, and keeps who did
/// what by it.
pub(super) fn tell_apart(client: &Client, path: &Path, read: &[Window]) -> Result<(), Error> {
    let reader = Reader::open(path)?;
    let is_wanted = |older: &SnapshotInfo, newer: &SnapshotInfo| is_touched(older, newer, read);
    let wanted = undecided(&attributions(&reader, is_wanted)?);
    let window = Window {
        from: Timestamp::from_millis(0),
        until: Timestamp::now(),
    };
    let mut details = Vec::new();
    let events = reader.audit_events(window)?;
    drop(reader);
    for event in events
        .iter()
        .filter(|event| wanted.contains(&event.audit_id))
    {
        if let Some(detail) = read_detail(client, event)? {
            details.push((event.audit_id.clone(), detail));
        }
    }
    if details.is_empty() {
        return Ok(());
    }
    Writer::open_existing(path)?.record_details(&details)?;
    record_read(path, read)
}

/// Records that fit grants of whom several may have made them; of at most so many the text is asked for.
fn undecided(attributions: &[Attribution]) -> BTreeSet<String> {
    const MOST_TEXTS: usize = 20;
    let changes = attributions.iter().flat_map(|of| &of.changes);
    let of_grants = changes.filter(|assessed| assessed.change.grant().is_some());
    let several = of_grants
        .filter_map(|assessed| assessed.by.as_deref())
        .filter(|by| by.certainty == Certainty::OneOf);
    let mut records: Vec<&String> = several.flat_map(|by| &by.records).collect();
    records.sort_unstable();
    records.dedup();
    records
        .into_iter()
        .rev()
        .take(MOST_TEXTS)
        .cloned()
        .collect()
}

/// Who made the changes that a snapshot shows, and what happened besides.
struct Attribution {
    snapshot: i64,
    changes: Vec<AssessedChange>,
    unseen: Vec<AuditEvent>,
}

fn attributions(
    reader: &Reader,
    is_wanted: impl Fn(&SnapshotInfo, &SnapshotInfo) -> bool,
) -> Result<Vec<Attribution>, Error> {
    let mut attributions = Vec::new();
    if !reader.has_trail()? {
        return Ok(attributions);
    }
    let snapshots = reader.snapshots()?;
    for pair in snapshots.windows(2) {
        let [older, newer] = pair else { continue };
        if !is_wanted(older, newer) {
            continue;
        }
        let facts = reader.diff_facts(older.id, newer.id)?;
        let none = Impacts::default();
        let mut changes = assess(compare(facts).changes, &none, &none);
        let told = attributed(&mut changes, (reader, older), (reader, newer))?;
        attributions.extend(told.map(|told| Attribution {
            snapshot: newer.id,
            changes,
            unseen: told.unseen,
        }));
    }
    Ok(attributions)
}

fn record(
    path: &Path,
    is_wanted: impl Fn(&SnapshotInfo, &SnapshotInfo) -> bool,
) -> Result<(), Error> {
    let attributions = attributions(&Reader::open(path)?, is_wanted)?;
    if attributions.is_empty() {
        return Ok(());
    }
    let explained: Vec<ExplainedSnapshot<'_>> = attributions
        .iter()
        .map(|of| ExplainedSnapshot {
            snapshot: of.snapshot,
            changes: of.changes.iter().filter_map(made_by).collect(),
            unseen: &of.unseen,
        })
        .collect();
    Ok(Writer::open_existing(path)?.record_made_by(&explained)?)
}

fn made_by(assessed: &AssessedChange) -> Option<(Changed<'_>, &By)> {
    let by = assessed.by.as_deref()?;
    let changed = match assessed.change.subject() {
        Subject::Resource(fact) => Changed::Resource(&fact.id),
        Subject::Grant(grant) => Changed::Grant(grant),
    };
    Some((changed, by))
}

/// Adds to each change who made it, and to the comparison what the trail records besides. Nothing where the file never
/// read the trail.
pub(super) fn explain(
    comparison: &mut Comparison,
    older: &Reader,
    newer: &Reader,
) -> Result<(), Error> {
    let sides = (
        (older, &comparison.from.snapshot),
        (newer, &comparison.to.snapshot),
    );
    if let Some(told) = attributed(&mut comparison.changes, sides.0, sides.1)? {
        comparison.unseen = told.unseen;
        comparison.unread = Some(told.unread);
    }
    Ok(())
}

/// What the trail tells besides.
struct Told {
    /// What it records in scopes that the newer snapshot looked at, and no change shows.
    unseen: Vec<AuditEvent>,
    /// Of which stretches it tells nothing.
    unread: Vec<Unread>,
}

/// Adds to each change who made it. `None` where the file never read the trail.
fn attributed(
    changes: &mut [AssessedChange],
    (older, from): (&Reader, &SnapshotInfo),
    (newer, to): (&Reader, &SnapshotInfo),
) -> Result<Option<Told>, Error> {
    let interval = interval(from, to);
    let (first, last) = interval.with_skew();
    let window = Window {
        from: first,
        until: last,
    };
    let Some(trail) = newer.audit_trail(window)? else {
        return Ok(None);
    };
    let mut synced = older.synced_groups()?;
    synced.extend(newer.synced_groups()?);
    let seen = newer.scopes_seen(to.id)?;
    let mut unseen = attribute(changes, &trail, interval, &synced);
    unseen.retain(|event| seen.contains(&event.scope.to_string()));
    let unread = trail.unread(first, last);
    Ok(Some(Told { unseen, unread }))
}

fn interval(from: &SnapshotInfo, to: &SnapshotInfo) -> Interval {
    Interval {
        from: moment(&from.started_at),
        until: moment(&to.finished_at),
    }
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse_at_latest(text).unwrap_or(Timestamp::from_millis(0))
}
