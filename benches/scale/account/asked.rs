//! Questions about the account, and what is done with the file.

use std::error::Error;
use std::path::Path;

use rusqlite::Connection;

use super::{Account, DATABASE, Floors, LIVE, ROLE, check, lines};
use crate::floor;
use crate::measure::Cost;
use crate::readers::{self, Watch};
use crate::table;

const ITS_ROWS: &str = "read the grants of it";

impl Account<'_> {
    pub(super) fn questions(&self, floors: &Floors) -> Result<(), Box<dyn Error>> {
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

        self.export(&known)?;
        self.prune(&who_can.out, floors)?;
        self.start_up(floors)
    }

    fn export(&self, known: &Known) -> Result<(), Box<dyn Error>> {
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
        Ok(())
    }

    fn start_up(&self, floors: &Floors) -> Result<(), Box<dyn Error>> {
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
        let refused = watch.end();
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
        readers::tell(refused);
        Ok(())
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
