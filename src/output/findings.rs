//! Findings, for people and for programs.

use serde::Serialize;
use std::io::{self, Write};

use super::table::{Align, Table};
use super::text::{count, line};
use crate::findings::{Finding, Rule};
use crate::model::{Gap, SnapshotInfo, Unverified};
use crate::output::Screen;

/// A rule and what it found.
pub type RuleFindings = (Rule, Vec<Finding>);

/// What was examined at.
#[derive(Clone, Copy, Debug)]
pub struct Examined<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// The database.
    pub file: &'a str,
    /// Lists that were not complete.
    pub gaps: &'a [Gap],
    /// What the findings may rest on without anybody knowing whether it is still so.
    pub unverified: Unverified,
}

/// For people: a heading, the remedy and a table for each rule that found something.
///
/// # Errors
/// When the output fails.
pub fn table(found: &[RuleFindings], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for (rule, findings) in found.iter().filter(|(_, findings)| !findings.is_empty()) {
        if !std::mem::replace(&mut first, false) {
            writeln!(out)?;
        }
        let number = count(
            i128::try_from(findings.len()).unwrap_or(i128::MAX),
            "finding",
        );
        let (code, severity) = (&rule.code, rule.severity.as_str());
        writeln!(
            out,
            "{} {severity}: {} ({number})",
            line(code),
            line(&rule.title)
        )?;
        writeln!(out, "{}", line(&rule.remedy))?;
        let left = |name| (name, Align::Left);
        let mut table = Table::new(["SUBJECT", "NAME", "SCOPE", "DETAIL"].map(left).to_vec());
        for finding in findings {
            let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
            table.row(vec![
                finding.subject.clone(),
                text(&finding.name),
                text(&finding.scope),
                text(&finding.detail),
            ]);
        }
        table.write(screen, out)?;
    }
    Ok(())
}

/// For programs.
///
/// # Errors
/// When the output fails.
pub fn json(found: &[RuleFindings], examined: Examined<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        format_version: 1,
        snapshot: SnapshotDoc {
            snapshot: examined.snapshot.id,
            label: examined.snapshot.label.as_deref(),
            finished_at: &examined.snapshot.finished_at,
            state: &examined.snapshot.state,
            file: examined.file,
        },
        coverage: examined.gaps,
        unverified: examined.unverified,
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
                        scope: finding.scope.as_deref(),
                        detail: finding.detail.as_deref(),
                    })
                    .collect(),
            })
            .collect(),
    };
    super::write_json(&document, out)
}

/// Says that findings may rest on what is no longer so; `None` = everything was seen.
#[must_use]
pub fn doubt(unverified: Unverified) -> Option<String> {
    let Unverified { grants, resources } = unverified;
    (unverified != Unverified::default()).then(|| {
        format!(
            "unverified: {} and {} come from incomplete lists; findings about them may be out of date",
            count(grants, "grant"),
            count(resources, "resource")
        )
    })
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    snapshot: SnapshotDoc<'a>,
    coverage: &'a [Gap],
    unverified: Unverified,
    rules: Vec<RuleDoc<'a>>,
}

#[derive(Serialize)]
struct SnapshotDoc<'a> {
    snapshot: i64,
    label: Option<&'a str>,
    finished_at: &'a str,
    state: &'a str,
    file: &'a str,
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
    scope: Option<&'a str>,
    detail: Option<&'a str>,
}
