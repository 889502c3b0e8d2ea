//! One account of some size: three syncs and a fourth, and every question about what they stored.

use std::cell::Cell;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::fake::Fake;
use crate::floor;
use crate::measure::{Cost, Ended, Runner};
use crate::questions::{self, Answered};
use crate::readers::Watch;
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
    fn syncs(&self) -> Result<Floors, Box<dyn Error>> {
        const PARSE_INSERT: &str = "parse the same JSON, insert and index the same rows";
        const PARSE_SCAN: &str = "parse the same JSON, read the same rows";
        let (first, stored) = self.sync()?;
        let parsed = floor::parse(self.fake)?;
        check(parsed.assignments == self.size, || {
            format!("{} role assignments were served", parsed.assignments)
        })?;
        check(stored.grants == parsed.grants, || {
            format!("{} grants stored, {} served", stored.grants, parsed.grants)
        })?;
        let insert = floor::insert(&self.database, &self.runner.folder)?;
        self.sync_line(
            "sync, first",
            first,
            &stored,
            parsed.cpu + insert,
            PARSE_INSERT,
        );

        let (again, stored_again) = self.sync()?;
        check(stored_again.grants == stored.grants, || {
            format!("{} grants became {}", stored.grants, stored_again.grants)
        })?;
        self.differences(0, &stored, &stored_again)?;
        let scan = self.scan(LIVE, stored.grants)?;
        self.sync_line(
            "sync, nothing changed",
            again,
            &stored_again,
            parsed.cpu + scan,
            PARSE_SCAN,
        );

        let mut before = stored;
        let (mut diff, mut newest) = (Cost::default(), Cost::default());
        for (what, percent, seed) in [("1 %", 1.0, 2), ("0.3 %", 0.3, 3)] {
            let changed = self
                .fake
                .order(&format!("change/churn?percent={percent}&seed={seed}"))?;
            let watch = Watch::on(&self.database);
            let (cost, after) = self.sync()?;
            watch.tell();
            let ended = self.differences(changed, &before, &after)?;
            self.sync_line(
                &format!("sync, {what} changed"),
                cost,
                &after,
                parsed.cpu + scan,
                PARSE_SCAN,
            );
            let snapshot = 1 + seed;
            let replaced = format!(
                "SELECT * FROM _grant WHERE valid_from = {snapshot} OR valid_until = {snapshot}"
            );
            let least = self.scan(&replaced, changed)?;
            self.line(
                &format!("diff, {what} changed"),
                ended.cost,
                least,
                "read the rows that changed",
            );
            (before, diff, newest) = (after, ended.cost, cost);
        }
        if self.size == 1_000_000 {
            println!();
            table::target(
                "1,000,000 role assignments, first sync, in times of its floor",
                first.cpu.as_secs_f64() / (parsed.cpu + insert).as_secs_f64(),
                "",
                2.0,
            );
            table::target(
                "... a day's 0.3 %, beyond a sync of nothing new: CPU",
                (newest.cpu.as_secs_f64() - again.cpu.as_secs_f64()).max(0.0),
                "s",
                0.3,
            );
            table::target("... first sync: CPU", first.cpu.as_secs_f64(), "s", 5.0);
            let share = again.written as f64 * 100.0 / first.written as f64;
            table::target(
                "... written when nothing changed, of what the first wrote",
                share,
                "%",
                1.0,
            );
        }
        Ok(Floors { insert, diff })
    }

    fn sync(&self) -> Result<(Cost, Synced), Box<dyn Error>> {
        let arguments = [
            "sync",
            "--db",
            DATABASE,
            "--max-rate",
            "0",
            "--format",
            "json",
        ];
        let ended = self.runner.run(self.program, &arguments, 0)?;
        Ok((ended.cost, synced(&ended.out)?))
    }

    /// Runs `diff` and holds it to what the fake says it changed, and to what it serves.
    fn differences(
        &self,
        changed: u64,
        before: &Synced,
        after: &Synced,
    ) -> Result<Ended, Box<dyn Error>> {
        let status = i32::from(changed > 0);
        let ended = self.ask(&["diff", "--format", "json"], status)?;
        let diff: Value = serde_json::from_str(&ended.out)?;
        let count = |what: &str| diff["summary"]["grants"][what].as_u64().unwrap_or(u64::MAX);
        let (added, removed, other) = (count("added"), count("removed"), count("changed"));
        let fits = |number: u64| number <= changed && nearly(number, changed);
        check(fits(added + other) && fits(removed + other), || {
            format!(
                "{changed} changed, but diff says: {added} added, {removed} removed, {other} changed"
            )
        })?;
        check(before.grants + added == after.grants + removed, || {
            format!(
                "{} grants, {added} added, {removed} removed, {} grants",
                before.grants, after.grants
            )
        })?;
        if changed > 0 {
            self.sampled_differences(&diff)?;
        }
        Ok(ended)
    }

    /// Role assignments that the fake made new, on pages spread over its list, must be in the diff.
    fn sampled_differences(&self, diff: &Value) -> Result<(), Box<dyn Error>> {
        let snapshot = diff["to"]["snapshot"].as_u64().unwrap_or_default();
        let churned = format!("role_assignment_x{:04}", snapshot - 1);
        let mut told = std::collections::HashSet::new();
        for change in diff["changes"].as_array().ok_or("no changes")? {
            told.extend(change["after"]["role_assignment"].as_str());
        }
        let sample = floor::sample(self.fake, self.size)?;
        let new: Vec<&String> = sample
            .iter()
            .filter(|name| name.starts_with(&churned))
            .collect();
        check(!new.is_empty(), || {
            format!("no {churned} among {} role assignments", sample.len())
        })?;
        let missing: Vec<&&String> = new
            .iter()
            .filter(|name| !told.contains(name.as_str()))
            .collect();
        check(nearly(new.len() - missing.len(), new.len()), || {
            format!("{missing:?} are new, and not in the diff")
        })?;
        Ok(())
    }

    fn questions(&self, floors: &Floors) -> Result<(), Box<dyn Error>> {
        const ITS_ROWS: &str = "read the grants of it";
        let known = Known::read(&self.database)?;
        let user = known.user.as_str();
        let key = |id: &str| format!("(SELECT key FROM _resource WHERE id = '{id}')");

        let history = self.ask(&["history", user, "--format", "csv"], 0)?;
        check(lines(&history.out) >= known.direct, || {
            format!("too short a history: {}", history.out)
        })?;
        let scan = format!("SELECT * FROM _grant WHERE principal = {}", key(user));
        let least = self.scan(&scan, known.direct)?;
        self.line("history of a user", history.cost, least, ITS_ROWS);

        let what_can = self.ask(&["what-can", user, "--format", "csv"], 0)?;
        check(lines(&what_can.out) == known.of_user, || {
            format!(
                "{} paths instead of {}",
                lines(&what_can.out),
                known.of_user
            )
        })?;
        let what = format!("what-can, {} paths", known.of_user);
        self.line(&what, what_can.cost, least, ITS_ROWS);

        let who_can = self.ask(&["who-can", ROLE, "--format", "csv"], 0)?;
        check(lines(&who_can.out) == known.of_role, || {
            format!("{} paths instead of {}", lines(&who_can.out), known.of_role)
        })?;
        let of_role = format!("{LIVE} AND target = {}", key(ROLE));
        let least = self.scan(&of_role, 1)?;
        let what = format!("who-can, {} paths", known.of_role);
        self.line(&what, who_can.cost, least, ITS_ROWS);

        let export = [
            "export",
            "--format",
            "csv",
            "--db",
            DATABASE,
            "--output",
            "access.csv",
        ];
        let export = self.runner.run(self.program, &export, 0)?;
        let csv = self.runner.folder.join("access.csv");
        let rows = lines(&std::fs::read_to_string(&csv)?);
        check(rows == known.paths, || {
            format!("{rows} rows instead of {}", known.paths)
        })?;
        std::fs::remove_file(csv)?;
        let least = self.scan(LIVE, 1)?;
        let what = format!("export csv, {} rows", known.paths);
        self.line(&what, export.cost, least, "read all grants");

        self.prune(&who_can.out, floors)?;

        let start = self.runner.cheapest(self.program, &["--version"], 0)?;
        check(start.out.starts_with("harness-access "), || {
            start.out.clone()
        })?;
        let least = self.runner.cheapest(Path::new("/bin/true"), &[], 0)?;
        self.line(
            "start-up (--version)",
            start.cost,
            least.cost.cpu,
            "start /bin/true",
        );
        if self.size == 1_000_000 {
            println!();
            let milliseconds = |cost: &Cost| cost.wall.as_secs_f64() * 1e3;
            table::target(
                "1,000,000 role assignments, diff of 0.3 %",
                milliseconds(&floors.diff),
                "ms",
                100.0,
            );
            let peak = table::megabytes(self.peak.get());
            table::target("... the most memory of any of these", peak, "MB", 150.0);
            table::target("start-up", milliseconds(&start.cost), "ms", 10.0);
        }
        Ok(())
    }

    /// Forgets all snapshots but the last in a copy of the file; what is asked of the last must stay the same.
    fn prune(&self, who_can: &str, floors: &Floors) -> Result<(), Box<dyn Error>> {
        std::fs::copy(&self.database, self.runner.folder.join("pruned.db"))?;
        let prune = [
            "prune",
            "--keep-last",
            "1",
            "--db",
            "pruned.db",
            "--format",
            "json",
        ];
        let watch = Watch::on(&self.runner.folder.join("pruned.db"));
        let prune = self.runner.run(self.program, &prune, 0)?;
        watch.tell();
        let asked = ["who-can", ROLE, "--format", "csv", "--db", "pruned.db"];
        let after = self.runner.run(self.program, &asked, 0)?;
        check(after.out == who_can, || {
            "prune changed an answer".to_owned()
        })?;
        self.line(
            "prune to one snapshot",
            prune.cost,
            floors.insert,
            "insert all grants",
        );
        Ok(())
    }

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

