//! `findings`: what an auditor would ask about.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Context;
use super::compare::{read_agreements, today};
use super::open::locate_at;
use crate::agreed::Notice;
use crate::cli::{Findings, FindingsFormat};
use crate::error::Error;
use crate::exit::Exit;
use crate::findings::{AcceptedFindings, Finding, NEEDS, Rule, Severity, built_in};
use crate::model::{Cell, RowReceiver};
use crate::output::findings::{self as output, Examined, RuleFindings};
use crate::output::room::{MOST_BYTES, Room};
use crate::output::text::{count, line};
use crate::output::{Screen, gaps, notices};
use crate::similar;
use crate::store::{Limits, Reader, Restricted, Rows, SelectError};
use crate::text_file::{BY_HAND, read_text};

pub(crate) fn run(arguments: &Findings, context: &mut Context<'_>) -> Result<Exit, Error> {
    let print = Print::from(arguments)?;
    let accepted = arguments
        .approvals
        .as_deref()
        .map(|path| {
            read_agreements(
                path,
                "accepted findings",
                AcceptedFindings::parse,
                "findings --write-approvals",
            )
        })
        .transpose()?
        .unwrap_or_default();
    let rules = chosen(rules(arguments.rules.as_deref())?, &arguments.code)?;
    let mut opened = locate_at(arguments.at.as_deref(), arguments.db.as_deref())?.open()?;
    opened.show()?;
    let gaps = opened.gaps()?;
    let mut found = applied(rules, opened.reader.restrict(Limits::default())?)?;
    let notices = accepted.apply(&mut found, &today());
    let unanswered = unanswered(&mut found, &opened.reader)?;
    let examined = Examined {
        snapshot: &opened.snapshot,
        file: &opened.file(),
        gaps: &gaps,
        unanswered: &unanswered,
        unverified: opened.reader.unverified(opened.snapshot.id)?,
    };
    opened.reader.end_reading();
    let screen = context.screen(arguments.color);
    let left_out = print.write(&found, examined, screen, context.out)?;
    context.out.flush()?;
    if !arguments.quiet {
        let file = arguments.approvals.as_deref().unwrap_or_default();
        say(&found, examined, left_out, (file, &notices), context.err)?;
    }
    Ok(judged(arguments, &found, examined))
}

/// The exit status. Nobody asked for what a rule needs is no fault, unless the rule was asked for, or no other is left.
fn judged(arguments: &Findings, found: &[RuleFindings], examined: Examined<'_>) -> Exit {
    let unanswered = !examined.unanswered.is_empty();
    let is_code_unanswered = unanswered && !arguments.code.is_empty();
    let Some(limit) = arguments.fail_on else {
        return if is_code_unanswered {
            Exit::CouldNotTell
        } else {
            Exit::Done
        };
    };
    let counts: Vec<&RuleFindings> = found
        .iter()
        .filter(|(rule, _)| rule.severity >= limit)
        .collect();
    let is_open = |finding: &Finding| finding.accepted.is_none();
    if counts
        .iter()
        .any(|(_, findings)| findings.iter().any(is_open))
    {
        Exit::FINDINGS
    } else if !examined.gaps.is_empty() || is_code_unanswered || unanswered && counts.is_empty() {
        Exit::CouldNotTell
    } else {
        Exit::Done
    }
}

/// Takes out the rules that found nothing because what they need was not read.
fn unanswered(found: &mut Vec<RuleFindings>, reader: &Reader) -> Result<Vec<Rule>, Error> {
    let mut lacking = HashSet::new();
    for need in &NEEDS {
        if reader.select(need.evidence)?.rows.is_empty() {
            lacking.insert(need.word);
        }
    }
    let is_unanswered = |(rule, findings): &mut RuleFindings| {
        let need = rule.need();
        findings.is_empty() && need.is_some_and(|need| lacking.contains(need.word))
    };
    Ok(found
        .extract_if(.., is_unanswered)
        .map(|(rule, _)| rule)
        .collect())
}

