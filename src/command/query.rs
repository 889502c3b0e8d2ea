//! `query`: the file asked in SQL.

use std::collections::HashSet;

use super::Context;
use super::open::locate_at;
use super::parameters;
use super::unseen::Unseen;
use crate::cli::{Query, QueryFormat};
use crate::cookbook::{Parameter, Recipe, recipes};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Cell, RowReceiver};
use crate::output;
use crate::output::text::{count, line};
use crate::similar::{closest, did_you_mean};
use crate::store::{Limits, Reader, SelectError};

pub(crate) fn run(arguments: &Query, context: &mut Context<'_>) -> Result<Exit, Error> {
    if arguments.list {
        return list(arguments, context);
    }
    let (sql, recipe) = statement(arguments)?;
    refuse_twice(&arguments.param)?;
    if let Some(recipe) = &recipe {
        refuse_missing(recipe, &arguments.param)?;
    }
    let located = locate_at(arguments.at.as_deref(), arguments.db.as_deref())?;
    let mut opened = located.open()?;
    opened.show_as_of()?;
    let parameters = if recipe.is_some() {
        parameters::resolved(&arguments.param, &opened)?
    } else {
        arguments.param.clone()
    };
    let unseen = if recipe.is_some() {
        Unseen::by(&sql, &opened)?
    } else {
        Unseen::default()
    };
    let views = views(&opened.reader)?;
    let mut rows = 0;
    let limits = Limits {
        time: arguments.timeout,
        ..Limits::default()
    };
    let mut reader = opened.reader.restrict(limits)?;
    let mut ask = |receiver: &mut dyn RowReceiver| {
        let mut counted = Counted {
            receiver,
            rows: &mut rows,
        };
        reader
            .each(&sql, &parameters, &mut counted)
            .map_err(|error| refused(error, &views))
    };
    print(arguments, &mut ask, context)?;
    context.out.flush()?;
    if !arguments.quiet {
        for told in &unseen.lines {
            writeln!(context.err, "not seen: {}", line(told))?;
        }
    }
    Ok(if rows == 0 && unseen.is_decisive {
        Exit::CouldNotTell
    } else {
        Exit::Done
    })
}

