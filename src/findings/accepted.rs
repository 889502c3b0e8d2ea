//! Findings that somebody agreed to live with, kept in the reviewed file that approvals of changes are kept in.
//!
//! An entry names a finding exactly: rule, subject, scope and the very detail that was looked at. A service account that may
//! be administrator over one resource group is not accepted over another.

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Value;

use super::{Finding, Rule};
use crate::agreed::{Agreement, File, Notice, Pattern, Said, checked, mark};

/// The entries of a file.
#[derive(Debug, Default)]
pub struct AcceptedFindings {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    line: usize,
    code: String,
    subject: String,
    /// Subject, scope and detail; a finding without scope or detail has an empty one.
    parts: [Pattern; 3],
    agreement: Agreement,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    code: String,
    subject: String,
    scope: Option<String>,
    detail: Option<String>,
    reason: Option<String>,
    ticket: Option<String>,
    approver: Option<String>,
    expires: Option<Value>,
}

impl AcceptedFindings {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, for people, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file = File::<IgnoredAny, RawEntry>::parse(text)?;
        let entries = checked(text, file.finding, RawEntry::check)?;
        Ok(Self { entries })
    }

    /// Marks the findings of the rules that were run, and returns what is to be said about entries that accept none.
    #[must_use]
    pub fn apply(&self, found: &mut [(Rule, Vec<Finding>)], today: &str) -> Vec<Notice> {
        let notice = |entry: &Entry| {
            // An entry whose rule was not run says nothing.
            let (_, findings) = found.iter_mut().find(|(rule, _)| rule.code == entry.code)?;
            let covered = findings.iter_mut().filter(|finding| entry.covers(finding));
            let accept = |finding: &mut Finding| {
                finding
                    .accepted
                    .get_or_insert_with(|| Box::new(entry.agreement.clone()));
            };
            mark(
                &entry.agreement,
                entry.line,
                entry.short(),
                today,
                covered,
                accept,
            )
        };
        self.entries.iter().filter_map(notice).collect()
    }
}

impl Entry {
    fn covers(&self, finding: &Finding) -> bool {
        let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let [subject, scope, detail] = &self.parts;
        subject.matches(&finding.subject)
            && scope.matches(&text(&finding.scope))
            && detail.matches(&text(&finding.detail))
    }

    fn short(&self) -> String {
        format!("{} {}", self.code, self.subject)
    }
}

impl RawEntry {
    fn check(self, line: usize) -> Result<Entry, String> {
        for (name, value) in [("code", &self.code), ("subject", &self.subject)] {
            if value.is_empty() {
                return Err(format!("lacks `{name}`"));
            }
        }
        let written = |name: &str, value: Option<String>| {
            let value = value.ok_or_else(|| format!("lacks `{name}`; \"*\" means any"))?;
            Ok::<_, String>(Pattern::parse(&value))
        };
        Ok(Entry {
            line,
            parts: [
                Pattern::parse(&self.subject),
                written("scope", self.scope)?,
                written("detail", self.detail)?,
            ],
            code: self.code,
            subject: self.subject,
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
    use super::AcceptedFindings;

    const GOOD: &str = "[[finding]]\ncode = \"HA005\"\nsubject = \"service_account/account/ci\"\nscope = \"account\"\n\
                        detail = \"*\"\nreason = \"deploys\"\napprover = \"ada\"\n";

    #[test]
    fn entries_for_other_commands_are_left_alone() {
        let with_others =
            format!("{GOOD}[[gap]]\nkind = \"roles\"\n[[approval]]\nchange = \"added\"\n\n{GOOD}");
        assert!(AcceptedFindings::parse(&with_others).is_ok());
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        for (from, to, says) in [
            ("\"ada\"", "\" \"", "needs its `approver` filled in"),
            ("detail = \"*\"\n", "", "lacks `detail`"),
            ("\"HA005\"", "\"\"", "lacks `code`"),
            ("approver", "aprover", "unknown field"),
            ("[[finding]]", "[[findings]]", "unknown field"),
        ] {
            let error = AcceptedFindings::parse(&GOOD.replace(from, to)).expect_err(says);
            assert!(error.contains(says) && error.contains("line"), "{error}");
        }
    }
}
