//! What is said on standard error while working.

use env_logger::Builder;
use log::LevelFilter;

use crate::config::Lookup;

/// Starts logging: warnings, with `-v` what is done, with `-v -v` every request. `RUST_LOG` wins. Trace records, in
/// which ureq would print the API key, are compiled out.
pub(crate) fn start(verbose: u8, quiet: bool, env: Lookup<'_>) {
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
        .format_timestamp(None)
        .format_target(false);
    if let Some(filters) = env("RUST_LOG") {
        builder.parse_filters(&filters);
    }
    let _ = builder.try_init(); // a second run in one process keeps the first logger
}
