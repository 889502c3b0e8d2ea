//! `why` for people: every path as one sentence, and what is left without a part of it.

use std::io::{self, Write};

use super::names::NamesInAnswer;
use super::words::{covers, reasons, some_depend};
use crate::access::{Access, Explained, Left, Path};
use crate::output::Screen;
use crate::output::text::line;

/// Every path as one sentence.
///
/// # Errors
/// When the output fails.
pub fn why_text(
    access: &Access,
    explained: &[Explained<'_>],
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = NamesInAnswer::of(access);
    for (at, one) in explained.iter().enumerate() {
        let sentence = line(&sentence(&names, access, one.path));
        screen.write_folded(&format!("{}. ", at + 1), &sentence, out)?;
        if !one.path.doubts.is_empty() {
            let reasons = reasons(access, one.path);
            screen.write_folded("   ", &format!("Depends: {}.", line(&reasons)), out)?;
        }
        screen.write_folded("   ", &what_is_left(one), out)?;
    }
    Ok(())
}

pub(super) fn sentence(names: &NamesInAnswer<'_>, access: &Access, path: &Path) -> String {
    let principal = names.principal(access.principal(path.principal));
    let holds = format!(
        "role {} at {} over {}: {}",
        names.role(path).quoted(),
        access.scope(path),
        names.resource_group(path).quoted(),
        covers(path)
    );
    match names.via(path) {
        None => format!("{principal} holds {holds}."),
        Some(via) => format!(
            "{principal} is a member of the user group {}, which holds {holds}.",
            via.quoted()
        ),
    }
}

fn what_is_left(one: &Explained<'_>) -> String {
    let left = |left: Left| match (left.sure, left.paths - left.sure) {
        (0, 0) => "nothing".to_owned(),
        (0, 1) => "1 other path, which depends".to_owned(),
        (0, depends) => format!("{depends} other paths, which depend"),
        (sure, depends) => some_depend(sure, depends, "other path"),
    };
    let grant = left(one.without_grant);
    match one.without_membership.map(left) {
        None => format!("Without this role assignment: {grant}."),
        Some(same) if same == grant => {
            format!("Without this role assignment, or without the membership: {grant}.")
        }
        Some(membership) => {
            format!("Without this role assignment: {grant}; without the membership: {membership}.")
        }
    }
}