/// What the answers must be, by plain SQL over the tables.
struct Known {
    /// A user who is in the middle of the grants.
    user: String,
    /// Grants to the user.
    direct: u64,
    /// Ways in which the user holds roles.
    of_user: u64,
    /// Ways in which anybody holds the role.
    of_role: u64,
    /// Ways in which anybody holds any role.
    paths: u64,
}

impl Known {
    fn read(database: &Path) -> Result<Self, Box<dyn Error>> {
        let connection = floor::open_to_read(database)?;
        connection.execute_batch(
            "CREATE TEMP TABLE live AS SELECT g.*, t.id AS role, p.type AS holder FROM main._grant g
               JOIN main._resource t ON t.key = g.target JOIN main._resource p ON p.key = g.principal
               WHERE g.valid_until IS NULL;
             CREATE TEMP TABLE members AS SELECT target AS of, count(*) AS number FROM live WHERE scope = 0
               GROUP BY target;
             CREATE INDEX temp.members_of ON members (of);
             CREATE TEMP TABLE way AS SELECT role, CASE holder WHEN 'user_group' THEN coalesce(number, 0)
               ELSE 1 END AS ways FROM live LEFT JOIN members ON of = principal WHERE scope <> 0",
        )?;
        let (key, user): (i64, String) = connection.query_row(
            "SELECT key, id FROM _resource WHERE key = (SELECT principal FROM live
               WHERE holder = 'user' AND scope <> 0 LIMIT 1 OFFSET (SELECT count(*) / 2 FROM live WHERE holder = 'user'
               AND scope <> 0))",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let number = |query: &str| count(&connection, query);
        Ok(Self {
            user,
            direct: number(&format!(
                "SELECT count(*) FROM live WHERE principal = {key}"
            ))?,
            of_user: number(&format!(
                "SELECT count(*) FROM live WHERE scope <> 0 AND (principal = {key} OR principal IN
                   (SELECT target FROM live WHERE scope = 0 AND principal = {key}))"
            ))?,
            of_role: number(&format!("SELECT sum(ways) FROM way WHERE role = '{ROLE}'"))?,
            paths: number("SELECT sum(ways) FROM way")?,
        })
    }
}

fn count(connection: &Connection, query: &str) -> Result<u64, Box<dyn Error>> {
    let number: i64 = connection.query_row(query, [], |row| row.get(0))?;
    Ok(u64::try_from(number)?)
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
