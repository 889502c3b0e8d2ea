//! Whether to try again, and when. Pure: takes the current time as an argument and never sleeps.
//!
//! Every call here reads, so each may be repeated. Harness sends no `Retry-After` of its own; one that a proxy adds is
//! honoured up to a cap. Waits grow exponentially and are spread by a jitter, so that the workers of one run, and the
//! runs of one company, do not come back together.

use std::time::{Duration, SystemTime};

/// How often and how long to try. The defaults are for the real service; tests shorten them.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// Attempts per call, the first included.
    pub tries: u32,
    /// The first wait after a failure of the server or the network; each further one is three times as long.
    pub base: Duration,
    /// The first wait after being told to slow down; each further one is twice as long. Harness counts requests per
    /// minute, so all waits together should outlast one.
    pub throttled_base: Duration,
    /// No wait is longer, before jitter.
    pub cap: Duration,
    /// No `Retry-After` is obeyed for longer.
    pub retry_after_cap: Duration,
    /// Attempts when nothing has ever worked and it looks like a wrong key or a wrong host.
    pub doubtful_tries: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            base: Duration::from_secs(1),
            throttled_base: Duration::from_secs(10),
            cap: Duration::from_secs(60),
            retry_after_cap: Duration::from_secs(120),
            doubtful_tries: 2,
        }
    }
}

/// What came of one attempt, as far as trying again is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It worked.
    Success,
    /// The server or the network failed: 5xx, a time-out, an unreadable body.
    Transient,
    /// The connection was gone: most likely one kept open too long, so the first retry need not wait.
    ConnectionLost,
    /// Told to slow down: 429, or the code `TOO_MANY_REQUESTS`.
    Throttled,
    /// Refused with a page for people. After an earlier success this is most likely the edge, which slows down with 403 as
    /// well as with 429, so it is waited out like [`Throttled`](Self::Throttled); before one it is final.
    Blocked,
    /// A refused key, a page that is not an API's, or a host that cannot be reached. Harness also answers 401 when its
    /// own validation fails, and networks fail in passing, so after an earlier success this passes like
    /// [`Transient`](Self::Transient); before one it is probably true.
    Doubtful,
    /// Trying again cannot help.
    Permanent,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Finished.
    Done,
    /// Wait this long, then try again.
    Wait(Duration),
    /// Stop.
    GiveUp(RetryReason),
}

/// Why a call is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryReason {
    /// It would not help.
    Permanent,
    /// It was tried as often as allowed.
    Tries,
    /// The next attempt would begin after the deadline of the whole run.
    Deadline,
}

/// The attempts of one call.
#[derive(Debug)]
pub struct Retry<'a> {
    policy: &'a RetryPolicy,
    deadline: Duration,
    attempts: u32,
}

impl<'a> Retry<'a> {
    /// For one call that must not start an attempt at or after `deadline` (on the clock that `now` is read from).
    #[must_use]
    pub fn new(policy: &'a RetryPolicy, deadline: Duration) -> Self {
        Self {
            policy,
            deadline,
            attempts: 0,
        }
    }

    /// Attempts reported so far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Takes the outcome of an attempt and says what to do.
    ///
    /// `worked_before`: any call of this client has succeeded. `jitter` is drawn anew each time from 0 to 1 and moves
    /// the wait between 75 % and 125 %.
    pub fn after(
        &mut self,
        outcome: AttemptOutcome,
        retry_after: Option<Duration>,
        worked_before: bool,
        now: Duration,
        jitter: f64,
    ) -> Step {
        self.attempts += 1;
        let tries = match outcome {
            AttemptOutcome::Success => return Step::Done,
            AttemptOutcome::Permanent => return Step::GiveUp(RetryReason::Permanent),
            AttemptOutcome::Blocked if !worked_before => {
                return Step::GiveUp(RetryReason::Permanent);
            }
            AttemptOutcome::Doubtful if !worked_before => {
                self.policy.doubtful_tries.min(self.policy.tries)
            }
            // A server that does not speak TLS closes connections, too.
            AttemptOutcome::ConnectionLost if !worked_before => {
                (self.policy.doubtful_tries + 1).min(self.policy.tries)
            }
            _ => self.policy.tries,
        };
        if self.attempts >= tries {
            return Step::GiveUp(RetryReason::Tries);
        }
        let wait = match retry_after {
            Some(asked) => asked.min(self.policy.retry_after_cap),
            None => self.backoff(outcome, jitter),
        };
        if now.saturating_add(wait) >= self.deadline {
            return Step::GiveUp(RetryReason::Deadline);
        }
        Step::Wait(wait)
    }

