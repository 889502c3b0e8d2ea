//! Files that stay open until the program ends. On Unix whoever closes a file gives up every lock that his process has on it,
//! those of SQLite too, and an answer holds one to its end.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

static KEPT: Mutex<Vec<Arc<File>>> = Mutex::new(Vec::new());

/// The file, opened once.
pub(super) fn kept_open(path: &Path) -> io::Result<Arc<File>> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    find_or_open(path, &mut kept)
}

/// The first bytes of a file, at most so many, and its length.
pub(super) fn first_bytes(path: &Path, most: u64) -> io::Result<(Vec<u8>, u64)> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let file = find_or_open(path, &mut kept)?;
    let mut file = file.as_ref();
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok((bytes, file.metadata()?.len()))
}

#[cfg(unix)]
fn find_or_open(path: &Path, kept: &mut Vec<Arc<File>>) -> io::Result<Arc<File>> {
    use std::os::unix::fs::MetadataExt;
    // Nobody can ask for what has no name any more.
    kept.retain(|file| file.metadata().is_ok_and(|found| found.nlink() > 0));
    let wanted = fs::metadata(path)?;
    let known = kept.iter().find(|file| {
        file.metadata()
            .is_ok_and(|found| (found.dev(), found.ino()) == (wanted.dev(), wanted.ino()))
    });
    if let Some(known) = known {
        return Ok(Arc::clone(known));
    }
    let file = Arc::new(File::open(path)?);
    kept.push(Arc::clone(&file));
    Ok(file)
}

#[cfg(not(unix))]
fn find_or_open(path: &Path, _: &mut Vec<Arc<File>>) -> io::Result<Arc<File>> {
    File::open(path).map(Arc::new)
}
