//! `diff`: what changed between two snapshots.

use std::io::Write;

use super::compare::{Pair, read_approvals};
use super::lapsed::apply;
use super::open::{OpenSnapshot, locate};
use super::{Context, report};
use crate::cli::{Diff, DiffFormat};
use crate::diff::{Comparison, FailOn};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Screen, diff as output};

pub(crate) fn run(arguments: &Diff, context: &mut Context<'_>) -> Result<Exit, Error> {
    let plan = DiffRequest::from(arguments)?;
    // Read before anything else, so that a mistake in it shows at once.
    let approvals = arguments
        .approvals
        .as_deref()
        .map(read_approvals)
        .transpose()?;
    let (from, to) = references(&arguments.snapshots)?;
    let db = arguments.db.as_deref();
    let pair = Pair::open(locate(from, db)?, locate(to, db)?)?;
    let (newer, mut comparison) = pair.compare(plan.fail_on)?;
    let notices = match approvals {
        Some(approvals) => apply(&approvals, &mut comparison, &newer)?,
        None => Vec::new(),
    };
    newer.reader.end_reading();
    if !(arguments.quiet && plan.print.is_for_people()) {
        plan.print.write(
            &comparison,
            &newer,
            arguments.approvals.as_deref(),
            context.screen(arguments.color),
            context.out,
        )?;
        context.out.flush()?;
    }
    if !arguments.quiet {
        let file = arguments.approvals.as_deref().unwrap_or_default();
        output::summary::agreements(file, &notices, &comparison, context.err)?;
        output::summary::write(&comparison, context.err)?;
    }
    Ok(exit_of(&comparison, arguments.ignore_coverage))
}

/// What the flags ask for, checked.
struct DiffRequest {
    fail_on: FailOn,
    print: Print,
}

enum Print {
    Changes(DiffFormat),
    Counts(DiffFormat),
    Approvals,
}

impl DiffRequest {
    fn from(arguments: &Diff) -> Result<Self, Error> {
        let fail_on = arguments.fail_on.clone();
        let format = arguments.format;
        let print = match (arguments.write_approvals, arguments.stat) {
            (true, true) => {
                return Err(Error::Usage(
                    "--stat and --write-approvals cannot be combined".to_owned(),
                ));
            }
            (true, false) if format != DiffFormat::Table => {
                return Err(Error::Usage(
                    "--write-approvals always prints TOML; leave out --format".to_owned(),
                ));
            }
            (true, false) => Print::Approvals,
            (false, true) if !matches!(format, DiffFormat::Table | DiffFormat::Json) => {
                return Err(Error::Usage("--stat prints a table or json".to_owned()));
            }
            (false, true) => Print::Counts(format),
            (false, false) => Print::Changes(format),
        };
        Ok(Self { fail_on, print })
    }
}

impl Print {
    /// Whether nobody but a person would read it. Data is never dropped.
    fn is_for_people(&self) -> bool {
        matches!(
            self,
            Self::Changes(DiffFormat::Table) | Self::Counts(DiffFormat::Table)
        )
    }

    fn write(
        &self,
        comparison: &Comparison,
        newer: &OpenSnapshot,
        approvals: Option<&str>,
        screen: Screen,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        match self {
            Self::Approvals => output::approvals::write(comparison, out)?,
            Self::Counts(DiffFormat::Json) => output::json::write_counts(comparison, out)?,
            Self::Counts(_) => output::stat::write(comparison, screen, out)?,
            Self::Changes(format) => match format {
                DiffFormat::Table => output::table::write(comparison, screen, out)?,
                DiffFormat::Json => output::json::write(comparison, out)?,
                DiffFormat::Ndjson => output::ndjson::write(comparison, out)?,
                DiffFormat::Csv => output::csv::write(comparison, out)?,
                DiffFormat::Markdown => output::markdown::write(comparison, out)?,
                DiffFormat::Github => output::github::write(comparison, out)?,
                DiffFormat::Html => {
                    let request = report::ReportRequest::review(approvals);
                    let (page, _) = report::page(newer, Some(comparison), &request)?;
                    out.write_all(page.html.as_bytes())?;
                }
            },
        }
        Ok(())
    }
}

fn references(typed: &[String]) -> Result<(&str, &str), Error> {
    match typed {
        [] => Ok(("previous", "latest")),
        [from] => Ok((from, "latest")),
        [from, to] => Ok((from, to)),
        [_, _, third, ..] => Err(Error::Usage(format!(
            "expected at most two snapshots, got `{third}` too"
        ))),
    }
}

fn exit_of(comparison: &Comparison, ignore_coverage: bool) -> Exit {
    if !ignore_coverage && !comparison.is_comparable() {
        Exit::CouldNotTell
    } else if comparison.checked().any(|(_, counts, _)| counts) {
        Exit::Differences
    } else if !ignore_coverage && comparison.is_undecided() {
        Exit::CouldNotTell
    } else {
        Exit::Done
    }
}
