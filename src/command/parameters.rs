//! The parameters of the cookbook, given as people name things everywhere else.

use super::gone::scope_in;
use super::names;
use super::open::OpenSnapshot;
use super::question::unknown_permission;
use crate::access::{Access, Question};
use crate::error::Error;
use crate::model::SnapshotRef;

/// The values that the statement compares with.
///
/// # Errors
/// When one names nothing, or several things, or the file cannot be read.
pub(super) fn resolved(
    typed: &[(String, String)],
    opened: &OpenSnapshot,
) -> Result<Vec<(String, String)>, Error> {
    let one = |(name, value): &(String, String)| Ok((name.clone(), resolve(name, value, opened)?));
    typed.iter().map(one).collect()
}

fn resolve(name: &str, value: &str, opened: &OpenSnapshot) -> Result<String, Error> {
    let reader = &opened.reader;
    match name {
        "day" => day(value),
        "domain" => Ok(value.trim_start_matches('@').to_owned()),
        "scope" => {
            let tree = names::scopes_now(reader)?;
            Ok(scope_in(value, &tree, reader, opened.snapshot.id)?.to_string())
        }
        "person" | "other" => {
            let person = names::thing_of_type(reader, value, "user")?;
            Ok(person.email.unwrap_or_else(|| value.to_owned()))
        }
        "role" => Ok(names::thing_of_type(reader, value, "role")?.id),
        "group" => Ok(names::thing_of_type(reader, value, "user_group")?.id),
        "resource_group" => Ok(names::thing_of_type(reader, value, "resource_group")?.id),
        "permission" => {
            let frame = reader.access_frame(opened.snapshot.id)?;
            let access = Access::new(frame.facts().clone());
            match access.question(value) {
                Ok(Question::Permission(permission)) => Ok(permission),
                Ok(_) => Err(unknown_permission(value, &[])),
                Err(similar) => Err(unknown_permission(value, &similar)),
            }
        }
        _ => Ok(value.to_owned()),
    }
}

fn day(value: &str) -> Result<String, Error> {
    match SnapshotRef::parse(value) {
        SnapshotRef::At { moment, .. } => Ok(moment.to_string().chars().take(10).collect()),
        _ => Err(Error::Usage(format!(
            "--param day: `{value}` is not a day; write it as 2026-03-01, today or yesterday"
        ))),
    }
}
