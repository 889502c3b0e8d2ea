//! What the key may see.
//!
//! Most lists answer 200 with fewer rows when the key may not see all of them, so only the access check can tell a
//! complete list from a thinned one. `probe` asks it, `enforcement` tells which answers mean something, and `key` draws
//! the conclusions for each list and scope.

mod enforcement;
mod key;
mod probe;

pub(crate) use enforcement::Unenforced;
pub(crate) use key::{KeyVisibility, wants_every};
pub(crate) use probe::{PermissionProbe, ask};
