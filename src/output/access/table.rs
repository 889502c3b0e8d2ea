//! Answers as tables, for people.

use std::io::{self, Write};

use super::head::Line;
use super::words::{covers, flags, reasons, shown};
use crate::access::{Access, Path, Verdict};
use crate::model::Scope;
use crate::output::Screen;
use crate::output::table::{Align, Table};
use crate::output::text::{named, shortened};

/// Columns that names, and longer texts, take at most in a table; the other formats hold all of them.
const NAME: usize = 60;
const TEXT: usize = 120;

/// Holders for people: each with the first path, and how many there are.
///
/// # Errors
/// When the output fails.
pub fn who_can_table(
    access: &Access,
    paths: &[Path],
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let left = |name| (name, Align::Left);
    let mut columns = ["PRINCIPAL", "TYPE", "VIA", "ROLE", "HELD AT", "COVERS"]
        .map(left)
        .to_vec();
    columns.extend([("PATHS", Align::Right), left("NOTE")]);
    let mut table = Table::new(columns);
    for paths in paths.chunk_by(|a, b| a.principal == b.principal) {
        let path = &paths[0];
        let principal = access.principal(path.principal);
        let scope = access.scope(path).to_string();
        // Every organization and project may have an "Admins".
        let owner = match &principal.scope {
            Scope::Account | Scope::Harness => String::new(),
            below => format!(" ({below})"),
        };
        table.row(vec![
            shortened(shown(principal), NAME) + &owner,
            principal.kind.as_str().replace('_', " "),
            via(access, path),
            shortened(role_name(access, path), NAME),
            shortened(&scope, TEXT),
            shortened(&covers(path), TEXT),
            paths.len().to_string(),
            note(access, path),
        ]);
    }
    table.write(screen, out)
}

/// Rows of what one principal holds, for people; with permissions, one row for each.
///
/// # Errors
/// When the output fails.
pub fn what_can_table(
    access: &Access,
    lines: &[Line<'_>],
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some((permission, _)) = lines.first() else {
        return Ok(());
    };
    let first = permission.map(|_| "PERMISSION");
    let left = |name| (name, Align::Left);
    let columns = ["HELD AT", "ROLE", "RESOURCE GROUP", "COVERS", "VIA", "NOTE"];
    let mut table = Table::new(first.into_iter().chain(columns).map(left).collect());
    for (permission, path) in lines {
        let mut cells = Vec::from_iter(permission.map(str::to_owned));
        let scope = access.scope(path).to_string();
        cells.extend([
            shortened(&scope, TEXT),
            shortened(role_name(access, path), NAME),
            shortened(group_name(access, path), NAME),
            shortened(&covers(path), TEXT),
            via(access, path),
            depends(access, path),
        ]);
        table.row(cells);
    }
    table.write(screen, out)
}

fn via(access: &Access, path: &Path) -> String {
    let Some(via) = path.via.map(|via| access.principal(via)) else {
        return "direct".to_owned();
    };
    let name = named(via.name.as_deref(), &via.identifier);
    format!("{} ({})", shortened(name, NAME), via.scope)
}

fn role_name<'a>(access: &'a Access, path: &Path) -> &'a str {
    let role = access.role(path);
    named(role.name.as_deref(), &role.identifier)
}

fn group_name<'a>(access: &'a Access, path: &Path) -> &'a str {
    let group = access.resource_group(path);
    named(group.name.as_deref(), &group.identifier)
}

fn depends(access: &Access, path: &Path) -> String {
    match path.verdict() {
        Verdict::Yes => String::new(),
        Verdict::Depends => format!("depends: {}", reasons(access, path)),
    }
}

fn note(access: &Access, path: &Path) -> String {
    let mut notes = flags(access.principal(path.principal)).join(", ");
    let depends = depends(access, path);
    if !notes.is_empty() && !depends.is_empty() {
        notes.push_str("; ");
    }
    notes + &depends
}
