//! The nouns of the field: scopes, resources, grants, listings and the observation that holds them.
//!
//! Invariant: nothing here knows HTTP, SQL or the terminal.

mod access;
mod area;
mod assignment_ids;
mod examination;
mod fact;
mod grant;
mod history;
mod impact;
mod label;
mod listing;
mod numbers;
mod observation;
mod planned_walk;
mod pruned;
mod reference;
mod resource;
mod scope;
mod snapshot;
mod time;

pub use access::{
    AccessFacts, MembershipFact, PrincipalFact, ResourceGroupFact, RoleFact, RoleGrantFact,
};
pub use area::{Area, Depth, Extra};
pub use assignment_ids::{AssignmentIds, AssignmentRef};
pub use examination::{Examination, Held, Whole};
pub use fact::{DiffFacts, GrantFact, Named, ResourceFact};
pub use grant::{Entitlement, Grant};
pub use history::{Moment, Span, Thing};
pub use impact::{Impact, ImpactWanted, Impacts};
pub use label::Label;
pub use listing::{Listing, ListingKind, ListingState};
pub use numbers::NumberMap;
pub use observation::{Directory, Observation, Ref, ScopeRef};
pub use planned_walk::PlannedWalk;
pub use pruned::Pruned;
pub use reference::{SnapshotLocator, SnapshotRef};
pub use resource::{
    Details, IncludedScope, Known, Resource, ResourceId, ResourceType, Selector, canonical_json,
};
pub use scope::{Level, Scope};
pub use snapshot::{Gap, SnapshotInfo, Unverified};
pub use time::Timestamp;
