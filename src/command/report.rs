//! `report`: one HTML file of a snapshot and of what changed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Context;
use super::beside::beside;
use super::compare::{Pair, changes_between, read_approvals};
use super::findings;
use super::gone::scope_in;
use super::lapsed::apply;
use super::open::{Located, OpenSnapshot, locate, locate_at};
use super::question::not_asked_for;
use crate::access::Access;
use crate::cli::{Report as Arguments, ReportAudience};
use crate::diff::{Comparison, FailOn};
use crate::error::Error;
use crate::exit::Exit;
use crate::export::{Contents, Destination, ExportSource, ExportTarget, Exporter, Ndjson};
use crate::findings::built_in;
use crate::model::{Gap, Scope, SnapshotInfo};
use crate::output::diff::summary::agreements;
use crate::output::findings::RuleFindings;
use crate::output::gaps;
use crate::output::text::{bytes, count, line};
use crate::report::{self, Audience, Inventory, Material, Point};
use crate::store::Reader;

/// Intervals of the time line at most; more snapshots are joined into as many.
const MOST_POINTS: usize = 60;
/// Many mail gateways stop at ten million bytes.
const LARGE: u64 = 10_000_000;

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Error> {
    let request = ReportRequest::from(arguments)?;
    let destination = Destination::of(Some(&arguments.output))?;
    let approvals = arguments
        .approvals
        .as_deref()
        .map(read_approvals)
        .transpose()?;
    let snapshots = Snapshots::of(arguments)?;
    // The output first: whoever may not write it should learn that before anything else.
    for path in snapshots.paths() {
        destination.refuse_loss(path, arguments.force)?;
    }
    let mut target = ExportTarget::open(destination, context.out)?;
    let paths: Vec<PathBuf> = snapshots.paths().into_iter().map(Path::to_owned).collect();
    let (opened, mut comparison) = snapshots.open()?;
    if let (Some(approvals), Some(comparison)) = (approvals, &mut comparison) {
        let notices = apply(&approvals, comparison, &opened)?;
        if !arguments.quiet {
            let file = arguments.approvals.as_deref().unwrap_or_default();
            agreements(file, &notices, comparison, context.err)?;
        }
    }
    let (page, gaps) = verified_page(&paths, &opened, comparison.as_ref(), &request)?;
    target.write_all(page.html.as_bytes())?;
    target.finish(&Contents {
        format: "html",
        preset: None,
        rows: page.rows as u64,
        snapshots: std::slice::from_ref(&opened.snapshot),
        coverage: &gaps,
    })?;
    if !arguments.quiet {
        say(arguments, &opened, &page, &gaps, context)?;
    }
    Ok(Exit::Done)
}

/// The snapshots that were typed, not yet opened.
enum Snapshots {
    /// One, to be compared with the one before.
    One(Located),
    /// An older and a newer one.
    Two(Located, Located),
}

impl Snapshots {
    fn of(arguments: &Arguments) -> Result<Self, Error> {
        let db = arguments.db.as_deref();
        Ok(match arguments.snapshots.as_slice() {
            [] => Self::One(locate_at(arguments.at.as_deref(), db)?),
            [from, rest @ ..] => {
                let to = rest.first().map_or("latest", String::as_str);
                Self::Two(locate(from, db)?, locate(to, db)?)
            }
        })
    }

    /// The files they are in.
    fn paths(&self) -> Vec<&Path> {
        match self {
            Self::One(one) => vec![&one.path],
            Self::Two(from, to) => vec![&from.path, &to.path],
        }
    }

    /// The snapshot that is reported, and what changed since the one that was named, or the one before.
    fn open(self) -> Result<(OpenSnapshot, Option<Comparison>), Error> {
        let pair = match self {
            Self::One(one) => {
                let opened = one.open()?;
                let mut earlier = opened.reader.snapshots()?;
                earlier.retain(|snapshot| snapshot.id < opened.snapshot.id);
                let Some(before) = earlier.pop() else {
                    return Ok((opened, None));
                };
                Pair::within(opened, before)
            }
            Self::Two(from, to) => Pair::open(from, to)?,
        };
        let (opened, comparison) = pair.compare(FailOn::Any)?;
        Ok((opened, Some(comparison)))
    }
}

