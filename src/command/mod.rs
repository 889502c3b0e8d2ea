//! One file a command: settings in, library calls, output.

pub(crate) mod audit;
mod clock;
mod compare;
pub(crate) mod completions;
pub(crate) mod config;
mod context;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod export;
mod export_history;
mod failure;
pub(crate) mod findings;
mod gaps;
pub(crate) mod history;
mod integrity;
pub(crate) mod label;
mod lapsed;
pub(crate) mod man;
mod names;
mod open;
mod parameters;
pub(crate) mod prune;
pub(crate) mod query;
mod question;
pub(crate) mod report;
mod selection;
pub(crate) mod snapshots;
mod support;
pub(crate) mod sync;
mod trail;
mod unseen;
pub(crate) mod verify;
pub(crate) mod what_can;
pub(crate) mod who_can;
pub(crate) mod why;

pub use context::Context;
