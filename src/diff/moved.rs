//! Projects that are in another organization now. Harness moves what belongs to a project along (a beta in 2026,
//! <https://developer.harness.io/docs/platform/organizations-and-projects/move-projects/overview>): that is one
//! change, and not everything removed and added again. What was inherited from the old organization does not come along.

use std::collections::HashSet;
use std::sync::Arc;

use super::Change;
use crate::model::{DiffFacts, GrantFact, Named, ResourceFact, ResourceType, is_move};

/// Takes what moved along out of the facts, and returns a change for each project that moved. What is left of such a project
/// is what differs.
pub(super) fn pair(facts: &mut DiffFacts) -> Vec<Change> {
    let mut changes = Vec::new();
    for moved in candidates(facts) {
        if moved.is_plausible(facts) {
            changes.extend(moved.take(facts));
        }
    }
    changes
}

/// A project that is gone from one organization and new in another, under the same identifier.
#[derive(Clone)]
pub(super) struct Move {
    from: ProjectPlace,
    to: ProjectPlace,
}

/// A project by its text id, and the path of the scope that it is.
#[derive(Clone, PartialEq, Eq)]
struct ProjectPlace {
    id: String,
    path: String,
}

impl ProjectPlace {
    fn of(fact: &ResourceFact) -> Option<Self> {
        let (org, project) = fact.id.strip_prefix("project/")?.split_once('/')?;
        Some(Self {
            id: fact.id.clone(),
            path: format!("org/{org}/project/{project}"),
        })
    }

    fn identifier(&self) -> &str {
        self.id
            .rsplit_once('/')
            .map_or("", |(_, identifier)| identifier)
    }
}

/// An identifier that several projects left or came to says nothing about which is which.
fn candidates(facts: &DiffFacts) -> Vec<Move> {
    let projects = |facts: &[ResourceFact]| -> Vec<ProjectPlace> {
        let projects = facts
            .iter()
            .filter(|fact| fact.kind == ResourceType::Project && !fact.newly_visible);
        projects.filter_map(ProjectPlace::of).collect()
    };
    let (old, new) = (
        projects(&facts.old_resources),
        projects(&facts.new_resources),
    );
    let only = |these: &[ProjectPlace], others: &[ProjectPlace]| -> Vec<ProjectPlace> {
        these
            .iter()
            .filter(|place| !others.contains(place))
            .cloned()
            .collect()
    };
    let (gone, come) = (only(&old, &new), only(&new, &old));
    let alone = |places: &[ProjectPlace], of: &ProjectPlace| {
        places
            .iter()
            .filter(|place| place.identifier() == of.identifier())
            .count()
            == 1
    };
    let mut moves = Vec::new();
    for from in &gone {
        let to = come.iter().find(|to| to.identifier() == from.identifier());
        if let Some(to) = to.filter(|to| alone(&gone, from) && alone(&come, to)) {
            moves.push(Move {
                from: from.clone(),
                to: to.clone(),
            });
        }
    }
    moves
}

impl Move {
    pub(super) fn between(before: &ResourceFact, after: &ResourceFact) -> Option<Self> {
        Some(Self {
            from: ProjectPlace::of(before)?,
            to: ProjectPlace::of(after)?,
        })
    }

    /// The way back.
    pub(super) fn back(&self) -> Self {
        Self {
            from: self.to.clone(),
            to: self.from.clone(),
        }
    }

    /// Whether at least half of what the old project held of its own is in the new one.
    fn is_plausible(&self, facts: &DiffFacts) -> bool {
        let (resources, grants) = self.came(facts);
        let own = |id: &str| {
            !id.rsplit_once('/')
                .is_some_and(|(_, identifier)| identifier.starts_with('_'))
        };
        let old_resources = facts
            .old_resources
            .iter()
            .filter(|fact| self.left(fact) && own(&fact.id));
        let old_grants = facts
            .old_grants
            .iter()
            .filter(|grant| self.left_grant(grant) && own(&grant.target.id));
        let along: Vec<bool> = old_resources
            .map(|fact| resources.contains(&self.renamed(&fact.id)))
            .chain(old_grants.map(|grant| grants.contains(&self.moved_grant(grant).id())))
            .collect();
        is_move(&along)
    }