/// What the flags ask for, checked.
pub(crate) struct ReportRequest {
    /// As typed.
    scope: Option<String>,
    audience: Audience,
    reviews: bool,
    approvals: Option<String>,
    max_rows: usize,
}

impl ReportRequest {
    /// What `diff --format html` asks for.
    pub(crate) fn review(approvals: Option<&str>) -> Self {
        Self {
            scope: None,
            audience: Audience::Everybody,
            reviews: true,
            approvals: approvals.map(str::to_owned),
            max_rows: Material::MAX_ROWS,
        }
    }

    fn from(arguments: &Arguments) -> Result<Self, Error> {
        let usage = |text: &str| Error::Usage(text.to_owned());
        if arguments.snapshots.len() > 2 {
            let third = &arguments.snapshots[2];
            return Err(Error::Usage(format!(
                "expected at most two snapshots, got `{third}` too"
            )));
        }
        if !arguments.snapshots.is_empty() && arguments.at.is_some() {
            return Err(usage("--at and named snapshots exclude each other"));
        }
        let scope = arguments.scope.clone();
        let audience = match arguments.audience {
            None => Audience::Everybody,
            Some(ReportAudience::Auditor) => Audience::Auditor,
            Some(ReportAudience::Owner) if scope.is_none() => {
                return Err(usage(
                    "--for owner is about one scope: name it with --scope",
                ));
            }
            Some(ReportAudience::Owner) => Audience::Owner,
        };
        Ok(Self {
            scope,
            audience,
            reviews: !arguments.snapshots.is_empty(),
            approvals: arguments.approvals.clone(),
            max_rows: arguments.max_rows,
        })
    }
}

/// The page, and beside it the proof that what it tells is still what was stored: each takes as long as the other.
fn verified_page(
    paths: &[PathBuf],
    opened: &OpenSnapshot,
    comparison: Option<&Comparison>,
    request: &ReportRequest,
) -> Result<(report::Report, Vec<Gap>), Error> {
    let mut held = vec![opened.snapshot.id];
    held.extend(comparison.map(|comparison| comparison.from.snapshot.id));
    let (verified, page) = beside(
        || verify(paths, &held),
        || page(opened, comparison, request),
    );
    verified?;
    page
}

/// Makes sure that snapshots are still what was stored: in one file, or the newer and the older one each in its own.
fn verify(paths: &[PathBuf], held: &[i64]) -> Result<(), Error> {
    match paths {
        [older, newer] if older != newer => {
            Reader::open(newer)?.refuse_damaged(&held[..1])?;
            Reader::open(older)?.refuse_damaged(&held[1..])?;
        }
        [file, ..] => Reader::open(file)?.refuse_damaged(held)?,
        [] => {}
    }
    Ok(())
}

/// Writes the page of a snapshot, and says what of it was not seen.
pub(crate) fn page(
    opened: &OpenSnapshot,
    comparison: Option<&Comparison>,
    request: &ReportRequest,
) -> Result<(report::Report, Vec<Gap>), Error> {
    opened.show()?;
    let gaps = opened.gaps()?;
    // The checksum reads everything once more, which takes as long as the rest.
    let (path, snapshot) = (&opened.path, &opened.snapshot);
    let (sha256, parts) = beside(
        || checksum(path, snapshot, &gaps),
        || Parts::read(opened, request),
    );
    let (sha256, parts) = (sha256?, parts?);
    let file = opened
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let page = report::report(&Material {
        snapshot: &opened.snapshot,
        file: &file,
        gaps: &gaps,
        not_asked_for: &parts.not_asked_for,
        unverified: opened.reader.unverified(opened.snapshot.id)?,
        sha256: &sha256,
        access: &parts.access,
        inventory: &parts.inventory,
        comparison,
        findings: &parts.findings,
        timeline: &parts.timeline,
        scope: parts.scope.as_ref(),
        audience: request.audience,
        reviews: request.reviews,
        approvals: request.approvals.as_deref(),
        max_rows: request.max_rows,
    });
    Ok((page, gaps))
}

