//! Which commit is built, and when it was made, for `--version`. The same tree says the same wherever it is built; a tree
//! without git, such as an unpacked release, says neither.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    for path in ["build.rs", "src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let Some(commit) = own_commit() else {
        return;
    };
    let epoch = env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let seconds = epoch.or_else(|| git(&["log", "-1", "--format=%ct"])?.parse().ok());
    let date = seconds.map(date).unwrap_or_default();
    let sources = [
        "status",
        "--porcelain",
        "--",
        "build.rs",
        "src",
        "Cargo.toml",
        "Cargo.lock",
    ];
    let is_modified = git(&sources).is_some_and(|changes| !changes.is_empty());
    let modified = if is_modified { ", modified" } else { "" };
    println!("cargo::rustc-env=HARNESS_ACCESS_BUILD={commit} {date}{modified}");
    println!("cargo::rustc-env=HARNESS_ACCESS_BUILD_DATE={date}");
}

/// The commit of this tree. A tree that lies in the repository of something else has none.
fn own_commit() -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    let here = env::var("CARGO_MANIFEST_DIR").ok()?;
    if Path::new(&top).canonicalize().ok()? != Path::new(&here).canonicalize().ok()? {
        return None;
    }
    // A commit changes the log of HEAD.
    if let Some(log) =
        git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists())
    {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The day of a time in seconds since 1970, UTC, as `YYYY-MM-DD`.
fn date(seconds: i64) -> String {
    // Days since 0000-03-01, in cycles of 400 years.
    let days = seconds.div_euclid(86_400) + 719_468;
    let (cycle, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", cycle * 400 + year + carry)
}
