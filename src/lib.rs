//! harness-access: who has access to what in a Harness account, why, and what changed.
//!
//! One way for the data, no loops:
//!
//! ```text
//! command line, environment      Harness API
//!        |                            |
//!   cli, config -> api (auth, pace, retry, page walk)
//!                                     |
//!        model  <-  collect (listings, wire rows -> resources and grants)
//!                                     |
//!                   store (one SQLite file, history inside)
//!                                     |
//!                   diff (pure)  ->  output (table, json)
//! ```
//!
//! `command` has one file for each command and ties these together; `run` turns its result into output and exit
//! status. What may use what is enforced by the test `layers`.

/// Tests of private parts share the builder of the integration tests, which names the library from outside.
#[cfg(test)]
extern crate self as harness_access;

pub mod access;
pub mod agreed;
pub mod api;
pub mod characters;
pub mod cli;
pub mod collect;
mod command;
pub mod config;
pub mod cookbook;
pub mod diff;
pub mod error;
pub mod exit;
pub mod export;
pub mod findings;
mod logging;
pub mod model;
pub mod output;
pub mod report;
pub mod retention;
mod run;
mod settings;
mod signals;
mod similar;
pub mod store;
mod unfinished;

pub use command::Context;
pub use exit::Exit;
pub use run::run;

/// The program's name.
pub const NAME: &str = env!("CARGO_PKG_NAME");

/// The program's release.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit that was built, and its day; where they are known.
pub const BUILD: Option<&str> = option_env!("HARNESS_ACCESS_BUILD");

/// The day of the commit, `YYYY-MM-DD`.
pub const BUILD_DATE: Option<&str> = option_env!("HARNESS_ACCESS_BUILD_DATE");
