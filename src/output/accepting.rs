//! Gaps of a sync: in words, and as entries for a file of accepted gaps.

use std::io::{self, Write};

use super::text::line;
use super::toml::quoted;
use crate::model::{Listing, ListingKind, ListingState};

/// A gap in one line.
#[must_use]
pub fn describe(listing: &Listing) -> String {
    let Listing {
        kind,
        scope,
        endpoint,
        state,
        ..
    } = listing;
    let reason = state.reason().unwrap_or_default();
    let what = format!("{kind} in {scope} ({endpoint})");
    match (state, reason.strip_prefix("permission missing: ")) {
        (ListingState::NotPermitted { .. }, None) => {
            format!("{what}: permission missing: {reason}")
        }
        (ListingState::NotPermitted { .. }, Some(_)) => format!("{what}: {reason}"),
        _ => format!("{what}: {}: {reason}", state.as_str()),
    }
}

/// Gaps in a few lines: hundreds of scopes may have the same one.
#[must_use]
pub fn describe_all(gaps: &[Listing]) -> Vec<String> {
    const SHOWN: usize = 5;
    let mut lines = Vec::new();
    for kind in ListingKind::ALL {
        let of_kind: Vec<&Listing> = gaps.iter().filter(|gap| gap.kind == kind).collect();
        lines.extend(of_kind.iter().take(SHOWN).map(|gap| describe(gap)));
        let more = of_kind.len().saturating_sub(SHOWN);
        if more > 0 {
            lines.push(format!(
                "{kind} in {more} more scopes (--write-gaps names each)"
            ));
        }
    }
    lines
}

/// Writes an entry for each gap, to be filled in by a reviewer.
///
/// # Errors
/// When the output fails.
pub fn write_entries(gaps: &[Listing], out: &mut dyn Write) -> io::Result<()> {
    for (number, gap) in gaps.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "# {}", line(gap.state.reason().unwrap_or_default()))?;
        writeln!(out, "[[gap]]")?;
        writeln!(out, "kind = {}", quoted(gap.kind.as_str()))?;
        writeln!(out, "scope = {}", quoted(&gap.scope.to_string()))?;
        writeln!(out, "reason = \"\"")?;
        writeln!(out, "ticket = \"\"")?;
        writeln!(out, "approver = \"\"")?;
    }
    Ok(())
}
