//! `diff`: what changed between two snapshots.

use std::fs;
use std::io::{self, Write};

use super::Context;
use super::open::{Located, locate, resolve};
use super::trail;
use crate::cli::{Diff, DiffFormat};
use crate::diff::approvals::{Approvals, Notice};
use crate::diff::{Comparison, FailOn, Side, assess, compare, impact_wanted};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Gap, SnapshotInfo, SnapshotRef, Timestamp};
use crate::output::diff as output;
use crate::store::{Reader, StoreError};

pub(crate) fn run(arguments: &Diff, context: &mut Context<'_>) -> Result<Exit, Error> {
    let plan = Plan::from(arguments)?;
    // Read before anything else, so that a mistake in it shows at once.
    let approvals = arguments
        .approvals
        .as_deref()
        .map(read_approvals)
        .transpose()?;
    let (from, to) = references(&arguments.snapshots)?;
    let db = arguments.db.as_deref();
    let (from, to) = (locate(from, db, context)?, locate(to, db, context)?);
    let mut comparison = Pair::open(&from, &to)?.comparison(plan.fail_on)?;
    let notices = approvals.map_or_else(Vec::new, |approvals| {
        let today = Timestamp::now().to_string();
        approvals.apply(&mut comparison.changes, today.get(..10).unwrap_or_default())
    });
    if !(arguments.quiet && plan.print.is_for_people()) {
        plan.print
            .write(&comparison, colour(context), context.out)?;
        context.out.flush()?;
    }
    if !arguments.quiet {
        warn(arguments, &notices, context.err)?;
        output::summary::write(&comparison, context.err)?;
    }
    Ok(exit_of(&comparison, arguments.ignore_coverage))
}

/// What the flags ask for, checked.
struct Plan {
    fail_on: FailOn,
    print: Print,
}

enum Print {
    Changes(DiffFormat),
    Counts(DiffFormat),
    Approvals,
}

impl Plan {
    fn from(arguments: &Diff) -> Result<Self, Error> {
        let fail_on = arguments.fail_on.as_deref().unwrap_or("any");
        let fail_on =
            FailOn::parse(fail_on).map_err(|wrong| Error::Usage(format!("--fail-on: {wrong}")))?;
        let format = arguments.format;
        let print = match (arguments.write_approvals, arguments.stat) {
            (true, true) => {
                return Err(Error::Usage(
                    "--stat and --write-approvals cannot be combined".to_owned(),
                ));
            }
            (true, false) if format != DiffFormat::Table => {
                return Err(Error::Usage(
                    "--write-approvals always prints TOML; leave out --format".to_owned(),
                ));
            }
            (true, false) => Print::Approvals,
            (false, true) if !matches!(format, DiffFormat::Table | DiffFormat::Json) => {
                return Err(Error::Usage("--stat prints a table or json".to_owned()));
            }
            (false, true) => Print::Counts(format),
            (false, false) => Print::Changes(format),
        };
        Ok(Self { fail_on, print })
    }
}

impl Print {
    /// Whether nobody but a person would read it. Data is never dropped.
    fn is_for_people(&self) -> bool {
        matches!(
            self,
            Self::Changes(DiffFormat::Table) | Self::Counts(DiffFormat::Table)
        )
    }

    fn write(&self, comparison: &Comparison, colour: bool, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Approvals => output::approvals::write(comparison, out),
            Self::Counts(DiffFormat::Json) => output::json::write_counts(comparison, out),
            Self::Counts(_) => output::stat::write(comparison, out),
            Self::Changes(format) => match format {
                DiffFormat::Table => output::table::write(comparison, colour, out),
                DiffFormat::Json => output::json::write(comparison, out),
                DiffFormat::Ndjson => output::ndjson::write(comparison, out),
                DiffFormat::Csv => output::csv::write(comparison, out),
                DiffFormat::Markdown => output::markdown::write(comparison, out),
                DiffFormat::Github => output::github::write(comparison, out),
            },
        }
    }
}

fn colour(context: &Context<'_>) -> bool {
    let refused = (context.env)("NO_COLOR").is_some_and(|value| !value.is_empty());
    context.out_is_terminal && !refused
}

