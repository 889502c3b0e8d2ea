//! The nouns of the field: scopes, resources, grants, listings and the observation that holds them.
//!
//! Invariant: nothing here knows HTTP, SQL or the terminal.

mod access;
mod assignment_ids;
mod audit;
mod by;
mod diagnosis;
mod directory;
mod fact;
mod grant;
mod history;
mod impact;
mod label;
mod listing;
mod observation;
mod policy;
mod reference;
mod resource;
mod rows;
mod scope;
mod scope_selection;
mod self_raising;
mod snapshot;
mod time;
mod trail;
mod verified;

pub use access::{
    AccessFacts, HeldRole, MembershipFact, PermissionFact, PrincipalFact, ResourceGroupFact,
    RoleFact, RoleGrantFact,
};
pub use assignment_ids::{AssignmentIds, AssignmentRef};
pub use audit::{ActedOn, Actor, ActorKind, AuditEvent, EventDetail};
pub use by::{Acting, Behind, By, Certainty};
pub use diagnosis::{
    CheckedPermission, Deviation, Diagnosis, ListDiagnosis, Outlook, Proof, Trial, TrialAnswer,
};
pub use directory::{Directory, Ref, ScopeRef};
pub use fact::{DiffFacts, GrantFact, Named, Namesake, NumberMap, ResourceFact, is_move};
pub use grant::{Entitlement, Grant, HeldAssignment};
pub use history::{Moment, MovedProject, Span, Thing};
pub use impact::{Impact, ImpactWanted, Impacts};
pub use label::Label;
pub use listing::{CHECK_SILENT, Listing, ListingKind, ListingState, PlannedWalk};
pub use observation::{Observation, Resource};
pub use policy::{AccessQuestion, Policy};
pub use reference::{SnapshotLocator, SnapshotRef, beginning, is_odd_date};
pub use resource::{
    Details, IncludedScope, Known, ResourceId, ResourceType, Selector, attributes_differ,
    canonical_json, differs,
};
pub use rows::{Cell, RowReceiver};
pub use scope::{Level, Scope};
pub use scope_selection::{Depth, Extra, ScopeSelection};
pub use self_raising::{SELF_RAISING, raises};
pub use snapshot::{Converted, Gap, GapState, Pruned, SnapshotInfo, Unverified};
pub use time::Timestamp;
pub use trail::{
    AuditTrail, MOST_ATTEMPTS, ReadWindow, SignIn, TRAIL_LAG_MS, TrailBefore, TrailRead, Unread,
    Window,
};
pub use verified::{Verified, VerifiedSnapshot};
