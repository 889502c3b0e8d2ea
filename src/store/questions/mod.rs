//! What the file is asked, one question a file. Each sees whole snapshots only: a sync in progress is invisible until it
//! commits.

mod access;
mod access_loader;
mod access_parts;
mod called;
mod find;
mod history;
mod impact;
mod ordered_grants;
mod ordered_history;
mod select;
mod snapshots;
mod trail;

pub use access_parts::AccessFrame;
pub use history::GrantParts;
pub use ordered_history::GRANT_ID;
pub use select::{Limits, Receiver, Restricted, Rows, SelectError};
pub(super) use snapshots::infos;
pub use trail::SignInsRead;
pub(super) use trail::{EVENT_COLUMNS, EVENT_TABLES, event};
