//! One file a command: settings in, library calls, output.

pub(crate) mod diff;
pub(crate) mod history;
mod place;
pub(crate) mod snapshots;
pub(crate) mod sync;
