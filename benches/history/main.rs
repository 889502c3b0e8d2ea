//! What history costs: a year of daily snapshots in one file, what diff reads of it, and pruning it.
//!
//! `cargo bench --bench history`; with an argument, so many grants instead of 100,000.

#![allow(clippy::print_stdout, reason = "its output is its result")]

mod account;
mod seen;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use harness_access::diff::{AssessedChange, assess, compare, impact_wanted};
use harness_access::model::Observation;
use harness_access::store::{Identity, Reader, Writer};

use account::Account;

const DAYS: i64 = 365;

fn main() {
    // `cargo test --benches` calls with this: nothing here is a test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let grants = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let grants = grants.unwrap_or(100_000);
    let folder = Folder::new();
    a_year(&folder.0.join("year.db"), grants);
    unchanged_rows(&folder.0, grants);
}

fn a_year(file: &Path, grants: usize) {
    let mut account = Account::generate(grants);
    let per_day = grants * 3 / 1000;
    println!("a year of daily snapshots of {grants} grants, {per_day} of them replaced a day");
    let started = Instant::now();
    let mut first = Duration::ZERO;
    let mut slowest = Duration::ZERO;
    for day in 1..=DAYS {
        if day > 1 {
            account.replace(per_day);
        }
        let observation = account.observe(day);
        let publishing = Instant::now();
        publish(file, observation);
        let took = publishing.elapsed();
        if day == 1 {
            first = took;
        } else {
            slowest = slowest.max(took);
        }
    }
    report("365 publishes", started.elapsed(), None);
    report("  the first", first, None);
    report("  the slowest other", slowest, None);
    size("file", file, Some(60));
    let reader = Reader::open(file).expect("open");
    timed("diff of neighbouring days (364, 365)", 20, || {
        diff(&reader, DAYS - 1, DAYS)
    });
    timed("diff of neighbouring days (1, 2)", 20, || {
        diff(&reader, 1, 2)
    });
    timed("diff of the first and the last day", 300, || {
        diff(&reader, 1, DAYS)
    });
    drop(reader);
    let forget: Vec<i64> = (1..=DAYS - 30).collect();
    let started = Instant::now();
    let pruned = Writer::open_existing(file)
        .and_then(|writer| writer.prune(&forget))
        .expect("prune");
    report("prune to 30 days", started.elapsed(), Some(5_000));
    assert_eq!((pruned.snapshots, pruned.compacted), (335, true));
    size("file after prune", file, None);
}

/// The same changes among ten times as many grants must not cost more.
fn unchanged_rows(folder: &Path, grants: usize) {
    const CHANGES: usize = 3_000;
    println!("the same {CHANGES} changes among more and more grants");
    let mut times = Vec::new();
    for (name, copies) in [("small.db", 1), ("large.db", 10)] {
        let file = folder.join(name);
        let mut account = Account::generate(grants);
        account.copies = copies;
        publish(&file, account.observe(1));
        account.replace(CHANGES / 2);
        publish(&file, account.observe(2));
        let reader = Reader::open(&file).expect("open");
        let (time, findings) = best(|| diff(&reader, 1, 2));
        // A few replacements are what was there before.
        let what = format!("among {}: {findings} changes", grants * copies);
        report(&what, time, None);
        times.push(time.as_secs_f64());
    }
    let factor = times[1] / times[0];
    println!(
        "  {:<60} {factor:>10.2}      at most 1.5 {}",
        "factor",
        verdict(factor <= 1.5)
    );
}

/// All that the command does but print.
fn diff(reader: &Reader, older: i64, newer: i64) -> Vec<AssessedChange> {
    let comparison = compare(reader.diff_facts(older, newer).expect("facts"));
    let (before, after) = impact_wanted(&comparison);
    let before = reader.impact(older, &before).expect("impact");
    let after = reader.impact(newer, &after).expect("impact");
    assess(comparison.changes, &before, &after)
}

fn publish(file: &Path, observation: Observation) {
    let identity = Identity {
        account_id: "bench".to_owned(),
        base_url: "https://app.harness.io".to_owned(),
    };
    Writer::open(file, &identity)
        .and_then(|writer| writer.publish(&identity, observation, "0.0.0", None))
        .expect("publish");
}

fn best(run: impl Fn() -> Vec<AssessedChange>) -> (Duration, usize) {
    let mut findings = 0;
    let times = (0..7).map(|_| {
        let started = Instant::now();
        findings = run().len();
        started.elapsed()
    });
    (times.min().unwrap_or_default(), findings)
}

fn timed(what: &str, target_ms: u128, run: impl Fn() -> Vec<AssessedChange>) {
    let (time, findings) = best(run);
    report(
        &format!("{what}: {findings} changes"),
        time,
        Some(target_ms),
    );
}

fn report(what: &str, time: Duration, target_ms: Option<u128>) {
    let ms = time.as_secs_f64() * 1000.0;
    let target = target_ms.map_or_else(String::new, |target| {
        format!("under {target} ms {}", verdict(time.as_millis() < target))
    });
    println!("  {what:<60} {ms:>10.1} ms   {target}");
}

fn size(what: &str, file: &Path, target_mb: Option<u64>) {
    let bytes = std::fs::metadata(file).expect("a file").len();
    let tenths = bytes / 100_000;
    let target = target_mb.map_or_else(String::new, |target| {
        format!(
            "at most {target} MB {}",
            verdict(bytes <= target * 1_000_000)
        )
    });
    println!(
        "  {what:<60} {:>8}.{} MB   {target}",
        tenths / 10,
        tenths % 10
    );
}

fn verdict(held: bool) -> &'static str {
    if held { "(held)" } else { "(MISSED)" }
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("harness-access-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
