//! What changed between two snapshots, what it means, and what of it counts. Pure: facts in, changes out.
//!
//! `compare` pairs what ended with what began; `assess` adds to each change what was done, whom it affects, whether
//! somebody can do more than before and whether Harness did it by itself; `approvals` marks what was agreed to; `fail_on`
//! says whether the rest counts.

pub mod approvals;
mod assess;
mod details;
mod escalation;
mod fail_on;
pub mod history;
mod widening;

pub use assess::{AssessedChange, Cause, assess, impact_wanted};
pub use details::details;
pub use escalation::Escalation;
pub use fail_on::FailOn;

use serde::Serialize;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter::Peekable;

use crate::model::{DiffFacts, Gap, GrantFact, NumberMap, ResourceFact, SnapshotInfo};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A resource came, went or changed.
    Resource {
        /// As the older snapshot holds it.
        before: Option<Box<ResourceFact>>,
        /// As the newer snapshot holds it.
        after: Option<Box<ResourceFact>>,
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
pub struct Differences {
    /// In fixed order: by scope, kind and id.
    pub changes: Vec<Change>,
    /// Resources and grants that came into sight with the first complete look at their listing: nobody knows whether
    /// they were there before.
    pub newly_visible: u64,
    /// Resources and grants of which nobody knows whether the newer snapshot holds them: it did not look, and the older
    /// one did.
    pub out_of_sight: u64,
}

/// The differences between two snapshots, assessed.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The older snapshot.
    pub from: Side,
    /// The newer snapshot.
    pub to: Side,
    /// What of the changes counts.
    pub fail_on: FailOn,
    /// The differences, assessed, in fixed order.
    pub changes: Vec<AssessedChange>,
    /// As in [`Differences`].
    pub newly_visible: u64,
    /// As in [`Differences`].
    pub out_of_sight: u64,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
    /// The file it is in.
    pub file: String,
    /// What it did not see, although it or the other snapshot asked for it.
    pub gaps: Vec<Gap>,
}

impl Comparison {
    /// Whether both snapshots saw everything that either asked for.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        self.from.gaps.is_empty()
            && self.to.gaps.is_empty()
            && self.newly_visible == 0
            && self.out_of_sight == 0
    }

    /// Counts of changed resources and of changed grants.
    #[must_use]
    pub fn tallies(&self) -> (Tally, Tally) {
        let (mut resources, mut grants) = (Tally::default(), Tally::default());
        for AssessedChange { change, .. } in &self.changes {
            match change {
                Change::Resource { .. } => resources.count(change.verb()),
                Change::GrantAdded(_) | Change::GrantRemoved(_) => grants.count(change.verb()),
            }
        }
        (resources, grants)
    }

    /// How many changes are of some kind.
    #[must_use]
    pub fn count(&self, wanted: impl Fn(&AssessedChange) -> bool) -> usize {
        self.changes
            .iter()
            .filter(|assessed| wanted(assessed))
            .count()
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
    pub fn scope(&self) -> &str {
        match self {
            Self::Resource { .. } => self.resource().map_or("", |fact| &fact.scope),
            Self::GrantAdded(grant) | Self::GrantRemoved(grant) => &grant.report_scope,
        }
    }

    /// The resource as the newer snapshot holds it, else as the older one does; `None` for a grant.
    #[must_use]
    pub fn resource(&self) -> Option<&ResourceFact> {
        match self {
            Self::Resource { before, after } => after.as_deref().or(before.as_deref()),
            Self::GrantAdded(_) | Self::GrantRemoved(_) => None,
        }
    }

    /// The grant; `None` for a resource.
    #[must_use]
    pub fn grant(&self) -> Option<&GrantFact> {
        match self {
            Self::Resource { .. } => None,
            Self::GrantAdded(grant) | Self::GrantRemoved(grant) => Some(grant),
        }
    }

    /// The text id of the resource or grant.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Resource { .. } => self
                .resource()
                .map_or_else(String::new, |fact| fact.id.clone()),
            Self::GrantAdded(grant) | Self::GrantRemoved(grant) => grant.id(),
        }
    }
}

/// Pairs what ended with what began. The same grant ending and beginning is access made anew, which is no change.
#[must_use]
pub fn compare(facts: DiffFacts) -> Differences {
    let mut differences = Differences {
        out_of_sight: facts.out_of_sight,
        ..Differences::default()
    };
    compare_resources(facts.old_resources, facts.new_resources, &mut differences);
    compare_grants(facts.old_grants, facts.new_grants, &mut differences);
    // Stable, and both parts are in order already: one merge.
    differences
        .changes
        .sort_by(|a, b| (a.scope(), a.kind()).cmp(&(b.scope(), b.kind())));
    differences
}

