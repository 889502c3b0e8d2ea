//! The one SQLite file with its history inside.
//!
//! # Shape
//! A fact (a version of a resource, a grant) is one row with the snapshot from which it holds and the snapshot from
//! which it no longer holds, so a snapshot costs what it changes. A fact belongs to a listing; it ends only when that
//! listing was complete and did not show it. The views of `schema/views.sql` are the contract.
//!
//! # Locking
//! A sync takes SQLite's write lock before its first request and holds it until it commits: a second one is refused at
//! once, readers go on reading, and a killed process leaves no lock behind. Nothing is written before everything is
//! fetched and verified; then one transaction merges and commits.
//!
//! # Filesystems
//! Rollback journal, not WAL: a WAL file beside the database would be lost by whoever copies one file. The file is
//! created with mode 0600, since it is a map of who can do what.

mod audit_id;
mod commit;
mod coverage;
mod derived;
mod diff;
mod digest;
mod error;
mod evidence;
mod facts;
mod label;
mod made_by;
mod migrate;
mod names;
mod open;
mod prune;
mod publish;
mod questions;
mod schema;

pub(crate) use error::MORE_MEMORY;
pub use error::StoreError;
pub use made_by::{Changed, ExplainedSnapshot};
pub(crate) use open::keep_temporary_files_beside;
pub use open::{Identity, Reader, Writer};
pub use publish::{Published, Removal};
pub use questions::{
    AccessFrame, GRANT_ID, GrantParts, Limits, Receiver, Restricted, Rows, SelectError, SignInsRead,
};
