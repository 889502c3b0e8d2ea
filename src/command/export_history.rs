//! `export --history`: the facts of one or many files, with their beginning and end.

use std::path::Path;

use super::Context;
use super::open::{OpenSnapshot, locate};
use crate::cli::{Export, ExportFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::export::{Contents, Destination, ExportTarget, HistoryFormat};
use crate::model::{Gap, SnapshotInfo};
use crate::output::text::{count, line};

pub(crate) fn run(arguments: &Export, context: &mut Context<'_>) -> Result<Exit, Error> {
    let format = format(arguments)?;
    let destination = Destination::of(arguments.output.as_deref())?;
    let files = open(arguments)?;
    for file in &files {
        destination.refuse_loss(&file.path, arguments.force)?;
        let held: Vec<i64> = file.reader.snapshots()?.iter().map(|one| one.id).collect();
        file.reader.refuse_damaged(&held)?;
    }
    let mut target = ExportTarget::open(destination, context.out)?;
    format.begin(&mut target)?;
    let mut rows = 0;
    for file in &files {
        let after = after(arguments, &file.path)?;
        rows += format.write(&file.reader, &file.snapshot.account_id, after, &mut target)?;
    }
    let snapshots: Vec<SnapshotInfo> = files.iter().map(|file| file.snapshot.clone()).collect();
    let gaps = files.iter().map(OpenSnapshot::gaps);
    let gaps: Vec<Gap> = gaps.collect::<Result<Vec<_>, _>>()?.concat();
    target.finish(&Contents {
        format: format.name(),
        preset: Some("history"),
        rows,
        snapshots: &snapshots,
        coverage: &gaps,
    })?;
    if !arguments.quiet {
        let place = match arguments.output.as_deref() {
            None | Some("-") => "standard output",
            Some(path) => path,
        };
        let number = |number: usize| i128::try_from(number).unwrap_or_default();
        let accounts = count(number(files.len()), "account");
        writeln!(
            context.err,
            "history of {accounts} to {}: {}",
            line(place),
            count(rows, "fact")
        )?;
    }
    Ok(Exit::Done)
}

fn format(arguments: &Export) -> Result<HistoryFormat, Error> {
    let usage = |text: &str| Err(Error::Usage(text.to_owned()));
    let of_one_snapshot = arguments.at.is_some()
        || arguments.preset.is_some()
        || arguments.expanded
        || arguments.bom
        || arguments.no_bom;
    if of_one_snapshot {
        return usage("--at, --preset, --bom, --no-bom and --expanded are not for --history");
    }
    match arguments.format {
        ExportFormat::Csv => Ok(HistoryFormat::Csv),
        ExportFormat::Ndjson => Ok(HistoryFormat::Ndjson),
        _ => usage("--history is written as ndjson or csv"),
    }
}

/// The files, each at its newest snapshot. Two files of one account would tell every fact twice.
fn open(arguments: &Export) -> Result<Vec<OpenSnapshot>, Error> {
    let mut files: Vec<OpenSnapshot> = Vec::new();
    let named: Vec<Option<&str>> = arguments.db.iter().map(|db| Some(db.as_str())).collect();
    for db in if named.is_empty() { vec![None] } else { named } {
        let file = locate("latest", db)?.open()?;
        let account = &file.snapshot.account_id;
        if let Some(other) = files
            .iter()
            .find(|other| other.snapshot.account_id == *account)
        {
            return Err(Error::Usage(format!(
                "{} and {} are of one account, {account}: name one of them",
                other.file(),
                file.file()
            )));
        }
        files.push(file);
    }
    Ok(files)
}

/// The snapshot of `--since` in a file.
fn after(arguments: &Export, path: &Path) -> Result<Option<i64>, Error> {
    let Some(since) = arguments.since.as_deref() else {
        return Ok(None);
    };
    let path = path.to_string_lossy();
    Ok(Some(locate(since, Some(&path))?.open()?.snapshot.id))
}
