//! Changes that somebody agreed to, kept in a reviewed text file.
//!
//! The file is TOML: an entry is a paragraph that a reviewer can read and comment on, where CSV would be one line of a
//! dozen columns. An entry names a change exactly: who, what, where, over what, and the very differences that were
//! looked at, so that a later change of the same thing is not covered. `*` stands for anything, at the end of a field
//! or as all of it, and only where somebody wrote it.

mod entry;
mod kind;
mod lapsed;

pub use kind::{EntryKind, Field, value};
pub use lapsed::{Expired, Lapsed};

use super::AssessedChange;
use crate::agreed::{File, Notice, checked, mark};
use entry::{Entry, RawEntry};

/// The entries of a file.
#[derive(Debug, Default)]
pub struct Approvals {
    entries: Vec<Entry>,
}

impl Approvals {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, for people, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file = File::<RawEntry>::parse(text)?;
        let entries = checked(text, file.approval, RawEntry::check)?;
        Ok(Self { entries })
    }

    /// Marks the changes that are agreed to, and returns what is to be said about entries that covered none.
    #[must_use]
    pub fn apply(&self, changes: &mut [AssessedChange], today: &str) -> Vec<Notice> {
        let notice = |entry: &Entry| {
            let covered = changes.iter_mut().filter(|assessed| entry.covers(assessed));
            let approve = |assessed: &mut AssessedChange| {
                assessed
                    .approved
                    .get_or_insert_with(|| Box::new(entry.agreement.clone()));
            };
            mark(
                &entry.agreement,
                entry.line,
                entry.short(),
                today,
                covered,
                approve,
            )
        };
        self.entries.iter().filter_map(notice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Approvals;

    const GOOD: &str = "[[approval]]\nchange = \"added\"\nkind = \"membership\"\nprincipal = \"user/u1\"\n\
                        group = \"user_group/account/g\"\nreason = \"new colleague\"\napprover = \"ada\"\n";

    #[test]
    fn a_filled_entry_parses() {
        assert!(Approvals::parse(GOOD).is_ok());
        assert!(Approvals::parse(&format!("{GOOD}expires = 2026-12-31\nticket = \"\"\n")).is_ok());
        assert!(Approvals::parse("# nothing yet\n").is_ok());
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        for (from, to, says) in [
            (
                "approver = \"ada\"",
                "approver = \" \"",
                "needs its `approver` filled in",
            ),
            (
                "reason = \"new colleague\"\n",
                "",
                "needs its `reason` filled in",
            ),
            ("group = ", "role = ", "lacks `group`"),
            ("kind = \"membership\"", "kind = \"role\"", "lacks `id`"),
            (
                "change = \"added\"",
                "change = \"made\"",
                "has the change `made`",
            ),
            (
                "kind = \"membership\"",
                "kind = \"membrship\"",
                "has the kind `membrship`",
            ),
            (
                "approver",
                "expires = 2026-12-31T10:00:00Z\napprover",
                "has an `expires`",
            ),
            ("approver", "scope = \"account\"\napprover", "has `scope`"),
            ("approver", "details = []\napprover", "has `details`"),
            ("approver", "aprover", "unknown field"),
            ("expires", "expires", ""),
        ] {
            let text = GOOD.replace(from, to);
            match Approvals::parse(&text) {
                Ok(_) => assert!(says.is_empty(), "{text}"),
                Err(error) => assert!(error.contains(says) && error.contains("line"), "{error}"),
            }
        }
    }
}
