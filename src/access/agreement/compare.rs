//! What two answers to one question have in common.

use std::collections::BTreeSet;

use super::sample::SampledQuestion;
use crate::access::index::Access;
use crate::access::path::{Doubt, Path, PathAnswer};
use crate::model::{Policy, Scope};

/// The two answers to a question, side by side.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The snapshot's answer; `None` = no.
    pub snapshot: Option<PathAnswer>,
    /// Harness's answer; `None` = no.
    pub harness: Option<PathAnswer>,
    /// Certain paths of the snapshot that Harness does not name.
    pub only_snapshot: Vec<Path>,
    /// What Harness names, and the snapshot has no path for.
    pub only_harness: Vec<Policy>,
    /// Why the snapshot's answer depends.
    pub doubts: Vec<Doubt>,
}

impl Compared {
    /// Whether both say the same, by the same role assignments.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.snapshot == self.harness && self.names_the_same()
    }

    /// Whether the snapshot says neither yes nor no, and has every role assignment that Harness names: whatever Harness
    /// answers, the snapshot is not wrong.
    #[must_use]
    pub fn depends(&self) -> bool {
        self.snapshot == Some(PathAnswer::Depends) && self.names_the_same()
    }

    fn names_the_same(&self) -> bool {
        self.only_snapshot.is_empty() && self.only_harness.is_empty()
    }
}

/// Compares the snapshot's answer with Harness's. Two things are no difference: a condition on attributes of a resource,
/// where Harness names the same role assignment, since neither side says of which resource it is true; and one more way
/// to what the snapshot does not deny through a role or resource group that no list shows.
#[must_use]
pub fn compare(
    access: &Access,
    asked: &SampledQuestion,
    policies: &[Policy],
    seen: &BTreeSet<Scope>,
) -> Compared {
    let policies: Vec<&Policy> = policies
        .iter()
        .filter(|policy| seen.contains(&policy.scope))
        .collect();
    let is_named = |path: &Path| policies.iter().any(|policy| is_same(access, path, policy));
    let is_certain = |path: &Path| {
        path.answer() == PathAnswer::Yes
            || is_named(path) && path.doubts.iter().all(|doubt| *doubt == Doubt::Attribute)
    };
    let (certain, open): (Vec<&Path>, Vec<&Path>) =
        asked.paths.iter().partition(|path| is_certain(path));
    let snapshot = match (certain.is_empty(), open.is_empty()) {
        (false, _) => Some(PathAnswer::Yes),
        (true, false) => Some(PathAnswer::Depends),
        (true, true) => None,
    };
    let is_of_both = |policy: &Policy| {
        asked.paths.iter().any(|path| is_same(access, path, policy))
            || snapshot.is_some() && hidden(access, policy).is_some()
    };
    let doubts: BTreeSet<Doubt> = open.iter().flat_map(|path| &path.doubts).copied().collect();
    Compared {
        snapshot,
        harness: (!policies.is_empty()).then_some(PathAnswer::Yes),
        only_harness: policies
            .iter()
            .filter(|policy| !is_of_both(policy))
            .map(|policy| (*policy).clone())
            .collect(),
        only_snapshot: certain
            .into_iter()
            .filter(|path| !is_named(path))
            .cloned()
            .collect(),
        doubts: doubts.into_iter().collect(),
    }
}

/// What of a role assignment no list of the snapshot shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    Role,
    ResourceGroup,
}

pub(super) fn hidden(access: &Access, policy: &Policy) -> Option<Hidden> {
    let facts = access.facts();
    let mut roles = facts.roles.iter();
    if !roles.any(|role| role.resolved && role.identifier == policy.role) {
        return Some(Hidden::Role);
    }
    let mut groups = facts.resource_groups.iter();
    let shows = groups.any(|group| group.resolved && group.identifier == policy.resource_group);
    (!shows).then_some(Hidden::ResourceGroup)
}

/// Whether a path goes through the role assignment that Harness names: by its identifier, or by what it assigns to whom.
fn is_same(access: &Access, path: &Path, policy: &Policy) -> bool {
    if *access.scope(path) != policy.scope {
        return false;
    }
    let holder = access.principal(access.grant(path).principal);
    let is_holder = policy
        .holder
        .as_ref()
        .is_none_or(|(kind, identifier)| holder.kind == *kind && holder.identifier == *identifier);
    let is_same_assignment = access.role_assignment(path).as_deref()
        == policy.role_assignment.as_deref()
        && policy.role_assignment.is_some();
    is_same_assignment
        || is_holder
            && access.role(path).identifier == policy.role
            && access.resource_group(path).identifier == policy.resource_group
}
