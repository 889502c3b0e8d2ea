//! One file a command: settings in, library calls, output.

pub(crate) mod diff;
pub(crate) mod findings;
mod question;
pub(crate) mod snapshots;
pub(crate) mod sync;
pub(crate) mod what_can;
pub(crate) mod who_can;
pub(crate) mod why;
