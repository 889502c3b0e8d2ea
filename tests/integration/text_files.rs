//! Files that people hand over: approvals, gaps, rules and settings, as editors and shells leave them.

use std::fs;
use std::process::Command;

use crate::support::{Run, Test};

/// The changes of the demo's next day, and a file that approves them all.
fn approved() -> (Test, String) {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Renamed"));
    let entries = test.run(&["diff", "--write-approvals"]).exits(1).stdout;
    let entries = entries
        .replace("reason = \"\"", "reason = \"asked for\"")
        .replace("approver = \"\"", "approver = \"Grace\"");
    (test, entries)
}

fn diff(test: &Test, file: &str) -> Run {
    test.run(&["diff", "--approvals", file])
}

/// docker/cli 3630 for approvals: PowerShell writes UTF-16, other editors a byte order mark and other ends of lines.
#[test]
fn approvals_are_read_in_the_encodings_of_editors() {
    let (test, entries) = approved();
    let utf16 = |unit: fn(u16) -> [u8; 2]| entries.encode_utf16().flat_map(unit).collect();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    for bytes in [
        entries.clone().into_bytes(),
        marked(b"\xef\xbb\xbf", entries.replace('\n', "\r\n").into_bytes()),
        marked(b"\xff\xfe", utf16(u16::to_le_bytes)),
        marked(b"\xfe\xff", utf16(u16::to_be_bytes)),
        utf16(u16::to_le_bytes),
    ] {
        fs::write(test.folder.file("ok.toml"), bytes).unwrap();
        diff(&test, "ok.toml").exits(0);
    }
    fs::write(test.folder.file("ok.toml"), b"\x80\x81\x82").unwrap();
    diff(&test, "ok.toml").exits(3).says("it holds no text");
}

#[test]
fn the_last_day_of_an_approval_may_stand_between_quotes() {
    let (test, entries) = approved();
    for (day, status, says) in [
        ("\"2999-12-31\"", 0, ""),
        ("2999-12-31", 0, ""),
        (
            "\"2999-02-30\"",
            3,
            "an `expires` that is not a date such as 2026-12-31",
        ),
        (
            "\"31.12.2999\"",
            3,
            "an `expires` that is not a date such as 2026-12-31",
        ),
        (
            "29991231",
            3,
            "an `expires` that is not a date such as 2026-12-31",
        ),
    ] {
        let with_day = entries.replace("reason =", &format!("expires = {day}\nreason ="));
        fs::write(test.folder.file("ok.toml"), with_day).unwrap();
        diff(&test, "ok.toml").exits(status).says(says);
    }
}

/// `--approvals /dev/zero` took all memory, and a pipe that nobody writes into hung for ever.
#[cfg(unix)]
#[test]
fn no_file_is_read_without_an_end() {
    let test = Test::synced();
    let pipe = test.folder.file("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    for (flag, file, says) in [
        ("--approvals", "/dev/zero", "longer than"),
        ("--approvals", "pipe", "write into this pipe"),
        ("--approvals", ".", "directory"),
        ("--config", "/dev/zero", "longer than"),
    ] {
        test.run(&["diff", "1", "1", flag, file])
            .exits(3)
            .says(says);
    }
    fs::create_dir(test.folder.file("rules")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", test.folder.file("rules/all.sql")).unwrap();
    test.run(&["findings", "--rules", "rules"])
        .exits(3)
        .says("longer than");
}

#[test]
fn an_error_repeats_no_line_of_a_million_letters() {
    let test = Test::synced();
    let long = "a".repeat(1_000_000);
    fs::write(test.folder.file("long.toml"), &long).unwrap();
    let deep = format!("a = {}", "[".repeat(100_000));
    fs::write(test.folder.file("deep.toml"), deep).unwrap();
    for file in ["long.toml", "deep.toml"] {
        for flag in ["--approvals", "--config"] {
            let ended = test.run(&["diff", "1", "1", flag, file]).exits(3);
            assert!(ended.stderr.len() < 2_000, "{file}: {}", ended.stderr.len());
        }
    }
}
