//! Which of what ended and began between two snapshots may be called a difference.
//!
//! The older snapshot stands for the last that was known by then. The newer one must have looked itself: what it only
//! carries on from a snapshot before says nothing about it. Where neither looked, nothing is asked and nothing is said.

use std::collections::HashSet;

use super::compare::{Fact, Listed};
use super::sight::Sight;
use crate::model::{DiffFacts, GrantFact, ResourceFact};

/// What two snapshots saw, each asked about the facts of the older and of the newer file.
pub(super) struct Judge<'a> {
    pub(super) older: Sights<'a>,
    pub(super) newer: Sights<'a>,
    /// The newer snapshot: what is first seen in it was seen by it.
    pub(super) newest: i64,
}

/// What one snapshot saw.
pub(super) struct Sights<'a> {
    pub(super) of_old_facts: Sight<'a>,
    pub(super) of_new_facts: Sight<'a>,
}

enum Verdict {
    /// A difference.
    Counts,
    /// The newer snapshot saw it, but nobody knows what was before.
    CameIntoSight,
    /// Nobody knows whether it is still so.
    WentOutOfSight,
    /// Neither snapshot looked.
    NotAsked,
}

impl Judge<'_> {
    /// Takes what may be called a difference out of what ended and what began.
    pub(super) fn judge(
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
            match self.verdict_of_new(&new)? {
                Verdict::Counts => facts.push(new.fact),
                Verdict::CameIntoSight => {
                    new.fact.set_known_to_older(false);
                    facts.push(new.fact);
                }
                Verdict::WentOutOfSight => *out_of_sight += 1,
                Verdict::NotAsked => {}
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
        for old in listed {
            if is_replaced(&old.fact) {
                facts.push(old.fact);
                continue;
            }
            match self.verdict_of_old(&old)? {
                Verdict::Counts | Verdict::CameIntoSight => facts.push(old.fact),
                Verdict::WentOutOfSight => *out_of_sight += 1,
                Verdict::NotAsked => {}
            }
        }
        Ok(facts)
    }

    fn verdict_of_new<T: Fact>(&self, new: &Listed<T>) -> rusqlite::Result<Verdict> {
        let (listing, kind) = (new.listing, new.fact.principal_type());
        let seen = new.since == self.newest || self.newer.of_new_facts.covers(listing, kind)?;
        Ok(if seen {
            if self.older.of_new_facts.knows(listing, kind)? {
                Verdict::Counts
            } else {
                Verdict::CameIntoSight
            }
        } else if self.older.of_new_facts.covers(listing, kind)? {
            Verdict::WentOutOfSight
        } else {
            Verdict::NotAsked
        })
    }

    fn verdict_of_old<T: Fact>(&self, old: &Listed<T>) -> rusqlite::Result<Verdict> {
        let (listing, kind) = (old.listing, old.fact.principal_type());
        Ok(if self.newer.of_old_facts.covers(listing, kind)? {
            Verdict::Counts
        } else if self.older.of_old_facts.covers(listing, kind)? {
            Verdict::WentOutOfSight
        } else {
            Verdict::NotAsked
        })
    }
}
