//! `snapshots`: what the file holds.

use super::Context;
use super::open::open_database;
use crate::cli::{Format, Snapshots, SnapshotsCommand};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::output::text::{bytes, count};

pub(crate) fn run(arguments: &Snapshots, context: &mut Context<'_>) -> Result<Exit, Error> {
    let db = arguments.db.as_deref();
    match &arguments.command {
        Some(SnapshotsCommand::Label(label)) => {
            let quiet = arguments.quiet || label.quiet;
            return super::label::run(label, db, quiet, context);
        }
        Some(SnapshotsCommand::Verify(verify)) => {
            return super::integrity::run(verify, db, context);
        }
        None => {}
    }
    let reader = open_database(db)?;
    let snapshots = reader
        .snapshots()?
        .into_iter()
        .map(|snapshot| {
            Ok(output::snapshots::Entry {
                gaps: reader.incomplete_listings(snapshot.id)?,
                trail_gaps: reader.trail_gaps(snapshot.id)?,
                info: snapshot,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    match arguments.format {
        Format::Table => {
            output::snapshots::table(&snapshots, context.screen(arguments.color), context.out)?;
            context.out.flush()?;
            let (number, size) = (snapshots.len(), bytes(reader.size()));
            let number = count(i128::try_from(number).unwrap_or_default(), "snapshot");
            if !arguments.quiet {
                writeln!(context.err, "{number} in {size}")?;
            }
        }
        Format::Json => output::snapshots::json(&snapshots, reader.size(), context.out)?,
    }
    Ok(Exit::Done)
}
