//! How many people a change affects.

use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Who is behind a group, a role or a resource group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// Users, each counted once, however many ways they have.
    pub users: u64,
    /// Service accounts, likewise.
    pub service_accounts: u64,
    /// Role grants concerned: those a user group holds, those of a role, those over a resource group.
    pub grants: u64,
}

/// The things whose impact is asked for, by text id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImpactWanted {
    /// User groups whose members are counted.
    pub members_of: HashSet<String>,
    /// User groups whose roles are counted.
    pub roles_of: HashSet<String>,
    /// Roles and resource groups, whose holders and grants are counted.
    pub holders_of: HashSet<String>,
}

/// The answer, by text id; what nobody holds is missing.
pub type Impacts = HashMap<String, Impact>;
