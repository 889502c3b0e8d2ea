//! Resources and grants as a snapshot holds them, names and all.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::{Details, Entitlement, ResourceType, Timestamp, attributes_differ};

/// Whether a project is the one that another organization held: at least half of what it held of its own came along. One
/// entry for each of these things: whether it came.
#[must_use]
pub fn is_move(came_along: &[bool]) -> bool {
    let came = came_along.iter().filter(|came| **came).count();
    came > 0 && came * 2 >= came_along.len()
}

/// A principal, user group, role or resource group as a snapshot names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its text id.
    pub id: String,
    /// Its type.
    pub kind: ResourceType,
    /// Its name; `None` when it has none or no list shows it.
    pub name: Option<String>,
    /// A user's or service account's address.
    pub email: Option<String>,
    /// Whether a list shows it.
    pub resolved: bool,
    /// How it is told apart from another that looks the same to people; `None` = no other does.
    pub namesake: Option<Namesake>,
}

/// One of several that look the same to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Namesake {
    /// The first snapshot of the file that does not show it any more; `None` = it is there.
    pub gone_since: Option<i64>,
}

/// A resource as a snapshot holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceFact {
    /// Scope path.
    pub scope: String,
    /// Type.
    pub kind: ResourceType,
    /// Text id.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// JSON, keys sorted.
    pub attributes: String,
    /// As of a [`Named`].
    pub namesake: Option<Namesake>,
    /// Whether its list was complete for the first time, so that nobody knows how long it has existed.
    pub newly_visible: bool,
    /// Whether both snapshots that are compared read its list whole themselves. Otherwise it may have come or gone before
    /// the older one.
    pub read_by_both: bool,
}

impl ResourceFact {
    /// Whether another version of the resource has the same name and, as far as both know them, the same attributes.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.name == other.name && !attributes_differ(&self.attributes, &other.attributes)
    }

    /// What is known of it, decoded; `None` when the attributes are not those of its type.
    #[must_use]
    pub fn details(&self) -> Option<Details> {
        Details::from_json(&self.kind, &self.attributes)
    }
}

/// A grant as a snapshot holds it. Many share the things they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantFact {
    /// Where it belongs in a report: the scope of a role grant, the user group's own for a membership.
    pub report_scope: Arc<str>,
    /// Scope path; `None` for a membership.
    pub scope: Option<Arc<str>>,
    /// The user group or role.
    pub target: Arc<Named>,
    /// Who holds it.
    pub principal: Arc<Named>,
    /// What a role covers; `None` for a membership.
    pub resource_group: Option<Arc<Named>>,
    /// Harness's identifier of the role assignment.
    pub role_assignment: Option<String>,
    /// When, says Harness.
    pub created_at: Option<Timestamp>,
    /// Made by Harness.
    pub harness_managed: bool,
    /// As for a resource.
    pub newly_visible: bool,
    /// As for a resource.
    pub read_by_both: bool,
}

impl GrantFact {
    /// What makes it the same grant in another snapshot or file: target, principal, scope and resource group.
    #[must_use]
    pub fn key(&self) -> (&str, &str, Option<&str>, Option<&str>) {
        (
            &self.target.id,
            &self.principal.id,
            self.scope.as_deref(),
            self.resource_group.as_ref().map(|group| group.id.as_str()),
        )
    }

    /// The text id: principal and entitlement, for a role with scope and resource group.
    #[must_use]
    pub fn id(&self) -> String {
        let mut id = format!("{} {}", self.principal.id, self.entitlement_id());
        let group = self.resource_group.as_ref().map(|group| group.id.as_str());
        for part in [self.scope.as_deref(), group].into_iter().flatten() {
            id.push(' ');
            id.push_str(part);
        }
        id
    }

    /// The text id of what is held.
    #[must_use]
    pub fn entitlement_id(&self) -> String {
        format!("{}:{}", self.target.id, self.entitlement().as_str())
    }

    /// Whether it is a membership or a role.
    #[must_use]
    pub fn entitlement(&self) -> Entitlement {
        match self.scope {
            None => Entitlement::Member,
            Some(_) => Entitlement::Assigned,
        }
    }
}

/// Everything that may differ between two snapshots, where the newer one looked.
#[derive(Clone, Debug, Default)]
pub struct DiffFacts {
    /// Resources as the older snapshot holds them, where they ended since.
    pub old_resources: Vec<ResourceFact>,
    /// Resources as the newer snapshot holds them, where they began since.
    pub new_resources: Vec<ResourceFact>,
    /// Grants that ended.
    pub old_grants: Vec<GrantFact>,
    /// Grants that began.
    pub new_grants: Vec<GrantFact>,
    /// How many more there are of which nobody knows whether the newer snapshot holds them: it did not look.
    pub out_of_sight: u64,
}

/// A map whose keys are row numbers or addresses. Nobody from outside chooses them, so the hash need not withstand
/// anybody, and takes a fifth of the time of the standard one.
pub type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// Multiplies and turns, as compilers do for their own tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0xf135_7aea_2e62_a9c5);
        self.0 ^= self.0 >> 32;
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}
