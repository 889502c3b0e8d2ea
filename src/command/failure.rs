//! Why nothing was observed, as the program reports it.

use super::{gaps, names};
use crate::collect::Failure;
use crate::error::Error;
use crate::model::{Scope, ScopeSelection};
use crate::similar::{closest, did_you_mean};
use crate::store::Writer;

/// A failure with what to do about it; the file may know which scopes were meant.
pub(crate) fn explain(
    failure: Failure,
    selection: &ScopeSelection,
    writer: Option<&Writer>,
) -> Error {
    match failure {
        Failure::Api(error) => error.into(),
        Failure::NothingPermitted(error) => Error::Refused(error),
        Failure::UnknownScopes(scopes) => Error::Config {
            message: format!(
                "not found in the lists that this key can read: {}",
                scopes.iter().map(Scope::to_string).collect::<Vec<_>>().join(", ")
            ),
            hint: Some(writer.and_then(|writer| meant(&scopes, writer)).unwrap_or_else(|| {
                "give identifiers, not names (they are in the address of a page), and check that the key may view them"
                    .to_owned()
            })),
        },
        Failure::MissingPermissions(missing) => Error::NotEnough {
            message: format!(
                "nothing was stored: {}",
                missing.join("; ")
            ),
            hint: Some(gaps::hint_for_permissions(selection)),
        },
    }
}

/// Scopes of the latest snapshot that look like those that were not found, but are others.
fn meant(unknown: &[Scope], writer: &Writer) -> Option<String> {
    let reader = writer.reader().ok()?;
    let now = names::scopes_now(&reader).ok()?;
    let mut known = names::known_scopes_and_names(&reader).ok()?;
    known.retain(|(path, _)| {
        Scope::parse(path).is_some_and(|scope| now.contains(&scope) && !unknown.contains(&scope))
    });
    let similar: Vec<String> = unknown
        .iter()
        .flat_map(|scope| {
            let typed = scope.project().or(scope.org()).unwrap_or_default();
            closest(typed, known.iter().cloned())
        })
        .collect();
    did_you_mean(&similar)
}
