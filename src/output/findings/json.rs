//! Findings for programs.

use serde::Serialize;
use std::io::{self, Write};

use super::{Examined, RuleFindings};
use crate::agreed::Agreement;
use crate::model::{Gap, Unverified};
use crate::output::write_json;

/// Writes one document.
///
/// # Errors
/// When the output fails.
pub fn write(
    found: &[RuleFindings],
    examined: Examined<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let document = Document {
        format_version: 1,
        snapshot: SnapshotDoc::of(examined),
        coverage: examined.gaps,
        unverified: examined.unverified,
        unanswered: unanswered(examined),
        rules: found
            .iter()
            .map(|(rule, findings)| RuleDoc {
                code: &rule.code,
                severity: rule.severity.as_str(),
                title: &rule.title,
                remedy: &rule.remedy,
                findings: findings
                    .iter()
                    .map(|finding| FindingDoc {
                        subject: &finding.subject,
                        name: finding.name.as_deref(),
                        email: finding.email.as_deref(),
                        scope: finding.scope.as_deref(),
                        detail: finding.detail.as_deref(),
                        accepted: finding.accepted.as_deref(),
                    })
                    .collect(),
            })
            .collect(),
    };
    write_json(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    snapshot: SnapshotDoc<'a>,
    coverage: &'a [Gap],
    unverified: Unverified,
    unanswered: Vec<UnansweredDoc<'a>>,
    rules: Vec<RuleDoc<'a>>,
}

#[derive(Serialize)]
pub(super) struct SnapshotDoc<'a> {
    snapshot: i64,
    label: Option<&'a str>,
    finished_at: &'a str,
    state: &'a str,
    file: &'a str,
}

/// A rule that found nothing because what it needs was not read.
#[derive(Serialize)]
pub(super) struct UnansweredDoc<'a> {
    code: &'a str,
    severity: &'a str,
    title: &'a str,
    needs: Option<&'a str>,
}

pub(super) fn unanswered(examined: Examined<'_>) -> Vec<UnansweredDoc<'_>> {
    let rules = examined.unanswered.iter();
    rules
        .map(|rule| UnansweredDoc {
            code: &rule.code,
            severity: rule.severity.as_str(),
            title: &rule.title,
            needs: rule.need().map(|need| need.remedy),
        })
        .collect()
}

#[derive(Serialize)]
struct RuleDoc<'a> {
    code: &'a str,
    severity: &'a str,
    title: &'a str,
    remedy: &'a str,
    findings: Vec<FindingDoc<'a>>,
}

#[derive(Serialize)]
struct FindingDoc<'a> {
    subject: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    scope: Option<&'a str>,
    detail: Option<&'a str>,
    accepted: Option<&'a Agreement>,
}

impl<'a> SnapshotDoc<'a> {
    pub(super) fn of(examined: Examined<'a>) -> Self {
        Self {
            snapshot: examined.snapshot.id,
            label: examined.snapshot.label.as_deref(),
            finished_at: &examined.snapshot.finished_at,
            state: &examined.snapshot.state,
            file: examined.file,
        }
    }
}