/// What goes to standard output.
enum Print {
    Findings(FindingsFormat),
    Counts(FindingsFormat),
    /// Entries for findings of this severity or worse.
    Approvals(Severity),
}

impl Print {
    fn from(arguments: &Findings) -> Result<Self, Error> {
        use FindingsFormat::{Json, Table};
        match (arguments.write_approvals, arguments.stat, arguments.format) {
            (true, true, _) => Err(Error::Usage(
                "--stat and --write-approvals cannot be combined".to_owned(),
            )),
            (true, false, Table) => {
                Ok(Self::Approvals(arguments.fail_on.unwrap_or(Severity::Note)))
            }
            (true, false, _) => Err(Error::Usage(
                "--write-approvals always prints TOML; leave out --format".to_owned(),
            )),
            (false, true, format @ (Table | Json)) => Ok(Self::Counts(format)),
            (false, true, _) => Err(Error::Usage("--stat prints a table or json".to_owned())),
            (false, false, format) => Ok(Self::Findings(format)),
        }
    }

    /// Writes it, and says how many findings the format has no place for.
    fn write(
        &self,
        found: &[RuleFindings],
        examined: Examined<'_>,
        screen: Screen,
        out: &mut dyn Write,
    ) -> io::Result<usize> {
        match self {
            Self::Approvals(least) => output::approvals::write(found, *least, out)?,
            Self::Counts(FindingsFormat::Json) => output::stat::json(found, examined, out)?,
            Self::Counts(_) => output::stat::table(found, screen, out)?,
            Self::Findings(FindingsFormat::Table) => output::table::write(found, screen, out)?,
            Self::Findings(FindingsFormat::Json) => output::json::write(found, examined, out)?,
            Self::Findings(FindingsFormat::Csv) => output::csv::write(found, examined, out)?,
            Self::Findings(FindingsFormat::Sarif) => {
                return output::sarif::write(found, examined, out);
            }
        }
        Ok(0)
    }
}

fn say(
    found: &[RuleFindings],
    examined: Examined<'_>,
    left_out: usize,
    (file, notices): (&str, &[Notice]),
    err: &mut dyn Write,
) -> io::Result<()> {
    notices::write(file, notices, "finding", err)?;
    writeln!(err, "{}", output::totals(found))?;
    if left_out > 0 {
        let left_out = count(left_out as u64, "finding");
        writeln!(
            err,
            "left out: {left_out} of the lowest severities, because code scanning takes 25000"
        )?;
    }
    if let Some(note) = gaps::left_out(examined.snapshot) {
        writeln!(err, "{note}")?;
    }
    for gap in gaps::lines(examined.gaps) {
        writeln!(err, "not seen: {}", line(&gap))?;
    }
    if let Some(unanswered) = output::unanswered(examined.unanswered) {
        writeln!(err, "{unanswered}")?;
    }
    if let Some(doubt) = output::doubt(examined.unverified, examined.gaps) {
        writeln!(err, "{doubt}")?;
    }
    Ok(())
}

/// The rules that were asked for by their codes; all when none was.
fn chosen(mut rules: Vec<Rule>, typed: &[String]) -> Result<Vec<Rule>, Error> {
    let wanted: Vec<&str> = typed
        .iter()
        .flat_map(|codes| codes.split(','))
        .map(str::trim)
        .collect();
    let has = |rule: &Rule, code: &str| rule.code.eq_ignore_ascii_case(code);
    for code in &wanted {
        if !rules.iter().any(|rule| has(rule, code)) {
            let known: Vec<&str> = rules.iter().map(|rule| rule.code.as_str()).collect();
            let candidates = rules
                .iter()
                .map(|rule| (rule.code.clone(), rule.title.clone()));
            let meant = similar::did_you_mean(&similar::closest(code, candidates));
            return Err(Error::Usage(match meant {
                Some(meant) => format!("--code: no rule `{code}`; {meant}"),
                None => format!("--code: no rule `{code}`; there are {}", known.join(", ")),
            }));
        }
    }
    if !wanted.is_empty() {
        rules.retain(|rule| wanted.iter().any(|code| has(rule, code)));
    }
    Ok(rules)
}

