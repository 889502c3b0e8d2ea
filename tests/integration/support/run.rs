//! One run of the real binary, in an empty environment.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::Outcome;

pub(crate) struct Run {
    command: Command,
    stdin: Vec<u8>,
}

impl Run {
    /// In this folder, without any variable of the tests' own environment.
    pub(crate) fn new(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harness-access"));
        command.current_dir(folder).env_clear().args(arguments);
        Self {
            command,
            stdin: Vec::new(),
        }
    }

    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &(impl AsRef<OsStr> + ?Sized)) -> Self {
        self.command.env(name, value);
        self
    }

    /// As somebody whom file permissions mean something to, even when the tests run as root.
    #[cfg(unix)]
    pub(crate) fn without_privileges(mut self) -> Self {
        use std::os::unix::{fs::MetadataExt, process::CommandExt};
        const NOBODY: u32 = 65_534;
        let folder = self.command.get_current_dir().unwrap().to_owned();
        if folder.metadata().is_ok_and(|folder| folder.uid() == 0) {
            self.command.uid(NOBODY).gid(NOBODY);
        }
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Starts it, with all three streams piped.
    pub(crate) fn spawn(mut self) -> Child {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        let command = format!("{:?}", self.command);
        let stdin = self.stdin.clone();
        let mut child = self.spawn();
        // Who does not read its input may close it.
        let _ = child.stdin.take().unwrap().write_all(&stdin);
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().unwrap();
        Outcome {
            command,
            status: status.code().unwrap_or(-1),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Outcome {
        self.run().exits(status)
    }
}

/// Asks a file.
pub(crate) fn run(db: &Path, arguments: &[&str]) -> Outcome {
    let folder = db.parent().unwrap();
    let db = db.to_str().unwrap();
    Run::new(folder, arguments).args(&["--db", db]).run()
}
