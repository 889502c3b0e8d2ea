//! Files under construction, beside the name they are meant for.

use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use crate::unfinished::Unfinished;

/// A file that gets its name when it is whole; dropped before, it is gone. Its lock tells it from what a killed process
/// left behind.
#[derive(Debug)]
pub(super) struct PartFile {
    file: File,
    unfinished: Unfinished,
}

const SUFFIX: &str = ".part";

impl PartFile {
    /// Creates it, readable by its owner only: it is a map of who can do what. The name is random, because process ids
    /// repeat: in a container they are always the same.
    pub(super) fn beside(wanted: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            let random = RandomState::new().build_hasher().finish();
            let mut name = wanted.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{random:016x}{SUFFIX}"));
            let path = wanted.with_file_name(name);
            match options.open(&path) {
                Ok(file) => {
                    let _ = file.try_lock(); // not every file system has locks
                    let unfinished = Unfinished::new(path);
                    return Ok(Self { file, unfinished });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is being written.
    pub(super) fn path(&self) -> &Path {
        self.unfinished.path()
    }

    /// The file, to be written or read.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Gives it its name, once all of it is on disk.
    pub(super) fn rename(self, wanted: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(self.path(), wanted)?;
        self.unfinished.keep();
        Ok(())
    }
}

/// Moves a file aside, as a part of its name that the next output clears away.
pub(super) fn set_aside(path: &Path) -> io::Result<()> {
    let aside = PartFile::beside(path)?;
    fs::rename(path, aside.path())?;
    aside.unfinished.keep();
    Ok(())
}

/// Removes what killed processes left of a file.
pub(super) fn clear_left_over(wanted: &Path) {
    for path in left_over(wanted) {
        let _ = fs::remove_file(path);
    }
}

/// Parts of a file that nobody is writing.
pub(super) fn left_over(wanted: &Path) -> Vec<PathBuf> {
    let folder = match wanted.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let name = wanted.file_name().unwrap_or_default();
    let mut parts: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| is_part_of(name, &entry.file_name()))
        .map(|entry| entry.path())
        .filter(|path| is_abandoned(path))
        .collect();
    parts.sort();
    parts
}

fn is_part_of(wanted: &OsStr, name: &OsStr) -> bool {
    let middle = name
        .as_encoded_bytes()
        .strip_prefix(wanted.as_encoded_bytes())
        .and_then(|rest| rest.strip_prefix(b"."))
        .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    middle.is_some_and(|middle| middle.len() == 16 && middle.iter().all(u8::is_ascii_hexdigit))
}

fn is_abandoned(path: &Path) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|known| known.is_file());
    is_file && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}
