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

/// Gaps in a few lines: hundreds of scopes may have the same one, and all lists may have it for one reason.
#[must_use]
pub fn describe_all(gaps: &[Listing]) -> Vec<String> {
    const SHOWN: usize = 5;
    let (shared, single): (Vec<&Listing>, Vec<&Listing>) = gaps
        .iter()
        .partition(|gap| kinds(gaps, gap.state.reason()).len() >= SEVERAL);
    let mut reasons: Vec<Option<&str>> = Vec::new();
    for gap in shared {
        if !reasons.contains(&gap.state.reason()) {
            reasons.push(gap.state.reason());
        }
    }
    let mut lines: Vec<String> = reasons
        .into_iter()
        .map(|reason| of_one_reason(gaps, reason))
        .collect();
    for kind in ListingKind::ALL {
        let of_kind: Vec<&&Listing> = single.iter().filter(|gap| gap.kind == kind).collect();
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

/// Kinds of list that have a gap for one reason are told together when there are so many.
const SEVERAL: usize = 3;

/// The kinds of list that have a gap for this reason.
fn kinds(gaps: &[Listing], reason: Option<&str>) -> Vec<ListingKind> {
    let has = |kind: &ListingKind| {
        gaps.iter()
            .any(|gap| gap.kind == *kind && gap.state.reason() == reason)
    };
    ListingKind::ALL.into_iter().filter(has).collect()
}

fn of_one_reason(gaps: &[Listing], reason: Option<&str>) -> String {
    const SHOWN: usize = 3;
    let kinds: Vec<&str> = kinds(gaps, reason)
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    let mut scopes: Vec<String> = Vec::new();
    for gap in gaps.iter().filter(|gap| gap.state.reason() == reason) {
        let scope = gap.scope.to_string();
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    let more = match scopes.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more scopes"),
    };
    scopes.truncate(SHOWN);
    format!(
        "{} in {}{more}: {}",
        kinds.join(", "),
        scopes.join(", "),
        reason.unwrap_or_default()
    )
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
