//! `export`: a snapshot for other tools.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Context;
use super::open::{Located, locate, resolve};
use crate::access::Access;
use crate::cli::{Export, ExportFormat, Preset};
use crate::error::Error;
use crate::exit::Exit;
use crate::export::{Hashing, Manifest, Part, c1z, datasette, ndjson, sha256_of, vanta};
use crate::model::{Gap, SnapshotInfo};
use crate::output::text::{count, line};
use crate::output::{self, access_words, write_json};
use crate::store::{Reader, StoreError};

/// What is exported.
struct Job<'a> {
    arguments: &'a Export,
    reader: Reader,
    /// The database's name, as Datasette calls it.
    database: String,
    snapshot: SnapshotInfo,
    gaps: Vec<Gap>,
}

pub(crate) fn run(arguments: &Export, context: &mut Context<'_>) -> Result<Exit, Error> {
    let output = output(arguments)?;
    let reference = arguments.at.as_deref().unwrap_or("latest");
    let Located { path, snapshot } = locate(reference, arguments.db.as_deref(), context)?;
    // The file first: whoever may not write it should learn that before anything else.
    let part = output
        .as_deref()
        .map(|wanted| {
            spare_databases(wanted, &path)?;
            Part::create(wanted).map_err(|error| unwritable(wanted, error))
        })
        .transpose()?;
    let reader = Reader::open(&path)?;
    let snapshot = resolve(&reader, &snapshot)?;
    if reader.latest()? != Some(snapshot.id) {
        reader.show_snapshot(snapshot.id)?;
    }
    let gaps = reader.incomplete_listings(snapshot.id)?;
    let job = Job {
        arguments,
        reader,
        database: path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default(),
        snapshot,
        gaps,
    };
    if let (Some(path), Some((part, file))) = (output, part) {
        let (rows, bytes, sha256) = job
            .to_file(&part, file)
            .map_err(|error| named(error, &path, part.path()))?;
        let manifest = job.manifest(&path, rows, bytes, sha256);
        let beside = manifest_path(&path);
        let (manifest_part, manifest_file) =
            Part::create(&beside).map_err(|error| unwritable(&beside, error))?;
        let mut manifest_file = BufWriter::new(manifest_file);
        write_json(&manifest, &mut manifest_file)
            .and_then(|()| manifest_file.flush())
            .map_err(|error| not_written(&beside, error))?;
        part.finish().map_err(|error| not_written(&path, error))?;
        manifest_part
            .finish()
            .map_err(|error| not_written(&beside, error))?;
        job.summary(&path.display().to_string(), rows, context)?;
    } else {
        let rows = job.to_writer(context.out)?;
        context.out.flush()?;
        job.summary("standard output", rows, context)?;
    }
    Ok(Exit::Done)
}

impl Job<'_> {
    /// Rows, bytes and checksum.
    fn to_file(&self, part: &Part, file: std::fs::File) -> Result<(u64, u64, String), Error> {
        let grants = u64::try_from(self.snapshot.grants).unwrap_or_default();
        match self.arguments.format {
            ExportFormat::Sqlite => {
                drop(file);
                self.reader.write_evidence(self.snapshot.id, part.path())?;
                let (bytes, sha256) = sha256_of(part.path())?;
                Ok((grants, bytes, sha256))
            }
            ExportFormat::C1z => {
                let mut out = Hashing::new(BufWriter::new(file));
                let rows = c1z::write(&self.reader, &self.snapshot, part.path(), &mut out)?;
                let (bytes, sha256) = out.finish()?;
                Ok((rows, bytes, sha256))
            }
            _ => {
                let mut out = Hashing::new(BufWriter::new(file));
                let rows = self.to_writer(&mut out)?;
                let (bytes, sha256) = out.finish()?;
                Ok((rows, bytes, sha256))
            }
        }
    }

    fn to_writer(&self, out: &mut dyn Write) -> Result<u64, Error> {
        match (self.arguments.format, self.arguments.preset) {
            (ExportFormat::Csv, preset) => {
                let access = Access::new(self.reader.access_facts(self.snapshot.id)?);
                if preset == Some(Preset::Vanta) {
                    return Ok(vanta::write(&access, out)?);
                }
                let mut count = 0;
                let paths = access.everything_held().flatten();
                let rows = paths.inspect(|_| count += 1).map(|path| (None, path));
                output::access::csv(&access, &self.snapshot, rows, out)?;
                Ok(count)
            }
            (ExportFormat::DatasetteMetadata, _) => {
                datasette::write(&self.reader, &self.database, out)
            }
            _ => ndjson::write(&self.reader, &self.snapshot, &self.gaps, out),
        }
    }

    fn manifest<'a>(
        &'a self,
        path: &'a Path,
        rows: u64,
        bytes: u64,
        sha256: String,
    ) -> Manifest<'a> {
        let (format, preset) = match (self.arguments.format, self.arguments.preset) {
            (ExportFormat::Csv, Some(Preset::Vanta)) => ("csv", Some("vanta")),
            (ExportFormat::Csv, _) => ("csv", Some("matrix")),
            (ExportFormat::Ndjson, _) => ("ndjson", None),
            (ExportFormat::Sqlite, _) => ("sqlite", None),
            (ExportFormat::C1z, _) => ("c1z", None),
            (ExportFormat::DatasetteMetadata, _) => ("datasette-metadata", None),
        };
        Manifest {
            format_version: 1,
            tool: format!("{} {}", crate::NAME, crate::VERSION),
            format,
            preset,
            file: path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default(),
            bytes,
            sha256,
            rows,
            snapshot: &self.snapshot,
            coverage: &self.gaps,
        }
    }

    fn summary(&self, place: &str, rows: u64, context: &mut Context<'_>) -> Result<(), Error> {
        if self.arguments.quiet {
            return Ok(());
        }
        writeln!(
            context.err,
            "snapshot {} of {} to {}: {}",
            self.snapshot.id,
            self.snapshot.finished_at,
            line(place),
            count(rows, "row")
        )?;
        for gap in access_words::gaps(&self.gaps) {
            writeln!(context.err, "not seen: {}", line(&gap))?;
        }
        Ok(())
    }
}

