//! Who may act as any person, in a line beside an answer about people.

use super::words::shown;
use crate::access::{Access, Path, Verdict};
use crate::output::text::{count, named};

/// Names that the line holds.
const SHOWN: usize = 5;

/// The line; `None` when nobody is known to. Each path is somebody's best.
#[must_use]
pub fn impersonators(access: &Access, paths: &[Path]) -> Option<String> {
    let (sure, uncertain): (Vec<&Path>, Vec<&Path>) = paths
        .iter()
        .partition(|path| path.verdict() == Verdict::Yes);
    if sure.is_empty() {
        return None;
    }
    let names: Vec<String> = sure
        .iter()
        .take(SHOWN)
        .map(|path| name(access, path))
        .collect();
    let more = [
        (sure.len().saturating_sub(SHOWN), "more"),
        (uncertain.len(), "uncertain"),
    ];
    let more: String = more
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, which)| format!(", and {number} {which}"))
        .collect();
    Some(format!(
        "note: {} may act as any person, with all that these hold (core_user_impersonate): {}{more}",
        count(sure.len() as u64, "principal"),
        names.join(", ")
    ))
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
