//! Whether this computer's clock can be trusted. Snapshots are found by their times, so one with a wrong time would answer
//! questions about other days.

use crate::error::Error;
use crate::model::Timestamp;

/// More than this is said, in seconds.
const NOTABLE: i64 = 2 * 60;

/// With more than this nothing is stored, in seconds.
const TOO_MUCH: i64 = 60 * 60;

/// Compares the clock with the newest snapshot of the file: time does not run backwards.
pub(crate) fn against_newest(
    newest: Timestamp,
    now: Timestamp,
    tolerant: bool,
) -> Result<(), Error> {
    let behind = (newest.as_millis() - now.as_millis()) / 1000;
    judge(behind, tolerant, || {
        format!(
            "this computer's clock is {} behind the newest snapshot, of {newest}",
            long(behind)
        )
    })
}

/// Compares the clock with Harness's, which is ahead by so many seconds.
pub(crate) fn against_harness(ahead: i64, tolerant: bool) -> Result<(), Error> {
    judge(ahead.abs(), tolerant, || beside_harness(ahead))
}

/// Whether a sync would be refused because Harness's clock is ahead by so many seconds, and where the clock is then.
pub(crate) fn refusal(ahead: i64) -> Option<String> {
    (ahead.abs() > TOO_MUCH).then(|| beside_harness(ahead))
}

fn beside_harness(ahead: i64) -> String {
    let side = if ahead > 0 { "behind" } else { "ahead of" };
    let long = long(ahead.abs());
    format!("this computer's clock is {long} {side} Harness's")
}

fn judge(seconds: i64, tolerant: bool, what: impl Fn() -> String) -> Result<(), Error> {
    if seconds > TOO_MUCH && !tolerant {
        return Err(Error::Config {
            message: format!("nothing was stored: {}", what()),
            hint: Some(
                "set the clock, or run with --allow-clock-skew if the newest snapshot is the one with a wrong time"
                    .to_owned(),
            ),
        });
    }
    if seconds > NOTABLE {
        log::warn!("{}; questions by date may find the wrong snapshot", what());
    }
    Ok(())
}

fn long(seconds: i64) -> String {
    match (seconds / 86_400, seconds / 3600, seconds / 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}
