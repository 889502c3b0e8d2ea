//! `completions`: a script for a shell, and the names that such a script asks for.

use std::io::Write;

use super::Context;
use super::open::open_database;
use crate::cli::completions::script;
use crate::cli::{CompletedNames, Completions};
use crate::error::Error;
use crate::exit::Exit;
use crate::store::Reader;

pub(crate) fn run(arguments: &Completions, context: &mut Context<'_>) -> Result<Exit, Error> {
    match (arguments.shell, arguments.names) {
        (Some(shell), None) => context.out.write_all(script(shell).as_bytes())?,
        (None, Some(names)) => {
            let reader = open_database(arguments.db.as_deref())?;
            print(&reader, names, context.out)?;
        }
        _ => {
            return Err(Error::Usage(
                "a shell is needed: bash, zsh, fish or nushell".to_owned(),
            ));
        }
    }
    Ok(Exit::Done)
}

/// One name a line. A name that takes more than a line cannot be completed.
fn print(reader: &Reader, names: CompletedNames, out: &mut dyn Write) -> Result<(), Error> {
    let sql = match names {
        CompletedNames::Snapshots => {
            "SELECT label FROM snapshots WHERE label IS NOT NULL UNION ALL VALUES ('latest'), ('previous')"
        }
        CompletedNames::Scopes => "SELECT DISTINCT scope FROM listings ORDER BY scope",
    };
    reader.each_row(sql, &mut |row| {
        let names = row
            .iter()
            .flatten()
            .filter(|name| !name.contains(char::is_control));
        for name in names {
            writeln!(out, "{name}")?;
        }
        Ok::<(), Error>(())
    })
}
