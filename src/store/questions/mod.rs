//! What the file is asked, one question a file. Each sees whole snapshots only: a sync in progress is invisible until it
//! commits.

mod access;
mod access_parts;
mod find;
mod history;
mod impact;
mod select;
mod snapshots;

pub use history::GrantParts;
pub use select::{Receiver, Rows};