/// Hands the rows to the format that was asked for.
fn print(
    arguments: &Query,
    ask: &mut dyn FnMut(&mut dyn RowReceiver) -> Result<(), Error>,
    context: &mut Context<'_>,
) -> Result<(), Error> {
    match arguments.format {
        QueryFormat::Table => {
            let mut table = output::query::TableRows::default();
            ask(&mut table)?;
            if table.hold_none_of_some() {
                return Err(Error::Config {
                    message: "a row is too large for a table".to_owned(),
                    hint: Some("ask for less of it, or with --format csv or ndjson".to_owned()),
                });
            }
            let are_cut = table.are_cut();
            table.write(context.screen(arguments.color), context.out)?;
            if are_cut && !arguments.quiet {
                writeln!(
                    context.err,
                    "more rows are left out; --format csv or ndjson has all of them"
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
    Ok(())
}

fn list(arguments: &Query, context: &mut Context<'_>) -> Result<Exit, Error> {
    if arguments.sql.is_some() || arguments.name.is_some() {
        return Err(Error::Usage(
            "--list names the questions and asks none; leave the statement or --name out"
                .to_owned(),
        ));
    }
    match arguments.format {
        QueryFormat::Table => {
            output::query::list(&recipes(), context.screen(arguments.color), context.out)?;
        }
        QueryFormat::Json => output::query::list_json(&recipes(), context.out)?,
        QueryFormat::Csv | QueryFormat::Ndjson => {
            return Err(Error::Usage("--list prints a table or json".to_owned()));
        }
    }
    Ok(Exit::Done)
}

fn refuse_twice(parameters: &[(String, String)]) -> Result<(), Error> {
    let mut names = HashSet::new();
    match parameters.iter().find(|(name, _)| !names.insert(name)) {
        Some((twice, _)) => Err(Error::Usage(format!(
            "--param {} is given twice",
            line(twice)
        ))),
        None => Ok(()),
    }
}

/// A question of the cookbook has an example of each parameter.
fn refuse_missing(recipe: &Recipe, given: &[(String, String)]) -> Result<(), Error> {
    let mut missing = recipe
        .parameters
        .iter()
        .filter(|parameter| given.iter().all(|(name, _)| name != parameter.name))
        .peekable();
    let Some(first) = missing.peek() else {
        return Ok(());
    };
    Err(Error::Config {
        message: format!("`{}` needs the parameter :{}", recipe.name, first.name),
        hint: Some(format!(
            "for example: {}",
            missing.map(example).collect::<Vec<_>>().join(" ")
        )),
    })
}

fn example(parameter: &Parameter) -> String {
    let value = parameter.example;
    let quote = if value.contains(' ') { "'" } else { "" };
    format!("--param {}={quote}{value}{quote}", parameter.name)
}

fn views(reader: &Reader) -> Result<Vec<String>, Error> {
    let names =
        reader.select("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")?;
    Ok(names.rows.into_iter().flatten().flatten().collect())
}

/// Counts what it hands on.
struct Counted<'a> {
    receiver: &'a mut dyn RowReceiver,
    rows: &'a mut u64,
}

impl RowReceiver for Counted<'_> {
    fn columns(&mut self, names: &[String]) -> std::io::Result<()> {
        self.receiver.columns(names)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> std::io::Result<bool> {
        *self.rows += 1;
        self.receiver.row(cells)
    }
}

const WHERE: &str = "docs/views.md describes the views";

/// The statement that was typed, or the one of a recipe.
fn statement(arguments: &Query) -> Result<(String, Option<Recipe>), Error> {
    match (&arguments.sql, &arguments.name) {
        (Some(sql), None) => Ok((sql.clone(), None)),
        (None, Some(name)) => {
            let recipe = Recipe::named(name).ok_or_else(|| unknown(name))?;
            Ok((recipe.sql.to_owned(), Some(recipe)))
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
    let names = recipes()
        .into_iter()
        .map(|recipe| (recipe.name.to_owned(), String::new()));
    let meant = did_you_mean(&closest(name, names)).or_else(|| like_words(name));
    let hint = meant.unwrap_or_else(|| "`query --list` names them all".to_owned());
    Error::Usage(format!(
        "the cookbook has no question `{}`; {hint}",
        line(name)
    ))
}

/// The question that has most words of a name.
fn like_words(name: &str) -> Option<String> {
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
    did_you_mean(&[nearest?.name.to_owned()])
}

/// The views that may have been meant by a table that is none.
fn meant(message: &str, views: &[String]) -> Option<String> {
    let (_, table) = message.split_once("no such table: ")?;
    let table = table.split_whitespace().next()?;
    let views = views.iter().map(|view| (view.clone(), String::new()));
    did_you_mean(&closest(table, views))
}

fn what_to_do(message: &str, views: &[String]) -> String {
    let parameter = message.split_once("the parameter :");
    if let Some(name) = parameter.and_then(|(_, rest)| rest.strip_suffix(" is not given")) {
        return format!("give it with --param {}=VALUE", line(name));
    }
    meant(message, views).map_or_else(
        || format!("{WHERE}; `query --list` names ready questions"),
        |meant| format!("{meant} {WHERE}"),
    )
}

fn refused(error: SelectError, views: &[String]) -> Error {
    match error {
        SelectError::File(error) => error.into(),
        SelectError::Statement(message) => Error::Config {
            message: format!("the statement was refused: {}", line(&message)),
            hint: Some(what_to_do(&message, views)),
        },
        SelectError::TookTooLong(limit) => Error::Config {
            message: format!(
                "the statement was stopped after {}",
                count(i128::from(limit.as_secs()), "second")
            ),
            hint: Some(
                "ask about one person, group, role or scope, or give it more --timeout".to_owned(),
            ),
        },
        SelectError::TookTooMuch(limit) => Error::Config {
            message: format!(
                "the statement was stopped: it needs more than {} MiB of memory",
                limit >> 20
            ),
            hint: Some("ask for fewer rows, or sort less".to_owned()),
        },
    }
}
