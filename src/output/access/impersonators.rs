//! Who may act as any person, in a line beside an answer about people.

use std::fmt::Write as _;

use super::names::NamesInAnswer;
use crate::access::{Access, Path, PathAnswer};
use crate::output::text::count;

/// Names that the line holds.
const SHOWN: usize = 5;

/// The line; `None` when nobody is known to. Each path is somebody's best.
#[must_use]
pub fn impersonators(access: &Access, paths: &[Path]) -> Option<String> {
    let (sure, uncertain): (Vec<&Path>, Vec<&Path>) = paths
        .iter()
        .partition(|path| path.answer() == PathAnswer::Yes);
    let (shown, by) = match (sure.len(), uncertain.len()) {
        (0, 0) => return None,
        (0, number) => (
            &uncertain,
            format!("it depends whether {}", count(number as u64, "principal")),
        ),
        (number, _) => (&sure, count(number as u64, "principal")),
    };
    let names = NamesInAnswer::of(access);
    let told: Vec<String> = shown
        .iter()
        .take(SHOWN)
        .map(|path| name(&names, access, path))
        .collect();
    let mut told = told.join(", ");
    let besides = if sure.is_empty() { 0 } else { uncertain.len() };
    for (number, which) in [
        (shown.len().saturating_sub(SHOWN), "more"),
        (besides, "uncertain"),
    ] {
        if number > 0 {
            let _ = write!(told, ", and {number} {which}"); // a String takes everything
        }
    }
    Some(format!(
        "note: {by} may act as any person, with all that these hold (core_user_impersonate): {told}"
    ))
}

fn name(names: &NamesInAnswer<'_>, access: &Access, path: &Path) -> String {
    let name = names.principal(access.principal(path.principal));
    match names.via(path) {
        None => name.to_string(),
        Some(group) => format!("{name} through {group}"),
    }
}
