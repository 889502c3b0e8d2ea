//! When the next request may go: one budget for all workers, told the time, never sleeping.
//!
//! Harness counts requests per key in a window of a minute (400, documented). A plain token bucket of rate 360 and
//! burst 60 would send 420 in its first minute. So a request needs two things: a token from the bucket, which spreads
//! requests over time, and room in the last 60 seconds, of which no stretch may hold more than the rate. Both together
//! give a quick start, the full rate in the long run, and a bound that holds for every sliding minute.

use std::collections::VecDeque;
use std::time::Duration;

/// The stretch of time in which requests are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// Requests that may go at once after a pause.
const BURST: u32 = 60;
/// The rate is not halved below this share of what was asked for.
const FLOOR: f64 = 1.0 / 16.0;
/// Share of the full rate regained per minute without being throttled.
const RECOVERY_PER_MINUTE: f64 = 0.1;

/// The pace of one key.
#[derive(Debug)]
pub struct Pacer {
    /// Requests per minute at full speed; 0 = as many as one likes.
    per_minute: u32,
    /// Share of the full rate in force, halved when throttled, at most 1.
    share: f64,
    tokens: f64,
    updated: Duration,
    /// When the requests of the last minute went; at most `per_minute` of them.
    sent: VecDeque<Duration>,
    /// Nobody sends before this moment.
    paused_until: Duration,
    halved_at: Option<Duration>,
}

impl Pacer {
    /// A pacer of `per_minute` requests in any minute; 0 switches pacing off (pauses are still kept).
    #[must_use]
    pub fn new(per_minute: u32, now: Duration) -> Self {
        let mut pacer = Self {
            per_minute,
            share: 1.0,
            tokens: 0.0,
            updated: now,
            sent: VecDeque::new(),
            paused_until: now,
            halved_at: None,
        };
        pacer.tokens = pacer.burst();
        pacer
    }

    /// Takes leave to send one request now.
    ///
    /// # Errors
    /// How long to wait before asking again; nothing is reserved meanwhile.
    pub fn try_take(&mut self, now: Duration) -> Result<(), Duration> {
        let pause = self.paused_until.saturating_sub(now);
        if !pause.is_zero() {
            return Err(pause);
        }
        if self.per_minute == 0 {
            return Ok(());
        }
        self.refill(now);
        let for_token = self.until_token();
        let for_window = self.until_room(now);
        let wait = for_token.max(for_window);
        if !wait.is_zero() {
            return Err(wait);
        }
        self.tokens -= 1.0;
        self.sent.push_back(now);
        Ok(())
    }

    /// Takes note that a request sent at `sent_at` was refused for coming too fast, and that its sender waits `pause`.
    ///
    /// Everyone waits with it, and everyone goes at half the pace from then on. Requests that were under way together
    /// are refused together: that halves the pace once.
    pub fn throttled(&mut self, sent_at: Duration, now: Duration, pause: Duration) {
        self.paused_until = self.paused_until.max(now.saturating_add(pause));
        self.refill(now);
        self.tokens = 0.0;
        if self.halved_at.is_none_or(|halved| sent_at > halved) {
            self.share = (self.share / 2.0).max(FLOOR);
            self.halved_at = Some(now);
        }
    }

    /// Requests per minute in force; 0 = not paced.
    #[must_use]
    pub fn rate_per_minute(&self) -> f64 {
        f64::from(self.per_minute) * self.share
    }

    fn burst(&self) -> f64 {
        f64::from(BURST.min(self.per_minute)).max(1.0)
    }

    /// Moves on to `now`: the pace recovers, tokens arrive, requests older than the window are forgotten.
    fn refill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.updated).as_secs_f64();
        self.updated = self.updated.max(now);
        self.tokens = (self.tokens + passed * self.rate_per_minute() / 60.0).min(self.burst());
        self.share = (self.share + passed / 60.0 * RECOVERY_PER_MINUTE).min(1.0);
        while self.sent.front().is_some_and(|&sent| sent + WINDOW <= now) {
            self.sent.pop_front();
        }
    }

    fn until_token(&self) -> Duration {
        const NEARLY_ONE: f64 = 1.0 - 1e-6; // waits are rounded to nanoseconds
        if self.tokens >= NEARLY_ONE {
            return Duration::ZERO;
        }
        let per_second = self.rate_per_minute() / 60.0;
        Duration::from_secs_f64((1.0 - self.tokens) / per_second)
    }

    fn until_room(&self, now: Duration) -> Duration {
        let full = self.sent.len() >= self.per_minute as usize;
        match self.sent.front() {
            Some(&oldest) if full => (oldest + WINDOW).saturating_sub(now),
            _ => Duration::ZERO,
        }
    }
}
