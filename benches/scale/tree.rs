//! A whole tree of organizations and projects: how many requests a sync sends, and how well `--jobs` hides latency.

use std::error::Error;
use std::path::Path;

use crate::account::{Folder, check, synced};
use crate::fake::Fake;
use crate::measure::{Cost, Runner};
use crate::table;

const LATENCY_MS: u32 = 50;
const JOBS: u32 = 4;

pub(crate) fn run(program: &Path, fake: &Path) -> Result<(), Box<dyn Error>> {
    let numbers = [
        ("--organizations", 20),
        ("--projects", 500),
        ("--users", 5_000),
        ("--groups", 2_000),
        ("--assignments", 60_000),
        ("--service-accounts", 500),
        ("--roles", 100),
        ("--resource-groups", 500),
    ];
    let arguments = numbers.map(|(name, number)| [name.to_owned(), number.to_string()]);
    let fake = Fake::start(fake, arguments.as_flattened())?;
    let folder = Folder::new("tree")?;
    let runner = Runner {
        folder: folder.0.clone(),
        environment: fake.environment(),
    };
    println!(
        "\nA tree of 20 organizations and 500 projects, 5,000 users, 2,000 groups, 60,000 role assignments (load {})",
        table::load()
    );
    let sync = |what: &str, database: &str| sync(program, &runner, what, database);
    let (_, _, grants) = sync(
        "sync --scopes all, many scopes to a request (v2/filter)",
        "v2.db",
    )?;
    fake.order("v2_filter?on=false")?;
    let (_, _, scope_by_scope) = sync("sync --scopes all, scope by scope (no v2/filter)", "v1.db")?;
    check(grants == scope_by_scope && grants > 58_800, || {
        format!("{grants} grants one way, {scope_by_scope} the other, of 60,000 role assignments")
    })?;
    fake.order("v2_filter?on=true")?;
    fake.order(&format!("latency?ms={LATENCY_MS}"))?;
    let what = format!("... many scopes to a request, {LATENCY_MS} ms latency, --jobs {JOBS}");
    let (cost, requests, slow) = sync(&what, "slow.db")?;
    check(grants == slow, || {
        format!("{slow} grants instead of {grants}")
    })?;
    let least = requests as f64 * f64::from(LATENCY_MS) / 1e3 / f64::from(JOBS);
    let what = format!("wall time, in times of requests x {LATENCY_MS} ms / {JOBS} ({least:.1} s)");
    table::target(&what, cost.wall.as_secs_f64() / least, "", 1.2);
    Ok(())
}

/// A sync of everything: its cost, requests and grants.
fn sync(
    program: &Path,
    runner: &Runner,
    what: &str,
    database: &str,
) -> Result<(Cost, u64, u64), Box<dyn Error>> {
    let jobs = JOBS.to_string();
    let flags = ["--scopes", "all", "--max-rate", "0", "--format", "json"];
    let arguments = [&["sync", "--db", database, "--jobs", &jobs], &flags[..]].concat();
    let ended = runner.run(program, &arguments, 0)?;
    let synced = synced(&ended.out)?;
    println!(
        "{what:<60}{:>7} requests{:>9.1} s CPU{:>7.1} s wall{:>7.1} MB memory",
        synced.requests,
        ended.cost.cpu.as_secs_f64(),
        ended.cost.wall.as_secs_f64(),
        table::megabytes(ended.cost.peak),
    );
    Ok((ended.cost, synced.requests, synced.grants))
}
