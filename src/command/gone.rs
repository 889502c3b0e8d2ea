//! Names of what is not in the snapshot that is asked: silence about it is no "nobody", and a move is told.

use super::names::{self, is_named, typed};
use crate::diff::lineage::ids;
use crate::error::Error;
use crate::model::{ResourceId, Scope, Span};
use crate::store::Reader;

/// Those of what a text may mean that the snapshot holds, or that a grant in it names though no list shows them. Each comes
/// with its text id and whether a list shows it.
///
/// # Errors
/// When something was meant and nothing of it is there, or the file cannot be read.
pub(super) fn without_gone<'a>(
    reader: &Reader,
    snapshot: i64,
    text: &str,
    meant: impl Iterator<Item = (u32, &'a str, bool)>,
) -> Result<Vec<u32>, Error> {
    let (mut there, mut gone) = (Vec::new(), Vec::new());
    for (at, id, is_listed) in meant {
        if is_listed || reader.is_named_by_a_grant(snapshot, id)? {
            there.push(at);
        } else {
            gone.push(id);
        }
    }
    match gone.first() {
        Some(id) if there.is_empty() => {
            let fate = fate(reader, snapshot, id)?;
            let fate = fate.unwrap_or_else(|| "no list shows it and no grant names it".to_owned());
            Err(Error::Unknown {
                message: format!("`{}` is not in snapshot {snapshot}: {fate}", typed(text)),
                hint: Some(past_of(id)),
            })
        }
        _ => Ok(there),
    }
}

/// The scope that was typed, among those of a snapshot: the one that it lacks and another snapshot holds is told as gone.
///
/// # Errors
/// When it is none, or may be several, or the file cannot be read.
pub(super) fn scope_in(
    text: &str,
    tree: &[Scope],
    reader: &Reader,
    snapshot: i64,
) -> Result<Scope, Error> {
    let found = names::scope(text, tree, reader);
    if found.is_ok() || tree.iter().any(|scope| is_named(scope, text)) {
        return found;
    }
    let mut known = names::known_scopes(reader)?;
    known.retain(|scope| is_named(scope, text));
    let [scope] = known.as_slice() else {
        return found;
    };
    let Some(id) = ResourceId::of_scope(scope).map(|id| id.to_string()) else {
        return found;
    };
    match fate(reader, snapshot, &id)? {
        Some(fate) => Err(Error::Unknown {
            message: format!("`{scope}` is not in snapshot {snapshot}: {fate}"),
            hint: Some(past_of(&id)),
        }),
        None => found,
    }
}

fn past_of(id: &str) -> String {
    format!("`harness-access history {id}` tells its past")
}

/// What became of a thing by a snapshot that does not hold it; `None` = no list ever showed it.
fn fate(reader: &Reader, snapshot: i64, id: &str) -> Result<Option<String>, Error> {
    let versions = reader.versions_of(id)?;
    let ends = versions.iter().filter_map(|version| version.until.as_ref());
    let ends = ends.map(|end| end.snapshot).filter(|end| *end <= snapshot);
    let Some(end) = ends.max() else {
        let first = versions.first().map(|version| version.since.snapshot);
        return Ok(first.map(|first| format!("it first appears in snapshot {first}")));
    };
    let mut moves = reader.moved_projects()?;
    moves.retain(|moved| (end..=snapshot).contains(&moved.moment.snapshot));
    for later in ids(id, &moves) {
        let versions = reader.versions_of(&later.name)?;
        if let Some(version) = versions.iter().find(|version| holds_at(version, snapshot)) {
            let place = ResourceId::parse(&later.name).and_then(|id| id.as_scope());
            return Ok(Some(match place {
                Some(place) => format!("it moved to {place} in snapshot {end}"),
                None => format!(
                    "it moved to {} ({}) in snapshot {end}",
                    version.fact.scope, later.name
                ),
            }));
        }
    }
    Ok(Some(format!("it disappeared in snapshot {end}")))
}

fn holds_at<T>(span: &Span<T>, snapshot: i64) -> bool {
    let until = span.until.as_ref();
    span.since.snapshot <= snapshot && until.is_none_or(|until| until.snapshot > snapshot)
}
