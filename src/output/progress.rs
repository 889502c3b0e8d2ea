//! How far a sync is, on one line that is written over.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::text::count;

const EVERY: Duration = Duration::from_millis(200);

/// What there is to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Listings planned.
    pub planned: u64,
    /// Listings done.
    pub done: u64,
    /// Rows seen.
    pub rows: u64,
    /// Requests sent.
    pub requests: u64,
}

/// The line on standard error; it goes when this is dropped.
#[derive(Debug)]
pub struct ProgressLine {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressLine {
    /// Shows the line from a thread of its own. For a terminal only.
    pub fn show(counts: impl Fn() -> Counts + Send + 'static) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        // Without a thread to spare there is no line, and the work goes on.
        let thread = thread::Builder::new().spawn(move || {
            let began = Instant::now();
            while !ended.load(Ordering::Relaxed) {
                let text = text(counts(), began.elapsed());
                let _ = write!(io::stderr(), "\r\x1b[K{text}");
                thread::park_timeout(EVERY);
            }
            let _ = write!(io::stderr(), "\r\x1b[K");
        });
        Self {
            over,
            thread: thread.ok(),
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn text(counts: Counts, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    // Counts are far below 2^52, where a float is exact.
    #[expect(clippy::cast_precision_loss)]
    let (requests, done, left) = (
        counts.requests as f64,
        counts.done as f64,
        counts.planned.saturating_sub(counts.done) as f64,
    );
    let left = if done > 0.0 {
        format!(", about {} left", rough(left * seconds / done))
    } else {
        String::new()
    };
    format!(
        "{} of {} listings, {}, {}, {:.1} a second{left}",
        counts.done,
        counts.planned,
        count(counts.rows, "row"),
        count(counts.requests, "request"),
        requests / seconds,
    )
}

fn rough(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, text};
    use std::time::Duration;

    #[test]
    fn the_line_says_how_far_it_is() {
        let counts = Counts {
            planned: 100,
            done: 25,
            rows: 2_000,
            requests: 60,
        };
        assert_eq!(
            text(counts, Duration::from_secs(10)),
            "25 of 100 listings, 2000 rows, 60 requests, 6.0 a second, about 30 s left"
        );
        assert_eq!(
            text(Counts::default(), Duration::ZERO),
            "0 of 0 listings, 0 rows, 0 requests, 0.0 a second"
        );
    }
}
