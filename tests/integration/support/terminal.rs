//! The program as a function on a terminal of some width: what a person sees.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use harness_access::api::client::clock::VirtualClock;

use super::{Outcome, as_function};

/// Asks a file on a terminal that shows no colour.
pub(crate) fn on_terminal(width: usize, db: &Path, arguments: &[&str]) -> Outcome {
    let db = db.as_os_str().to_owned();
    let env = |name: &str| match name {
        "HARNESS_ACCESS_DB" => Some(db.clone()),
        "NO_COLOR" => Some(OsString::from("1")),
        _ => None,
    };
    as_function::run(
        arguments,
        &env,
        Arc::new(VirtualClock::default()),
        Some(width),
    )
}
