//! The access file of Vanta's access reviews: one row for each person.

use std::collections::BTreeMap;
use std::io::Write;

use super::exporter::{ExportSource, Exporter};
use super::sign_ins::{self, SignIns};
use super::target::ExportTarget;
use crate::access::{Access, Path, PathAnswer};
use crate::error::Error;
use crate::model::{PrincipalFact, ResourceType};
use crate::output::csv;
use crate::output::text::named;

/// Vanta's columns, in its spelling. It matches the owner with a person by e-mail address; roles are separated by commas.
const COLUMNS: [&str; 4] = ["Account name", "Account owner", "Role", "Status"];
/// Not among Vanta's own, so it is there only when a sync read the sign-ins.
const LAST_LOGIN: &str = "Last login";

/// The preset `vanta`. A role that depends is a role to review, and marked.
#[derive(Clone, Copy, Debug)]
pub struct Vanta {
    /// Begin with a byte order mark.
    pub bom: bool,
}

impl Exporter for Vanta {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn preset(&self) -> Option<&'static str> {
        Some("vanta")
    }

    fn write(
        &self,
        source: &ExportSource<'_>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let access = Access::new(source.reader.access_facts(source.snapshot.id)?);
        let mut people: Vec<(&str, u32, &PrincipalFact)> = (0..)
            .zip(&access.facts().principals)
            .filter(|(_, principal)| principal.kind == ResourceType::User && principal.resolved)
            .map(|(at, user)| (account(user), at, user))
            .collect();
        people.sort_by_key(|(account, _, user)| (*account, user.id.as_str()));
        if self.bom {
            target.write_all(csv::BOM)?;
        }
        let sign_ins = sign_ins::load(source.reader)?;
        let tells_sign_ins = !sign_ins.is_empty();
        let mut columns = COLUMNS.to_vec();
        columns.extend(tells_sign_ins.then_some(LAST_LOGIN));
        csv::row(target, &columns)?;
        let held = access.everything_held_by(people.iter().map(|(_, at, _)| *at));
        for ((name, _, user), paths) in people.iter().zip(held) {
            let roles = listed(&roles(&access, &paths));
            let owner = readable(user.email.as_deref()).unwrap_or("No owner");
            let status = if user.disabled {
                "Deactivated"
            } else {
                "Active"
            };
            let last_login = sign_ins.get(&user.id).map(SignIns::day).unwrap_or_default();
            let mut cells = vec![*name, owner, &roles, status];
            cells.extend(tells_sign_ins.then_some(&*last_login));
            csv::row(target, &cells)?;
        }
        Ok(people.len() as u64)
    }
}

/// The account's name, which Vanta requires.
fn account(user: &PrincipalFact) -> &str {
    readable(user.email.as_deref())
        .or(readable(user.name.as_deref()))
        .or(readable(Some(&user.identifier)))
        .unwrap_or(&user.id)
}

fn readable(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A role's name without what separates roles, and without blanks around and in rows.
fn single(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// As many roles as a cell takes; the rest are counted.
fn listed(roles: &[String]) -> String {
    const ROOM: usize = 30_000;
    let mut cell = String::new();
    for (at, role) in roles.iter().enumerate() {
        if cell.len() + role.len() > ROOM {
            let left = roles.len() - at;
            return format!("{cell}, and {left} more (see the preset matrix)");
        }
        if at > 0 {
            cell.push_str(", ");
        }
        cell.push_str(role);
    }
    cell
}

/// In the order of their names; of several that look alike, what is certain.
fn roles(access: &Access, paths: &[Path]) -> Vec<String> {
    let mut roles: BTreeMap<(String, String), PathAnswer> = BTreeMap::new();
    for path in paths {
        let role = access.role(path);
        let name = named(role.name.as_deref(), &role.identifier);
        let role = (single(name), access.scope(path).to_string());
        let best = roles.entry(role).or_insert(PathAnswer::Depends);
        *best = path.answer().min(*best);
    }
    roles
        .into_iter()
        .map(|((name, scope), answer)| match answer {
            PathAnswer::Yes => format!("{name} ({scope})"),
            PathAnswer::Depends => format!("{name} ({scope}; depends)"),
        })
        .collect()
}
