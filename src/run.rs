//! One run of the program: command line in, output and exit status out.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;

use crate::api::http::redact::redact;
use crate::cli::{self, Color, Command, Request};
use crate::command::{self, Context};
use crate::config::{self, Completed};
use crate::error::{Error, OutputFailed};
use crate::exit::Exit;
use crate::logging;
use crate::output::text::line;
use crate::output::{Screen, write_json_line};
use crate::signals;

/// Runs the program and says how it ended.
pub fn run(arguments: impl Iterator<Item = OsString>, context: &mut Context<'_>) -> Exit {
    let arguments: Vec<OsString> = arguments.collect();
    let completed = words(&arguments).and_then(|words| config::complete(&words, context.env));
    let json = match &completed {
        Ok(completed) => wants_json(&completed.arguments),
        Err(_) => wants_json(&lossy(&arguments)),
    };
    let command = cli::command_in(&lossy(&arguments));
    let screen = if json {
        Screen::default()
    } else {
        context.err_screen()
    };
    let (out, err) = (
        &mut StandardOutput(&mut *context.out),
        &mut StandardError::on(screen, &mut *context.err),
    );
    let context = &mut Context {
        out,
        err,
        clock: Arc::clone(&context.clock),
        ..*context
    };
    let result = completed
        .and_then(|completed| {
            for warning in completed.warnings() {
                writeln!(context.err, "{}: {}", crate::NAME, line(&redact(warning)))?;
            }
            execute(&completed, context).map_err(|error| completed.with_origin(error))
        })
        .and_then(|exit| {
            context.out.flush()?;
            Ok(exit)
        });
    match result {
        Ok(exit) => exit,
        // Whoever reads the output has seen enough: `| head` is no failure.
        Err(Error::Output { error, .. }) if error.kind() == ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            let _ = print_error(&error, command, json, context.err);
            error.exit()
        }
    }
}

/// Standard output, whose failures are told from those of files.
struct StandardOutput<'a>(&'a mut dyn Write);

impl Write for StandardOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(marked)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(marked)
    }
}

fn marked(error: io::Error) -> io::Error {
    OutputFailed::mark("standard output", error)
}

/// Standard error: lines that are folded to the width of the terminal. That nobody hears a word about the data is no failure
/// of the data.
struct StandardError<'a> {
    to: &'a mut dyn Write,
    screen: Screen,
    line: Vec<u8>,
}

impl<'a> StandardError<'a> {
    fn on(screen: Screen, to: &'a mut dyn Write) -> Self {
        let line = Vec::new();
        Self { to, screen, line }
    }
}

impl Write for StandardError<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend(bytes);
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line[..end]);
            let text = line.trim_start_matches(' ');
            let margin = &line[..line.len() - text.len()];
            let _ = self.screen.write_folded(margin, text, self.to);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.to.write_all(&std::mem::take(&mut self.line));
        let _ = self.to.flush();
        Ok(())
    }
}

impl Drop for StandardError<'_> {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn words(arguments: &[OsString]) -> Result<Vec<String>, Error> {
    let word = |argument: &OsString| {
        let text = argument.to_str().map(str::to_owned);
        text.ok_or_else(|| {
            Error::Usage(format!(
                "the argument `{}` is not UTF-8",
                argument.display()
            ))
        })
    };
    arguments.iter().map(word).collect()
}

fn lossy(arguments: &[OsString]) -> Vec<String> {
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    arguments.iter().map(text).collect()
}

fn execute(completed: &Completed<'_>, context: &mut Context<'_>) -> Result<Exit, Error> {
    let request = cli::parse_normalized(&completed.arguments);
    let command = match request.map_err(|error| completed.explain(error))? {
        Request::Help(text) => {
            let screen = context.screen(Color::Never);
            for text in format!("{}{}", text.trim_end(), completed.help()).lines() {
                screen.write_folded("", text, context.out)?;
            }
            return Ok(Exit::Done);
        }
        Request::Version => {
            let build = crate::BUILD.map(|build| format!(" ({build})"));
            let build = build.unwrap_or_default();
            writeln!(context.out, "{} {}{build}", crate::NAME, crate::VERSION)?;
            return Ok(Exit::Done);
        }
        Request::Run(command) => command,
    };
    signals::watch().map_err(Error::NoThread)?;
    match &*command {
        Command::Sync(arguments) => {
            logging::start(arguments.verbose, arguments.quiet, context.env)?;
            command::sync::run(arguments, context)
        }
        Command::Doctor(arguments) => {
            logging::start(arguments.verbose, arguments.quiet, context.env)?;
            command::doctor::run(arguments, context)
        }
        Command::Snapshots(arguments) => {
            logging::start(0, arguments.quiet, context.env)?;
            command::snapshots::run(arguments, context)
        }
        Command::Diff(arguments) => command::diff::run(arguments, context),
        Command::WhoCan(arguments) => command::who_can::run(arguments, context),
        Command::WhatCan(arguments) => command::what_can::run(arguments, context),
        Command::Report(arguments) => command::report::run(arguments, context),
        Command::Query(arguments) => command::query::run(arguments, context),
        Command::Export(arguments) => command::export::run(arguments, context),
        Command::Audit(arguments) => command::audit::run(arguments, context),
        Command::Verify(arguments) => {
            logging::start(arguments.verbose, arguments.quiet, context.env)?;
            command::verify::run(arguments, context)
        }
        Command::Findings(arguments) => command::findings::run(arguments, context),
        Command::Why(arguments) => command::why::run(arguments, context),
        Command::History(arguments) => command::history::run(arguments, context),
        Command::Prune(arguments) => {
            logging::start(0, arguments.quiet, context.env)?;
            command::prune::run(arguments, context)
        }
        Command::Completions(arguments) => command::completions::run(arguments, context),
        Command::Man(_) => command::man::run(context),
        Command::Config(arguments) => command::config::run(arguments, &completed.sources, context),
    }
}

/// Whether errors are to be JSON too. Asked before the arguments are parsed, because a wrong command line is an error as
/// well.
fn wants_json(arguments: &[String]) -> bool {
    let mut previous = None;
    arguments.iter().any(|argument| {
        let value = match argument.strip_prefix("--format=") {
            Some(value) => Some(value),
            None => Some(argument.as_str()).filter(|_| previous == Some("--format")),
        };
        previous = Some(argument.as_str());
        value.is_some_and(|value| value.eq_ignore_ascii_case("json"))
    })
}

fn print_error(
    error: &Error,
    command: Option<&str>,
    json: bool,
    err: &mut dyn Write,
) -> io::Result<()> {
    // Messages repeat what was typed, and a key is easily typed at the wrong place.
    let message = redact(&error.to_string());
    let hint = match (error, command) {
        (Error::Usage(_), Some(command)) => Some(format!(
            "`{} {command} --help` shows its flags",
            crate::NAME
        )),
        _ => error.hint().map(|hint| redact(&hint)),
    };
    if json {
        return write_json_line(&error.to_json(&message, hint.as_deref()), err);
    }
    // They also hold names and answers of strangers.
    for (at, text) in message.lines().enumerate() {
        let prefix = if at == 0 {
            concat!(env!("CARGO_PKG_NAME"), ": ")
        } else {
            "  "
        };
        writeln!(err, "{prefix}{}", line(text))?;
    }
    match hint {
        Some(hint) => writeln!(err, "  {}", line(&hint)),
        None => Ok(()),
    }
}
