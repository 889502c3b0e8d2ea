//! Changes that somebody agreed to, kept in a reviewed text file.
//!
//! The file is TOML: an entry is a paragraph that a reviewer can read and comment on, where CSV would be one line of a
//! dozen columns. An entry names a change exactly: who, what, where, over what, and for a role or resource group the
//! very differences that were looked at, so that a later change of the same thing is not covered. `*` stands for
//! anything, at the end of a field or as all of it, and only where somebody wrote it.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Datetime;

use super::{AssessedChange, Change, Verb};

/// What the approver said, as changes carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approved {
    /// Why.
    pub reason: String,
    /// Where it was discussed.
    pub ticket: Option<String>,
    /// Who agreed.
    pub approver: String,
    /// The last day of the approval, UTC.
    pub expires: Option<String>,
}

/// The entries of a file.
#[derive(Debug, Default)]
pub struct Approvals {
    entries: Vec<Entry>,
}

/// What is to be said about an entry that approved nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No change is like it.
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
        /// How many changes it would have covered.
        changes: usize,
    },
}

#[derive(Debug)]
struct Entry {
    line: usize,
    change: Verb,
    kind: String,
    /// Field name and pattern.
    fields: Vec<(&'static str, String)>,
    details: Details,
    approved: Approved,
}

#[derive(Debug, PartialEq, Eq)]
enum Details {
    Any,
    Exactly(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    approval: Vec<Spanned<RawEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
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
    expires: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawDetails {
    Lines(Vec<String>),
    Pattern(String),
}

/// Kinds of grants in the file, and the fields that name one.
const MEMBERSHIP: (&str, [&str; 2]) = ("membership", ["principal", "group"]);
const ASSIGNMENT: (&str, [&str; 4]) = (
    "role_assignment",
    ["principal", "role", "scope", "resource_group"],
);
const RESOURCES: [&str; 8] = [
    "account",
    "organization",
    "project",
    "user",
    "service_account",
    "user_group",
    "role",
    "resource_group",
];

/// The kind and the fields that an entry for a change has, in the order of the file.
#[must_use]
pub fn fields(change: &Change) -> (String, Vec<(&'static str, String)>) {
    match change {
        Change::Resource { .. } => {
            let kind = change.resource().map_or("", |fact| &fact.kind);
            (kind.to_owned(), vec![("id", change.id())])
        }
        Change::GrantAdded(grant) | Change::GrantRemoved(grant) => {
            let principal = grant.principal.id.clone();
            let target = grant.target.id.clone();
            match &grant.scope {
                None => (
                    MEMBERSHIP.0.to_owned(),
                    vec![("principal", principal), ("group", target)],
                ),
                Some(scope) => (
                    ASSIGNMENT.0.to_owned(),
                    vec![
                        ("principal", principal),
                        ("role", target),
                        ("scope", scope.to_string()),
                        (
                            "resource_group",
                            grant
                                .resource_group
                                .as_ref()
                                .map_or_else(String::new, |group| group.id.clone()),
                        ),
                    ],
                ),
            }
        }
    }
}

impl Approvals {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, for people, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let entries = file
            .approval
            .into_iter()
            .map(|raw| {
                let before = text.get(..raw.span().start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                raw.into_inner()
                    .check(line)
                    .map_err(|wrong| format!("the entry at line {line} {wrong}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// Marks the changes that are agreed to, and returns what is to be said about entries that covered none.
    #[must_use]
    pub fn apply(&self, changes: &mut [AssessedChange], today: &str) -> Vec<Notice> {
        let mut notices = Vec::new();
        for entry in &self.entries {
            let covered = changes.iter_mut().filter(|assessed| entry.covers(assessed));
            let expires = entry.approved.expires.as_deref();
            if let Some(on) = expires.filter(|last| *last < today) {
                notices.push(Notice::Expired {
                    line: entry.line,
                    entry: entry.short(),
                    on: on.to_owned(),
                    changes: covered.count(),
                });
                continue;
            }
            let mut used = false;
            for assessed in covered {
                used = true;
                assessed
                    .approved
                    .get_or_insert_with(|| Box::new(entry.approved.clone()));
            }
            if !used {
                notices.push(Notice::Unused {
                    line: entry.line,
                    entry: entry.short(),
                });
            }
        }
        notices
    }
}

impl Entry {
    fn covers(&self, assessed: &AssessedChange) -> bool {
        if self.change != assessed.change.verb() {
            return false;
        }
        let (kind, fields) = fields(&assessed.change);
        kind == self.kind
            && fields.len() == self.fields.len()
            && fields
                .iter()
                .zip(&self.fields)
                .all(|(is, wanted)| is.0 == wanted.0 && matches(&wanted.1, &is.1))
            && match &self.details {
                Details::Any => true,
                Details::Exactly(lines) => *lines == assessed.details,
            }
    }

    fn short(&self) -> String {
        let fields: Vec<&str> = self
            .fields
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        format!(
            "{} {} {}",
            self.kind,
            self.change.as_str(),
            fields.join(" ")
        )
    }
}

/// An exact text, or one that ends in `*`: everything that begins so.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => text.starts_with(beginning),
        None => pattern == text,
    }
}

impl RawEntry {
    fn check(mut self, line: usize) -> Result<Entry, String> {
        let change = match self.change.as_str() {
            "added" => Verb::Added,
            "removed" => Verb::Removed,
            "changed" => Verb::Changed,
            other => {
                return Err(format!(
                    "has the change `{other}`: it is added, removed or changed"
                ));
            }
        };
        let names = field_names(&self.kind)?;
        let fields = names
            .iter()
            .map(|name| {
                let value = self.take(name).filter(|value| !value.is_empty());
                let value = value.ok_or_else(|| format!("lacks `{name}`"))?;
                Ok((*name, value))
            })
            .collect::<Result<Vec<_>, String>>()?;
        for name in [
            "principal",
            "group",
            "role",
            "scope",
            "resource_group",
            "id",
        ] {
            if self.take(name).is_some() {
                return Err(format!("has `{name}`, which a {} has not", self.kind));
            }
        }
        let details = self.details(change)?;
        let said = |name: &str, value: Option<String>| {
            value
                .filter(|value| !value.trim().is_empty())
                .ok_or_else(|| format!("needs its `{name}` filled in"))
        };
        Ok(Entry {
            line,
            change,
            fields,
            details,
            approved: Approved {
                reason: said("reason", self.reason)?,
                approver: said("approver", self.approver)?,
                ticket: self.ticket.filter(|ticket| !ticket.is_empty()),
                expires: self.expires.as_ref().map(day).transpose()?,
            },
            kind: self.kind,
        })
    }

    fn take(&mut self, name: &str) -> Option<String> {
        match name {
            "principal" => self.principal.take(),
            "group" => self.group.take(),
            "role" => self.role.take(),
            "scope" => self.scope.take(),
            "resource_group" => self.resource_group.take(),
            "id" => self.id.take(),
            _ => None,
        }
    }

    /// What was looked at must be quoted wherever a later change of the same thing would look the same without it.
    fn details(&mut self, change: Verb) -> Result<Details, String> {
        let needed = match self.kind.as_str() {
            "role" | "resource_group" => change != Verb::Removed,
            kind => change == Verb::Changed && RESOURCES.contains(&kind),
        };
        match self.details.take() {
            None if needed => Err("lacks `details`, the differences that are agreed to".to_owned()),
            None => Ok(Details::Any),
            Some(_) if !needed => Err(format!(
                "has `details`, which a {} {} has not",
                self.kind,
                change.as_str()
            )),
            Some(RawDetails::Lines(lines)) => Ok(Details::Exactly(lines)),
            Some(RawDetails::Pattern(pattern)) if pattern == "*" => Ok(Details::Any),
            Some(RawDetails::Pattern(_)) => {
                Err("has `details` that are neither a list nor \"*\"".to_owned())
            }
        }
    }
}

fn field_names(kind: &str) -> Result<&'static [&'static str], String> {
    if kind == MEMBERSHIP.0 {
        return Ok(&MEMBERSHIP.1);
    }
    if kind == ASSIGNMENT.0 {
        return Ok(&ASSIGNMENT.1);
    }
    if RESOURCES.contains(&kind) {
        return Ok(&["id"]);
    }
    Err(format!(
        "has the kind `{kind}`: it is {}, {} or one of {}",
        MEMBERSHIP.0,
        ASSIGNMENT.0,
        RESOURCES.join(", ")
    ))
}

fn day(expires: &Datetime) -> Result<String, String> {
    match (expires.date, expires.time) {
        (Some(date), None) => Ok(date.to_string()),
        _ => Err("has an `expires` that is no date such as 2026-12-31".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Approvals, matches};

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

    #[test]
    fn a_star_stands_at_the_end_only() {
        assert!(matches("*", "anything"));
        assert!(matches("org/a/*", "org/a/project/b"));
        assert!(!matches("org/a/*", "org/ab"));
        assert!(!matches("org/*/project/b", "org/a/project/b"));
    }
}
