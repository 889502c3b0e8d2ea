//! What is said on standard error while working.

use std::io::Write;

use env_logger::Builder;
use log::LevelFilter;

use crate::api::http::redact::redact;
use crate::characters::line;
use crate::connection::{Lookup, variable};
use crate::error::Error;

/// Starts logging: warnings, with `-v` what is done, with `-v -v` every request. `RUST_LOG` wins. Trace records, in
/// which ureq would print the API key, are compiled out.
pub(crate) fn start(verbose: u8, quiet: bool, env: Lookup<'_>) -> Result<(), Error> {
    let ours = match (quiet, verbose) {
        (true, _) => LevelFilter::Error,
        (false, 0) => LevelFilter::Warn,
        (false, 1) => LevelFilter::Info,
        (false, _) => LevelFilter::Debug,
    };
    let mut builder = Builder::new();
    builder
        .filter_level(LevelFilter::Warn)
        .filter_module(env!("CARGO_CRATE_NAME"), ours)
        .filter_module("rustls_platform_verifier", LevelFilter::Off) // the error says it, with a hint
        .format(|out, record| {
            let level = record.level();
            let style = out.default_level_style(level);
            let text = redact(&record.args().to_string());
            let text = text.lines().map(line).collect::<Vec<_>>().join("\n    ");
            writeln!(out, "[{style}{level:<5}{style:#}] {text}")
        });
    if let Some(filters) = variable(env, "RUST_LOG")? {
        builder.parse_filters(&filters);
    }
    let _ = builder.try_init(); // a second run in one process keeps the first logger
    Ok(())
}
