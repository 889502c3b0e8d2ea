//! How many people a change reaches.

use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Who is behind a group, a role or a resource group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Users, each counted once, however many ways they have.
    pub users: u64,
    /// Service accounts, likewise.
    pub service_accounts: u64,
    /// Role grants concerned: those a user group holds, those of a role, those over a resource group.
    pub grants: u64,
}

/// The things whose reach is asked for, by text id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReachOf {
    /// User groups.
    pub groups: BTreeSet<String>,
    /// Roles and resource groups.
    pub held: BTreeSet<String>,
}

/// The answer, by text id; what nobody holds is missing.
pub type Reaches = HashMap<String, Reach>;