fn compare_resources(
    old: Vec<ResourceFact>,
    new: Vec<ResourceFact>,
    differences: &mut Differences,
) {
    let mut old: HashMap<String, ResourceFact> = old
        .into_iter()
        .map(|fact| (fact.id.clone(), fact))
        .collect();
    for after in new {
        let before = old.remove(&after.id);
        let same = before.as_ref().is_some_and(|before| {
            before.name == after.name && before.attributes == after.attributes
        });
        if before.is_none() && after.newly_visible {
            differences.newly_visible += 1;
        } else if !same {
            differences.changes.push(Change::Resource {
                before: before.map(Box::new),
                after: Some(Box::new(after)),
            });
        }
    }
    let gone = old.into_values().map(|before| Change::Resource {
        before: Some(Box::new(before)),
        after: None,
    });
    differences.changes.extend(gone);
    differences
        .changes
        .sort_by_cached_key(|change| (change.scope().to_owned(), change.id()));
}

/// Where a grant stands in the order, and its identity, as ranks of ids: hundreds of thousands are sorted, and comparing
/// numbers takes a tenth of the time of comparing texts.
type Ranks = [u32; 5];

fn compare_grants(old: Vec<GrantFact>, new: Vec<GrantFact>, differences: &mut Differences) {
    let (old_ranks, new_ranks) = ranks(&old, &new);
    let mut old = in_order(old, old_ranks);
    let mut new = in_order(new, new_ranks);
    loop {
        let side = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        match side {
            Ordering::Less => {
                let ended = old.next().map(|(_, ended)| Change::GrantRemoved(ended));
                differences.changes.extend(ended);
            }
            Ordering::Greater => {
                if let Some((_, began)) = new.next() {
                    if began.newly_visible {
                        differences.newly_visible += 1;
                    } else {
                        differences.changes.push(Change::GrantAdded(began));
                    }
                }
            }
            Ordering::Equal => {
                old.next();
                new.next();
            }
        }
    }
}

fn in_order(
    facts: Vec<GrantFact>,
    ranks: Vec<Ranks>,
) -> Peekable<impl Iterator<Item = (Ranks, GrantFact)>> {
    let mut order: Vec<(Ranks, usize)> = ranks.into_iter().zip(0..).collect();
    order.sort_unstable();
    let mut facts: Vec<Option<GrantFact>> = facts.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(move |(ranks, at)| Some((ranks, facts[at].take()?)))
        .peekable()
}

fn ranks<'a>(old: &'a [GrantFact], new: &'a [GrantFact]) -> (Vec<Ranks>, Vec<Ranks>) {
    let mut numbers = Numbers::default();
    let mut number = |fact: &'a GrantFact| parts(fact).map(|part| numbers.of(part));
    let mut old: Vec<Ranks> = old.iter().map(&mut number).collect();
    let mut new: Vec<Ranks> = new.iter().map(&mut number).collect();
    let rank = numbers.ranks();
    for number in old.iter_mut().chain(&mut new).flatten() {
        *number = rank[*number as usize];
    }
    (old, new)
}

/// A number for each text. Facts share their texts, so most are known by where they lie.
#[derive(Default)]
struct Numbers<'a> {
    by_text: HashMap<&'a str, u32>,
    by_address: NumberMap<(usize, usize), u32>,
}

impl<'a> Numbers<'a> {
    fn of(&mut self, text: &'a str) -> u32 {
        let address = (text.as_ptr().addr(), text.len());
        if let Some(number) = self.by_address.get(&address) {
            return *number;
        }
        let next = u32::try_from(self.by_text.len()).unwrap_or(u32::MAX);
        let number = *self.by_text.entry(text).or_insert(next);
        self.by_address.insert(address, number);
        number
    }

    /// The rank of each number in the order of the texts.
    fn ranks(self) -> Vec<u32> {
        let mut by_text: Vec<(&str, u32)> = self.by_text.into_iter().collect();
        by_text.sort_unstable();
        let mut rank = vec![0; by_text.len()];
        for ((_, number), at) in by_text.into_iter().zip(0..) {
            rank[number as usize] = at;
        }
        rank
    }
}

fn parts(fact: &GrantFact) -> [&str; 5] {
    let (target, principal, scope, over) = fact.key();
    [
        &fact.report_scope,
        principal,
        target,
        scope.unwrap_or_default(),
        over.unwrap_or_default(),
    ]
}
