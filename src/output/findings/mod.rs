//! Findings, one file a format.

pub mod approvals;
pub mod csv;
pub mod json;
pub mod sarif;
pub mod stat;
pub mod table;

use std::fmt::Write as _;

use super::text::count;
use crate::agreed::Agreement;
use crate::findings::{Finding, Rule, Severity};
use crate::model::{Gap, SnapshotInfo, Unverified};

/// A rule and what it found.
pub type RuleFindings = (Rule, Vec<Finding>);

/// What was examined.
#[derive(Clone, Copy, Debug)]
pub struct Examined<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// The database.
    pub file: &'a str,
    /// Lists that were not complete.
    pub gaps: &'a [Gap],
    /// Rules that found nothing because what they need was not read.
    pub unanswered: &'a [Rule],
    /// What the findings may rest on without anybody knowing whether it is still so.
    pub unverified: Unverified,
}

/// The counts in one line: `9 findings by 14 rules: 2 errors, 3 warnings, 4 notes; 1 accepted`.
#[must_use]
pub fn totals(found: &[RuleFindings]) -> String {
    let all = || {
        found
            .iter()
            .flat_map(|(rule, findings)| findings.iter().map(move |finding| (rule, finding)))
    };
    let number = |wanted: &dyn Fn(&Rule, &Finding) -> bool| {
        all()
            .filter(|(rule, finding)| wanted(rule, finding))
            .count() as u64
    };
    let mut text = format!(
        "{} by {}",
        count(number(&|_, _| true), "finding"),
        count(found.len() as u64, "rule")
    );
    let severities = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        (
            number(&|rule, _| rule.severity == severity),
            severity.as_str(),
        )
    });
    let severities: Vec<String> = severities
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect();
    if !severities.is_empty() {
        text.push_str(": ");
        text.push_str(&severities.join(", "));
    }
    let accepted = number(&|_, finding| finding.accepted.is_some());
    if accepted > 0 {
        let _ = write!(text, "; {accepted} accepted"); // writing to a String cannot fail
    }
    text
}

/// The rules that found nothing because what they need was not read, in one line; `None` = every rule has answered.
#[must_use]
pub fn unanswered(rules: &[Rule]) -> Option<String> {
    let mut by_remedy: Vec<(&str, Vec<&str>)> = Vec::new();
    for rule in rules {
        let remedy = rule.need().map(|need| need.remedy).unwrap_or_default();
        match by_remedy.iter_mut().find(|(known, _)| *known == remedy) {
            Some((_, codes)) => codes.push(&rule.code),
            None => by_remedy.push((remedy, vec![&rule.code])),
        }
    }
    let said = |(remedy, codes): &(&str, Vec<&str>)| format!("{} ({remedy})", codes.join(", "));
    let said: Vec<String> = by_remedy.iter().map(said).collect();
    (!said.is_empty()).then(|| format!("without answer: {}", said.join("; ")))
}

/// Who agreed to live with a finding, where, until when and why.
fn accepted(agreement: &Agreement) -> String {
    let Agreement {
        reason,
        ticket,
        approver,
        expires,
    } = agreement;
    let ticket = ticket.as_ref().map(|ticket| format!(", {ticket}"));
    let until = expires.as_ref().map(|day| format!(", until {day}"));
    format!(
        "{approver}{}{}: {reason}",
        ticket.unwrap_or_default(),
        until.unwrap_or_default()
    )
}

/// Says that findings may rest on what is no longer so; `None` = everything was seen.
#[must_use]
pub fn doubt(unverified: Unverified, gaps: &[Gap]) -> Option<String> {
    let Unverified { grants, resources } = unverified;
    (unverified != Unverified::default()).then(|| {
        format!(
            "unverified: {} and {} {}; findings about them may be out of date",
            count(grants, "grant"),
            count(resources, "resource"),
            if gaps.is_empty() {
                "are of lists that this snapshot was not asked for"
            } else {
                "come from incomplete lists"
            }
        )
    })
}
