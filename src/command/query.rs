//! `query`: the file asked in SQL.

use super::Context;
use super::open::locate_at;
use crate::cli::{Query, QueryFormat};
use crate::cookbook::{Recipe, recipes};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::RowReceiver;
use crate::output;
use crate::output::text::line;
use crate::store::{Limits, SelectError};

pub(crate) fn run(arguments: &Query, context: &mut Context<'_>) -> Result<Exit, Error> {
    if arguments.list {
        output::query::list(&recipes(), context.screen(arguments.color), context.out)?;
        return Ok(Exit::Done);
    }
    let sql = statement(arguments)?;
    let located = locate_at(arguments.at.as_deref(), arguments.db.as_deref())?;
    let mut opened = located.open()?;
    opened.show()?;
    let limits = Limits {
        time: arguments.timeout,
        ..Limits::default()
    };
    let mut reader = opened.reader.restrict(limits)?;
    let mut ask = |receiver: &mut dyn RowReceiver| {
        reader
            .each(&sql, &arguments.param, receiver)
            .map_err(refused)
    };
    match arguments.format {
        QueryFormat::Table => {
            let mut table = output::query::TableRows::default();
            ask(&mut table)?;
            if table.write(context.screen(arguments.color), context.out)? && !arguments.quiet {
                writeln!(
                    context.err,
                    "more rows are left out; --format csv has all of them"
                )?;
            }
        }
        QueryFormat::Csv => ask(&mut output::query::CsvRows::new(context.out))?,
        QueryFormat::Ndjson => ask(&mut output::query::JsonLines::new(context.out))?,
        QueryFormat::Json => {
            let mut document = output::query::JsonDocument::new(context.out);
            ask(&mut document)?;
            document.end()?;
        }
    }
    context.out.flush()?;
    Ok(Exit::Done)
}

/// The statement that was typed, or the one of a recipe.
fn statement(arguments: &Query) -> Result<String, Error> {
    match (&arguments.sql, &arguments.name) {
        (Some(sql), None) => Ok(sql.clone()),
        (None, Some(name)) => {
            let recipe = Recipe::named(name).ok_or_else(|| unknown(name))?;
            Ok(recipe.sql.to_owned())
        }
        (Some(_), Some(_)) => Err(Error::Usage(
            "--name brings its own statement; leave yours out".to_owned(),
        )),
        (None, None) => Err(Error::Usage(
            "give a statement, or --name with a question of the cookbook (--list names them)"
                .to_owned(),
        )),
    }
}

fn unknown(name: &str) -> Error {
    let words: Vec<&str> = name.split('-').collect();
    let like = |recipe: &Recipe| {
        recipe
            .name
            .split('-')
            .filter(|word| words.contains(word))
            .count()
    };
    let nearest = recipes()
        .into_iter()
        .max_by_key(like)
        .filter(|recipe| like(recipe) > 0);
    let hint = nearest.map_or_else(String::new, |recipe| {
        format!("; did you mean {}?", recipe.name)
    });
    Error::Usage(format!(
        "the cookbook has no question `{}`{hint}",
        line(name)
    ))
}

fn refused(error: SelectError) -> Error {
    match error {
        SelectError::File(error) => error.into(),
        SelectError::Statement(message) => Error::Config {
            message: format!("the statement was refused: {}", line(&message)),
            hint: Some("`.schema` of the views is in docs/cookbook.md; `query --list` names ready questions".to_owned()),
        },
        SelectError::TookTooLong(limit) => Error::Config {
            message: format!("the statement was stopped after {} seconds", limit.as_secs()),
            hint: Some("ask about one person, group, role or scope, or give it more --timeout".to_owned()),
        },
        SelectError::TookTooMuch(limit) => Error::Config {
            message: format!("the statement was stopped: it needs more than {} MiB of memory", limit >> 20),
            hint: Some("ask for fewer rows, or sort less".to_owned()),
        },
    }
}
