//! `findings`: what an auditor would ask about.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Context;
use super::open::locate_at;
use crate::cli::{Findings, FindingsFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::findings::{Finding, Rule, built_in};
use crate::output::findings::{self, Examined, RuleFindings};
use crate::output::gaps;
use crate::output::sarif;
use crate::output::text::{count, line};
use crate::store::{Limits, Reader, Restricted, Rows, SelectError};

pub(crate) fn run(arguments: &Findings, context: &mut Context<'_>) -> Result<Exit, Error> {
    let located = locate_at(arguments.at.as_deref(), arguments.db.as_deref())?;
    let rules = rules(arguments.rules.as_deref())?;
    let mut opened = located.open()?;
    opened.show()?;
    let gaps = opened.gaps()?;
    let found = applied(rules, opened.reader.restrict(Limits::default())?)?;
    let reader = &opened.reader;
    let examined = Examined {
        snapshot: &opened.snapshot,
        file: &opened.file(),
        gaps: &gaps,
        unverified: reader.unverified()?,
    };
    let mut left_out = 0;
    match arguments.format {
        FindingsFormat::Table => {
            findings::table(&found, context.screen(arguments.color), context.out)?;
        }
        FindingsFormat::Json => findings::json(&found, examined, context.out)?,
        FindingsFormat::Sarif => left_out = sarif::write(&found, examined, context.out)?,
    }
    context.out.flush()?;
    if !arguments.quiet {
        let number = found
            .iter()
            .map(|(_, findings)| findings.len() as u64)
            .sum::<u64>();
        let rules = count(found.len() as u64, "rule");
        writeln!(context.err, "{} by {rules}", count(number, "finding"))?;
        if left_out > 0 {
            let left_out = count(left_out as u64, "finding");
            writeln!(
                context.err,
                "left out: {left_out} of the lowest severities, because code scanning takes 25000"
            )?;
        }
        for gap in gaps::lines(&gaps) {
            writeln!(context.err, "not seen: {}", line(&gap))?;
        }
        if let Some(doubt) = findings::doubt(examined.unverified) {
            writeln!(context.err, "{doubt}")?;
        }
    }
    let Some(limit) = arguments.fail_on else {
        return Ok(Exit::Done);
    };
    let serious = |(rule, findings): &RuleFindings| rule.severity >= limit && !findings.is_empty();
    Ok(if found.iter().any(serious) {
        Exit::FINDINGS
    } else if gaps.is_empty() {
        Exit::Done
    } else {
        Exit::CouldNotTell
    })
}

/// Ours, then the user's by file name.
fn rules(folder: Option<&str>) -> Result<Vec<Rule>, Error> {
    let mut rules = built_in();
    for path in folder.map(files).transpose()?.unwrap_or_default() {
        let wrong = |detail: String| Error::Config {
            message: format!("{}: {detail}", path.display()),
            hint: Some("`harness-access findings --help` tells the form of a rule".to_owned()),
        };
        let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        rules.push(Rule::parse(&text).map_err(wrong)?);
    }
    let mut codes = HashSet::new();
    match rules.iter().find(|rule| !codes.insert(&rule.code)) {
        Some(twice) => Err(Error::Config {
            message: format!("two rules have the code {}", twice.code),
            hint: Some("codes with HA and three digits are ours".to_owned()),
        }),
        None => Ok(rules),
    }
}

fn files(folder: &str) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error: std::io::Error| Error::Config {
        message: format!("cannot read the rules in {folder}: {error}"),
        hint: None,
    };
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(folder))
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    if files.is_empty() {
        return Err(Error::Config {
            message: format!("there are no rules (*.sql) in {folder}"),
            hint: None,
        });
    }
    Ok(files)
}

/// What a rule of ours finds in the snapshot that the reader shows.
pub(crate) fn apply(rule: &Rule, reader: &Reader) -> Result<Vec<Finding>, Error> {
    findings_in(rule, &reader.select(&rule.sql)?)
}

fn applied(rules: Vec<Rule>, mut reader: Restricted<'_>) -> Result<Vec<RuleFindings>, Error> {
    let found = rules.into_iter().map(|rule| {
        let rows = reader.select(&rule.sql).map_err(|error| match error {
            // A damaged file is no fault of a rule.
            SelectError::File(error) => error.into(),
            SelectError::Statement(_)
            | SelectError::TookTooLong(_)
            | SelectError::TookTooMuch(_) => wrong(&rule, &error.to_string()),
        })?;
        let findings = findings_in(&rule, &rows)?;
        Ok((rule, findings))
    });
    found.collect()
}

fn wrong(rule: &Rule, detail: &str) -> Error {
    Error::Config {
        message: format!("rule {}: {detail}", rule.code),
        hint: Some("a rule is one SELECT that gives subject, name, scope and detail".to_owned()),
    }
}

fn findings_in(rule: &Rule, Rows { columns, rows }: &Rows) -> Result<Vec<Finding>, Error> {
    let column = |name: &str| columns.iter().position(|column| column == name);
    let subject = column("subject").ok_or_else(|| wrong(rule, "it gives no column `subject`"))?;
    let cell = |row: &[Option<String>], name: &str| column(name).and_then(|at| row[at].clone());
    let mut findings: Vec<Finding> = rows
        .iter()
        .map(|row| Finding {
            subject: row[subject].clone().unwrap_or_default(),
            name: cell(row, "name"),
            scope: cell(row, "scope"),
            detail: cell(row, "detail"),
        })
        .collect();
    findings.sort();
    Ok(findings)
}
