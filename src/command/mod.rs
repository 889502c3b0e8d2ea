//! One file a command: settings in, library calls, output.

pub(crate) mod diff;
pub(crate) mod history;
pub(crate) mod label;
mod place;
pub(crate) mod prune;
pub(crate) mod snapshots;
pub(crate) mod sync;
