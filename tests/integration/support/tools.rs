//! Programs that a test asks for help and a machine need not have.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

/// Whether a program is there. A test that has to do without it says so and ends.
pub(crate) fn has(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(tool).exists());
    if !found {
        skipped(&format!("{tool} is not installed"));
    }
    found
}

/// Whether this is root, as which containers run tests; others cannot set up what a service sees.
pub(crate) fn is_root() -> bool {
    let root = std::fs::metadata("/proc/self")
        .is_ok_and(|this| std::os::unix::fs::MetadataExt::uid(&this) == 0);
    if !root {
        skipped("takes root");
    }
    root
}

/// Runs a program that finds `harness-access` on its path; its standard output.
#[track_caller]
pub(crate) fn output(command: &mut Command) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_harness-access"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let Output {
        status,
        stdout,
        stderr,
    } = command.env("PATH", path).output().unwrap();
    let stderr = String::from_utf8_lossy(&stderr);
    let stdout = String::from_utf8(stdout).unwrap();
    assert!(
        status.success(),
        "{command:?}: {status}\n{stdout}\n{stderr}"
    );
    stdout
}

/// What was said already.
static SKIPPED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Past the runner, which keeps what a test prints to itself unless the test fails.
fn skipped(why: &str) {
    let test = std::thread::current();
    let name = test.name().unwrap_or_default();
    let line = format!("skipped: {name}: {why}");
    if SKIPPED.lock().unwrap().insert(line.clone()) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
