//! Who reads a file while its writer wants to commit.
//!
//! SQLite commits when nobody reads. Waiting for that inside SQLite would keep new readers out for as long as the slowest
//! old one takes, so a writer asks the system first, and commits in a moment in which nobody holds SQLite's lock for
//! readers.

use std::fs::File;
use std::io;
use std::path::Path;

/// The file, opened to ask about locks. It must be opened before SQLite opens the file and closed after: whoever closes a
/// file gives up every lock that his process has on it.
#[derive(Debug)]
pub(super) struct Readers(Option<File>);

impl Readers {
    /// Opens the file; where that fails, nobody is ever seen reading.
    pub(super) fn of(path: &Path) -> Self {
        Self(File::open(path).ok())
    }

    /// Another process that reads the file now, for people; `None` = nobody, or the system does not say.
    pub(super) fn any(&self) -> Option<String> {
        let file = self.0.as_ref()?;
        let process = reading_process(file).ok()??;
        Some(named(process))
    }
}

/// SQLite's lock of readers: 510 bytes from this one on (section "Locking" of the file format, `SHARED_FIRST`).
#[cfg(unix)]
const SHARED: (i64, i64) = (0x4000_0002, 510);

#[cfg(unix)]
fn reading_process(file: &File) -> io::Result<Option<i32>> {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;
    let kind = |kind: i32| libc::c_short::try_from(kind).unwrap_or_default();
    let mut lock = libc::flock {
        l_type: kind(libc::F_WRLCK),
        l_whence: kind(libc::SEEK_SET),
        l_start: SHARED.0,
        l_len: SHARED.1,
        l_pid: 0,
    };
    fcntl(file, FcntlArg::F_GETLK(&mut lock))?;
    let free = lock.l_type == kind(libc::F_UNLCK);
    Ok((!free).then_some(lock.l_pid))
}

#[cfg(not(unix))]
fn reading_process(_: &File) -> io::Result<Option<i32>> {
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
