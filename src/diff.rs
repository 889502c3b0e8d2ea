//! What changed between two snapshots. Pure: facts in, changes out.

use serde::Serialize;
use std::collections::HashMap;

use crate::model::{DiffFacts, Gap, GrantFact, ResourceFact, SnapshotInfo};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A resource came, went or changed.
    Resource {
        /// As the older snapshot holds it.
        before: Option<ResourceFact>,
        /// As the newer snapshot holds it.
        after: Option<ResourceFact>,
    },
    /// A grant came.
    GrantAdded(GrantFact),
    /// A grant went.
    GrantRemoved(GrantFact),
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// Only the newer snapshot holds it.
    Added,
    /// Both hold it, differently.
    Changed,
    /// Only the older snapshot holds it.
    Removed,
}

/// The differences, and what cannot be called one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In fixed order: by scope, kind and id.
    pub changes: Vec<Change>,
    /// Resources and grants that came into sight with the first complete look at their listing: nobody knows whether
    /// they were there before.
    pub newly_visible: u64,
}

/// A comparison with what it compares.
#[derive(Clone, Debug)]
pub struct Report {
    /// The older snapshot.
    pub from: Side,
    /// The newer snapshot.
    pub to: Side,
    /// The differences.
    pub comparison: Comparison,
}

/// One snapshot of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
    /// The file it is in.
    pub file: String,
    /// What it did not see, although it or the other snapshot asked for it.
    pub gaps: Vec<Gap>,
}

impl Report {
    /// Whether both snapshots saw everything that either asked for.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        self.from.gaps.is_empty() && self.to.gaps.is_empty() && self.comparison.newly_visible == 0
    }
}

/// How many of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Came.
    pub added: u64,
    /// Went.
    pub removed: u64,
    /// Changed.
    pub changed: u64,
}

impl Tally {
    fn count(&mut self, verb: Verb) {
        match verb {
            Verb::Added => self.added += 1,
            Verb::Removed => self.removed += 1,
            Verb::Changed => self.changed += 1,
        }
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.added + self.removed + self.changed
    }
}

impl Verb {
    /// The word used in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

impl Change {
    /// Whether it came, went or changed.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Resource { before: None, .. } | Self::GrantAdded(_) => Verb::Added,
            Self::Resource { after: None, .. } | Self::GrantRemoved(_) => Verb::Removed,
            Self::Resource { .. } => Verb::Changed,
        }
    }

    /// `resource` or `grant`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Resource { .. } => "resource",
            Self::GrantAdded(_) | Self::GrantRemoved(_) => "grant",
        }
    }

    /// Path of the scope it belongs to.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Resource {
                after: Some(fact), ..
            }
            | Self::Resource {
                before: Some(fact), ..
            } => &fact.scope,
            Self::Resource { .. } => "",
            Self::GrantAdded(grant) | Self::GrantRemoved(grant) => &grant.place,
        }
    }

    /// The text id of the resource or grant.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Resource {
                after: Some(fact), ..
            }
            | Self::Resource {
                before: Some(fact), ..
            } => fact.id.clone(),
            Self::Resource { .. } => String::new(),
            Self::GrantAdded(grant) | Self::GrantRemoved(grant) => grant.id(),
        }
    }
}

impl Comparison {
    /// Counts of changed resources and of changed grants.
    #[must_use]
    pub fn tallies(&self) -> (Tally, Tally) {
        let (mut resources, mut grants) = (Tally::default(), Tally::default());
        for change in &self.changes {
            match change {
                Change::Resource { .. } => resources.count(change.verb()),
                Change::GrantAdded(_) | Change::GrantRemoved(_) => grants.count(change.verb()),
            }
        }
        (resources, grants)
    }
}

/// Pairs what ended with what began. The same grant ending and beginning is access made anew, which is no change.
#[must_use]
pub fn compare(facts: DiffFacts) -> Comparison {
    let mut comparison = Comparison::default();
    compare_resources(facts.old_resources, facts.new_resources, &mut comparison);
    compare_grants(facts.old_grants, facts.new_grants, &mut comparison);
    comparison.changes.sort_by_cached_key(|change| {
        (
            change.place().to_owned(),
            change.kind(),
            change.id(),
            change.verb(),
        )
    });
    comparison
}

fn compare_resources(old: Vec<ResourceFact>, new: Vec<ResourceFact>, comparison: &mut Comparison) {
    let mut old: HashMap<String, ResourceFact> = old
        .into_iter()
        .map(|fact| (fact.id.clone(), fact))
        .collect();
    for after in new {
        let before = old.remove(&after.id);
        let same = before.as_ref().is_some_and(|before| {
            before.name == after.name && before.attributes == after.attributes
        });
        if before.is_none() && !after.known_before {
            comparison.newly_visible += 1;
        } else if !same {
            comparison.changes.push(Change::Resource {
                before,
                after: Some(after),
            });
        }
    }
    let removed = old.into_values().map(|before| Change::Resource {
        before: Some(before),
        after: None,
    });
    comparison.changes.extend(removed);
}

fn compare_grants(old: Vec<GrantFact>, new: Vec<GrantFact>, comparison: &mut Comparison) {
    let mut ended: HashMap<_, &GrantFact> = old.iter().map(|fact| (fact.key(), fact)).collect();
    for began in &new {
        if ended.remove(&began.key()).is_some() {
            continue;
        }
        if began.known_before {
            comparison.changes.push(Change::GrantAdded(began.clone()));
        } else {
            comparison.newly_visible += 1;
        }
    }
    comparison
        .changes
        .extend(ended.into_values().cloned().map(Change::GrantRemoved));
}
