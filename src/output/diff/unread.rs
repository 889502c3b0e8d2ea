//! What of the time between two snapshots the audit trail does not tell, and when asking again will.

use serde::Serialize;

use crate::diff::{Comparison, FailOn};
use crate::model::{TRAIL_LAG_MS, Timestamp, Unread};
use crate::output::by::minute;
use crate::output::text::count;

/// More stretches than this are counted, not named.
const NAMED: usize = 3;

/// Why who made some changes is unknown, which tables show as `?`; nothing where it is known of all.
pub(super) fn sentence(comparison: &Comparison) -> Option<String> {
    let number = comparison.undecided();
    if number == 0 {
        return None;
    }
    let what = format!("who made {} is unknown", count(number as u64, "change"));
    let Some(unread) = &comparison.unread else {
        let asked = comparison.fail_on == FailOn::Unexplained;
        return asked.then(|| {
            format!("{what}: this file holds nothing of the audit trail; read it with `sync --with audit`")
        });
    };
    let mut stretches: Vec<String> = unread.iter().take(NAMED).map(stretch).collect();
    if unread.len() > NAMED {
        stretches.push(format!("and {} more", unread.len() - NAMED));
    }
    Some(if stretches.is_empty() {
        format!(
            "{what} (?): a snapshot is incomplete, or the trail names somebody whom no snapshot knows, or another time"
        )
    } else {
        format!(
            "{what} (?): the audit trail was not read {}",
            stretches.join("; ")
        )
    })
}

fn stretch(unread: &Unread) -> String {
    let (from, until) = (minute(unread.window.from), minute(unread.window.until));
    let again = minute(read_after(unread));
    match &unread.reason {
        Some(reason) if unread.is_given_up => format!(
            "from {from} to {until} and is not asked for it again ({reason}); `sync --audit-since` asks once more"
        ),
        Some(reason) => format!("from {from} to {until} ({reason}); the next sync asks again"),
        None => {
            format!("from {from} to {until}; the next `sync --with audit` after {again} reads it")
        }
    }
}

/// From when on a sync reads all of it: events appear late.
fn read_after(unread: &Unread) -> Timestamp {
    unread.window.until.moved(TRAIL_LAG_MS)
}

/// A stretch that was not read, in JSON.
#[derive(Serialize)]
pub(super) struct UnreadDoc<'a> {
    from: String,
    until: String,
    /// `null`: no sync asked for it yet.
    reason: Option<&'a str>,
    given_up: bool,
    /// A sync after this moment reads it, if it can be read.
    read_after: String,
}

impl<'a> From<&'a Unread> for UnreadDoc<'a> {
    fn from(unread: &'a Unread) -> Self {
        Self {
            from: unread.window.from.to_string(),
            until: unread.window.until.to_string(),
            reason: unread.reason.as_deref(),
            given_up: unread.is_given_up,
            read_after: read_after(unread).to_string(),
        }
    }
}
