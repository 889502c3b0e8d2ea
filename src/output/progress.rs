//! How far a command that asks Harness is, on one line that is written over.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::text::{count, shortened};

const EVERY: Duration = Duration::from_millis(200);

/// What there is to show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// What is counted: `listings`.
    pub of: &'static str,
    /// How many are planned; 0 = the plan is still to be made.
    pub planned: u64,
    /// How many are done.
    pub done: u64,
    /// Rows read.
    pub rows: u64,
    /// Requests sent.
    pub requests: u64,
    /// Requests that are certainly to come.
    pub to_come: u64,
    /// Requests a minute that the pace allows; 0 = as many as one likes.
    pub per_minute: f64,
    /// How long nothing is sent, because the server said that it was too much.
    pub pause: Duration,
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
            let mut least = Duration::MAX;
            while !ended.load(Ordering::Relaxed) {
                let counts = counts();
                least = least.min(left(counts, began.elapsed()));
                let _ = write!(io::stderr(), "\r\x1b[K{}", fitting(&text(counts, least)));
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

/// The line, as much of it as the terminal shows without going on in the next.
fn fitting(text: &str) -> String {
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let columns = columns.filter(|columns| *columns > 0).unwrap_or(80);
    shortened(text, columns - 1)
}

/// The time that the requests which are certainly to come take at least.
fn left(counts: Counts, elapsed: Duration) -> Duration {
    // Counts are far below 2^52, where a float is exact.
    #[expect(clippy::cast_precision_loss)]
    let (requests, to_come) = (counts.requests as f64, counts.to_come as f64);
    let so_far = requests / elapsed.as_secs_f64().max(0.001);
    let pace = counts.per_minute / 60.0;
    let rate = if pace > 0.0 { so_far.min(pace) } else { so_far };
    if counts.to_come == 0 || rate <= 0.0 {
        return Duration::MAX; // nothing to go by
    }
    Duration::from_secs_f64((to_come / rate).min(1e9))
}

fn text(counts: Counts, left: Duration) -> String {
    let mut parts = Vec::new();
    if counts.pause >= Duration::from_secs(1) {
        let pause = rough(counts.pause);
        parts.push(format!("waiting {pause} for the rate limit"));
    }
    if counts.planned == 0 {
        parts.push("asking what the key may see".to_owned());
    } else {
        parts.push(format!(
            "{} of {} {}",
            counts.done, counts.planned, counts.of
        ));
        parts.extend((counts.rows > 0).then(|| count(counts.rows, "row")));
    }
    if counts.pause.is_zero() && counts.to_come > 0 && left < Duration::from_secs(1_000_000) {
        parts.push(format!("at least {} left", rough(left)));
    }
    parts.push(count(counts.requests, "request"));
    parts.join(", ")
}

fn rough(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil();
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, left, text};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_line_says_how_far_it_is() {
        let counts = Counts {
            of: "listings",
            planned: 100,
            done: 25,
            rows: 2_000,
            requests: 60,
            to_come: 180,
            per_minute: 360.0,
            pause: Duration::ZERO,
        };
        assert_eq!(
            text(counts, left(counts, 10 * SECOND)),
            "25 of 100 listings, 2000 rows, at least 30 s left, 60 requests"
        );
        let paused = Counts {
            pause: 12 * SECOND,
            to_come: 0,
            ..counts
        };
        assert_eq!(
            text(paused, left(paused, 10 * SECOND)),
            "waiting 12 s for the rate limit, 25 of 100 listings, 2000 rows, 60 requests"
        );
        let questions = Counts {
            of: "questions",
            rows: 0,
            to_come: 0,
            ..counts
        };
        assert_eq!(
            text(questions, Duration::MAX),
            "25 of 100 questions, 60 requests"
        );
        assert_eq!(
            text(Counts::default(), Duration::MAX),
            "asking what the key may see, 0 requests"
        );
    }

    #[test]
    fn the_pace_bounds_the_time_that_is_left() {
        let quick = Counts {
            requests: 60,
            to_come: 60,
            per_minute: 360.0,
            ..Counts::default()
        };
        assert_eq!(left(quick, SECOND), 10 * SECOND);
        let unpaced = Counts {
            per_minute: 0.0,
            ..quick
        };
        assert_eq!(left(unpaced, SECOND), SECOND);
    }
}
