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
mod observation;
mod planned_walk;
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
pub use fact::{DiffFacts, GrantFact, Named, NumberMap, ResourceFact};
pub use grant::{Entitlement, Grant};
pub use history::{Moment, Span, Thing};
pub use impact::{Impact, ImpactWanted, Impacts};
pub use label::Label;
pub use listing::{Listing, ListingKind, ListingState};
pub use observation::{Directory, Observation, Ref, Resource, ScopeRef};
pub use planned_walk::PlannedWalk;
pub use reference::{SnapshotLocator, SnapshotRef};
pub use resource::{
    Details, IncludedScope, Known, ResourceId, ResourceType, Selector, canonical_json,
};
pub use scope::{Level, Scope};
pub use snapshot::{Gap, Pruned, SnapshotInfo, Unverified};
pub use time::Timestamp;
