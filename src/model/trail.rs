//! Stretches of time of which the audit trail was read, what was read in them, and what is missing.

use super::{AuditEvent, ListingState, Timestamp};

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Its first moment.
    pub from: Timestamp,
    /// Its last moment.
    pub until: Timestamp,
}

impl Window {
    /// Whether both have a moment in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.from <= other.until && other.from <= self.until
    }
}

/// A stretch of time of which the trail was read, and how completely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadWindow {
    /// The stretch.
    pub window: Window,
    /// How much of it was read.
    pub state: ListingState,
    /// How many syncs asked for it in vain while the trail answered otherwise.
    pub attempts: u32,
}

/// Harness publishes events seconds after they happen and shows them from a second database; younger ones than this, in
/// milliseconds, wait for the next sync.
pub const TRAIL_LAG_MS: i64 = 300_000;

/// A stretch that so many syncs asked for in vain, while the trail answered otherwise, is given up.
pub const MOST_ATTEMPTS: u32 = 5;

impl ReadWindow {
    /// Whether no sync asks for it again by itself.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.attempts >= MOST_ATTEMPTS
    }
}

/// A stretch of which not every event is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The stretch.
    pub window: Window,
    /// Why it could not be read; `None` = no sync asked for it yet.
    pub reason: Option<String>,
    /// Whether no sync asks for it again by itself.
    pub is_given_up: bool,
}

/// When a person signed in last, as far as the trail was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The uuid.
    pub user: String,
    /// The latest sign-in that was read; `None` = not between the two moments below.
    pub last: Option<Timestamp>,
    /// Nothing before this moment was read.
    pub read_from: Timestamp,
    /// Nor after this one.
    pub read_until: Timestamp,
}

/// What one sync read of the trail.
#[derive(Clone, Debug, Default)]
pub struct TrailRead {
    /// Events about access, each once, in order of time.
    pub events: Vec<AuditEvent>,
    /// The stretches of time that were read for them.
    pub windows: Vec<ReadWindow>,
    /// The newest stretch, whose events were read as far as they are published yet.
    pub fresh: Option<Window>,
    /// People whose sign-ins were read.
    pub sign_ins: Vec<SignIn>,
}

/// What is known of the audit trail about some stretch of time.
#[derive(Clone, Debug, Default)]
pub struct AuditTrail {
    /// The events, in order of time.
    pub events: Vec<AuditEvent>,
    /// The stretches that were read whole.
    pub read_whole: Vec<Window>,
    /// Those that were asked for and not read whole.
    pub failed: Vec<ReadWindow>,
}

impl TrailRead {
    /// Every stretch that was asked for events.
    pub fn asked(&self) -> impl Iterator<Item = Window> {
        self.windows
            .iter()
            .map(|read| read.window)
            .chain(self.fresh)
    }
}

/// Until when and from when on the trail was asked for, over all syncs of a file.
#[derive(Clone, Debug, Default)]
pub struct TrailBefore {
    /// When the oldest snapshot that is kept began to look.
    pub oldest: Option<Timestamp>,
    /// Every stretch that was asked for, in order of time.
    pub windows: Vec<ReadWindow>,
}

impl AuditTrail {
    /// Whether every event between two moments was read, so that silence means that nothing was recorded.
    #[must_use]
    pub fn covers(&self, from: Timestamp, until: Timestamp) -> bool {
        let mut windows: Vec<Window> = self.read_whole.clone();
        windows.sort_unstable();
        let mut covered_until = None;
        for window in windows {
            let next = match covered_until {
                None if window.from > from => return false,
                None => window.until,
                // Windows include both ends, so the next one may begin a millisecond later.
                Some(end) if window.from > Timestamp::moved(end, 1) => break,
                Some(end) => end.max(window.until),
            };
            if next >= from {
                covered_until = Some(next);
            }
        }
        covered_until.is_some_and(|end| end >= until)
    }
}

impl AuditTrail {
    /// The events between two moments, both included.
    #[must_use]
    pub fn within(self, window: Window) -> Vec<AuditEvent> {
        let events = self.events.into_iter();
        events
            .filter(|event| (window.from..=window.until).contains(&event.at))
            .collect()
    }

    /// The stretches between two moments that were not read whole, and why.
    #[must_use]
    pub fn unread(&self, from: Timestamp, until: Timestamp) -> Vec<Unread> {
        let holes = self.holes(Some(from), until).into_iter();
        holes
            .map(|window| {
                let mut failed = self.failed.iter();
                let failed = failed.find(|failed| failed.window.meets(window));
                Unread {
                    window,
                    reason: failed.and_then(|failed| failed.state.reason().map(str::to_owned)),
                    is_given_up: failed.is_some_and(ReadWindow::is_given_up),
                }
            })
            .collect()
    }

    /// The stretches between two moments that were not read whole; without a first moment, from the first that was.
    #[must_use]
    pub fn holes(&self, from: Option<Timestamp>, until: Timestamp) -> Vec<Window> {
        let mut windows = self.read_whole.clone();
        windows.sort_unstable();
        let first = windows.first().map(|window| window.from);
        let Some(mut next) = from.or(first) else {
            return Vec::new();
        };
        let mut holes = Vec::new();
        for window in windows {
            if window.from > next && window.from <= until {
                holes.push(Window {
                    from: next,
                    until: window.from.moved(-1),
                });
            }
            next = next.max(window.until.moved(1));
        }
        if next <= until {
            holes.push(Window { from: next, until });
        }
        holes
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditTrail, Window};
    use crate::model::Timestamp;

    fn trail(windows: &[(i64, i64)]) -> AuditTrail {
        let window = |(from, until): &(i64, i64)| Window {
            from: Timestamp::from_millis(*from),
            until: Timestamp::from_millis(*until),
        };
        AuditTrail {
            read_whole: windows.iter().map(window).collect(),
            ..AuditTrail::default()
        }
    }

    fn covers(trail: &AuditTrail, from: i64, until: i64) -> bool {
        trail.covers(Timestamp::from_millis(from), Timestamp::from_millis(until))
    }

    #[test]
    fn windows_that_touch_cover_together() {
        let trail = trail(&[(50, 90), (0, 20), (15, 49)]);
        assert!(covers(&trail, 0, 90));
        assert!(covers(&trail, 30, 60));
        assert!(!covers(&trail, 30, 91));
        assert!(!covers(&trail, -1, 60));
    }

    #[test]
    fn a_gap_of_a_moment_is_a_gap() {
        let trail = trail(&[(0, 20), (22, 40)]);
        assert!(!covers(&trail, 0, 40));
        assert!(covers(&trail, 22, 40));
        assert!(!covers(&trail, 21, 40));
    }

    #[test]
    fn a_short_window_inside_a_long_one_takes_nothing_away() {
        let trail = trail(&[(0, 100), (10, 20), (101, 120)]);
        assert!(covers(&trail, 5, 120));
    }

    #[test]
    fn nothing_read_covers_nothing() {
        assert!(!covers(&trail(&[]), 0, 0));
    }
}
