//! When the next request may be sent: one budget for all workers. Pure: takes the current time as an argument.
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
            paused_until: Duration::ZERO,
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
        let now = now.max(self.updated); // another worker may have read the clock later and come first
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
        self.updated = self.updated.max(self.paused_until); // a pause gathers no tokens
        if self.halved_at.is_none_or(|halved| sent_at > halved) {
            self.share = (self.share / 2.0).max(FLOOR);
            self.halved_at = Some(now);
        }
    }

    /// How long nobody sends, because a request was refused for coming too fast.
    #[must_use]
    pub fn pause(&self, now: Duration) -> Duration {
        self.paused_until.saturating_sub(now)
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

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT_OF_HARNESS: usize = 400;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Lets `workers` send `requests` with responses after `latency(n)`; when each request went, in order.
    fn simulate(
        pacer: &mut Pacer,
        workers: usize,
        requests: usize,
        latency: impl Fn(u64) -> Duration,
    ) -> Vec<Duration> {
        let mut free_at = vec![Duration::ZERO; workers];
        let mut sent = Vec::new();
        while sent.len() < requests {
            let next = free_at.iter_mut().min().expect("workers");
            let now = *next;
            match pacer.try_take(now) {
                Ok(()) => {
                    sent.push(now);
                    *next += latency(sent.len() as u64);
                }
                Err(wait) => {
                    assert!(!wait.is_zero());
                    *next += wait;
                }
            }
        }
        sent
    }

    /// The largest number of requests in any 60 seconds that begin with one.
    fn busiest_minute(sent: &[Duration]) -> usize {
        let in_minute_of = |start: Duration| {
            let within = |&&at: &&Duration| at >= start && at < start + WINDOW;
            sent.iter().filter(within).count()
        };
        sent.iter()
            .map(|&start| in_minute_of(start))
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn no_sliding_minute_holds_more_than_harness_allows() {
        let latencies: [fn(u64) -> Duration; 5] = [
            |_| ms(0),
            |_| ms(50),
            |_| ms(700),
            |n| ms(n * 7919 % 1500),
            |n| if n % 500 == 0 { ms(45_000) } else { ms(20) }, // pauses in which tokens gather
        ];
        for (i, latency) in latencies.into_iter().enumerate() {
            let mut pacer = Pacer::new(360, Duration::ZERO);
            let sent = simulate(&mut pacer, 4, 2_100, latency);
            let busiest = busiest_minute(&sent);
            assert!(
                busiest <= 360,
                "latency {i}: {busiest} of {LIMIT_OF_HARNESS}"
            );
        }
    }

    #[test]
    fn the_full_rate_is_reached_and_the_start_is_quick() {
        let mut pacer = Pacer::new(360, Duration::ZERO);
        let sent = simulate(&mut pacer, 4, 2_100, |_| ms(50));
        assert!(sent[59] < Duration::from_secs(1), "60 at once");
        assert!(
            sent[2_099] <= Duration::from_secs(350),
            "2,100 at 6 a second"
        );
    }

    #[test]
    fn odd_rates_are_kept_too() {
        for rate in [1, 7, 59, 60, 61, 400, 1_000] {
            let mut pacer = Pacer::new(rate, Duration::ZERO);
            let sent = simulate(&mut pacer, 3, 3 * rate as usize, |_| ms(1));
            assert!(busiest_minute(&sent) <= rate as usize, "rate {rate}");
        }
    }

    #[test]
    fn rate_zero_never_waits_but_keeps_pauses() {
        let mut pacer = Pacer::new(0, Duration::ZERO);
        assert!((0..10_000).all(|_| pacer.try_take(ms(1)).is_ok()));
        pacer.throttled(ms(1), ms(2), ms(500));
        assert_eq!(pacer.try_take(ms(2)), Err(ms(500)));
        assert_eq!(pacer.try_take(ms(502)), Ok(()));
    }

    #[test]
    fn being_throttled_halves_the_pace_for_everyone_once_per_round() {
        let mut pacer = Pacer::new(360, Duration::ZERO);
        for sent_at in [10, 11, 12, 13] {
            pacer.throttled(ms(sent_at), ms(100 + sent_at), ms(0));
        }
        assert!((pacer.rate_per_minute() - 180.0).abs() < 0.1);
        pacer.throttled(ms(200), ms(300), ms(0));
        assert!((pacer.rate_per_minute() - 90.0).abs() < 0.1);
        let sent = simulate(&mut pacer, 4, 10, |_| ms(0));
        assert!(
            sent[9] > Duration::from_secs(6),
            "1.5 a second, no burst left"
        );
    }

    #[test]
    fn the_pace_recovers_a_tenth_a_minute_and_has_a_floor() {
        let mut pacer = Pacer::new(360, Duration::ZERO);
        for i in 1..20 {
            pacer.throttled(ms(10 * i), ms(10 * i + 1), ms(0));
        }
        assert!((pacer.rate_per_minute() - 22.5).abs() < 0.1);
        pacer.refill(Duration::from_secs(60));
        assert!((pacer.rate_per_minute() - 58.5).abs() < 0.2);
        pacer.refill(Duration::from_secs(3_600));
        assert!((pacer.rate_per_minute() - 360.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_clock_read_out_of_order_does_no_harm() {
        let mut pacer = Pacer::new(2, Duration::from_secs(100));
        assert_eq!(pacer.try_take(Duration::from_secs(101)), Ok(()));
        assert_eq!(pacer.try_take(Duration::from_secs(99)), Ok(()));
        assert_eq!(
            pacer.try_take(Duration::from_secs(101)),
            Err(Duration::from_secs(60))
        );
    }
}
