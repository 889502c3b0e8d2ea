//! Findings: for people, for programs, and as SARIF for code scanners.

use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

use super::table::{Align, Table};
use super::text::{count, line, named};
use crate::findings::{Finding, Rule};
use crate::model::{Gap, SnapshotInfo, Unverified};

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
pub fn table(found: &[RuleFindings], out: &mut dyn Write) -> io::Result<()> {
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
        table.write(out)?;
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

/// SARIF 2.1.0. A finding keeps its fingerprint as long as rule, subject and scope stay.
///
/// # Errors
/// When the output fails.
pub fn sarif(
    found: &[RuleFindings],
    examined: Examined<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rules: Vec<_> = found
        .iter()
        .map(|(rule, _)| {
            json!({
                "id": rule.code,
                "shortDescription": {"text": rule.title},
                "help": {"text": rule.remedy},
                "defaultConfiguration": {"level": rule.severity.as_str()},
            })
        })
        .collect();
    let results: Vec<_> = (0..)
        .zip(found)
        .flat_map(|(index, (rule, findings))| {
            findings
                .iter()
                .map(move |finding| result(index, rule, finding, examined.file))
        })
        .collect();
    super::write_json(
        &json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": crate::NAME,
                    "semanticVersion": crate::VERSION,
                    "rules": rules,
                }},
                "results": results,
                "properties": {
                    "snapshot": examined.snapshot.id,
                    "finishedAt": examined.snapshot.finished_at,
                    "state": examined.snapshot.state,
                    "unverified": examined.unverified,
                },
            }],
        }),
        out,
    )
}

fn result(index: u32, rule: &Rule, finding: &Finding, file: &str) -> serde_json::Value {
    let scope = finding.scope.as_deref().unwrap_or_default();
    let name = named(finding.name.as_deref(), &finding.subject);
    let detail = finding.detail.as_deref().unwrap_or_default();
    json!({
        "ruleId": rule.code,
        "ruleIndex": index,
        "level": rule.severity.as_str(),
        "message": {"text": format!("{}: {} ({}) in {scope}: {detail}", rule.title, line(name), finding.subject)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": file}},
            "logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": "resource"}],
        }],
        "partialFingerprints": {"ruleSubjectScope/v1": format!("{} {} {scope}", rule.code, finding.subject)},
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
