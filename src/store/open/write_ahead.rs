//! Files that another program set to WAL mode: what is committed then lies in a log beside the file, which whoever copies the
//! one file loses. A writer takes such a file out of that mode where nobody else has it open.

use rusqlite::{Connection, ErrorCode};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::header::beside;
use super::readers::Readers;

/// How often a writer looks whether somebody still reads.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(10);

/// After so long a wait the reader is named. A program that has the file open without reading gets no longer to close it.
pub(super) const SAY_AFTER: Duration = Duration::from_secs(2);

/// The log, where there is something in it.
pub(super) fn log_beside(path: &Path) -> Option<PathBuf> {
    let log = beside(path, "-wal");
    fs::metadata(&log)
        .is_ok_and(|found| found.len() > 0)
        .then_some(log)
}

/// Whether commits go into the log.
pub(super) fn is_logged(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "journal_mode", |row| {
        Ok(row.get_ref(0)?.as_str()? == "wal")
    })
}

/// Brings the log into the file and ends the mode; not while somebody else has the file open.
pub(super) fn leave(connection: &Connection) -> rusqlite::Result<bool> {
    match connection.pragma_update(None, "journal_mode", "delete") {
        Err(error) if is_busy(&error) => Ok(false),
        result => result.map(|()| true),
    }
}

/// Brings the log into the file, once everything is committed, and ends the mode. Until somebody who reads is done, part of
/// it has to stay in the log; whoever merely has the file open keeps it in this mode, which costs nothing but a warning.
pub(super) fn gather(connection: &Connection, path: &Path, readers: &Readers, patience: Duration) {
    let gathered = || -> rusqlite::Result<()> {
        if !is_logged(connection)? {
            return Ok(());
        }
        connection.busy_timeout(Duration::ZERO)?;
        let started = Instant::now();
        let mut said = false;
        loop {
            let is_whole = is_brought_in(connection)?;
            if is_whole && leave(connection)? {
                return Ok(());
            }
            let waited = started.elapsed();
            if waited >= if is_whole { SAY_AFTER } else { patience } {
                stays(path, readers, is_whole);
                return Ok(());
            }
            if waited >= SAY_AFTER && !said {
                said = true;
                log::warn!(
                    "waiting for {} to finish reading {}; everything is stored, and will be in the one file then",
                    readers.of_log(),
                    path.display()
                );
            }
            std::thread::sleep(LOOK_EVERY);
        }
    };
    if let Err(error) = gathered() {
        log::warn!(
            "{} is stored, but part of it lies in its -wal file ({error}); copy both files",
            path.display()
        );
    }
}

fn is_brought_in(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(truncate)", [], |row| {
        Ok(row.get::<_, i64>(0)? == 0)
    })
}

fn stays(path: &Path, readers: &Readers, is_whole: bool) {
    if is_whole {
        let holder = readers
            .any()
            .unwrap_or_else(|| "another program".to_owned());
        log::warn!(
            "{} stays in WAL mode, which another program set, because {holder} has it open. Close that program, and the next \
             sync ends the mode; everything is in the one file",
            path.display()
        );
    } else {
        log::warn!(
            "{} is stored, but part of it lies in its -wal file, because {} was reading all the time. Close that program, and \
             the next sync makes it one file; copy both files until then",
            path.display(),
            readers.of_log()
        );
    }
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}
