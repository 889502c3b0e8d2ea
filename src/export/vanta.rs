//! The access file of Vanta's access reviews: one row for each person.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use crate::access::{Access, Asked, Target, Verdict};
use crate::model::{PrincipalFact, ResourceType};
use crate::output::csv;
use crate::output::text::named;

/// Vanta's columns, in its spelling. It matches the owner with a person by e-mail address; roles are separated by commas.
const COLUMNS: [&str; 4] = ["Account name", "Account owner", "Role", "Status"];

/// Writes it and says how many rows it has. A role that depends is a role to review, and marked.
///
/// # Errors
/// When the output fails.
pub fn write(access: &Access, out: &mut dyn Write) -> io::Result<u64> {
    let mut roles: HashMap<u32, BTreeMap<(String, String), Verdict>> = HashMap::new();
    for path in access.who_can(&Asked::Anything, &Target::default()).paths {
        let role = access.role(&path);
        let name = named(role.name.as_deref(), &role.identifier);
        // A comma inside a role's name would make two roles of one.
        let role = (name.replace(',', " "), access.scope(&path).to_string());
        let verdict = roles
            .entry(path.principal)
            .or_default()
            .entry(role)
            .or_insert(Verdict::Depends);
        *verdict = path.verdict().min(*verdict);
    }
    let mut people: Vec<(&str, u32, &PrincipalFact)> = (0..)
        .zip(&access.facts().principals)
        .filter(|(_, principal)| principal.kind == ResourceType::User && principal.resolved)
        .map(|(at, user)| (user.email.as_deref().unwrap_or(&user.identifier), at, user))
        .collect();
    people.sort_by_key(|(account, _, user)| (*account, user.id.as_str()));
    csv::row(out, &COLUMNS)?;
    for (account, at, user) in &people {
        let roles: Vec<String> = roles
            .get(at)
            .into_iter()
            .flatten()
            .map(|((name, scope), verdict)| match verdict {
                Verdict::Yes => format!("{name} ({scope})"),
                Verdict::Depends => format!("{name} ({scope}; depends)"),
            })
            .collect();
        let owner = user.email.as_deref().unwrap_or("No owner");
        let status = if user.disabled {
            "Deactivated"
        } else {
            "Active"
        };
        csv::row(out, &[account, owner, &roles.join(", "), status])?;
    }
    Ok(people.len() as u64)
}
