//! Who reads a file while its writer wants to commit.
//!
//! SQLite commits when nobody reads. Waiting for that inside SQLite would keep new readers out for as long as the slowest
//! old one takes, so a writer asks the system first, and commits in a moment in which nobody holds SQLite's lock for
//! readers.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::header::beside;
use super::kept_open::kept_open;

/// The file, opened to ask about locks.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    file: Option<Arc<File>>,
}

impl Readers {
    /// Opens the file; where that fails, nobody is ever seen reading.
    pub(super) fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: kept_open(path).ok(),
        }
    }

    /// Another process that reads the file now, or has it open in WAL mode, for people; `None` = nobody, or the system does
    /// not say.
    pub(super) fn any(&self) -> Option<String> {
        let process = locking_process(self.file.as_ref()?, SHARED).ok()??;
        Some(named(process))
    }

    /// Another process that reads the file now, which is in WAL mode.
    pub(super) fn of_log(&self) -> String {
        let index = kept_open(&beside(&self.path, "-shm")).ok();
        let process = index.and_then(|index| locking_process(&index, LOG_SHARED).ok()?);
        process
            .map(named)
            .or_else(|| self.any())
            .unwrap_or_else(|| "another program".to_owned())
    }
}

/// SQLite's lock of readers: 510 bytes from this one on (section "Locking" of the file format, `SHARED_FIRST`).
const SHARED: (i64, i64) = (0x4000_0002, 510);

/// The same in the index of a log: five bytes from this one on (`WAL_READ_LOCK`).
const LOG_SHARED: (i64, i64) = (123, 5);

#[cfg(unix)]
fn locking_process(file: &File, bytes: (i64, i64)) -> io::Result<Option<i32>> {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;
    let kind = |kind: i32| libc::c_short::try_from(kind).unwrap_or_default();
    let mut lock = libc::flock {
        l_type: kind(libc::F_WRLCK),
        l_whence: kind(libc::SEEK_SET),
        l_start: bytes.0,
        l_len: bytes.1,
        l_pid: 0,
    };
    fcntl(file, FcntlArg::F_GETLK(&mut lock))?;
    let free = lock.l_type == kind(libc::F_UNLCK);
    Ok((!free).then_some(lock.l_pid))
}

#[cfg(not(unix))]
fn locking_process(_: &File, _: (i64, i64)) -> io::Result<Option<i32>> {
    Ok(None)
}

fn named(process: i32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    match name.trim() {
        // Another machine, or another container.
        "" if process <= 0 => "a process elsewhere".to_owned(),
        "" => format!("process {process}"),
        name => format!("{} (process {process})", name.escape_debug()),
    }
}
