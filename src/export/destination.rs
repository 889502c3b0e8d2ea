//! Where `--output` leads: standard output, something that is written to as it is (a device, a pipe), or a file that
//! must be whole or not there.

use std::fs;
use std::path::{Path, PathBuf};

use super::manifest;
use crate::error::Error;

/// Where an output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Standard output, under whatever name.
    StandardOutput,
    /// A device or a named pipe.
    Stream(PathBuf),
    /// A regular file, or a name that is free.
    File {
        /// As typed.
        typed: PathBuf,
        /// Where links lead.
        path: PathBuf,
    },
}

/// Names of standard output that systems have.
const STANDARD_OUTPUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

impl Destination {
    /// Reads what was typed; nothing = standard output.
    ///
    /// # Errors
    /// When it is a directory, or a circle of links.
    pub fn of(typed: Option<&str>) -> Result<Self, Error> {
        let Some(typed) = typed.filter(|typed| !STANDARD_OUTPUT.contains(typed)) else {
            return Ok(Self::StandardOutput);
        };
        let path = Path::new(typed);
        let wrong = |why: &str| {
            Error::config(
                format!("cannot write {}: {why}", path.display()),
                "name a file with --output; `-` is standard output",
            )
        };
        let kind = fs::metadata(path).map(|known| known.file_type());
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            return Err(wrong("it is a directory"));
        }
        let is_special = path.starts_with("/dev") || path.starts_with("/proc");
        if is_special || kind.is_ok_and(|kind| !kind.is_file()) {
            return Ok(Self::Stream(path.to_owned()));
        }
        let typed = path.to_owned();
        let path = followed(path).ok_or_else(|| wrong("too many symbolic links"))?;
        if path.file_name().is_none() {
            return Err(wrong("the path names no file"));
        }
        Ok(Self::File { typed, path })
    }

    /// Refuses what writing would lose for good: the database that is read (and its journal), and with it every file
    /// that no manifest proves to be an earlier output, unless `force` gives that one up.
    ///
    /// # Errors
    /// What would be replaced, and what to do.
    pub fn refuse_loss(&self, source: &Path, force: bool) -> Result<(), Error> {
        let Self::File { typed, path } = self else {
            return Ok(());
        };
        for target in [path, &manifest::path_of(path)] {
            let known = settled(target);
            let shown = if target == path { typed } else { target };
            if known.is_some() && of_database(source).contains(&known) {
                return Err(Error::config(
                    format!(
                        "{} would replace the database that is read, {}",
                        shown.display(),
                        source.display()
                    ),
                    "name another file with --output; nothing was written",
                ));
            }
        }
        if force {
            return Ok(());
        }
        self.refuse_unknown("name another file with --output, or replace this one with --force")
    }

    /// Refuses to replace a file that no manifest proves to be an earlier output.
    ///
    /// # Errors
    /// What would be replaced, and what to do.
    pub fn refuse_unknown(&self, advice: &str) -> Result<(), Error> {
        let Self::File { path, .. } = self else {
            return Ok(());
        };
        let Some(occupant) = occupant(path) else {
            return Ok(());
        };
        Err(Error::config(
            format!(
                "{} exists, and no manifest shows that it was exported and left unchanged",
                occupant.display()
            ),
            format!("{advice}; nothing was written"),
        ))
    }
}

/// The file in the way: one that is not empty and that no manifest describes.
fn occupant(path: &Path) -> Option<PathBuf> {
    let is_taken = |path: &Path| fs::metadata(path).is_ok_and(|known| known.len() > 0);
    let manifest = manifest::path_of(path);
    if is_taken(path) && !manifest::describes(path) {
        return Some(path.to_owned());
    }
    (is_taken(&manifest) && !manifest::is_one(&manifest)).then_some(manifest)
}

/// The database and the files that SQLite keeps beside it.
fn of_database(source: &Path) -> [Option<PathBuf>; 4] {
    ["", "-journal", "-wal", "-shm"].map(|suffix| {
        let mut name = source.as_os_str().to_owned();
        name.push(suffix);
        settled(Path::new(&name))
    })
}

/// Where a chain of links ends, whether or not there is a file.
fn followed(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(to) => path = path.parent().unwrap_or(Path::new("")).join(to),
            Err(_) => return Some(path),
        }
    }
    None
}

/// The path without links and dots, for a file that is there and for one that is not there yet.
fn settled(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().or_else(|| {
        let path = std::path::absolute(path).ok()?;
        let folder = fs::canonicalize(path.parent()?).ok()?;
        Some(folder.join(path.file_name()?))
    })
}
