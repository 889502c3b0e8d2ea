//! Which stretches of time the next sync asks the trail for: what was never read whole, each hole apart, so that one that
//! never heals costs neither what lies behind it nor a request for ever. Pure.

use crate::model::{AuditTrail, ListingState, ReadWindow, Timestamp, TrailBefore, Window};

/// Events may be published a little late, so a reading begins before the end of the last one.
pub const OVERLAP_MS: i64 = 600_000;

/// The stretches to read, the oldest first. A file is read from the moment on that its first sync asked for; before any,
/// from its oldest snapshot, whose changes can be explained from then on.
#[must_use]
pub fn due(before: &TrailBefore, earliest: Timestamp, until: Timestamp) -> Vec<Window> {
    let first_asked = before.windows.iter().map(|read| read.window.from).min();
    let oldest = before.oldest.map(|oldest| oldest.moved(-OVERLAP_MS));
    let Some(from) = first_asked.max(oldest) else {
        return Vec::new();
    };
    let from = from.max(earliest);
    let read_whole = windows(before, |read| read.state == ListingState::Complete);
    let last_read = read_whole.iter().map(|window| window.until).max();
    let trail = AuditTrail {
        read_whole,
        ..AuditTrail::default()
    };
    let mut due: Vec<Window> = trail
        .holes(Some(from), until)
        .into_iter()
        .flat_map(|hole| cut(hole, &before.windows))
        .filter(|part| !is_given_up(*part, &before.windows))
        .collect();
    for part in &mut due {
        if last_read.is_some_and(|last| part.from == last.moved(1)) {
            part.from = part.from.moved(-OVERLAP_MS);
        }
    }
    due
}

/// Apart where an earlier sync tried a part of it.
fn cut(hole: Window, tried: &[ReadWindow]) -> Vec<Window> {
    let mut begins: Vec<Timestamp> = tried
        .iter()
        .filter(|read| read.state != ListingState::Complete)
        .flat_map(|read| [read.window.from, read.window.until.moved(1)])
        .filter(|begin| hole.from < *begin && *begin <= hole.until)
        .chain([hole.from])
        .collect();
    begins.sort_unstable();
    begins.dedup();
    let ends = begins[1..].iter().map(|begin| begin.moved(-1));
    let ends: Vec<Timestamp> = ends.chain([hole.until]).collect();
    begins
        .into_iter()
        .zip(ends)
        .map(|(from, until)| Window { from, until })
        .collect()
}

fn is_given_up(part: Window, tried: &[ReadWindow]) -> bool {
    tried.iter().any(|read| {
        read.is_given_up() && read.window.from <= part.from && part.until <= read.window.until
    })
}

fn windows(before: &TrailBefore, is: impl Fn(&ReadWindow) -> bool) -> Vec<Window> {
    let wanted = before.windows.iter().filter(|read| is(read));
    wanted.map(|read| read.window).collect()
}

#[cfg(test)]
mod tests {
    use super::{OVERLAP_MS, due};
    use crate::model::{ListingState, MOST_ATTEMPTS, ReadWindow, Timestamp, TrailBefore, Window};

    const BEGIN: i64 = 1_800_000_000_000;

    fn window(from: i64, until: i64) -> Window {
        Window {
            from: Timestamp::from_millis(BEGIN + from),
            until: Timestamp::from_millis(BEGIN + until),
        }
    }

    fn read(from: i64, until: i64, attempts: u32) -> ReadWindow {
        let state = match attempts {
            0 => ListingState::Complete,
            _ => ListingState::NotPermitted {
                reason: String::new(),
            },
        };
        ReadWindow {
            window: window(from, until),
            state,
            attempts,
        }
    }

    fn asked(oldest: Option<i64>, windows: &[ReadWindow], until: i64) -> Vec<Window> {
        let before = TrailBefore {
            oldest: oldest.map(|oldest| Timestamp::from_millis(BEGIN + oldest)),
            windows: windows.to_vec(),
        };
        let until = Timestamp::from_millis(BEGIN + until);
        due(&before, Timestamp::from_millis(0), until)
    }

    #[test]
    fn the_first_reading_begins_before_the_oldest_snapshot() {
        assert_eq!(asked(Some(0), &[], 50), [window(-OVERLAP_MS, 50)]);
        assert_eq!(asked(None, &[], 50), []);
    }

    #[test]
    fn the_next_one_goes_on_with_some_overlap_and_reads_holes_apart() {
        let windows = [read(0, 20, 0), read(21, 25, 1), read(26, 60, 0)];
        let expected = [window(21, 25), window(61 - OVERLAP_MS, 90)];
        assert_eq!(asked(Some(OVERLAP_MS), &windows, 90), expected);
    }

    #[test]
    fn what_failed_at_the_end_does_not_stand_before_what_is_new() {
        let windows = [read(0, 20, 0), read(21, 40, 2)];
        let expected = [window(21 - OVERLAP_MS, 40), window(41, 90)];
        assert_eq!(asked(Some(OVERLAP_MS), &windows, 90), expected);
    }

    #[test]
    fn a_stretch_that_never_heals_is_given_up() {
        let windows = [read(0, 20, 0), read(21, 25, MOST_ATTEMPTS), read(26, 60, 0)];
        assert_eq!(
            asked(Some(OVERLAP_MS), &windows, 90),
            [window(61 - OVERLAP_MS, 90)]
        );
    }

    #[test]
    fn nothing_is_read_before_the_oldest_snapshot_that_is_kept() {
        let windows = [read(0, 20, 0), read(21, 25, 1), read(26, 60, 0)];
        let expected = [window(61 - OVERLAP_MS, 90)];
        assert_eq!(asked(Some(OVERLAP_MS + 30), &windows, 90), expected);
    }
}
