//! Who can do what, as the server computes it. Pure: facts in, paths out; no SQL, no output.
//!
//! # The rules
//! Access is additive: there is no denial. A *path* leads from a principal to a permission:
//!
//! ```text
//! principal [-> member of a user group] -> role at a scope, over a resource group -> covered resources
//! ```
//!
//! 1. **Role grants.** A disabled role assignment grants nothing and is not among the facts. A disabled or locked user
//!    keeps every grant and merely cannot sign in: flagged, not dropped. Membership of a scope is not asked for.
//! 2. **Principals.** A user group's grants belong to its members; groups do not nest; an empty one helps nobody. The
//!    group is the one of its own scope, whatever the scope of the grant. Harness's all-users group of the account
//!    stands for every user; one that its stored members lack *depends*, since Harness keeps them by events.
//! 3. **Roles.** A role counts where it may be assigned. One that no list shows *depends*: Harness hides some of its
//!    own roles, whose permissions are then taken from the last public table of them (December 2023), and a permission that
//!    is newer than that table *depends* as well. Any other role that no list shows grants nothing today.
//! 4. **Resource groups.** Each included scope with each entry covers resources there. An included scope without a name
//!    is the grant's own; with child scopes it goes for everything below. No identifiers means every one of the type; named
//!    ones with child scopes never match; an attribute filter *depends* on the resource. A group that no list shows
//!    *depends*.
//! 5. **Type fit.** A permission holds on covered resources when their type is the entry's, or the group covers
//!    everything, or by the exceptions of [`Catalogue::fit`](permissions::Catalogue::fit). A permission whose type neither the catalogue of the
//!    snapshot nor Harness's documentation of 2026 names *depends*.
//! 6. **Implicit views.** For each included scope and those above it, the holder may also view exactly those (and all
//!    below, where children are included), if the role has that view.
//! 7. **The question** names a scope: everything of a type there counts, and so does everything including children
//!    there or above. A named resource counts at its own scope only. For permissions on organizations and projects the
//!    scope itself is the resource, asked for from outside and from inside; covering everything in the account without
//!    child scopes covers no organization. The server's answer to a check without a name, which is yes there, counts
//!    only for creating one, since nothing else is asked that way.
//! 8. **Service accounts** are matched by identifier alone, without their scope (December 2023): those of one identifier
//!    share their grants, which *depends* on the release.
//!
//! A path *depends* when it is neither a plain yes nor a plain no; it says why. What rests on a grant, membership, role
//! or resource group from a list that was not complete depends as well: nobody knows whether it is still so.

pub mod agreement;
mod covered;
mod engine;
mod explain;
mod gives;
mod index;
mod names;
mod path;
pub mod permissions;
mod question;

pub use covered::{CoveredResources, Extent};
pub use explain::{Explained, Left, best, explain, sure};
pub use index::Access;
pub use path::{Doubt, Holders, Path, PathAnswer};
pub use question::{Question, Target};
