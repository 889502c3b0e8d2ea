//! Out of space, or not allowed to write.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::{Outcome, Test};

use super::*;

/// A sync that may write files of so many KiB at most.
fn limited_sync(test: &Test, kib: usize) -> Outcome {
    let limits = format!(r#"trap "" XFSZ; ulimit -f {kib}"#);
    test.limited(&limits, "sync --max-removed 100")
}

#[test]
fn a_disk_without_room_leaves_the_file_as_it_was() {
    let stage = Stage::new();
    let size = stage.bytes.len() / 1024;
    // No room for the journal; for the journal, but not for the new pages; for some of them.
    for kib in [0, 64, size, size + 64, size + 256] {
        limited_sync(&stage.test, kib)
            .exits(6)
            .prints_nothing()
            .says("cannot write harness-access.db")
            .says("free space");
        assert!(!stage.is_all_or_nothing(&format!("{kib} KiB")), "{kib} KiB");
        assert_eq!(
            stage.test.folder.names(),
            ["harness-access.db"],
            "{kib} KiB"
        );
    }
    stage.next_sync_works();
}

#[test]
fn a_disk_without_room_for_the_first_sync_is_left_empty() {
    let test = Test::over(crowd());
    for kib in [0, 64, 512] {
        limited_sync(&test, kib).exits(6).says("cannot write");
        assert!(
            test.folder.names().is_empty(),
            "{kib} KiB: {:?}",
            test.folder.names()
        );
    }
    test.observe();
}

/// A small file system of its own; `None` where this process may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mounted_at(path: PathBuf) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(&path)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[allow(clippy::print_stderr)] // a test that did not run must say so
fn a_full_disk_leaves_the_file_as_it_was() {
    let stage = Stage::new();
    let Some(disk) = SmallDisk::mounted_at(stage.test.folder.file("disk")) else {
        eprintln!("skipped: this process may not mount a file system");
        return;
    };
    let file = disk.0.join("access.db");
    fs::write(&file, &stage.bytes).unwrap();
    let db = file.to_str().unwrap();
    let filler = disk.0.join("filler");
    // Nothing left, and later as much as the journal takes.
    let _ = fs::write(&filler, vec![0; 8 << 20]);
    let room = |bytes: u64| {
        let size = fs::metadata(&filler).unwrap().len();
        fs::OpenOptions::new()
            .write(true)
            .open(&filler)
            .unwrap()
            .set_len(size.saturating_sub(bytes))
            .unwrap();
    };
    for bytes in [0, 64 << 10, 256 << 10] {
        room(bytes);
        crowd_sync(&stage.test)
            .args(&["--db", db])
            .exits(6)
            .says("cannot write")
            .says("free space");
        is_sound(&file);
        assert!(fs::read(&file).unwrap() == stage.bytes);
    }
    fs::remove_file(&filler).unwrap();
    let outcome = crowd_sync(&stage.test).args(&["--db", db]).run();
    // As much as fits: the file, the journal and the new rows may still be too much for so small a disk.
    assert!(matches!(outcome.status, 0 | 6), "{}", outcome.stderr);
    is_sound(&file);
}

/// Runs a sync as somebody whom permissions mean something to.
fn unprivileged_sync(test: &Test) -> Outcome {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness-access"));
    command
        .arg("sync")
        .current_dir(test.folder.path())
        .env_clear()
        .env("HARNESS_BASE_URL", test.server.base_url())
        .env("HARNESS_API_KEY", test.fake.api_key());
    if fs::metadata(test.folder.path()).unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    Outcome {
        command: format!("{command:?}"),
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_file_or_folder_that_may_not_be_written_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let test = Test::synced();
    let bytes = fs::read(test.database()).unwrap();
    test.fake
        .change(|account| account.rename_user("uDANA00000000000000000", "Second"));
    let allow = |file: u32, folder: u32| {
        let mode = fs::Permissions::from_mode;
        fs::set_permissions(test.database(), mode(file)).unwrap();
        fs::set_permissions(test.folder.path(), mode(folder)).unwrap();
    };
    for (file, folder, says) in [
        (0o444, 0o777, "cannot write harness-access.db"),
        (0o444, 0o555, "cannot write harness-access.db"),
        (0o666, 0o555, "cannot write harness-access.db"),
        (0o000, 0o777, "cannot read harness-access.db"),
    ] {
        allow(file, folder);
        let outcome = unprivileged_sync(&test);
        allow(0o600, 0o700);
        outcome
            .exits(6)
            .prints_nothing()
            .says(says)
            .says("permissions");
        assert_eq!(
            fs::read(test.database()).unwrap(),
            bytes,
            "{file:o} in {folder:o}"
        );
        assert_eq!(test.folder.names(), ["harness-access.db"]);
    }
    // A folder in which no first file can be made.
    let test = Test::new();
    fs::set_permissions(test.folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let outcome = unprivileged_sync(&test);
    fs::set_permissions(test.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    outcome.exits(6).says("cannot write harness-access.db");
    assert_eq!(test.fake.served(), 0);
    assert!(test.folder.names().is_empty());
}
