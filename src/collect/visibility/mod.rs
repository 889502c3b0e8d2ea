//! What the key may see.
//!
//! Most lists answer 200 with fewer rows when the key may not see all of them. They ask the same access check before they
//! do, so its answers count, whatever the catalogue of permissions says. `probe` asks it, `answers` keeps what it said
//! before and after the walk, `own_grants` proves what it would not answer, and `key` draws the conclusions for each list
//! and scope.

mod key;
mod own_grants;
mod probe;
mod results;

pub(crate) use key::{KeyVisibility, wants_every};
pub(crate) use own_grants::OwnGrant;
pub(crate) use probe::{PermissionProbe, ask};
pub(crate) use results::Caller;
