//! Where outputs are written: what is replaced, what is not, and what is left behind.

#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Outcome, Run, TempDir};

fn database() -> TempDir {
    let folder = TempDir::new();
    Account::example()
        .person("ada", "Ada")
        .assign(
            "user/ada",
            "role/harness/_account_admin",
            "account",
            EVERYTHING,
        )
        .publish(&folder.file("a.db"), 1);
    folder
}

fn export(folder: &TempDir, format: &str, output: &str) -> Run {
    Run::new(
        folder.path(),
        &["export", "--db", "a.db", "--format", format, "-o", output],
    )
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names = folder.names();
    names.sort();
    names
}

/// field report B4: `-o /dev/stdout` replaced the device by a file.
#[test]
fn standard_output_by_another_name_is_standard_output() {
    let folder = database();
    let plain = Run::new(
        folder.path(),
        &["export", "--db", "a.db", "--format", "ndjson"],
    )
    .exits(0);
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let named = export(&folder, "ndjson", name).exits(0);
        assert_eq!(named.stdout, plain.stdout, "{name}");
    }
    assert_eq!(names(&folder), ["a.db"]);
}

#[test]
fn a_device_stays_a_device() {
    let folder = database();
    for format in ["csv", "sqlite", "c1z"] {
        export(&folder, format, "/dev/null").exits(0);
    }
    let kind = fs::metadata("/dev/null").unwrap().file_type();
    assert!(kind.is_char_device());
    assert!(!Path::new("/dev/null.manifest.json").exists());
}

#[test]
fn a_named_pipe_is_written_to() {
    let folder = database();
    let made = Command::new("mkfifo").arg(folder.file("pipe")).status();
    assert!(made.unwrap().success());
    let pipe = folder.file("pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        fs::File::open(pipe)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    });
    export(&folder, "ndjson", "pipe").exits(0);
    assert!(reader.join().unwrap().contains("user/ada"));
    assert_eq!(names(&folder), ["a.db", "pipe"]);
}

#[test]
fn a_link_is_followed() {
    let folder = database();
    fs::create_dir(folder.file("real")).unwrap();
    for (link, to) in [("old.csv", "real/old.csv"), ("new.csv", "real/new.csv")] {
        symlink(to, folder.file(link)).unwrap();
    }
    fs::write(folder.file("real/old.csv"), "").unwrap();
    for link in ["old.csv", "new.csv"] {
        export(&folder, "csv", link).exits(0);
        let kept = fs::symlink_metadata(folder.file(link)).unwrap();
        assert!(kept.is_symlink());
        assert!(
            fs::read_to_string(folder.file(link))
                .unwrap()
                .contains("ada")
        );
    }
}

/// field report B5: a live database of one snapshot was replaced.
#[test]
fn only_unchanged_exports_are_replaced() {
    let folder = database();
    fs::copy(folder.file("a.db"), folder.file("live.db")).unwrap();
    fs::write(folder.file("notes.txt"), "mine").unwrap();
    let refused = |output: &str| -> Outcome {
        let before = fs::read(folder.file(output)).unwrap();
        let outcome = export(&folder, "csv", output).exits(3).says("--force");
        assert_eq!(fs::read(folder.file(output)).unwrap(), before);
        outcome
    };
    refused("live.db").says("live.db exists");
    refused("notes.txt");
    for _ in 0..2 {
        export(&folder, "csv", "out.csv").exits(0);
    }
    // A reviewer's marks are not an export any more.
    let edited = fs::read_to_string(folder.file("out.csv")).unwrap() + "approved";
    fs::write(folder.file("out.csv"), edited).unwrap();
    refused("out.csv");
    export(&folder, "csv", "out.csv")
        .args(&["--force"])
        .exits(0);
    export(&folder, "csv", "a.db").args(&["--force"]).exits(3);
    fs::write(folder.file("empty"), "").unwrap();
    export(&folder, "csv", "empty").exits(0);
}

/// field report F44: part files were named by process id, and a kill between the renames was for ever.
#[test]
fn what_a_killed_export_left_is_cleared_away() {
    let folder = database();
    let stale = |name: &str| format!("{name}.0123456789abcdef.part");
    fs::write(folder.file(&stale("out.csv")), "half").unwrap();
    export(&folder, "csv", "out.csv").exits(0);
    assert_eq!(names(&folder), ["a.db", "out.csv", "out.csv.manifest.json"]);
    // Killed between the two renames: the file is new, its manifest still a part.
    let manifest = folder.file("out.csv.manifest.json");
    fs::rename(&manifest, folder.file(&stale("out.csv.manifest.json"))).unwrap();
    export(&folder, "csv", "out.csv").exits(0);
    assert_eq!(names(&folder), ["a.db", "out.csv", "out.csv.manifest.json"]);
}

/// field report B7: signals left `*.part` files behind.
#[test]
fn a_signal_leaves_nothing_behind() {
    for (signal, status) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        let folder = database();
        let made = Command::new("mkfifo").arg(folder.file("slow")).status();
        assert!(made.unwrap().success());
        // The database is opened after the part was created; a pipe in its place holds the run up just there.
        let mut child = export(&folder, "csv", "slow").spawn();
        let handler_is_set = || {
            let status =
                fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = u64::from_str_radix(caught.unwrap_or("0").trim(), 16).unwrap_or(0);
            caught & (1 << 14) != 0
        };
        let began = Instant::now();
        while !handler_is_set() && began.elapsed() < Duration::from_secs(30) {
            std::thread::yield_now();
        }
        let sent = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(status), "{signal}");
        assert_eq!(names(&folder), ["a.db", "slow"]);
    }
}

/// pocket-id#876: containers with a read-only root have no folder for temporary files.
#[test]
fn no_folder_for_temporary_files_is_needed() {
    let folder = database();
    for format in ["csv", "ndjson", "sqlite", "c1z"] {
        let mut run = export(&folder, format, &format!("out.{format}"));
        for name in ["TMPDIR", "SQLITE_TMPDIR"] {
            run = run.env(name, "/nowhere");
        }
        run.exits(0);
    }
}

#[test]
fn what_cannot_be_written_is_told_with_what_to_do() {
    let folder = database();
    fs::create_dir(folder.file("folder")).unwrap();
    export(&folder, "csv", "folder")
        .exits(3)
        .says("name a file with --output");
    export(&folder, "csv", "nowhere/x.csv")
        .exits(3)
        .says("create the folder");
    export(&folder, "csv", "a.db/x.csv")
        .exits(3)
        .says("a part of the path is a file");
    if Path::new("/dev/full").exists() {
        export(&folder, "csv", "/dev/full")
            .exits(6)
            .says("more room");
    }
}
