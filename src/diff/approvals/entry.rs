//! One entry: read, checked, and compared with changes.

use serde::Deserialize;
use toml::Value;

use super::kind::{EntryKind, Field, value};
use crate::agreed::{Agreement, Pattern, Said};
use crate::diff::{AssessedChange, Change, Verb};

/// An entry that is filled in.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) agreement: Agreement,
    pub(super) change: Verb,
    pub(super) kind: EntryKind,
    pub(super) fields: Vec<(Field, Pattern, String)>,
    pub(super) details: Agreed,
}

/// The differences that an entry agrees to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Agreed {
    Any,
    Exactly(Vec<String>),
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEntry {
    change: String,
    kind: String,
    principal: Option<String>,
    group: Option<String>,
    role: Option<String>,
    scope: Option<String>,
    resource_group: Option<String>,
    id: Option<String>,
    details: Option<RawDetails>,
    reason: Option<String>,
    ticket: Option<String>,
    approver: Option<String>,
    expires: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawDetails {
    Lines(Vec<String>),
    Pattern(String),
}

impl Entry {
    /// Whether it approves a change.
    pub(super) fn covers(&self, assessed: &AssessedChange) -> bool {
        let change = &assessed.change;
        self.change == change.verb()
            && self.kind == EntryKind::of(change)
            && self.names(change)
            && match &self.details {
                Agreed::Any => true,
                Agreed::Exactly(lines) => *lines == assessed.details,
            }
    }

    /// Whether it names what a change is about.
    pub(super) fn names(&self, change: &Change) -> bool {
        self.fields
            .iter()
            .all(|(field, pattern, _)| value(change, *field).is_some_and(|is| pattern.matches(&is)))
    }

    /// The entry in one line.
    pub(super) fn short(&self) -> String {
        let fields: Vec<&str> = self
            .fields
            .iter()
            .map(|(_, _, written)| written.as_str())
            .collect();
        format!(
            "{} {} {}",
            self.kind.as_str(),
            self.change.as_str(),
            fields.join(" ")
        )
    }
}

impl RawEntry {
    /// Checks what is written.
    ///
    /// # Errors
    /// What is wrong with the entry, to stand after "the entry at line 3".
    pub(super) fn check(mut self, line: usize) -> Result<Entry, String> {
        let change = Verb::parse(&self.change).ok_or_else(|| {
            let change = &self.change;
            format!("has the change `{change}`: use added, removed or changed")
        })?;
        let kind = EntryKind::parse(&self.kind)?;
        let mut fields = Vec::new();
        for field in kind.fields().iter().copied() {
            let written = self.field(field).take().filter(|value| !value.is_empty());
            let written = written.ok_or_else(|| format!("lacks `{}`", field.as_str()))?;
            fields.push((field, Pattern::parse(&written), written));
        }
        for field in Field::ALL {
            if self.field(field).is_some() {
                let (field, kind) = (field.as_str(), kind.as_str());
                return Err(format!(
                    "has `{field}`: an approval of a {kind} has no `{field}`"
                ));
            }
        }
        Ok(Entry {
            line,
            change,
            fields,
            details: details(self.details, &kind, change)?,
            agreement: Said {
                reason: self.reason,
                ticket: self.ticket,
                approver: self.approver,
                expires: self.expires,
            }
            .check()?,
            kind,
        })
    }

    fn field(&mut self, field: Field) -> &mut Option<String> {
        match field {
            Field::Principal => &mut self.principal,
            Field::Group => &mut self.group,
            Field::Role => &mut self.role,
            Field::Scope => &mut self.scope,
            Field::ResourceGroup => &mut self.resource_group,
            Field::Id => &mut self.id,
        }
    }
}

fn details(written: Option<RawDetails>, kind: &EntryKind, change: Verb) -> Result<Agreed, String> {
    match (written, kind.quotes_details(change)) {
        (None, true) => Err("lacks `details`, the differences that are agreed to".to_owned()),
        (None, false) => Ok(Agreed::Any),
        (Some(_), false) => Err(format!(
            "has `details`: an approval of a {} that was {} has no `details`",
            kind.as_str(),
            change.as_str()
        )),
        (Some(RawDetails::Lines(lines)), true) => Ok(Agreed::Exactly(lines)),
        (Some(RawDetails::Pattern(pattern)), true) if pattern == "*" => Ok(Agreed::Any),
        (Some(RawDetails::Pattern(_)), true) => {
            Err("has `details` that are neither a list nor \"*\"".to_owned())
        }
    }
}
