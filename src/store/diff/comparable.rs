//! Which of what ended and began between two snapshots may be called a difference.
//!
//! The older snapshot stands for everything known by then. The newer one must have read the list itself: facts that it only
//! carries over from an earlier snapshot prove nothing about it. What neither snapshot read is left out.

use std::collections::HashSet;

use crate::model::{DiffFacts, GrantFact, ResourceFact};
use crate::store::coverage::CoverageLookup;
use crate::store::facts::{Fact, Listed};

/// What two snapshots covered, each looked up for the facts of the older and of the newer file.
pub(super) struct Comparability<'a> {
    pub(super) older: SnapshotCoverage<'a>,
    pub(super) newer: SnapshotCoverage<'a>,
    /// The newer snapshot: what is first seen in it was seen by it.
    pub(super) newest: i64,
}

/// What one snapshot covered.
pub(super) struct SnapshotCoverage<'a> {
    pub(super) of_old_facts: CoverageLookup<'a>,
    pub(super) of_new_facts: CoverageLookup<'a>,
}

/// Whether a fact that ended or began may be called a difference.
enum Comparable {
    /// Both snapshots tell.
    Yes,
    /// The newer snapshot lists it; what was there before is unknown.
    NewlyVisible,
    /// The newer snapshot does not tell whether it is still there.
    NoLongerVisible,
    /// Neither snapshot read the list.
    NotObserved,
}

impl Comparability<'_> {
    /// Takes what may be called a difference out of what ended and what began.
    pub(super) fn comparable_facts(
        &self,
        (old_resources, new_resources): (Vec<Listed<ResourceFact>>, Vec<Listed<ResourceFact>>),
        (old_grants, new_grants): (Vec<Listed<GrantFact>>, Vec<Listed<GrantFact>>),
    ) -> rusqlite::Result<DiffFacts> {
        let mut facts = DiffFacts::default();
        facts.new_resources = self.begun(new_resources, &mut facts.out_of_sight)?;
        // A version that ended because the newer snapshot saw another one.
        let replaced: HashSet<&str> = facts.new_resources.iter().map(|new| &*new.id).collect();
        let is_replaced = |old: &ResourceFact| replaced.contains(old.id.as_str());
        facts.old_resources = self.ended(old_resources, is_replaced, &mut facts.out_of_sight)?;
        facts.new_grants = self.begun(new_grants, &mut facts.out_of_sight)?;
        facts.old_grants = self.ended(old_grants, |_| false, &mut facts.out_of_sight)?;
        Ok(facts)
    }

    fn begun<T: Fact>(
        &self,
        listed: Vec<Listed<T>>,
        out_of_sight: &mut u64,
    ) -> rusqlite::Result<Vec<T>> {
        let mut facts = Vec::new();
        for mut new in listed {
            let read_by_both = self.is_new_read_by_both(&new)?;
            new.fact.set_read_by_both(read_by_both);
            match self.is_new_comparable(&new)? {
                Comparable::Yes => facts.push(new.fact),
                Comparable::NewlyVisible => {
                    new.fact.set_newly_visible(true);
                    facts.push(new.fact);
                }
                Comparable::NoLongerVisible => *out_of_sight += 1,
                Comparable::NotObserved => {}
            }
        }
        Ok(facts)
    }

    fn ended<T: Fact>(
        &self,
        listed: Vec<Listed<T>>,
        is_replaced: impl Fn(&T) -> bool,
        out_of_sight: &mut u64,
    ) -> rusqlite::Result<Vec<T>> {
        let mut facts = Vec::new();
        for mut old in listed {
            let read_by_both = self.is_old_read_by_both(&old)?;
            old.fact.set_read_by_both(read_by_both);
            if is_replaced(&old.fact) {
                facts.push(old.fact);
                continue;
            }
            match self.is_old_comparable(&old)? {
                Comparable::Yes | Comparable::NewlyVisible => facts.push(old.fact),
                Comparable::NoLongerVisible => *out_of_sight += 1,
                Comparable::NotObserved => {}
            }
        }
        Ok(facts)
    }

    fn is_new_comparable<T: Fact>(&self, new: &Listed<T>) -> rusqlite::Result<Comparable> {
        let (listing, kind) = (new.listing, new.fact.principal_type());
        let seen = new.since == self.newest || self.newer.of_new_facts.covers(listing, kind)?;
        Ok(if seen {
            if self.older.of_new_facts.knows(listing, kind)? {
                Comparable::Yes
            } else {
                Comparable::NewlyVisible
            }
        } else if self.older.of_new_facts.covers(listing, kind)? {
            Comparable::NoLongerVisible
        } else {
            Comparable::NotObserved
        })
    }

    fn is_new_read_by_both<T: Fact>(&self, new: &Listed<T>) -> rusqlite::Result<bool> {
        let (listing, kind) = (new.listing, new.fact.principal_type());
        Ok(self.older.of_new_facts.covers(listing, kind)?
            && self.newer.of_new_facts.covers(listing, kind)?)
    }

    fn is_old_read_by_both<T: Fact>(&self, old: &Listed<T>) -> rusqlite::Result<bool> {
        let (listing, kind) = (old.listing, old.fact.principal_type());
        Ok(self.older.of_old_facts.covers(listing, kind)?
            && self.newer.of_old_facts.covers(listing, kind)?)
    }

    fn is_old_comparable<T: Fact>(&self, old: &Listed<T>) -> rusqlite::Result<Comparable> {
        let (listing, kind) = (old.listing, old.fact.principal_type());
        Ok(if self.newer.of_old_facts.covers(listing, kind)? {
            Comparable::Yes
        } else if self.older.of_old_facts.covers(listing, kind)? {
            Comparable::NoLongerVisible
        } else {
            Comparable::NotObserved
        })
    }
}
