//! `snapshots label`: name a snapshot, or take its name away.

use std::path::Path;

use super::place::resolve;
use crate::cli::SetLabel;
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Label, SnapshotRef};
use crate::run::Context;
use crate::store::{StoreError, Writer};

pub(crate) fn run(
    arguments: &SetLabel,
    db: Option<&str>,
    context: &mut Context<'_>,
) -> Result<Exit, Error> {
    let db = arguments.db.as_deref().or(db);
    let path = config::database(db, context.env);
    match (arguments.words.as_slice(), &arguments.remove) {
        ([snapshot, name], None) => set(&path, snapshot, name, context),
        ([], Some(name)) => remove(&path, name),
        _ => Err(Error::Usage(
            "say `snapshots label SNAPSHOT NAME` or `snapshots label --remove NAME`".to_owned(),
        )),
    }
}

fn set(path: &Path, snapshot: &str, name: &str, context: &mut Context<'_>) -> Result<Exit, Error> {
    let label = Label::new(name).map_err(Error::Usage)?;
    // The lock first: `latest` must still be the latest when it gets its name.
    let writer = Writer::open_existing(path)?;
    let snapshot = resolve(&writer.reader()?, &SnapshotRef::parse(snapshot))?.id;
    if let Some(had) = writer.set_label(snapshot, &label)? {
        writeln!(
            context.err,
            "the label moved from snapshot {had} to snapshot {snapshot}"
        )?;
    }
    Ok(Exit::Done)
}

fn remove(path: &Path, name: &str) -> Result<Exit, Error> {
    let removed = Writer::open_existing(path)?.remove_label(name)?;
    match removed {
        Some(_) => Ok(Exit::Done),
        None => Err(Error::Store(StoreError::NoSuchSnapshot {
            reference: name.to_owned(),
            available: "no snapshot has this label".to_owned(),
        })),
    }
}
