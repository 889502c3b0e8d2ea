//! How long a reader that does not wait is refused while a command writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::floor::open_to_read;

/// Between two attempts to read.
const PAUSE: Duration = Duration::from_micros(500);

/// A reader that opens the file again and again and never waits for a lock.
pub(crate) struct Watch {
    over: Arc<AtomicBool>,
    reader: JoinHandle<Duration>,
}

impl Watch {
    pub(crate) fn on(file: &Path) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (file, stop) = (PathBuf::from(file), Arc::clone(&over));
        let reader = thread::spawn(move || longest_refusal(&file, &stop));
        Self { over, reader }
    }

    /// Ends; the longest time in which every attempt failed.
    pub(crate) fn end(self) -> Duration {
        self.over.store(true, Ordering::Relaxed);
        self.reader.join().unwrap_or_default()
    }
}

/// Prints what a watch saw, below the line of what it watched.
pub(crate) fn tell(refused: Duration) {
    let refused = refused.as_secs_f64() * 1e3;
    println!(
        "{:<28}{refused:>18.1}  ms: the longest time in which it refused a reader",
        ""
    );
}

fn longest_refusal(file: &Path, over: &AtomicBool) -> Duration {
    let mut longest = Duration::ZERO;
    let mut since: Option<Instant> = None;
    while !over.load(Ordering::Relaxed) {
        if can_read(file) {
            since = None;
        } else {
            let began = *since.get_or_insert_with(Instant::now);
            longest = longest.max(began.elapsed());
        }
        thread::sleep(PAUSE);
    }
    longest
}

fn can_read(file: &Path) -> bool {
    let read = || -> rusqlite::Result<i64> {
        let connection = open_to_read(file)?;
        connection.busy_timeout(Duration::ZERO)?;
        connection.query_row("SELECT count(*) FROM snapshots", [], |row| row.get(0))
    };
    read().is_ok()
}
