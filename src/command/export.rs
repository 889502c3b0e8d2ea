//! `export`: a snapshot for other tools.

use super::open::locate_at;
use super::{Context, export_history};
use crate::cli::{Export, ExportFormat, Preset};
use crate::error::Error;
use crate::exit::Exit;
use crate::export::{
    C1z, Contents, DatasetteMetadata, Destination, ExportSource, ExportTarget, Exporter, Matrix,
    Ndjson, Sqlite, Vanta,
};
use crate::model::{Gap, SnapshotInfo};
use crate::output::gaps;
use crate::output::text::{count, line};

pub(crate) fn run(arguments: &Export, context: &mut Context<'_>) -> Result<Exit, Error> {
    if arguments.history {
        return export_history::run(arguments, context);
    }
    let db = match arguments.db.as_slice() {
        [] => None,
        [db] => Some(db.as_str()),
        _ => return Err(Error::Usage("several --db are for --history".to_owned())),
    };
    if arguments.since.is_some() {
        return Err(Error::Usage("--since is for --history".to_owned()));
    }
    let destination = Destination::of(arguments.output.as_deref())?;
    let exporter = exporter(arguments, &destination)?;
    let is_shown = arguments.output.is_none() || context.out_is_terminal;
    if destination == Destination::StandardOutput && is_shown && !exporter.is_text() {
        return Err(Error::Usage(
            "this format is not text; name a file with --output PATH".to_owned(),
        ));
    }
    let located = locate_at(arguments.at.as_deref(), db)?;
    // The output first: whoever may not write it should learn that before anything else.
    destination.refuse_loss(&located.path, arguments.force)?;
    let mut target = ExportTarget::open(destination, context.out)?;
    let opened = located.open()?;
    opened.refuse_damaged()?;
    opened.show()?;
    let gaps = opened.gaps()?;
    let database = opened.path.file_stem().unwrap_or_default();
    let source = ExportSource {
        reader: &opened.reader,
        database: &database.to_string_lossy(),
        snapshot: &opened.snapshot,
        gaps: &gaps,
    };
    let rows = exporter.write(&source, &mut target)?;
    target.finish(&Contents {
        format: exporter.format(),
        preset: exporter.preset(),
        rows,
        snapshots: std::slice::from_ref(&opened.snapshot),
        coverage: &gaps,
    })?;
    if !arguments.quiet {
        let place = arguments.output.as_deref().unwrap_or("-");
        summarize(place, rows, &opened.snapshot, &gaps, context)?;
    }
    Ok(Exit::Done)
}

fn exporter(arguments: &Export, destination: &Destination) -> Result<Box<dyn Exporter>, Error> {
    let usage = |text: &str| Err(Error::Usage(text.to_owned()));
    let is_file = matches!(destination, Destination::File { .. });
    if arguments.bom && arguments.no_bom {
        return usage("--bom and --no-bom cannot be combined");
    }
    if (arguments.bom || arguments.no_bom) && arguments.format != ExportFormat::Csv {
        return usage("--bom and --no-bom are for --format csv");
    }
    if arguments.preset.is_some() && arguments.format != ExportFormat::Csv {
        return usage("--preset is for --format csv");
    }
    if arguments.expanded && arguments.format != ExportFormat::C1z {
        return usage("--expanded is for --format c1z");
    }
    Ok(match (arguments.format, arguments.preset) {
        (ExportFormat::Csv, Some(Preset::Vanta)) => Box::new(Vanta { bom: arguments.bom }),
        (ExportFormat::Csv, _) => Box::new(Matrix {
            bom: arguments.bom || is_file && !arguments.no_bom,
        }),
        (ExportFormat::Ndjson, _) => Box::new(Ndjson),
        (ExportFormat::Sqlite, _) => Box::new(Sqlite),
        (ExportFormat::C1z, _) => Box::new(C1z {
            expanded: arguments.expanded,
        }),
        (ExportFormat::DatasetteMetadata, _) => Box::new(DatasetteMetadata),
    })
}

fn summarize(
    place: &str,
    rows: u64,
    snapshot: &SnapshotInfo,
    gaps: &[Gap],
    context: &mut Context<'_>,
) -> Result<(), Error> {
    let place = match place {
        "-" => "standard output",
        path => path,
    };
    writeln!(
        context.err,
        "snapshot {} of {} to {}: {}",
        snapshot.id,
        snapshot.finished_at,
        line(place),
        count(rows, "row")
    )?;
    for gap in gaps::lines(gaps) {
        writeln!(context.err, "not seen: {}", line(&gap))?;
    }
    Ok(())
}
