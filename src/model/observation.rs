//! What one run saw of an account, ready to be stored.

use std::collections::HashMap;

use super::{AssignmentIds, Details, Directory, Grant, Level, Listing, Ref, Timestamp, TrailRead};

/// A resource as one listing showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its identity, kept in the observation's directory.
    pub id: Ref,
    /// Its name; `None` when Harness has none (users without a name).
    pub name: Option<String>,
    /// What is known of it besides, by type.
    pub details: Details,
    /// What of it could not be read: names of attributes, and `name`. What was known of it before stands.
    pub unread: Vec<&'static str>,
}

impl Resource {
    /// Puts what was known before in the place of what could not be read.
    pub fn keep_unread(&mut self, name: Option<&str>, attributes: &str) {
        if self.unread.is_empty() {
            return;
        }
        if self.unread.contains(&"name") {
            self.name = name.map(str::to_owned);
        }
        let details = self.details.clone();
        self.details = details.with_earlier(attributes, &self.unread);
    }
}

/// One complete or partial look at an account.
#[derive(Debug)]
pub struct Observation {
    /// When the first request was sent.
    pub started_at: Timestamp,
    /// When the last answer was read.
    pub finished_at: Timestamp,
    /// Who the key belongs to, as a text id; `None` when Harness does not say.
    pub caller: Option<String>,
    /// What was asked for, such as `account`.
    pub scopes: String,
    /// Remarks on the whole snapshot, such as that access control is off.
    pub notes: Vec<String>,
    /// Requests sent in all, the access check included.
    pub requests: i64,
    /// The ids that `resources` and `grants` refer to.
    pub directory: Directory,
    /// What the listings showed, each resource once.
    pub resources: Vec<Resource>,
    /// Levels at which Harness offers each of its own roles and resource groups, by reference. They tell which listing
    /// would have shown one that is missing.
    pub supplied_levels: HashMap<Ref, Vec<Level>>,
    /// Every grant, each natural key once.
    pub grants: Vec<Grant>,
    /// Identifiers of the role assignments behind the grants.
    pub assignment_ids: AssignmentIds,
    /// Role assignments that are disabled and therefore grant nothing.
    pub disabled_role_assignments: i64,
    /// The record of every listing.
    pub listings: Vec<Listing>,
    /// What was read of the audit trail; `None` = not asked for.
    pub trail: Option<TrailRead>,
}
