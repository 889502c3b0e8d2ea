//! The edge's limit: so many requests per sliding minute and key.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct RateLimiter(HashMap<String, VecDeque<Duration>>);

impl RateLimiter {
    /// Whether one more request of that key is served at that time. Refused ones do not count.
    pub(crate) fn admits(&mut self, key: &str, now: Duration, limit: usize) -> bool {
        let served = self.0.entry(key.into()).or_default();
        while served.front().is_some_and(|&at| at + WINDOW <= now) {
            served.pop_front();
        }
        let admitted = served.len() < limit;
        if admitted {
            served.push_back(now);
        }
        admitted
    }
}
