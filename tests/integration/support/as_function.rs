//! The program as a function, without a process of its own.

use std::ffi::OsString;
use std::sync::Arc;

use harness_access::Context;
use harness_access::api::client::clock::Clock;

use super::Outcome;

/// What a command line prints to a terminal of some width, or to a pipe.
pub(super) fn run(
    arguments: &[&str],
    env: &dyn Fn(&str) -> Option<OsString>,
    clock: Arc<dyn Clock>,
    terminal: Option<usize>,
) -> Outcome {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = harness_access::run(
        arguments.iter().map(OsString::from),
        &mut Context {
            env,
            clock,
            out: &mut out,
            err: &mut err,
            out_is_terminal: terminal.is_some(),
            err_is_terminal: terminal.is_some(),
            terminal_width: terminal,
        },
    );
    Outcome {
        command: arguments.join(" "),
        status: exit as i32,
        stdout: String::from_utf8(out).unwrap(),
        stderr: String::from_utf8(err).unwrap(),
    }
}
