//! Answers as tables, for people.

use std::io::{self, Write};

use super::head::Line;
use super::names::NamesInAnswer;
use super::words::{covers, flags, reasons};
use crate::access::{Access, Path, PathAnswer};
use crate::output::Screen;
use crate::output::table::{Align, Table};
use crate::output::text::shortened;

/// What a grant covers takes so many columns at most on a terminal; everywhere else all of it is there.
const COVERS: usize = 400;

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
    let mut table = Table::new(columns).sparing(&["PATHS", "TYPE"]);
    let names = NamesInAnswer::of(access);
    for paths in paths.chunk_by(|a, b| a.principal == b.principal) {
        let path = &paths[0];
        let principal = access.principal(path.principal);
        let scope = access.scope(path).to_string();
        table.row(vec![
            names.principal(principal).to_string(),
            principal.kind.as_str().replace('_', " "),
            via(&names, path),
            names.role(path).to_string(),
            scope,
            covers_on(screen, path),
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
    let names = NamesInAnswer::of(access);
    for (permission, path) in lines {
        let mut cells = Vec::from_iter(permission.map(str::to_owned));
        let scope = access.scope(path).to_string();
        cells.extend([
            scope,
            names.role(path).to_string(),
            names.resource_group(path).to_string(),
            covers_on(screen, path),
            via(&names, path),
            depends(access, path),
        ]);
        table.row(cells);
    }
    table.write(screen, out)
}

fn covers_on(screen: Screen, path: &Path) -> String {
    let covers = covers(path);
    match screen.width {
        Some(_) => shortened(&covers, COVERS),
        None => covers,
    }
}

fn via(names: &NamesInAnswer<'_>, path: &Path) -> String {
    let via = names.via(path);
    via.map_or_else(|| "direct".to_owned(), |via| via.to_string())
}

fn depends(access: &Access, path: &Path) -> String {
    match path.answer() {
        PathAnswer::Yes => String::new(),
        PathAnswer::Depends => format!("depends: {}", reasons(access, path)),
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
