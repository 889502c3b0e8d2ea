//! Gaps of a sync: in words, and as entries for a file of accepted gaps.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use super::text::line;
use super::toml::quoted;
use crate::model::{Listing, ListingKind, ListingState, Scope};

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
    let of_reasons = by_reason(gaps);
    let is_shared = |of: &&OfReason<'_>| of.kinds.len() >= SEVERAL;
    let mut lines: Vec<String> = of_reasons.iter().filter(is_shared).map(told).collect();
    let shared: HashSet<Option<&str>> = of_reasons
        .iter()
        .filter(is_shared)
        .map(|of| of.reason)
        .collect();
    let single = || {
        gaps.iter()
            .filter(|gap| !shared.contains(&gap.state.reason()))
    };
    for kind in ListingKind::ALL {
        let of_kind: Vec<&Listing> = single().filter(|gap| gap.kind == kind).collect();
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

/// The gaps of one reason.
struct OfReason<'a> {
    reason: Option<&'a str>,
    kinds: HashSet<ListingKind>,
    /// Each once, in the order of the gaps.
    scopes: Vec<&'a Scope>,
    seen: HashSet<&'a Scope>,
}

/// The gaps by reason, in the order in which reasons come first.
fn by_reason(gaps: &[Listing]) -> Vec<OfReason<'_>> {
    let mut at: HashMap<Option<&str>, usize> = HashMap::new();
    let mut found: Vec<OfReason<'_>> = Vec::new();
    for gap in gaps {
        let reason = gap.state.reason();
        let at = *at.entry(reason).or_insert_with(|| {
            found.push(OfReason {
                reason,
                kinds: HashSet::new(),
                scopes: Vec::new(),
                seen: HashSet::new(),
            });
            found.len() - 1
        });
        let of = &mut found[at];
        of.kinds.insert(gap.kind);
        if of.seen.insert(&gap.scope) {
            of.scopes.push(&gap.scope);
        }
    }
    found
}

fn told(of: &OfReason<'_>) -> String {
    const SHOWN: usize = 3;
    let kinds = ListingKind::ALL
        .into_iter()
        .filter(|kind| of.kinds.contains(kind));
    let kinds: Vec<&str> = kinds.map(ListingKind::as_str).collect();
    let more = match of.scopes.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more scopes"),
    };
    let scopes = of.scopes.iter().take(SHOWN).map(ToString::to_string);
    format!(
        "{} in {}{more}: {}",
        kinds.join(", "),
        scopes.collect::<Vec<_>>().join(", "),
        of.reason.unwrap_or_default()
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
