//! One file a command: settings in, library calls, output.

pub(crate) mod diff;
mod place;
pub(crate) mod snapshots;
pub(crate) mod sync;
