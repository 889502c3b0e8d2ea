//! `completions`: a script for a shell, and the names that such a script asks for.

use super::Context;
use super::open::open_database;
use crate::cli::completions::script;
use crate::cli::{CompletedNames, Completions};
use crate::cookbook::recipes;
use crate::error::Error;
use crate::exit::Exit;
use crate::findings::built_in;

pub(crate) fn run(arguments: &Completions, context: &mut Context<'_>) -> Result<Exit, Error> {
    match (arguments.shell, arguments.names) {
        (Some(shell), None) => context.out.write_all(script(shell).as_bytes())?,
        (None, Some(names)) => {
            for name in list(names, arguments)? {
                writeln!(context.out, "{name}")?;
            }
        }
        _ => {
            return Err(Error::Usage(
                "a shell is needed: bash, zsh, fish or nushell".to_owned(),
            ));
        }
    }
    Ok(Exit::Done)
}

/// The names of a kind, without those that take more than a line: they cannot be completed.
fn list(names: CompletedNames, arguments: &Completions) -> Result<Vec<String>, Error> {
    let sql = match names {
        CompletedNames::Questions => {
            return Ok(recipes()
                .iter()
                .map(|recipe| recipe.name.to_owned())
                .collect());
        }
        CompletedNames::Codes => return Ok(built_in().into_iter().map(|rule| rule.code).collect()),
        CompletedNames::Snapshots => {
            "SELECT label FROM snapshots WHERE label IS NOT NULL UNION ALL VALUES ('latest'), ('previous')"
        }
        CompletedNames::Scopes => "SELECT DISTINCT scope FROM listings ORDER BY scope",
        CompletedNames::Principals => {
            "SELECT coalesce(email, id) FROM users UNION SELECT id FROM service_accounts UNION SELECT id FROM user_groups"
        }
        CompletedNames::Permissions => {
            "SELECT identifier FROM permissions UNION SELECT permission FROM role_permissions"
        }
        CompletedNames::PermissionsAndRoles => {
            "SELECT identifier FROM permissions UNION SELECT permission FROM role_permissions
             UNION SELECT identifier FROM resources WHERE type = 'role'"
        }
    };
    let mut found = Vec::new();
    let reader = open_database(arguments.db.as_deref())?;
    reader.each_row::<Error>(sql, &mut |row| {
        let names = row.iter().flatten();
        let names = names.filter(|name| !name.contains(char::is_control));
        found.extend(names.map(|name| (*name).to_owned()));
        Ok(())
    })?;
    Ok(found)
}
