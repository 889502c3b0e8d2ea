//! The table that is printed.

use std::time::Duration;

use crate::measure::Cost;

const MB: f64 = 1_000_000.0;

/// One line: what was done, what it cost, and what it must cost at least.
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) cost: Cost,
    pub(crate) requests: Option<u64>,
    /// Size of the file afterwards, in bytes.
    pub(crate) file: Option<u64>,
    pub(crate) floor: Duration,
    /// What the floor does.
    pub(crate) least: &'static str,
}

impl Line {
    pub(crate) fn new(what: &str, cost: Cost, floor: Duration, least: &'static str) -> Self {
        Self {
            what: what.to_owned(),
            cost,
            requests: None,
            file: None,
            floor,
            least,
        }
    }
}

pub(crate) fn head(title: &str) {
    println!("\n{title} (load {})", load());
    println!(
        "{:<28}{:>9}{:>9}{:>8}{:>11}{:>9}{:>10}{:>10}{:>8}{:>9}  floor",
        "",
        "CPU ms",
        "wall ms",
        "peak MB",
        "written MB",
        "file MB",
        "requests",
        "floor ms",
        "times",
        "us/row"
    );
}

pub(crate) fn line(line: &Line, rows: u64) {
    let (cpu, floor) = (line.cost.cpu.as_secs_f64(), line.floor.as_secs_f64());
    println!(
        "{:<28}{:>9.1}{:>9.1}{:>8.1}{:>11.3}{:>9}{:>10}{:>10.1}{:>8.1}{:>9.2}  {}",
        line.what,
        cpu * 1e3,
        line.cost.wall.as_secs_f64() * 1e3,
        line.cost.peak as f64 / MB,
        line.cost.written as f64 / MB,
        or_dash(line.file.map(|bytes| format!("{:.1}", bytes as f64 / MB))),
        or_dash(line.requests.map(|requests| requests.to_string())),
        floor * 1e3,
        cpu / floor,
        cpu * 1e6 / rows as f64,
        line.least,
    );
}

/// A target, with whether it was met.
pub(crate) fn target(what: &str, measured: f64, unit: &str, most: f64) {
    let verdict = if measured <= most { "held" } else { "MISSED" };
    println!("{what:<70}{measured:>9.2} {unit:<4} at most {most:>6} {verdict}");
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MB
}

/// How busy the computer is, in processes that want to run; times of a busy one are too long.
pub(crate) fn load() -> String {
    let average = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    average.split(' ').next().unwrap_or("unknown").to_owned()
}

fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".to_owned())
}
