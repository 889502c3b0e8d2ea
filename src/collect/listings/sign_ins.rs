//! When people signed in last, from the audit trail: Harness tells it nowhere else.

use super::audit_events::{ENDPOINT, VIEW};
use crate::collect::definition::{Alone, Definition, Phase, Walks, Wanted, WithoutPermission};
use crate::collect::list_walk::ListWalk;
use crate::model::{Extra, ListingKind};

pub(super) static SIGN_INS: Definition = Definition {
    kind: ListingKind::SignIns,
    endpoint: ENDPOINT,
    otherwise: &[],
    permission: Some(&VIEW),
    without_permission: WithoutPermission::GapApart,
    wanted: Wanted::With(Extra::Logins),
    phase: Phase::Named,
    walks: Walks::Trail,
    read: |_| ListWalk::read_elsewhere(),
    alone: Alone::Never,
};
