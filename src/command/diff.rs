//! `diff`: what changed between two snapshots.

use crate::cli::{Diff, Format};
use crate::config;
use crate::diff::{Report, Side, compare};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{SnapshotInfo, SnapshotRef};
use crate::output::{diff_json, diff_table};
use crate::run::Context;
use crate::store::{Reader, StoreError};

pub(crate) fn run(arguments: &Diff, context: &mut Context<'_>) -> Result<Exit, Error> {
    let path = config::database(arguments.db.as_deref(), context.env);
    let reader = Reader::open(&path)?;
    let (from, to) = references(&arguments.snapshots)?;
    let (from, to) = (snapshot(&reader, from)?, snapshot(&reader, to)?);
    if from.id > to.id {
        return Err(Error::Usage(format!(
            "snapshot {} is newer than snapshot {}: the older one comes first",
            from.id, to.id
        )));
    }
    let report = report(&reader, from, to, &path.display().to_string())?;
    match arguments.format {
        _ if arguments.quiet => {}
        Format::Table => diff_table::write(&report, context.out)?,
        Format::Json => diff_json::write(&report, context.out)?,
    }
    if !arguments.quiet {
        context.out.flush()?;
        diff_table::summary(&report, context.err)?;
    }
    Ok(exit_of(&report))
}

fn references(typed: &[String]) -> Result<(&str, &str), Error> {
    match typed {
        [] => Ok(("previous", "latest")),
        [from] => Ok((from, "latest")),
        [from, to] => Ok((from, to)),
        [_, _, third, ..] => Err(Error::Usage(format!(
            "diff compares two snapshots; `{third}` is one too many"
        ))),
    }
}

fn report(
    reader: &Reader,
    from: SnapshotInfo,
    to: SnapshotInfo,
    file: &str,
) -> Result<Report, Error> {
    let comparison = compare(reader.diff_facts(from.id, to.id)?);
    let side = |snapshot: SnapshotInfo, other: i64| -> Result<Side, Error> {
        let mut gaps = reader.incomplete_listings(snapshot.id)?;
        gaps.extend(reader.listings_missing_from(snapshot.id, other)?);
        Ok(Side {
            snapshot,
            file: file.to_owned(),
            gaps,
        })
    };
    let (from_id, to_id) = (from.id, to.id);
    Ok(Report {
        from: side(from, to_id)?,
        to: side(to, from_id)?,
        comparison,
    })
}

fn exit_of(report: &Report) -> Exit {
    if !report.is_comparable() {
        Exit::CouldNotTell
    } else if report.comparison.changes.is_empty() {
        Exit::Done
    } else {
        Exit::Differences
    }
}

/// Too few snapshots for `previous` is no mistake of the user's: there is nothing to compare yet.
fn snapshot(reader: &Reader, reference: &str) -> Result<SnapshotInfo, Error> {
    let parsed = SnapshotRef::parse(reference);
    reader
        .resolve(&parsed)
        .map_err(|error| match (&parsed, error) {
            (SnapshotRef::Back(_), StoreError::NoSuchSnapshot { available, .. }) => {
                Error::NotEnough {
                    message: format!(
                        "nothing to compare: there is no snapshot `{reference}`; {available}"
                    ),
                    hint: Some("run `harness-access sync` again later, then compare".to_owned()),
                }
            }
            (_, error) => error.into(),
        })
}
