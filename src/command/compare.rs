//! Two snapshots and what differs between them, for every command that compares.

use std::fs;
use std::path::Path;

use super::open::{Located, OpenSnapshot, resolve};
use super::trail;
use crate::diff::approvals::Approvals;
use crate::diff::{AssessedChange, Comparison, FailOn, Side, assess, compare, impact_wanted};
use crate::error::Error;
use crate::model::{DiffFacts, Gap, SnapshotInfo, SnapshotRef, Timestamp};
use crate::store::{Reader, StoreError};
use crate::text_file::{BY_HAND, briefly, read_text};

/// Reads a file of approved changes.
///
/// # Errors
/// When it cannot be read, or an entry is wrong.
pub(crate) fn read_approvals(path: &str) -> Result<Approvals, Error> {
    read_agreements(
        path,
        "approvals",
        Approvals::parse,
        "diff --write-approvals",
    )
}

/// Reads a file of agreements: `what` they are, and which command `prints` entries for it.
///
/// # Errors
/// When it cannot be read, or an entry is wrong.
pub(crate) fn read_agreements<T>(
    path: &str,
    what: &str,
    parse: impl Fn(&str) -> Result<T, String>,
    prints: &str,
) -> Result<T, Error> {
    let text = read_text(Path::new(path), BY_HAND).map_err(|error| {
        Error::config(
            format!("cannot read the {what} in {path}: {error}"),
            format!("`{prints}` prints entries to begin with"),
        )
    })?;
    parse(&text).map_err(|wrong| {
        Error::config(
            format!("{path}: {}", briefly(&wrong)),
            format!(
                "`{prints}` shows what an entry looks like; a reviewer fills in reason and approver"
            ),
        )
    })
}

/// Today, UTC, as approvals name days.
pub(crate) fn today() -> String {
    let now = Timestamp::now().to_string();
    now.get(..10).unwrap_or_default().to_owned()
}

/// Two snapshots, of one file or of two.
pub(crate) struct Pair {
    /// `None` = both are in one file.
    older: Option<Reader>,
    newer: OpenSnapshot,
    from: Side,
    to: Side,
}

impl Pair {
    /// Opens both.
    ///
    /// # Errors
    /// When a file is not ours, a snapshot is missing, or they come in the wrong order.
    pub(crate) fn open(from: Located, to: Located) -> Result<Self, Error> {
        let same = is_same(&from, &to);
        let older = from.reader()?;
        let newer = if same { None } else { Some(to.reader()?) };
        let side = |reader: &Reader, located: &Located| -> Result<Side, Error> {
            Ok(Side {
                snapshot: snapshot(reader, &located.snapshot)?,
                file: located.path.display().to_string(),
                gaps: Vec::new(),
                accepted: Vec::new(),
            })
        };
        let (from, to) = (
            (side(&older, &from)?, from.path),
            (side(newer.as_ref().unwrap_or(&older), &to)?, to.path),
        );
        if same && from.0.snapshot.id > to.0.snapshot.id {
            return Err(Error::Usage(format!(
                "snapshot {} is newer than snapshot {}: the older one comes first",
                from.0.snapshot.id, to.0.snapshot.id
            )));
        }
        let (older, reader) = match newer {
            None => (None, older),
            Some(newer) => (Some(older), newer),
        };
        Ok(Self {
            older,
            newer: OpenSnapshot {
                path: to.1,
                reader,
                snapshot: to.0.snapshot.clone(),
            },
            from: from.0,
            to: to.0,
        })
    }

    /// A snapshot and an earlier one of its file.
    pub(crate) fn within(newer: OpenSnapshot, earlier: SnapshotInfo) -> Self {
        let side = |snapshot: &SnapshotInfo| Side {
            snapshot: snapshot.clone(),
            file: newer.file(),
            gaps: Vec::new(),
            accepted: Vec::new(),
        };
        Self {
            older: None,
            from: side(&earlier),
            to: side(&newer.snapshot),
            newer,
        }
    }

    /// Compares them, and hands the newer one on.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn compare(mut self, fail_on: FailOn) -> Result<(OpenSnapshot, Comparison), Error> {
        let newer = &self.newer.reader;
        let older = self.older.as_ref().unwrap_or(newer);
        let (from, to) = (self.from.snapshot.id, self.to.snapshot.id);
        let facts = match &self.older {
            None => newer.diff_facts(from, to)?,
            Some(older) => older.diff_facts_with(from, newer, to)?,
        };
        let assessed = assessed(facts, (older, from), (newer, to))?;
        (self.from.accepted, self.from.gaps) = gaps((older, from), (newer, to))?;
        (self.to.accepted, self.to.gaps) = gaps((newer, to), (older, from))?;
        let mut comparison = Comparison {
            from: self.from,
            to: self.to,
            fail_on,
            changes: assessed.changes,
            newly_visible: assessed.newly_visible,
            out_of_sight: assessed.out_of_sight,
            unseen: Vec::new(),
            unread: None,
            lapsed: Vec::new(),
        };
        trail::explain(&mut comparison, older, newer)?;
        Ok((self.newer, comparison))
    }
}

/// Changes with what they mean.
pub(crate) struct Assessed {
    pub(crate) changes: Vec<AssessedChange>,
    newly_visible: u64,
    out_of_sight: u64,
}

/// Facts that may differ, compared and assessed.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn assessed(
    facts: DiffFacts,
    (older, from): (&Reader, i64),
    (newer, to): (&Reader, i64),
) -> Result<Assessed, Error> {
    let differences = compare(facts);
    let (wanted_older, wanted_newer) = impact_wanted(&differences);
    let (older, newer) = (
        older.impact(from, &wanted_older)?,
        newer.impact(to, &wanted_newer)?,
    );
    Ok(Assessed {
        changes: assess(differences.changes, &older, &newer),
        newly_visible: differences.newly_visible,
        out_of_sight: differences.out_of_sight,
    })
}

/// What changed between two snapshots of one file.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn changes_between(
    reader: &Reader,
    from: i64,
    to: i64,
) -> Result<Vec<AssessedChange>, Error> {
    let facts = reader.diff_facts(from, to)?;
    Ok(assessed(facts, (reader, from), (reader, to))?.changes)
}

/// Gaps of a snapshot: those that somebody accepted, and the others.
fn gaps(of: (&Reader, i64), other: (&Reader, i64)) -> Result<(Vec<Gap>, Vec<Gap>), Error> {
    let mut gaps = of.0.incomplete_listings(of.1)?;
    gaps.extend(of.0.listings_missing(of.1, other.0, other.1)?);
    Ok(gaps.into_iter().partition(|gap| gap.accepted.is_some()))
}

fn is_same(from: &Located, to: &Located) -> bool {
    let canonical = |located: &Located| fs::canonicalize(&located.path).ok();
    from.path == to.path || canonical(from).is_some_and(|path| Some(path) == canonical(to))
}

/// Too few snapshots for `previous` is no mistake of the user's: there is nothing to compare yet.
fn snapshot(reader: &Reader, reference: &SnapshotRef) -> Result<SnapshotInfo, Error> {
    resolve(reader, reference).map_err(|error| match (reference, error) {
        (
            SnapshotRef::Back(_),
            Error::Store(StoreError::NoSuchSnapshot {
                reference,
                available,
            }),
        ) => Error::NotEnough {
            message: format!("nothing to compare: there is no snapshot {reference}; {available}"),
            hint: Some("run `harness-access sync` again later, then compare".to_owned()),
        },
        (_, error) => error,
    })
}
