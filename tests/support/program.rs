//! Running the program itself.

#![allow(dead_code, unreachable_pub)]

use std::path::Path;
use std::process::Command;

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    #[track_caller]
    pub fn with_status(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "out:\n{}\nerr:\n{}",
            self.out, self.err
        );
        self
    }
}

/// Runs the program in a folder, with an empty environment.
pub fn harness_access(folder: &Path, arguments: &[&str]) -> Ended {
    finish(command(folder, arguments))
}

/// Runs it as somebody whom file permissions mean something to, even when the tests run as root.
#[cfg(unix)]
pub fn without_privileges(folder: &Path, arguments: &[&str]) -> Ended {
    use std::os::unix::{fs::MetadataExt, process::CommandExt};
    const NOBODY: u32 = 65_534;
    let mut command = command(folder, arguments);
    if folder.metadata().is_ok_and(|folder| folder.uid() == 0) {
        command.uid(NOBODY).gid(NOBODY);
    }
    finish(command)
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness-access"));
    command.args(arguments).current_dir(folder).env_clear();
    command
}

fn finish(mut command: Command) -> Ended {
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended {
        status: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Compares with a reviewed file in `fixtures/expected`; `UPDATE_EXPECT=1` writes it.
#[track_caller]
pub fn expect(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/expected")
        .join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, actual).expect("write");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; look at it and run with UPDATE_EXPECT=1\n--- expected\n{expected}\n--- actual\n{actual}",
        path.display()
    );
}