fn warn(arguments: &Diff, notices: &[Notice], err: &mut dyn Write) -> io::Result<()> {
    let file = arguments.approvals.as_deref().unwrap_or_default();
    output::summary::notices(file, notices, err)
}

fn read_approvals(path: &str) -> Result<Approvals, Error> {
    let text = fs::read_to_string(path).map_err(|error| {
        Error::config(
            format!("cannot read the approvals in {path}: {error}"),
            "`diff --write-approvals` prints entries to begin with",
        )
    })?;
    Approvals::parse(&text).map_err(|wrong| {
        Error::config(
            format!("{path}: {wrong}"),
            "`diff --write-approvals` shows what an entry looks like; a reviewer fills in reason and approver",
        )
    })
}

fn references(typed: &[String]) -> Result<(&str, &str), Error> {
    match typed {
        [] => Ok(("previous", "latest")),
        [from] => Ok((from, "latest")),
        [from, to] => Ok((from, to)),
        [_, _, third, ..] => Err(Error::Usage(format!(
            "expected at most two snapshots, got `{third}` too"
        ))),
    }
}

/// Two snapshots, of one file or of two.
struct Pair {
    older: Reader,
    /// `None` = both are in one file.
    newer: Option<Reader>,
    from: Side,
    to: Side,
}

impl Pair {
    fn open(from: &Located, to: &Located) -> Result<Self, Error> {
        let older = Reader::open(&from.path)?;
        let newer = (!is_same(from, to))
            .then(|| Reader::open(&to.path))
            .transpose()?;
        let side = |reader: &Reader, located: &Located| -> Result<Side, Error> {
            Ok(Side {
                snapshot: snapshot(reader, &located.snapshot)?,
                file: located.path.display().to_string(),
                gaps: Vec::new(),
            })
        };
        let (from, to) = (
            side(&older, from)?,
            side(newer.as_ref().unwrap_or(&older), to)?,
        );
        if newer.is_none() && from.snapshot.id > to.snapshot.id {
            return Err(Error::Usage(format!(
                "snapshot {} is newer than snapshot {}: the older one comes first",
                from.snapshot.id, to.snapshot.id
            )));
        }
        Ok(Self {
            older,
            newer,
            from,
            to,
        })
    }

    fn comparison(mut self, fail_on: FailOn) -> Result<Comparison, Error> {
        let (older, newer) = (&self.older, self.newer.as_ref().unwrap_or(&self.older));
        let (from, to) = (self.from.snapshot.id, self.to.snapshot.id);
        let facts = match &self.newer {
            None => older.diff_facts(from, to)?,
            Some(newer) => older.diff_facts_with(from, newer, to)?,
        };
        let differences = compare(facts);
        let (wanted_older, wanted_newer) = impact_wanted(&differences);
        let changes = assess(
            differences.changes,
            &older.impact(from, &wanted_older)?,
            &newer.impact(to, &wanted_newer)?,
        );
        self.from.gaps = gaps((older, from), (newer, to))?;
        self.to.gaps = gaps((newer, to), (older, from))?;
        let mut comparison = Comparison {
            from: self.from,
            to: self.to,
            fail_on,
            changes,
            newly_visible: differences.newly_visible,
            out_of_sight: differences.out_of_sight,
            unseen: Vec::new(),
        };
        trail::explain(&mut comparison, older, newer)?;
        Ok(comparison)
    }
}

fn gaps(of: (&Reader, i64), other: (&Reader, i64)) -> Result<Vec<Gap>, Error> {
    let mut gaps = of.0.incomplete_listings(of.1)?;
    gaps.extend(of.0.listings_missing(of.1, other.0, other.1)?);
    Ok(gaps)
}

fn is_same(from: &Located, to: &Located) -> bool {
    let canonical = |located: &Located| fs::canonicalize(&located.path).ok();
    from.path == to.path || canonical(from).is_some_and(|path| Some(path) == canonical(to))
}

fn exit_of(comparison: &Comparison, ignore_coverage: bool) -> Exit {
    if !ignore_coverage && !comparison.is_comparable() {
        Exit::CouldNotTell
    } else if comparison
        .changes
        .iter()
        .any(|assessed| comparison.fail_on.counts(assessed))
    {
        Exit::Differences
    } else {
        Exit::Done
    }
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
