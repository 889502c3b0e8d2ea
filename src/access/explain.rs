//! What is left of an answer when a part of a path is taken away.

use super::path::{Path, PathAnswer};

/// What is left when a part of a path is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Paths that stay.
    pub paths: usize,
    /// Those of them that are certain.
    pub sure: usize,
    /// The best of them; `None` = no path stays.
    pub answer: Option<PathAnswer>,
}

/// A path and what taking it away leaves.
#[derive(Clone, Debug)]
pub struct Explained<'a> {
    /// The path.
    pub path: &'a Path,
    /// Without the role grant.
    pub without_grant: Left,
    /// Without the membership, where there is one.
    pub without_membership: Option<Left>,
}

/// Adds to each path what taking it away leaves.
#[must_use]
pub fn explain(paths: &[Path]) -> Vec<Explained<'_>> {
    let left = |stays: &dyn Fn(&&Path) -> bool| {
        let staying: Vec<&Path> = paths.iter().filter(stays).collect();
        Left {
            paths: staying.len(),
            sure: sure(staying.iter().copied()),
            answer: best(staying.into_iter()),
        }
    };
    paths
        .iter()
        .map(|path| Explained {
            path,
            without_grant: left(&|other| other.grant != path.grant),
            without_membership: path
                .via
                .map(|via| left(&|other: &&Path| other.via != Some(via))),
        })
        .collect()
}

/// How many paths are certain.
#[must_use]
pub fn sure<'a>(paths: impl Iterator<Item = &'a Path>) -> usize {
    paths
        .filter(|path| path.answer() == PathAnswer::Yes)
        .count()
}

/// The best verdict of some paths; `None` when there are none.
#[must_use]
pub fn best<'a>(paths: impl Iterator<Item = &'a Path>) -> Option<PathAnswer> {
    paths.map(Path::answer).min()
}
