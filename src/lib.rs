//! harness-access: who has access to what in a Harness account, why, and what changed.
//!
//! The program reads the API of Harness, stores what it saw as one more snapshot in a local SQLite file, and answers
//! questions from that file. Two rules go before all others. What was not seen never looks like access that was
//! removed: each list of a snapshot says whether it was read whole. And one odd answer of a server does not end a sync:
//! it becomes a gap with a name.
//!
//! The data goes one way:
//!
//! ```text
//! command line, environment, configuration files        Harness API
//!               |                                            |
//!    cli, config, connection  ----------------------------> api       client, pages, retries, wire types
//!                                                            |
//!                                                         collect     lists and audit trail, mapped to the model
//!                                                            |
//!                                                          store      one SQLite file, history inside
//!                                                            |
//!           +-----------+-----------+-----------+------------+
//!           |           |           |           |            |
//!        access       diff      findings    cookbook     retention    what the facts mean; no input, no output
//!           |           |           |           |            |
//!           +-----------+-----+-----+-----------+------------+
//!                             |
//!               output, export, report                                text, files for programs, a page for people
//! ```
//!
//! - [`model`] has the nouns that all parts share: scope, resource, grant, listing, snapshot, time.
//! - [`api`] and [`collect`] are the only parts that know Harness's API.
//! - [`store`] is the only part that knows the database.
//! - [`access`] decides who can do what, [`diff`] what changed and who did it, [`findings`] what looks wrong,
//!   [`retention`] which snapshots stay. [`agreed`] reads what people accepted: approvals and gaps.
//! - [`output`], [`export`] and [`report`] write; names of strangers pass through [`characters`] first.
//! - `command` has one file for each command and ties these together. `config` completes the command line from the
//!   environment and from files before [`cli`] parses it. [`run()`] turns the result into output and [`Exit`] status;
//!   [`error`] has the words for what went wrong.
//!
//! CONTRIBUTING.md has the table of what may use what; the test `layers` holds the code to it.

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
mod config;
pub mod connection;
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
mod signals;
mod similar;
pub mod store;
mod text_file;
mod unfinished;
mod worded;

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