/// The file to write; `None` = standard output.
fn output(arguments: &Export) -> Result<Option<PathBuf>, Error> {
    let usage = |text: &str| Err(Error::Usage(text.to_owned()));
    if arguments.preset.is_some() && arguments.format != ExportFormat::Csv {
        return usage("--preset is for --format csv");
    }
    match (arguments.output.as_deref(), arguments.format) {
        (None | Some("-"), ExportFormat::Sqlite | ExportFormat::C1z) => {
            usage("this format needs a file: --output PATH")
        }
        (None | Some("-"), _) => Ok(None),
        (Some(path), _) => Ok(Some(path.into())),
    }
}

fn manifest_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".manifest.json");
    name.into()
}

/// An export must not replace what it reads, nor the history that another of our files holds: neither comes back.
fn spare_databases(output: &Path, source: &Path) -> Result<(), Error> {
    let sources = ["", "-journal", "-wal", "-shm"].map(|suffix| {
        let mut name = source.as_os_str().to_owned();
        name.push(suffix);
        settled(Path::new(&name))
    });
    for target in [output, &manifest_path(output)] {
        let known = settled(target);
        if known.is_some() && sources.contains(&known) {
            return Err(Error::config(
                format!(
                    "{} would replace the database that is exported, {}",
                    target.display(),
                    source.display()
                ),
                "name another file with --output; nothing was written",
            ));
        }
        if Reader::holds_history(target) {
            return Err(Error::config(
                format!(
                    "{} is a database of snapshots, which an export would replace",
                    target.display()
                ),
                "name another file with --output, or move that one away; nothing was written",
            ));
        }
    }
    Ok(())
}

/// The path without links and dots, for a file that is there and for one that is not there yet.
fn settled(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).ok().or_else(|| {
        let path = std::path::absolute(path).ok()?;
        let folder = std::fs::canonicalize(path.parent()?).ok()?;
        Some(folder.join(path.file_name()?))
    })
}

/// The path may not be written at all: it was ill chosen.
fn unwritable(path: &Path, error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return not_written(path, error);
    }
    Error::Config {
        message: format!("cannot write {}: {error}", path.display()),
        hint: None,
    }
}

/// Writing began and could not be ended.
fn not_written(path: &Path, error: std::io::Error) -> Error {
    Error::Output {
        what: path.display().to_string(),
        error,
    }
}

/// The failure under the name that was typed instead of that of the part.
fn named(error: Error, path: &Path, part: &Path) -> Error {
    match error {
        Error::Io(error) => not_written(path, error),
        Error::Store(StoreError::Unwritable { path: of, detail })
            if of.to_string_lossy().starts_with(&*part.to_string_lossy()) =>
        {
            not_written(path, std::io::Error::other(detail))
        }
        error => error,
    }
}