    fn backoff(&self, outcome: AttemptOutcome, jitter: f64) -> Duration {
        let repeats = self.attempts - 1;
        let (base, factor) = match outcome {
            AttemptOutcome::ConnectionLost if repeats == 0 => return Duration::ZERO,
            AttemptOutcome::Throttled | AttemptOutcome::Blocked => {
                (self.policy.throttled_base, 2_u32)
            }
            _ => (self.policy.base, 3),
        };
        let nominal = base
            .saturating_mul(factor.saturating_pow(repeats))
            .min(self.policy.cap);
        nominal.mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

/// Reads a `Retry-After` header: seconds, or a date.
///
/// A date is counted from the response's own `Date` where there is one, so a wrong clock on this side does no harm, and
/// from `wall` otherwise. A date in the past asks for no wait. Text that is neither is ignored.
#[must_use]
pub fn retry_after(header: &str, date: Option<SystemTime>, wall: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(header).ok()?;
    Some(
        until
            .duration_since(date.unwrap_or(wall))
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDDLE: f64 = 0.5; // no jitter
    const FAR: Duration = Duration::from_secs(100_000);

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    /// Fails `outcome` again and again; the waits until it gives up, and why it does.
    fn waits(
        outcome: AttemptOutcome,
        worked_before: bool,
        jitter: f64,
    ) -> (Vec<Duration>, RetryReason) {
        let policy = RetryPolicy::default();
        let mut retry = Retry::new(&policy, FAR);
        let mut waits = Vec::new();
        loop {
            match retry.after(outcome, None, worked_before, Duration::ZERO, jitter) {
                Step::Wait(wait) => waits.push(wait),
                Step::GiveUp(reason) => return (waits, reason),
                Step::Done => panic!("a failure is not done"),
            }
        }
    }

    #[test]
    fn five_tries_with_growing_waits() {
        let (waits, reason) = waits(AttemptOutcome::Transient, true, MIDDLE);
        assert_eq!(waits, [secs(1), secs(3), secs(9), secs(27)]);
        assert_eq!(reason, RetryReason::Tries);
    }

    #[test]
    fn throttling_is_waited_out_for_more_than_the_minute_it_is_counted_in() {
        assert_eq!(
            waits(AttemptOutcome::Throttled, false, MIDDLE).0,
            [secs(10), secs(20), secs(40), secs(60)]
        );
        let shortest: Duration = waits(AttemptOutcome::Throttled, false, 0.0).0.iter().sum();
        assert!(shortest > secs(60));
    }

    #[test]
    fn jitter_moves_a_wait_by_a_quarter() {
        assert_eq!(
            waits(AttemptOutcome::Transient, true, 0.0).0[1],
            secs(3).mul_f64(0.75)
        );
        assert_eq!(
            waits(AttemptOutcome::Transient, true, 1.0).0[1],
            secs(3).mul_f64(1.25)
        );
    }

    #[test]
    fn a_lost_connection_is_replaced_at_once() {
        assert_eq!(
            waits(AttemptOutcome::ConnectionLost, true, MIDDLE).0,
            [secs(0), secs(3), secs(9), secs(27)]
        );
        assert_eq!(
            waits(AttemptOutcome::ConnectionLost, false, MIDDLE).0,
            [secs(0), secs(3)]
        );
    }

    #[test]
    fn a_refused_key_is_final_quickly_unless_it_has_worked() {
        assert_eq!(waits(AttemptOutcome::Doubtful, false, MIDDLE).0, [secs(1)]);
        assert_eq!(waits(AttemptOutcome::Doubtful, true, MIDDLE).0.len(), 4);
    }

    #[test]
    fn a_page_for_people_instead_of_an_answer_is_waited_out_once_anything_worked() {
        assert_eq!(
            waits(AttemptOutcome::Blocked, false, MIDDLE),
            (vec![], RetryReason::Permanent)
        );
        assert_eq!(
            waits(AttemptOutcome::Blocked, true, MIDDLE),
            waits(AttemptOutcome::Throttled, true, MIDDLE)
        );
    }

    #[test]
    fn what_cannot_pass_is_not_tried_again() {
        assert_eq!(
            waits(AttemptOutcome::Permanent, true, MIDDLE),
            (vec![], RetryReason::Permanent)
        );
    }

    #[test]
    fn retry_after_replaces_the_wait_up_to_its_cap() {
        let policy = RetryPolicy::default();
        let mut retry = Retry::new(&policy, FAR);
        let mut after = |asked| {
            retry.after(
                AttemptOutcome::Throttled,
                Some(secs(asked)),
                true,
                secs(0),
                MIDDLE,
            )
        };
        assert_eq!(after(7), Step::Wait(secs(7)));
        assert_eq!(after(0), Step::Wait(secs(0)));
        assert_eq!(after(86_400), Step::Wait(secs(120)));
    }

    #[test]
    fn no_wait_reaches_the_deadline() {
        let policy = RetryPolicy::default();
        let mut retry = Retry::new(&policy, secs(100));
        let mut after = |now| retry.after(AttemptOutcome::Transient, None, true, secs(now), MIDDLE);
        assert_eq!(after(98), Step::Wait(secs(1)));
        assert_eq!(after(98), Step::GiveUp(RetryReason::Deadline));
    }

    #[test]
    fn success_ends_it() {
        let policy = RetryPolicy::default();
        let mut retry = Retry::new(&policy, FAR);
        assert_eq!(
            retry.after(AttemptOutcome::Success, None, false, secs(0), MIDDLE),
            Step::Done
        );
        assert_eq!(retry.attempts(), 1);
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let wall = httpdate::parse_http_date("Sun, 06 Nov 1994 08:00:00 GMT").expect("a date");
        let server = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:00 GMT").ok();
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(retry_after(" 30 ", server, wall), Some(secs(30)));
        assert_eq!(retry_after(date, server, wall), Some(secs(37)));
        assert_eq!(retry_after(date, None, wall), Some(secs(49 * 60 + 37)));
        let past = "Sun, 06 Nov 1994 07:00:00 GMT";
        assert_eq!(retry_after(past, None, wall), Some(secs(0)));
        assert_eq!(
            retry_after("99999999999999999999999", None, wall),
            Some(secs(u64::MAX))
        );
        for nonsense in ["", "-1", "1.5", "soon"] {
            assert_eq!(retry_after(nonsense, None, wall), None, "{nonsense}");
        }
    }
}
