//! Writing an output safely, the same for every command with `--output`: a file appears under its name only when it is
//! whole, with a manifest beside it; it replaces nothing but earlier outputs; a signal leaves nothing behind.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::checksum::Hashing;
use super::destination::Destination;
use super::manifest::{self, Contents, Manifest};
use super::part::{self, PartFile};
use crate::error::{Error, OutputFailed, hint_of_system};
use crate::output::write_json;
use crate::store::StoreError;

/// An output under way.
#[allow(missing_debug_implementations)]
pub struct ExportTarget<'a> {
    out: Hashing<Box<dyn Write + 'a>>,
    destination: Destination,
    part: Option<PartFile>,
}

impl<'a> ExportTarget<'a> {
    /// Begins to write.
    ///
    /// # Errors
    /// When the file or device cannot be written.
    pub fn open(destination: Destination, stdout: &'a mut dyn Write) -> Result<Self, Error> {
        let (out, part): (Box<dyn Write + 'a>, _) = match &destination {
            Destination::StandardOutput => (Box::new(stdout), None),
            Destination::Stream(path) => {
                let file = OpenOptions::new().append(true).open(path);
                let file = file.map_err(|error| unwritable(path, error))?;
                (
                    Box::new(NamingWriter::new(path, BufWriter::new(file))),
                    None,
                )
            }
            Destination::File { path, .. } => {
                let create = || {
                    let part = PartFile::beside(path)?;
                    Ok((part.file().try_clone()?, part))
                };
                let (file, part) = create().map_err(|error| unwritable(path, error))?;
                (
                    Box::new(NamingWriter::new(path, BufWriter::new(file))),
                    Some(part),
                )
            }
        };
        Ok(Self {
            out: Hashing::new(out),
            destination,
            part,
        })
    }

    /// A file for what has to be built before it can be written: beside the output, where there is room for it; for an
    /// output that is no file, in the folder for temporary files.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn scratch(&self) -> Result<Scratch, Error> {
        let (beside, what) = if let Destination::File { path, .. } = &self.destination {
            (path.clone(), path.display().to_string())
        } else {
            let folder = std::env::temp_dir();
            (folder.join(crate::NAME), folder.display().to_string())
        };
        let part = PartFile::beside(&beside).map_err(|error| match &self.destination {
            Destination::File { path, .. } => unwritable(path, error),
            _ => Error::config(
                format!("cannot write the folder for temporary files, {what}: {error}"),
                "name another in TMPDIR, or write to a file with --output, which needs none",
            ),
        })?;
        Ok(Scratch { part, what })
    }

    /// SHA-256 of what was written, which is not kept.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn sha256(mut self) -> Result<String, Error> {
        self.out.flush()?;
        Ok(self.out.finish()?.1)
    }

    /// Ends the output; a file gets its name, and its manifest.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(mut self, contents: &Contents<'_>) -> Result<(), Error> {
        self.out.flush()?;
        let written = self.out.finish()?;
        let (Destination::File { path, .. }, Some(part)) = (&self.destination, self.part) else {
            return Ok(());
        };
        let beside = manifest::path_of(path);
        let described = PartFile::beside(&beside).map_err(|error| unwritable(&beside, error))?;
        let mut file = BufWriter::new(described.file());
        write_json(&Manifest::new(contents, path, written), &mut file)
            .and_then(|()| file.flush())
            .map_err(|error| failed(&beside, error))?;
        drop(file);
        // In this order, whatever stands under the two names at any moment is proven by a manifest or one of its parts.
        if beside.exists() {
            part::set_aside(&beside).map_err(|error| failed(&beside, error))?;
        }
        part.rename(path).map_err(|error| failed(path, error))?;
        described
            .rename(&beside)
            .map_err(|error| failed(&beside, error))?;
        part::clear_left_over(path);
        part::clear_left_over(&beside);
        Ok(())
    }
}

impl Write for ExportTarget<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A temporary file; gone when dropped.
#[derive(Debug)]
pub struct Scratch {
    part: PartFile,
    what: String,
}

impl Scratch {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.part.path()
    }

    /// The file, to be read from its beginning.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn read(&self) -> Result<File, Error> {
        Ok(File::open(self.path())?)
    }

    /// A failure to write it, under the name that was typed.
    #[must_use]
    pub fn failed(&self, error: Error) -> Error {
        match error {
            Error::Store(StoreError::Unwritable { path, detail }) if path == self.path() => {
                Error::Output {
                    what: self.what.clone(),
                    error: io::Error::other(detail),
                }
            }
            error => error,
        }
    }
}

/// A writer whose failures name the file.
struct NamingWriter<W> {
    inner: W,
    path: PathBuf,
}

impl<W> NamingWriter<W> {
    fn new(path: &Path, inner: W) -> Self {
        Self {
            inner,
            path: path.to_owned(),
        }
    }

    fn named(&self, error: io::Error) -> io::Error {
        OutputFailed::mark(self.path.display().to_string(), error)
    }
}

impl<W: Write> Write for NamingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes).map_err(|error| self.named(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush().map_err(|error| self.named(error))
    }
}

/// The path may not be written at all: it was ill chosen.
fn unwritable(path: &Path, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::StorageFull {
        return failed(path, error);
    }
    Error::config(
        format!("cannot write {}: {error}", path.display()),
        hint_of_system(&error),
    )
}

/// Writing began and could not be ended.
fn failed(path: &Path, error: io::Error) -> Error {
    Error::Output {
        what: path.display().to_string(),
        error,
    }
}
