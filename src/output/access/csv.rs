//! Answers for spreadsheets, one path a row.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Write};

use super::words::{answer, covers, flags, reasons};
use crate::access::{Access, CoveredResources, Path};
use crate::model::{Scope, SnapshotInfo};
use crate::output::csv;

/// The columns of CSV, the same for who-can and what-can.
const COLUMNS: [&str; 18] = [
    "principal_id",
    "principal_type",
    "principal_name",
    "email",
    "flags",
    "verdict",
    "depends_on",
    "permission",
    "role_id",
    "role_name",
    "scope",
    "resource_group_id",
    "resource_group_name",
    "covers",
    "via_group_id",
    "via_group_name",
    "role_assignment",
    "snapshot",
];

/// For spreadsheets.
///
/// # Errors
/// When the output fails.
pub fn csv<'a>(
    access: &Access,
    snapshot: &SnapshotInfo,
    lines: impl Iterator<Item = (Option<&'a str>, impl Borrow<Path>)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let snapshot = snapshot.id.to_string();
    let scopes: Vec<String> = access.facts().scopes.iter().map(Scope::to_string).collect();
    // Paths of one question share what they cover, so their words are made once.
    let mut words: HashMap<*const CoveredResources, String> = HashMap::new();
    csv::row(out, &COLUMNS)?;
    for (permission, path) in lines {
        let path = path.borrow();
        let principal = access.principal(path.principal);
        let via = path.via.map(|via| access.principal(via));
        let role = access.role(path);
        let group = access.resource_group(path);
        let covers = match words.entry(path.covers.as_ptr()) {
            Entry::Occupied(known) if !path.covers.is_empty() => known.into_mut().as_str(),
            Entry::Occupied(mut odd) => {
                odd.insert(covers(path));
                odd.into_mut().as_str()
            }
            Entry::Vacant(new) => new.insert(covers(path)).as_str(),
        };
        csv::row(
            out,
            &[
                &principal.id,
                principal.kind.as_str(),
                principal.name.as_deref().unwrap_or_default(),
                principal.email.as_deref().unwrap_or_default(),
                &flags(principal).join(", "),
                answer(path.answer()),
                &reasons(access, path),
                permission.unwrap_or_default(),
                &role.id,
                role.name.as_deref().unwrap_or_default(),
                &scopes[access.grant(path).scope as usize],
                &group.id,
                group.name.as_deref().unwrap_or_default(),
                covers,
                via.map_or("", |via| &via.id),
                via.and_then(|via| via.name.as_deref()).unwrap_or_default(),
                &access.role_assignment(path).unwrap_or_default(),
                &snapshot,
            ],
        )?;
    }
    Ok(())
}