/// What is read of a snapshot.
struct Parts {
    access: Access,
    not_asked_for: Vec<Gap>,
    scope: Option<Scope>,
    inventory: Inventory,
    findings: Vec<RuleFindings>,
    timeline: Vec<Point>,
}

impl Parts {
    fn read(opened: &OpenSnapshot, request: &ReportRequest) -> Result<Self, Error> {
        let (reader, id) = (&opened.reader, opened.snapshot.id);
        let findings = built_in().into_iter().map(|rule| {
            let found = findings::apply(&rule, reader)?;
            Ok((rule, found))
        });
        let findings = findings.collect::<Result<_, Error>>()?;
        let access = Access::new(reader.access_facts(id)?);
        let tree = &access.facts().tree;
        let scope = request.scope.as_deref();
        Ok(Self {
            scope: scope
                .map(|text| scope_in(text, tree, reader, id))
                .transpose()?,
            inventory: Inventory::read(reader, id)?,
            findings,
            timeline: timeline(reader, id)?,
            not_asked_for: not_asked_for(reader, &opened.snapshot, tree)?,
            access,
        })
    }
}

/// SHA-256 of a snapshot as `export --format ndjson` writes it.
fn checksum(path: &Path, snapshot: &SnapshotInfo, gaps: &[Gap]) -> Result<String, Error> {
    let reader = Reader::open(path)?;
    let opened = OpenSnapshot {
        path: path.to_owned(),
        reader,
        snapshot: snapshot.clone(),
    };
    opened.show()?;
    let source = ExportSource {
        reader: &opened.reader,
        database: "",
        snapshot,
        gaps,
    };
    let mut sink = io::sink();
    let mut target = ExportTarget::open(Destination::StandardOutput, &mut sink)?;
    Ndjson.write(&source, &mut target)?;
    target.sha256()
}

/// The snapshots up to this one, each with the changes since the one before; many are joined into few intervals.
fn timeline(reader: &Reader, until: i64) -> Result<Vec<Point>, Error> {
    let mut snapshots = reader.snapshots()?;
    snapshots.retain(|snapshot| snapshot.id <= until);
    let number = snapshots.len();
    let chosen = number.min(MOST_POINTS + 1);
    let mut points: Vec<Point> = Vec::with_capacity(chosen);
    for at in 0..chosen {
        // The first and the last are always among them.
        let place = if chosen < 2 {
            0
        } else {
            at * (number - 1) / (chosen - 1)
        };
        let snapshot = snapshots[place].clone();
        let escalations = match points.last() {
            None => None,
            Some(before) => {
                let changes = changes_between(reader, before.snapshot.id, snapshot.id)?;
                Some(changes.iter().filter(|change| change.escalates()).count())
            }
        };
        points.push(Point {
            snapshot,
            escalations,
        });
    }
    Ok(points)
}

fn say(
    arguments: &Arguments,
    opened: &OpenSnapshot,
    page: &report::Report,
    gaps: &[Gap],
    context: &mut Context<'_>,
) -> Result<(), Error> {
    let to = if arguments.output == "-" {
        "standard output"
    } else {
        &arguments.output
    };
    let size = page.html.len() as u64;
    writeln!(
        context.err,
        "snapshot {} of {} to {}: {}, {}",
        opened.snapshot.id,
        opened.snapshot.finished_at,
        line(to),
        count(page.rows as u64, "row"),
        bytes(size)
    )?;
    if page.left_out > 0 {
        writeln!(
            context.err,
            "left out: {}; `export --format csv --preset matrix` has them, or raise --max-rows",
            count(page.left_out as u64, "row")
        )?;
    }
    if size > LARGE {
        writeln!(
            context.err,
            "warning: over 10 MB, which many mail servers refuse; --scope or --max-rows makes it smaller"
        )?;
    }
    for gap in gaps::lines(gaps) {
        writeln!(context.err, "not seen: {}", line(&gap))?;
    }
    Ok(())
}
