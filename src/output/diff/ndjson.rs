//! `diff --format ndjson`: one event a line, each complete in itself, as a SIEM wants them.

use serde::Serialize;
use std::io::{self, Write};

use super::json::{ChangeDoc, change};
use crate::agreed::Agreement;
use crate::diff::Comparison;
use crate::output::audit::EventDoc;
use crate::output::documents::FORMAT_VERSION;
use crate::output::write_json_line;

/// A line, with what it tells.
#[derive(Serialize)]
struct Line<'a, T> {
    format_version: u32,
    /// When it happened; of a change, when the newer snapshot was finished: it happened at the latest then.
    at: &'a str,
    /// When the older snapshot was finished: a change happened at the earliest then.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<&'a str>,
    account_id: &'a str,
    base_url: &'a str,
    from_snapshot: i64,
    to_snapshot: i64,
    counted: bool,
    #[serde(flatten)]
    told: T,
}

#[derive(Serialize)]
struct Changed<'a> {
    /// The approval that expired, of access that is still there and no change.
    lapsed: Option<&'a Agreement>,
    #[serde(flatten)]
    fact: ChangeDoc<'a>,
}

/// What the audit trail records and no change shows: a line of kind `event`.
#[derive(Serialize)]
struct Unseen<'a> {
    change: &'static str,
    kind: &'static str,
    event: EventDoc<'a>,
}

/// Writes the events.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let (from, to) = (&comparison.from.snapshot, &comparison.to.snapshot);
    for (assessed, counted, lapsed) in comparison.checked() {
        let told = Changed {
            lapsed: lapsed.map(|lapsed| &lapsed.agreement),
            fact: change(assessed),
        };
        let not_before = Some(from.finished_at.as_str());
        let event = line(comparison, &to.finished_at, not_before, counted, told);
        write_json_line(&event, out)?;
    }
    for event in &comparison.unseen {
        let told = Unseen {
            change: "unseen",
            kind: "event",
            event: event.into(),
        };
        let at = event.at.to_string();
        write_json_line(&line(comparison, &at, None, false, told), out)?;
    }
    Ok(())
}

fn line<'a, T>(
    comparison: &'a Comparison,
    at: &'a str,
    not_before: Option<&'a str>,
    counted: bool,
    told: T,
) -> Line<'a, T> {
    let (from, to) = (&comparison.from.snapshot, &comparison.to.snapshot);
    Line {
        format_version: FORMAT_VERSION,
        at,
        not_before,
        account_id: &to.account_id,
        base_url: &to.base_url,
        from_snapshot: from.id,
        to_snapshot: to.id,
        counted,
        told,
    }
}
