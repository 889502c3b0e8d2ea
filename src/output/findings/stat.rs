//! `findings --stat`: how many findings each rule has.

use serde::Serialize;
use std::io::{self, Write};

use super::json::{SnapshotDoc, UnansweredDoc, unanswered};
use super::{Examined, RuleFindings};
use crate::output::table::{Align, Table};
use crate::output::{Screen, write_json};

/// For people: the rules that found something.
///
/// # Errors
/// When the output fails.
pub fn table(found: &[RuleFindings], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("CODE", Align::Left),
        ("SEVERITY", Align::Left),
        ("FINDINGS", Align::Right),
        ("ACCEPTED", Align::Right),
        ("TITLE", Align::Left),
    ]);
    for rule in found.iter().map(counted).filter(|rule| rule.findings > 0) {
        table.row(vec![
            rule.code.to_owned(),
            rule.severity.to_owned(),
            rule.findings.to_string(),
            rule.accepted.to_string(),
            rule.title.to_owned(),
        ]);
    }
    table.write(screen, out)
}

/// For programs: every rule that was run, and those that have no answer.
///
/// # Errors
/// When the output fails.
pub fn json(found: &[RuleFindings], examined: Examined<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        format_version: 1,
        snapshot: SnapshotDoc::of(examined),
        unanswered: unanswered(examined),
        rules: found.iter().map(counted).collect(),
    };
    write_json(&document, out)
}

fn counted((rule, findings): &RuleFindings) -> Counted<'_> {
    Counted {
        code: &rule.code,
        severity: rule.severity.as_str(),
        title: &rule.title,
        findings: findings.len(),
        accepted: findings
            .iter()
            .filter(|finding| finding.accepted.is_some())
            .count(),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    snapshot: SnapshotDoc<'a>,
    unanswered: Vec<UnansweredDoc<'a>>,
    rules: Vec<Counted<'a>>,
}

#[derive(Serialize)]
struct Counted<'a> {
    code: &'a str,
    severity: &'a str,
    title: &'a str,
    findings: usize,
    accepted: usize,
}
