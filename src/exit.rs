//! Exit status, the same for every command.

use std::process::ExitCode;

/// What the exit status says. Scripts depend on the numbers; they are listed in `--help` and the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; for `diff`: no difference that counts.
    Done = 0,
    /// `diff`: differences.
    Differences = 1,
    /// Could not tell: what was seen is not enough for the answer.
    CouldNotTell = 2,
    /// Wrong usage or configuration.
    Usage = 3,
    /// The key was refused, or belongs to another account.
    KeyRefused = 4,
    /// Harness could not be reached, or kept failing after the retries.
    Unreachable = 5,
    /// The database: locked by another sync, wrong account, not ours, newer, damaged; or a full disk, also under an output, or too
    /// little memory.
    Database = 6,
    /// Stopped by SIGHUP.
    HungUp = 129,
    /// Stopped by SIGINT.
    Interrupted = 130,
    /// Stopped by SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// A question with `--exit-code`: nothing found. The number is that of [`Exit::Differences`].
    pub const NOTHING_FOUND: Self = Self::Differences;
    /// `findings` with `--fail-on`: findings of that severity. The number is that of [`Exit::Differences`].
    pub const FINDINGS: Self = Self::Differences;
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