/// Ours, then the user's by file name.
fn rules(folder: Option<&str>) -> Result<Vec<Rule>, Error> {
    let mut rules = built_in();
    for path in folder.map(files).transpose()?.unwrap_or_default() {
        let wrong = |detail: String| Error::Config {
            message: format!("{}: {detail}", path.display()),
            hint: Some("`harness-access findings --help` tells the form of a rule".to_owned()),
        };
        let text = read_text(&path, BY_HAND).map_err(|error| wrong(error.to_string()))?;
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
    let unreadable = |error: io::Error| {
        Error::config(
            format!("cannot read the rules in {folder}: {error}"),
            "--rules names a folder with a file NAME.sql for each rule; `harness-access findings --help` tells their form",
        )
    };
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(folder))
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    if files.is_empty() {
        return Err(Error::config(
            format!("there are no rules (*.sql) in {folder}"),
            "a rule is a file NAME.sql; `harness-access findings --help` tells its form",
        ));
    }
    Ok(files)
}

/// What a rule of ours finds in the snapshot that the reader shows.
pub(crate) fn apply(rule: &Rule, reader: &Reader) -> Result<Vec<Finding>, Error> {
    findings_in(rule, &reader.select(&rule.sql)?)
}

/// What every rule finds, as much as one answer holds in memory.
fn applied(rules: Vec<Rule>, mut reader: Restricted<'_>) -> Result<Vec<RuleFindings>, Error> {
    let mut left = MOST_BYTES;
    let found = rules.into_iter().map(|rule| {
        let mut kept = KeptRows {
            rows: Rows::default(),
            room: Room::of(left),
            cut: false,
        };
        let asked = reader.each(&rule.sql, &[], &mut kept);
        asked.map_err(|error| match error {
            // A damaged file is no fault of a rule.
            SelectError::File(error) => error.into(),
            SelectError::Statement(_)
            | SelectError::TookTooLong(_)
            | SelectError::TookTooMuch(_) => wrong(&rule, &error.to_string()),
        })?;
        if kept.cut {
            return Err(too_large(&rule));
        }
        left = kept.room.left();
        let findings = findings_in(&rule, &kept.rows)?;
        Ok((rule, findings))
    });
    found.collect()
}

/// The rows of a rule, as far as there is room for them.
struct KeptRows {
    rows: Rows,
    room: Room,
    cut: bool,
}

impl RowReceiver for KeptRows {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        self.room.head(names.iter().map(String::as_str));
        self.rows.columns(names)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        let texts: Vec<Option<String>> = cells.iter().map(Cell::to_text).collect();
        let shown = texts.iter().map(|text| text.as_deref().unwrap_or_default());
        self.cut = !self.room.takes(shown);
        if !self.cut {
            self.rows.rows.push(texts);
        }
        Ok(!self.cut)
    }
}

fn too_large(rule: &Rule) -> Error {
    Error::Config {
        message: format!(
            "rule {}: with its rows the findings take more than {} MiB",
            rule.code,
            MOST_BYTES >> 20
        ),
        hint: Some(
            "let it find less, or cut long cells; `harness-access query` prints rows without an end"
                .to_owned(),
        ),
    }
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
            email: cell(row, "email"),
            scope: cell(row, "scope"),
            detail: cell(row, "detail"),
            accepted: None,
        })
        .collect();
    findings.sort_by(|a, b| {
        (&a.subject, &a.name, &a.scope, &a.detail).cmp(&(&b.subject, &b.name, &b.scope, &b.detail))
    });
    Ok(findings)
}
