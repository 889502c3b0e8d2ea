//! The names that one thing had: what a project holds is named after its place, and a project may move.

use super::moved::Move;
use crate::model::{MovedProject, Span};

/// A name, and between which snapshots it meant the thing that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch<T> {
    /// The name, or several that belong together.
    pub name: T,
    from: i64,
    until: i64,
}

impl<T> Stretch<T> {
    /// Whether the name meant the thing while a fact held.
    pub fn overlaps<F>(&self, span: &Span<F>) -> bool {
        let until = span.until.as_ref().map(|until| until.snapshot);
        span.since.snapshot < self.until && until.is_none_or(|until| until > self.from)
    }
}

/// The text id that was asked for, and those before and after each move.
#[must_use]
pub fn ids(asked: &str, moves: &[MovedProject]) -> Vec<Stretch<String>> {
    stretches(asked.to_owned(), moves, |id, renamed| renamed(id))
}

/// The name that was asked for, and those before and after each move. `renamed` applies a change of text ids and scope paths
/// to a name.
pub fn stretches<T: PartialEq>(
    asked: T,
    moves: &[MovedProject],
    renamed: impl Fn(&T, &dyn Fn(&str) -> String) -> T,
) -> Vec<Stretch<T>> {
    let ways: Vec<(i64, Move)> = moves
        .iter()
        .filter_map(|moved| {
            let way = Move::between(&moved.before, &moved.after)?;
            Some((moved.moment.snapshot, way))
        })
        .collect();
    let mut found = vec![Stretch {
        name: asked,
        from: 0,
        until: i64::MAX,
    }];
    let mut next = 0;
    while let Some(known) = found.get(next) {
        let mut others = Vec::new();
        for (at, way) in &ways {
            let back = way.back();
            let before = renamed(&known.name, &|name| back.renamed(name));
            let after = renamed(&known.name, &|name| way.renamed(name));
            others.push((before, known.from, known.until.min(*at)));
            others.push((after, known.from.max(*at), known.until));
        }
        for (name, from, until) in others {
            let is_known =
                |known: &Stretch<T>| known.name == name && from < known.until && known.from < until;
            if from < until && !found.iter().any(is_known) {
                found.push(Stretch { name, from, until });
            }
        }
        next += 1;
    }
    found
}
