//! What was agreed to, applied to a comparison: approved changes, and access whose approval expired, looked up in the newer
//! snapshot.

use std::collections::HashSet;

use super::compare::{assessed, today};
use super::open::OpenSnapshot;
use crate::agreed::Notice;
use crate::diff::approvals::{Approvals, EntryKind, Expired, Field, Lapsed};
use crate::diff::{Comparison, Verb};
use crate::error::Error;
use crate::model::{DiffFacts, Span};
use crate::store::GrantParts;

/// Marks what is approved today, and adds what expired entries approved and is still there. Says what became of entries.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn apply(
    approvals: &Approvals,
    comparison: &mut Comparison,
    newer: &OpenSnapshot,
) -> Result<Vec<Notice>, Error> {
    let today = today();
    let notices = approvals.apply(&mut comparison.changes, &today);
    comparison.lapsed = lapsed(approvals, &today, comparison, newer)?;
    Ok(notices)
}

/// What expired entries approved and the snapshot still holds, unless the comparison shows it anyway.
fn lapsed(
    approvals: &Approvals,
    today: &str,
    comparison: &Comparison,
    newer: &OpenSnapshot,
) -> Result<Vec<Lapsed>, Error> {
    let changes = comparison.changes.iter().map(|assessed| &assessed.change);
    let shown: HashSet<String> = changes
        .filter(|change| change.verb() != Verb::Removed)
        .map(crate::diff::Change::id)
        .collect();
    let mut lapsed = Vec::new();
    for entry in approvals.expired(today) {
        let (reader, at) = (&newer.reader, newer.snapshot.id);
        for access in assessed(held(&entry, newer)?, (reader, at), (reader, at))?.changes {
            if !shown.contains(&access.change.id()) {
                lapsed.extend(entry.lapsed(access));
            }
        }
    }
    Ok(lapsed)
}

/// What the snapshot holds of what an entry names.
fn held(entry: &Expired<'_>, newer: &OpenSnapshot) -> Result<DiffFacts, Error> {
    let (reader, at) = (&newer.reader, newer.snapshot.id);
    let mut facts = DiffFacts::default();
    let exact = |field| entry.exact(field).map(str::to_owned);
    if let EntryKind::Resource(kind) = entry.kind() {
        let ids = match exact(Field::Id) {
            Some(id) => vec![id],
            None => reader.ids_of(kind.as_str())?,
        };
        for id in ids {
            facts
                .new_resources
                .extend(then(reader.versions_of(&id)?, at));
        }
    } else {
        let grants = reader.grants_with(&GrantParts {
            principal: exact(Field::Principal),
            target: exact(Field::Group).or_else(|| exact(Field::Role)),
            scope: exact(Field::Scope),
            resource_group: exact(Field::ResourceGroup),
        })?;
        facts.new_grants.extend(then(grants, at));
    }
    for fact in &mut facts.new_resources {
        fact.newly_visible = false;
    }
    for grant in &mut facts.new_grants {
        grant.newly_visible = false;
    }
    Ok(facts)
}

fn then<T>(spans: Vec<Span<T>>, at: i64) -> impl Iterator<Item = T> {
    let holds = move |span: &Span<T>| {
        span.since.snapshot <= at && span.until.as_ref().is_none_or(|until| until.snapshot > at)
    };
    spans.into_iter().filter(holds).map(|span| span.fact)
}
