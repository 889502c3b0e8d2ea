//! `diff --format ndjson`: one event a line, each complete in itself, as a SIEM wants them.

use serde::Serialize;
use std::io::{self, Write};

use super::json::{ChangeDoc, change};
use crate::agreed::Agreement;
use crate::diff::Comparison;
use crate::output::audit::EventDoc;
use crate::output::documents::FORMAT_VERSION;
use crate::output::write_json_line;

/// What the audit trail records and no change shows: a line of kind `event`.
#[derive(Serialize)]
struct Unseen<'a> {
    format_version: u32,
    at: String,
    account_id: &'a str,
    base_url: &'a str,
    from_snapshot: i64,
    to_snapshot: i64,
    counted: bool,
    change: &'static str,
    kind: &'static str,
    event: EventDoc<'a>,
}

#[derive(Serialize)]
struct Event<'a> {
    format_version: u32,
    /// When the newer snapshot was finished: the change happened at the latest then.
    at: &'a str,
    /// When the older one was: it happened at the earliest then.
    not_before: &'a str,
    account_id: &'a str,
    base_url: &'a str,
    from_snapshot: i64,
    to_snapshot: i64,
    counted: bool,
    /// The approval that expired, of access that is still there and no change.
    lapsed: Option<&'a Agreement>,
    #[serde(flatten)]
    fact: ChangeDoc<'a>,
}

/// Writes the events.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let (from, to) = (&comparison.from.snapshot, &comparison.to.snapshot);
    for (assessed, counted, lapsed) in comparison.checked() {
        let event = Event {
            format_version: FORMAT_VERSION,
            at: &to.finished_at,
            not_before: &from.finished_at,
            account_id: &to.account_id,
            base_url: &to.base_url,
            from_snapshot: from.id,
            to_snapshot: to.id,
            counted,
            lapsed: lapsed.map(|lapsed| &lapsed.agreement),
            fact: change(assessed),
        };
        write_json_line(&event, out)?;
    }
    for event in &comparison.unseen {
        let unseen = Unseen {
            format_version: FORMAT_VERSION,
            at: event.at.to_string(),
            account_id: &to.account_id,
            base_url: &to.base_url,
            from_snapshot: from.id,
            to_snapshot: to.id,
            counted: false,
            change: "unseen",
            kind: "event",
            event: event.into(),
        };
        write_json_line(&unseen, out)?;
    }
    Ok(())
}
