//! How a run of the program ended, and assertions that show everything when they fail.

use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) command: String,
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        self.check(
            self.status == status,
            &format!("exit status {status} expected"),
        );
        self
    }

    /// Standard error contains this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        self.check(
            self.stderr.contains(text),
            &format!("stderr should say {text:?}"),
        );
        self
    }

    /// Standard output contains this.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        self.check(
            self.stdout.contains(text),
            &format!("stdout should hold {text:?}"),
        );
        self
    }

    /// Neither stream contains this.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        let shown = self.stdout.contains(text) || self.stderr.contains(text);
        self.check(!shown, &format!("{text:?} should not be shown"));
        self
    }

    #[track_caller]
    pub(crate) fn prints_nothing(self) -> Self {
        self.check(self.stdout.is_empty(), "stdout should be empty");
        self
    }

    #[track_caller]
    pub(crate) fn says_nothing(self) -> Self {
        self.check(self.stderr.is_empty(), "stderr should be empty");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| self.fail(&format!("stdout is no JSON: {error}")))
    }

    /// The error document on standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str::<Value>(&self.stderr)
            .unwrap_or_else(|error| self.fail(&format!("stderr is no JSON: {error}")))["error"]
            .take()
    }

    #[track_caller]
    fn check(&self, holds: bool, wanted: &str) {
        if !holds {
            self.fail(wanted);
        }
    }

    #[track_caller]
    fn fail(&self, wanted: &str) -> ! {
        panic!(
            "{wanted}\n$ {}\nstatus {}\n--- stdout\n{}\n--- stderr\n{}",
            self.command, self.status, self.stdout, self.stderr
        )
    }
}
