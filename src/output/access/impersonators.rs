//! Who may act as any person, in a line beside an answer about people.

use std::fmt::Write as _;

use super::words::shown;
use crate::access::{Access, Path, PathAnswer};
use crate::output::text::{count, named};

/// Names that the line holds.
const SHOWN: usize = 5;

/// The line; `None` when nobody is known to. Each path is somebody's best.
#[must_use]
pub fn impersonators(access: &Access, paths: &[Path]) -> Option<String> {
    let (sure, uncertain): (Vec<&Path>, Vec<&Path>) = paths
        .iter()
        .partition(|path| path.answer() == PathAnswer::Yes);
    let (told, by) = match (sure.len(), uncertain.len()) {
        (0, 0) => return None,
        (0, number) => (
            names(access, &uncertain),
            format!("it depends whether {}", count(number as u64, "principal")),
        ),
        (number, _) => (names(access, &sure), count(number as u64, "principal")),
    };
    let and_uncertain = match (sure.len(), uncertain.len()) {
        (0, _) | (_, 0) => String::new(),
        (_, number) => format!(", and {number} uncertain"),
    };
    Some(format!(
        "note: {by} may act as any person, with all that these hold (core_user_impersonate): {told}{and_uncertain}"
    ))
}

/// The first few, and how many more there are.
fn names(access: &Access, paths: &[&Path]) -> String {
    let shown: Vec<String> = paths
        .iter()
        .take(SHOWN)
        .map(|path| name(access, path))
        .collect();
    let mut told = shown.join(", ");
    let more = paths.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = write!(told, ", and {more} more"); // a String takes everything
    }
    told
}

fn name(access: &Access, path: &Path) -> String {
    let name = shown(access.principal(path.principal));
    match path.via.map(|via| access.principal(via)) {
        None => name.to_owned(),
        Some(group) => {
            let group = named(group.name.as_deref(), &group.identifier);
            format!("{name} through {group}")
        }
    }
}
