//! Why the two answers to a question may differ.

use super::compare::{Compared, Hidden, hidden};
use super::sample::SampledQuestion;
use crate::access::index::Access;
use crate::access::path::Doubt;
use crate::model::{AuditEvent, ResourceType, Scope};

/// The likely reason of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The audit trail has a change since the snapshot that fits.
    Event(Box<AuditEvent>),
    /// The snapshot of this number, which is newer, answers as Harness does.
    NewerSnapshot(i64),
    /// The snapshot itself did not say yes or no, for these reasons.
    Doubts(Vec<Doubt>),
    /// Harness names a role that no list shows: its identifier.
    HiddenRole(String),
    /// Harness names a resource group that no list shows: its identifier.
    HiddenResourceGroup(String),
    /// Nothing is known that would explain it.
    Unknown,
}

impl Reason {
    /// What the snapshot and the answer say by themselves.
    #[must_use]
    pub fn by_themselves(access: &Access, compared: &Compared) -> Self {
        if compared.depends() {
            return Self::Doubts(compared.doubts.clone());
        }
        let mut policies = compared.only_harness.iter();
        let found = policies.find_map(|policy| Some((policy, hidden(access, policy)?)));
        match found {
            Some((policy, Hidden::Role)) => Self::HiddenRole(policy.role.clone()),
            Some((policy, Hidden::ResourceGroup)) => {
                Self::HiddenResourceGroup(policy.resource_group.clone())
            }
            None => Self::Unknown,
        }
    }

    /// The latest of some events that can have made the difference.
    #[must_use]
    pub fn in_events(
        access: &Access,
        asked: &SampledQuestion,
        compared: &Compared,
        events: &[AuditEvent],
    ) -> Option<Self> {
        let concerned = concerned(access, asked, compared);
        let fitting = events
            .iter()
            .filter(|event| concerned.iter().any(|of| of.fits(event)));
        let latest = fitting.max_by_key(|event| event.at)?;
        Some(Self::Event(Box::new(latest.clone())))
    }
}

/// Something that a role assignment hangs on, and where the assignment is.
struct Concerned {
    kind: &'static str,
    names: Vec<String>,
    at: Scope,
}

impl Concerned {
    /// A role assignment is recorded under its principal, at the scope of the assignment.
    fn fits(&self, event: &AuditEvent) -> bool {
        let acted_on = &event.acted_on;
        let is_named = |name: &String| {
            name.eq_ignore_ascii_case(&acted_on.identifier)
                || acted_on.user_id.as_ref().is_some_and(|uuid| name == uuid)
        };
        let is_assignment = event
            .action
            .to_ascii_uppercase()
            .starts_with("ROLE_ASSIGNMENT");
        let in_scope = if is_assignment {
            event.scope == self.at
        } else {
            event.scope.contains(&self.at)
        };
        in_scope && acted_on.kind.eq_ignore_ascii_case(self.kind) && self.names.iter().any(is_named)
    }
}

/// What the role assignments that only one side names hang on.
fn concerned(access: &Access, asked: &SampledQuestion, compared: &Compared) -> Vec<Concerned> {
    let fact = access.principal(asked.principal);
    let mut names = vec![fact.identifier.clone()];
    names.extend(fact.email.clone());
    let who = (fact.kind.clone(), names);
    let mut concerned = Vec::new();
    let mut add = |at: &Scope, holder: Option<(ResourceType, String)>, role: &str, group: &str| {
        let one = |kind, names: Vec<String>| Concerned {
            kind,
            names,
            at: at.clone(),
        };
        let holder = holder.map(|(kind, name)| (kind, vec![name]));
        for (kind, names) in [Some(who.clone()), holder].into_iter().flatten() {
            concerned.extend(recorded_as(&kind).map(|kind| one(kind, names)));
        }
        concerned.push(one("ROLE", vec![role.to_owned()]));
        concerned.push(one("RESOURCE_GROUP", vec![group.to_owned()]));
        concerned.extend(
            at.org()
                .map(|org| one("ORGANIZATION", vec![org.to_owned()])),
        );
        concerned.extend(
            at.project()
                .map(|project| one("PROJECT", vec![project.to_owned()])),
        );
    };
    for path in &compared.only_snapshot {
        let holder = access.principal(access.grant(path).principal);
        let holder = (holder.kind.clone(), holder.identifier.clone());
        let (role, group) = (access.role(path), access.resource_group(path));
        add(
            access.scope(path),
            Some(holder),
            &role.identifier,
            &group.identifier,
        );
    }
    for policy in &compared.only_harness {
        add(
            &policy.scope,
            policy.holder.clone(),
            &policy.role,
            &policy.resource_group,
        );
    }
    concerned
}

/// How the trail calls a type of principal.
fn recorded_as(kind: &ResourceType) -> Option<&'static str> {
    match kind {
        ResourceType::User => Some("USER"),
        ResourceType::UserGroup => Some("USER_GROUP"),
        ResourceType::ServiceAccount => Some("SERVICE_ACCOUNT"),
        _ => None,
    }
}
