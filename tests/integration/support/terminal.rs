//! The program as a function on a terminal of some width: what a person sees.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use harness_access::Context;
use harness_access::api::client::clock::VirtualClock;

use super::Outcome;

/// Asks a file on a terminal that shows no colour.
pub(crate) fn on_terminal(width: usize, db: &Path, arguments: &[&str]) -> Outcome {
    let db = db.as_os_str().to_owned();
    let env = |name: &str| match name {
        "HARNESS_ACCESS_DB" => Some(db.clone()),
        "NO_COLOR" => Some(OsString::from("1")),
        _ => None,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = harness_access::run(
        arguments.iter().map(OsString::from),
        &mut Context {
            env: &env,
            clock: Arc::new(VirtualClock::default()),
            out: &mut out,
            err: &mut err,
            out_is_terminal: true,
            err_is_terminal: false,
            out_width: Some(width),
        },
    );
    Outcome {
        command: arguments.join(" "),
        status: exit as i32,
        stdout: String::from_utf8(out).unwrap(),
        stderr: String::from_utf8(err).unwrap(),
    }
}
