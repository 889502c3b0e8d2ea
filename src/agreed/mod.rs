//! What somebody agreed to, in reviewed text files: the vocabulary that approvals of changes, accepted findings and accepted
//! gaps share.
//!
//! The files are TOML: an entry is a paragraph that a reviewer can read and comment on. Each says why, who agreed, where
//! it was discussed, and until when it holds. One file may hold everything that was agreed to.

pub mod gaps;
mod pattern;

pub use pattern::Pattern;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use toml::value::Datetime;
use toml::{Spanned, Value};

/// A file. A command reads the entries that it understands, and leaves those for other commands alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File<Approval = IgnoredAny, Finding = IgnoredAny, Gap = IgnoredAny> {
    /// Changes, for `diff`.
    #[serde(default = "Vec::new")]
    pub approval: Vec<Spanned<Approval>>,
    /// Findings, for `findings`.
    #[serde(default = "Vec::new")]
    pub finding: Vec<Spanned<Finding>>,
    /// Incomplete lists, for `sync`.
    #[serde(default = "Vec::new")]
    pub gap: Vec<Spanned<Gap>>,
}

impl<Approval, Finding, Gap> File<Approval, Finding, Gap>
where
    Approval: DeserializeOwned,
    Finding: DeserializeOwned,
    Gap: DeserializeOwned,
{
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, for people, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }
}

/// What the approver said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Why.
    pub reason: String,
    /// Where it was discussed.
    pub ticket: Option<String>,
    /// Who agreed.
    pub approver: String,
    /// The last day, UTC.
    pub expires: Option<String>,
}

/// What is to be said about an entry that had no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Nothing is like it.
    Unused {
        /// Line of the entry.
        line: usize,
        /// The entry in short.
        entry: String,
    },
    /// Its last day is over.
    Expired {
        /// Line of the entry.
        line: usize,
        /// The entry in short.
        entry: String,
        /// That day.
        on: String,
        /// How much it would have covered.
        covers: usize,
    },
}

/// The words of an entry that every file has, as they are written.
#[derive(Debug, Default)]
pub struct Said {
    /// `reason`
    pub reason: Option<String>,
    /// `ticket`
    pub ticket: Option<String>,
    /// `approver`
    pub approver: Option<String>,
    /// `expires`
    pub expires: Option<Value>,
}

impl Said {
    /// Checks that everything that must be said is.
    ///
    /// # Errors
    /// What is missing or wrong, as the end of a sentence about the entry.
    pub fn check(self) -> Result<Agreement, String> {
        let needed = |name: &str, value: Option<String>| {
            value
                .filter(|value| !value.trim().is_empty())
                .ok_or_else(|| format!("needs its `{name}` filled in"))
        };
        Ok(Agreement {
            reason: needed("reason", self.reason)?,
            approver: needed("approver", self.approver)?,
            ticket: self.ticket.filter(|ticket| !ticket.is_empty()),
            expires: self.expires.as_ref().map(day).transpose()?,
        })
    }
}

impl Agreement {
    /// The last day, if it is over.
    #[must_use]
    pub fn expired(&self, today: &str) -> Option<&str> {
        self.expires.as_deref().filter(|last| *last < today)
    }
}

/// Marks what an entry covers, as long as it holds, and returns what is to be said about the entry if it has no effect.
pub fn mark<T>(
    agreement: &Agreement,
    line: usize,
    entry: String,
    today: &str,
    covered: impl Iterator<Item = T>,
    mark: impl FnMut(T),
) -> Option<Notice> {
    if let Some(on) = agreement.expired(today) {
        return Some(Notice::Expired {
            line,
            entry,
            on: on.to_owned(),
            covers: covered.count(),
        });
    }
    let marked = covered.map(mark).count();
    (marked == 0).then_some(Notice::Unused { line, entry })
}

/// Checks each entry of a file and says where a wrong one is.
///
/// # Errors
/// What is wrong with the first wrong entry, with its line.
pub fn checked<R, T>(
    text: &str,
    entries: Vec<Spanned<R>>,
    check: impl Fn(R, usize) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    entries
        .into_iter()
        .map(|raw| {
            let before = text.get(..raw.span().start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            check(raw.into_inner(), line)
                .map_err(|wrong| format!("the entry at line {line} {wrong}"))
        })
        .collect()
}

/// A day as TOML has it, or between quotes as people write it.
fn day(expires: &Value) -> Result<String, String> {
    let day = match expires {
        Value::Datetime(day) => Some(*day),
        Value::String(text) => text.parse::<Datetime>().ok(),
        _ => None,
    };
    match day.map(|day| (day.date, day.time)) {
        Some((Some(date), None)) => Ok(date.to_string()),
        _ => Err("has an `expires` that is not a date such as 2026-12-31".to_owned()),
    }
}
