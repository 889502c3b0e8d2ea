//! Gaps that are known and accepted: lists that a sync may store although they are incomplete.

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Value;

use super::{Agreement, File, Notice, Pattern, Said, checked, mark};
use crate::model::{Listing, ListingKind, ListingState};

/// The entries of a file.
#[derive(Debug, Default)]
pub struct AcceptedGaps {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    line: usize,
    /// `None` = every kind.
    kind: Option<ListingKind>,
    scope: Pattern,
    written_scope: String,
    agreement: Agreement,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    kind: String,
    scope: String,
    reason: Option<String>,
    ticket: Option<String>,
    approver: Option<String>,
    expires: Option<Value>,
}

impl AcceptedGaps {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, for people, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file = File::<IgnoredAny, IgnoredAny, RawEntry>::parse(text)?;
        let entries = checked(text, file.gap, RawEntry::check)?;
        Ok(Self { entries })
    }

    /// Marks the gaps among the listings that an entry accepts, and returns what is to be said about entries that accept
    /// none. `is_read`: whether the lists of a kind (`None` = of every kind) are among them if they were asked for.
    #[must_use]
    pub fn apply(
        &self,
        listings: &mut [Listing],
        today: &str,
        is_read: impl Fn(Option<ListingKind>) -> bool,
    ) -> Vec<Notice> {
        let entries = self.entries.iter().filter(|entry| is_read(entry.kind));
        entries
            .filter_map(|entry| {
                let covered = listings.iter_mut().filter(|listing| entry.covers(listing));
                let accept = |gap: &mut Listing| {
                    gap.accepted.get_or_insert_with(|| entry.why());
                };
                mark(
                    &entry.agreement,
                    entry.line,
                    entry.short(),
                    today,
                    covered,
                    accept,
                )
            })
            .collect()
    }
}

impl Entry {
    fn covers(&self, listing: &Listing) -> bool {
        listing.state != ListingState::Complete
            && self.kind.is_none_or(|kind| kind == listing.kind)
            && self.scope.matches(&listing.scope.to_string())
    }

    fn short(&self) -> String {
        let kind = self.kind.map_or("*", ListingKind::as_str);
        format!("{kind} in {}", self.written_scope)
    }

    fn why(&self) -> String {
        let Agreement {
            reason,
            ticket,
            approver,
            expires,
        } = &self.agreement;
        let ticket = ticket.as_ref().map(|ticket| format!("{ticket}, "));
        let until = expires.as_ref().map(|day| format!(", until {day}"));
        format!(
            "{reason} ({}{approver}{})",
            ticket.unwrap_or_default(),
            until.unwrap_or_default()
        )
    }
}

impl RawEntry {
    fn check(self, line: usize) -> Result<Entry, String> {
        let kind = match self.kind.as_str() {
            "*" => None,
            name => Some(ListingKind::parse(name).ok_or_else(|| {
                let known: Vec<&str> = ListingKind::ALL.map(ListingKind::as_str).to_vec();
                format!(
                    "has the kind `{name}`: it is * or one of {}",
                    known.join(", ")
                )
            })?),
        };
        if self.scope.is_empty() {
            return Err("lacks `scope`".to_owned());
        }
        Ok(Entry {
            line,
            kind,
            scope: Pattern::parse(&self.scope),
            written_scope: self.scope,
            agreement: Said {
                reason: self.reason,
                ticket: self.ticket,
                approver: self.approver,
                expires: self.expires,
            }
            .check()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::AcceptedGaps;

    const GOOD: &str = "[[gap]]\nkind = \"roles\"\nscope = \"org/a/*\"\nreason = \"no access\"\napprover = \"ada\"\n";

    #[test]
    fn a_filled_entry_parses() {
        assert!(AcceptedGaps::parse(GOOD).is_ok());
        assert!(
            AcceptedGaps::parse(&format!("{GOOD}expires = 2026-12-31\nticket = \"\"\n")).is_ok()
        );
        assert!(AcceptedGaps::parse("# nothing yet\n").is_ok());
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        for (from, to, says) in [
            (
                "approver = \"ada\"",
                "approver = \"\"",
                "needs its `approver` filled in",
            ),
            (
                "reason = \"no access\"\n",
                "",
                "needs its `reason` filled in",
            ),
            ("\"roles\"", "\"rolls\"", "has the kind `rolls`"),
            ("org/a/*", "", "lacks `scope`"),
            (
                "approver",
                "expires = 2026-12-31T10:00:00Z\napprover",
                "has an `expires`",
            ),
            ("approver", "aprover", "unknown field"),
            ("[[gap]]", "[[gaps]]", "unknown field"),
        ] {
            let error = AcceptedGaps::parse(&GOOD.replace(from, to)).expect_err(says);
            assert!(error.contains(says) && error.contains("line"), "{error}");
        }
    }
}
