//! What an expired approval covered, and is still there. A label that moves on would hide it from every later comparison, so
//! it counts again by itself.

use super::entry::{Agreed, Entry};
use super::{Approvals, EntryKind, Field};
use crate::agreed::Agreement;
use crate::diff::details::is_still_so;
use crate::diff::{AssessedChange, Change, FailOn, Verb};
use crate::model::ResourceFact;

/// Access that was approved until a day that is over.
#[derive(Clone, Debug)]
pub struct Lapsed {
    /// Line of the entry.
    pub line: usize,
    /// What the approver said.
    pub agreement: Agreement,
    /// What was approved: that something came, or changed.
    pub verb: Verb,
    /// The access, as something that came; its details are those of the entry.
    pub access: AssessedChange,
}

impl Lapsed {
    /// Whether it makes a check fail.
    #[must_use]
    pub fn counts(&self, fail_on: &FailOn) -> bool {
        match fail_on {
            FailOn::Any | FailOn::Escalation => true,
            FailOn::None | FailOn::Unexplained => false,
            FailOn::Verbs(verbs) => verbs.contains(&self.verb),
        }
    }
}

/// An entry whose last day is over.
#[derive(Clone, Copy, Debug)]
pub struct Expired<'a> {
    entry: &'a Entry,
    all: &'a Approvals,
    today: &'a str,
}

impl Approvals {
    /// The expired entries that let something come or change.
    pub fn expired<'a>(&'a self, today: &'a str) -> impl Iterator<Item = Expired<'a>> {
        self.entries
            .iter()
            .filter(|entry| {
                entry.agreement.expired(today).is_some() && entry.change != Verb::Removed
            })
            .map(move |entry| Expired {
                entry,
                all: self,
                today,
            })
    }
}

impl<'a> Expired<'a> {
    /// Line of the entry.
    #[must_use]
    pub fn line(&self) -> usize {
        self.entry.line
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> &'a EntryKind {
        &self.entry.kind
    }

    /// The text that a field must equal; `None` where a pattern stands.
    #[must_use]
    pub fn exact(&self, field: Field) -> Option<&'a str> {
        let fields = self.entry.fields.iter();
        fields
            .into_iter()
            .find(|(of, _, _)| *of == field)?
            .1
            .exact()
    }

    /// The access that it approved, if this is such, and nobody agreed to it anew.
    #[must_use]
    pub fn lapsed(&self, mut access: AssessedChange) -> Option<Lapsed> {
        let renewed = |entry: &Entry| {
            entry.agreement.expired(self.today).is_none() && entry.is_about(&access.change)
        };
        if !self.entry.is_about(&access.change) || self.all.entries.iter().any(renewed) {
            return None;
        }
        access.escalation = None; // it is no change of today
        access.details = match &self.entry.details {
            Agreed::Any => Vec::new(),
            Agreed::Exactly(lines) => lines.clone(),
        };
        Some(Lapsed {
            line: self.entry.line,
            agreement: self.entry.agreement.clone(),
            verb: self.entry.change,
            access,
        })
    }
}

impl Entry {
    /// Whether what it lets come or change is there now.
    fn is_about(&self, now: &Change) -> bool {
        self.kind == EntryKind::of(now)
            && self.names(now)
            && now
                .resource()
                .is_none_or(|fact| self.details.are_still_so(fact))
    }
}

impl Agreed {
    /// One of the differences is enough: the others may have been taken back.
    fn are_still_so(&self, fact: &ResourceFact) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(lines) => {
                lines.is_empty() || lines.iter().any(|line| is_still_so(line, fact))
            }
        }
    }
}
