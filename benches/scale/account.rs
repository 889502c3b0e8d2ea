//! One account of some size: three syncs and a fourth, and every question about what they stored.

mod asked;
mod syncs;

use std::cell::Cell;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::fake::Fake;
use crate::floor;
use crate::measure::{Cost, Ended, Runner};
use crate::questions::{self, Answered};
use crate::table::{self, Line};

const DATABASE: &str = "access.db";
const ROLE: &str = "role/account/role_000003";
const LIVE: &str = "SELECT * FROM _grant WHERE valid_until IS NULL";

/// Everything that is measured of one size.
pub(crate) fn run(program: &Path, fake: &Path, size: u64) -> Result<Vec<Answered>, Box<dyn Error>> {
    let numbers = [
        ("--assignments", size),
        ("--users", size / 20),
        ("--groups", size / 100),
        ("--service-accounts", size / 1_000),
        ("--roles", 20 + size / 5_000),
        ("--resource-groups", 20 + size / 5_000),
    ];
    let arguments = numbers.map(|(name, number)| [name.to_owned(), number.to_string()]);
    let fake = Fake::start(fake, arguments.as_flattened())?;
    let folder = Folder::new(&size.to_string())?;
    let runner = Runner {
        folder: folder.0.clone(),
        environment: fake.environment(),
    };
    let account = Account {
        program,
        database: folder.0.join(DATABASE),
        fake: &fake,
        runner: &runner,
        size,
        peak: Cell::new(0),
    };
    let users = size / 20;
    table::head(&format!(
        "{size} role assignments, {users} users, {} user groups",
        size / 100
    ));
    let floors = account.syncs()?;
    account.questions(&floors)?;
    questions::ask(program, &runner, DATABASE)
}

struct Account<'a> {
    program: &'a Path,
    database: PathBuf,
    fake: &'a Fake,
    runner: &'a Runner,
    size: u64,
    /// The most memory that anything took.
    peak: Cell<u64>,
}

/// The least that parsing and inserting everything takes.
struct Floors {
    insert: Duration,
    /// CPU of diffs, by how much had changed.
    diff: Cost,
}

/// What a sync says it stored.
pub(crate) struct Synced {
    pub(crate) grants: u64,
    pub(crate) requests: u64,
}

pub(crate) fn synced(out: &str) -> Result<Synced, Box<dyn Error>> {
    let stored: Value = serde_json::from_str(out)?;
    check(stored["state"] == "complete", || {
        format!("not complete: {out}")
    })?;
    let number = |name: &str| {
        stored[name]
            .as_u64()
            .ok_or_else(|| format!("no {name}: {out}"))
    };
    Ok(Synced {
        grants: number("grants")?,
        requests: number("requests")?,
    })
}

impl Account<'_> {
    /// Asks the file, several times.
    fn ask(&self, arguments: &[&str], status: i32) -> Result<Ended, Box<dyn Error>> {
        let arguments = [arguments, &["--db", DATABASE]].concat();
        self.runner.cheapest(self.program, &arguments, status)
    }

    /// CPU time of a process that only reads rows, of which there must be this many.
    fn scan(&self, query: &str, at_least: u64) -> Result<Duration, Box<dyn Error>> {
        let bench = std::env::current_exe()?;
        let ended = self
            .runner
            .cheapest(&bench, &[floor::SCAN, DATABASE, query], 0)?;
        let rows: u64 = ended.out.trim().parse()?;
        check(rows >= at_least, || {
            format!("{rows} rows instead of {at_least}: {query}")
        })?;
        Ok(ended.cost.cpu)
    }

    fn sync_line(
        &self,
        what: &str,
        cost: Cost,
        stored: &Synced,
        floor: Duration,
        least: &'static str,
    ) {
        self.print(Line {
            requests: Some(stored.requests),
            file: std::fs::metadata(&self.database)
                .ok()
                .map(|file| file.len()),
            ..Line::new(what, cost, floor, least)
        });
    }

    fn line(&self, what: &str, cost: Cost, floor: Duration, least: &'static str) {
        self.print(Line::new(what, cost, floor, least));
    }

    fn print(&self, line: Line) {
        self.peak.set(self.peak.get().max(line.cost.peak));
        table::line(&line, self.size);
    }
}

/// Rows of a CSV file, its head aside.
fn lines(csv: &str) -> u64 {
    csv.lines().skip(1).count() as u64
}

/// Whether this is all but a few: a disabled role assignment grants nothing, and a new one may grant what another does.
fn nearly<T: TryInto<u64>>(number: T, of: T) -> bool {
    let (number, of) = (
        number.try_into().unwrap_or(0),
        of.try_into().unwrap_or(u64::MAX),
    );
    u128::from(number) * 100 >= u128::from(of) * 95
}

/// Stops with a reason: a time of a wrong answer says nothing.
pub(crate) fn check(held: bool, otherwise: impl FnOnce() -> String) -> Result<(), Box<dyn Error>> {
    if held {
        Ok(())
    } else {
        Err(otherwise().into())
    }
}

pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Result<Self, std::io::Error> {
        let name = format!("harness-access-bench-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
