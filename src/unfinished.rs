//! Files under construction. Whoever ends the process before they are finished removes them: the signal handler.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file that is removed when this is dropped, and when a signal ends the process.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Takes charge of a file.
    pub(crate) fn new(path: PathBuf) -> Self {
        files().push(path.clone());
        Self { path }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file where it is, or where it was moved.
    pub(crate) fn keep(mut self) {
        forget(&self.path);
        self.path = PathBuf::new();
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            forget(&self.path);
            remove(&self.path);
        }
    }
}

/// Removes all of them. What still writes them must not run on afterwards.
pub(crate) fn remove_all() {
    for path in files().drain(..) {
        remove(&path);
    }
}

/// A database that is being written may have a journal beside it.
fn remove(path: &Path) {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    let _ = fs::remove_file(path);
    let _ = fs::remove_file(journal);
}

fn forget(path: &Path) {
    files().retain(|known| known != path);
}

fn files() -> MutexGuard<'static, Vec<PathBuf>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}
