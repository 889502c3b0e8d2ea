//! Pairs what ended between two snapshots with what began.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter::Peekable;

use super::{Change, moved};
use crate::model::{DiffFacts, GrantFact, NumberMap, ResourceFact, ResourceType};

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

/// Pairs what ended with what began. The same grant ending and beginning is access made anew, which is no change.
#[must_use]
pub fn compare(mut facts: DiffFacts) -> Differences {
    let mut differences = Differences {
        out_of_sight: facts.out_of_sight,
        changes: moved::pair(&mut facts),
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
        let same = before.as_ref().is_some_and(|old| old.says_the_same(&after));
        if before.is_none() && after.newly_visible {
            // The catalogue is Harness's: nobody added what it lists for the first time.
            differences.newly_visible += u64::from(after.kind != ResourceType::Permission);
        } else if !same {
            differences.changes.push(Change::of_resource(before, after));
        }
    }
    let gone = old.into_values().map(Box::new);
    differences
        .changes
        .extend(gone.map(Change::ResourceRemoved));
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
