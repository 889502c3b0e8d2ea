//! Time and cancellation as values, so that pacing and retrying are tested without waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How often a sleeper checks for a cancellation, which limits how late a Ctrl-C takes effect.
const SLICE: Duration = Duration::from_millis(50);

/// A flag that stops the client: set once, seen by every clone, never cleared.
///
/// Setting it is a single atomic store, which is all that a signal handler may do.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A flag that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks everyone who holds a clone to stop: waits end within 50 ms, no further request is sent.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The time, and a way to let it pass.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment; never goes back.
    fn now(&self) -> Duration;

    /// The time of day, for a `Retry-After` that is a date and comes without a `Date`.
    fn wall(&self) -> SystemTime;

    /// Waits for `duration`, or less when `cancel` is set meanwhile.
    fn sleep(&self, duration: Duration, cancel: &Cancel);
}

/// The computer's clock.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose `now` starts at zero.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration, cancel: &Cancel) {
        let end = self.now().saturating_add(duration);
        while !cancel.is_cancelled() {
            let left = end.saturating_sub(self.now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(SLICE));
        }
    }
}

/// A clock for tests: sleeping moves the time on at once, for every clone.
#[derive(Debug, Clone, Default)]
pub struct VirtualClock(Arc<Mutex<Duration>>);

impl VirtualClock {
    /// A clock that stands at zero, which is 2026-01-01T00:00:00Z of its time of day.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets `duration` pass.
    pub fn advance(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(duration);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wall(&self) -> SystemTime {
        const START_OF_2026: Duration = Duration::from_secs(1_767_225_600);
        SystemTime::UNIX_EPOCH + START_OF_2026 + self.now()
    }

    fn sleep(&self, duration: Duration, cancel: &Cancel) {
        if !cancel.is_cancelled() {
            self.advance(duration);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_sleeper_wakes_within_a_fraction_of_a_second() {
        let cancel = Cancel::new();
        let clock = SystemClock::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(10));
                cancel.clone().cancel();
            });
            clock.sleep(Duration::from_secs(60), &cancel);
        });
        assert!(clock.now() < Duration::from_secs(1));
    }

    #[test]
    fn the_virtual_clock_moves_for_every_clone() {
        let clock = VirtualClock::new();
        clock.clone().sleep(Duration::from_secs(90), &Cancel::new());
        assert_eq!(clock.now(), Duration::from_secs(90));
    }
}
