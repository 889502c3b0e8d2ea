//! A fake Harness over loopback, and a folder with a database.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{Database, Outcome, Run, TempDir};
use fake_harness::{Account, FakeHarness, Server};

/// A sync of all scopes with the lists that change with what people do.
pub(crate) const SYNC_EVERYTHING: &[&str] = &[
    "sync",
    "--scopes",
    "all",
    "--with",
    "tokens",
    "--with",
    "project-users",
];

pub(crate) struct Test {
    pub(crate) fake: FakeHarness,
    pub(crate) server: Server,
    pub(crate) folder: TempDir,
}

impl Test {
    /// Over the account of `fixtures/account.json`.
    pub(crate) fn new() -> Self {
        Self::over(Account::demo())
    }

    pub(crate) fn over(account: Account) -> Self {
        let fake = FakeHarness::new(account);
        let server = fake.serve();
        Self {
            fake,
            server,
            folder: TempDir::new(),
        }
    }

    /// A test whose account was observed once.
    #[track_caller]
    pub(crate) fn synced() -> Self {
        let test = Self::new();
        test.observe();
        test
    }

    /// A run that needs no connection. The database is the default one.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::new(self.folder.path(), arguments)
    }

    /// `sync`, told how to reach the fake by the environment.
    pub(crate) fn sync(&self) -> Run {
        self.run(&["sync"])
            .env("HARNESS_BASE_URL", &self.server.base_url())
            .env("HARNESS_API_KEY", &self.fake.api_key())
    }

    /// A run in a shell that sets limits first.
    pub(crate) fn limited(&self, limits: &str, command: &str) -> Outcome {
        let script = format!(r#"{limits}; exec "$0" {command}"#);
        let output = Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_harness-access")])
            .current_dir(self.folder.path())
            .env_clear()
            .env("HARNESS_BASE_URL", self.server.base_url())
            .env("HARNESS_API_KEY", self.fake.api_key())
            .output()
            .unwrap();
        Outcome {
            command: script,
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A sync that must go well, without a word.
    #[track_caller]
    pub(crate) fn observe(&self) {
        self.sync().exits(0).prints_nothing().says_nothing();
    }

    /// Changes the account and observes it again.
    #[track_caller]
    pub(crate) fn observe_after(&self, change: impl FnOnce(&mut Account)) {
        self.fake.change(change);
        self.observe();
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.file("harness-access.db")
    }

    /// Asks the database as the sqlite3 shell would.
    #[track_caller]
    pub(crate) fn ask(&self, sql: &str) -> String {
        Database::open(&self.database()).ask(sql)
    }

    #[track_caller]
    pub(crate) fn diff(&self) -> Outcome {
        self.run(&["diff"]).run()
    }

    /// The changes of `diff --format json`, each as `verb kind id`.
    #[track_caller]
    pub(crate) fn changes(&self) -> Vec<String> {
        let outcome = self.run(&["diff", "--format", "json"]).run();
        let document = outcome.json();
        let changes: Vec<String> = document["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| {
                let word = |name: &str| change[name].as_str().unwrap().to_owned();
                format!("{} {} {}", word("change"), word("kind"), word("id"))
            })
            .collect();
        outcome.exits(i32::from(!changes.is_empty()));
        changes
    }

    /// The only change of `diff --format json`.
    #[track_caller]
    pub(crate) fn only_change(&self) -> Value {
        let outcome = self.run(&["diff", "--format", "json"]).exits(1);
        let changes = outcome.json()["changes"].take();
        assert_eq!(changes.as_array().map(Vec::len), Some(1), "{changes:#}");
        changes[0].clone()
    }
}