    /// Takes out what is the same in both. What changed meanwhile is left, under one id.
    fn take(&self, facts: &mut DiffFacts) -> Option<Change> {
        let (resources, grants) = self.came(facts);
        let (before, after) = (
            remove(&mut facts.old_resources, &self.from.id)?,
            remove(&mut facts.new_resources, &self.to.id)?,
        );
        for fact in &mut facts.old_resources {
            if self.left(fact) && resources.contains(&self.renamed(&fact.id)) {
                self.carry(fact);
            }
        }
        let mut same = HashSet::new();
        facts.old_grants.retain(|grant| {
            let moved = self.left_grant(grant).then(|| self.moved_grant(grant).id());
            match moved.filter(|id| grants.contains(id)) {
                Some(id) => !same.insert(id),
                None => true,
            }
        });
        facts.new_grants.retain(|grant| !same.contains(&grant.id()));
        Some(Change::ResourceChanged {
            before: Box::new(before),
            after: Box::new(after),
        })
    }

    /// The ids of what the new project holds.
    fn came(&self, facts: &DiffFacts) -> (HashSet<String>, HashSet<String>) {
        let resources = facts
            .new_resources
            .iter()
            .filter(|fact| fact.scope == self.to.path);
        let grants = facts
            .new_grants
            .iter()
            .filter(|grant| belongs(grant, &self.to));
        (
            resources.map(|fact| fact.id.clone()).collect(),
            grants.map(GrantFact::id).collect(),
        )
    }

    fn left(&self, fact: &ResourceFact) -> bool {
        fact.scope == self.from.path
    }

    fn left_grant(&self, grant: &GrantFact) -> bool {
        belongs(grant, &self.from)
    }

    /// What the project holds, as it is after the move.
    pub(super) fn carry(&self, fact: &mut ResourceFact) {
        fact.attributes = self.moved_attributes(&fact.attributes);
        fact.id = self.renamed(&fact.id);
        fact.scope.clone_from(&self.to.path);
    }

    /// An id or the path of a scope as it is after the move.
    pub(super) fn renamed(&self, id: &str) -> String {
        if id == self.from.id {
            return self.to.id.clone();
        }
        if id == self.from.path {
            return self.to.path.clone();
        }
        let inside = |id: &str| {
            let (kind, path) = id.split_once('/')?;
            let identifier = path.strip_prefix(&self.from.path)?.strip_prefix('/')?;
            Some(format!("{kind}/{}/{identifier}", self.to.path))
        };
        inside(id).unwrap_or_else(|| id.to_owned())
    }

    /// Attributes name the scope as a value of its own, and inside text ids.
    fn moved_attributes(&self, attributes: &str) -> String {
        let (from, to) = (&self.from.path, &self.to.path);
        attributes
            .replace(&format!("\"{from}\""), &format!("\"{to}\""))
            .replace(&format!("/{from}/"), &format!("/{to}/"))
    }

    pub(super) fn moved_grant(&self, grant: &GrantFact) -> GrantFact {
        let named = |named: &Arc<Named>| {
            Arc::new(Named {
                id: self.renamed(&named.id),
                ..Named::clone(named)
            })
        };
        GrantFact {
            scope: grant.scope.as_ref().map(|path| self.renamed(path).into()),
            target: named(&grant.target),
            principal: named(&grant.principal),
            resource_group: grant.resource_group.as_ref().map(named),
            ..grant.clone()
        }
    }
}

fn belongs(grant: &GrantFact, place: &ProjectPlace) -> bool {
    *grant.report_scope == *place.path || grant.target.id == place.id
}

fn remove(facts: &mut Vec<ResourceFact>, id: &str) -> Option<ResourceFact> {
    let at = facts.iter().position(|fact| fact.id == id)?;
    Some(facts.remove(at))
}
