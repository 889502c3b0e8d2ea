//! `snapshots label`: name a snapshot, or take its name away.

use std::path::Path;

use super::Context;
use super::open::resolve;
use crate::cli::SetLabel;
use crate::connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Label, SnapshotRef};
use crate::store::{StoreError, Writer};

pub(crate) fn run(
    arguments: &SetLabel,
    db: Option<&str>,
    quiet: bool,
    context: &mut Context<'_>,
) -> Result<Exit, Error> {
    let db = arguments.db.as_deref().or(db);
    let path = connection::database(db)?;
    match (arguments.words.as_slice(), &arguments.remove) {
        ([snapshot, name], None) => {
            let moved = set(&path, snapshot, name)?;
            if let (Some((from, to)), false) = (moved, quiet) {
                writeln!(
                    context.err,
                    "the label moved from snapshot {from} to snapshot {to}"
                )?;
            }
            Ok(Exit::Done)
        }
        ([], Some(name)) => remove(&path, name),
        _ => Err(Error::Usage(
            "say `snapshots label SNAPSHOT NAME` or `snapshots label --remove NAME`".to_owned(),
        )),
    }
}

/// From which snapshot to which the label moved, if another one had it.
fn set(path: &Path, snapshot: &str, name: &str) -> Result<Option<(i64, i64)>, Error> {
    let label = Label::new(name).map_err(Error::Usage)?;
    // The lock first: `latest` must still be the latest when it gets its name.
    let writer = Writer::open_existing(path)?;
    let snapshot = resolve(&writer.reader()?, &SnapshotRef::parse(snapshot))?.id;
    let had = writer.set_label(snapshot, &label)?;
    Ok(had.map(|had| (had, snapshot)))
}

fn remove(path: &Path, name: &str) -> Result<Exit, Error> {
    let removed = Writer::open_existing(path)?.remove_label(name)?;
    match removed {
        Some(_) => Ok(Exit::Done),
        None => Err(Error::Store(StoreError::NoSuchSnapshot {
            reference: format!("`{name}`"),
            available: "no snapshot has this label".to_owned(),
        })),
    }
}
