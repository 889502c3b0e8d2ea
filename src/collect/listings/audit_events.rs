//! Who did what to access, from the audit trail.

use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::list_walk::ListWalk;
use crate::model::{Extra, ListingKind};

/// Harness sorts by time alone, whatever else is asked for.
pub(super) const ENDPOINT: Endpoint = Endpoint::post("/audit/api/audits/list", &["timestamp,ASC"]);

/// A grant at the account covers every scope below.
pub(super) static VIEW: RequiredPermission = RequiredPermission {
    permission: "core_audit_view",
    resource_type: "AUDIT",
    principal: None,
};

pub(super) static AUDIT_EVENTS: Definition = Definition {
    kind: ListingKind::AuditEvents,
    endpoint: ENDPOINT,
    otherwise: &[],
    permission: Some(&VIEW),
    without_permission: WithoutPermission::GapApart,
    wanted: Wanted::With(Extra::Audit),
    phase: Phase::Named,
    walks: Walks::Trail,
    read: |_| ListWalk::read_elsewhere(),
    alone: Alone::Never,
};
