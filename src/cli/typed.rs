//! The forms that people type, turned into those that the parser knows: `--name=value`, `-vv`, flags before the command,
//! `--help sync`, `--format JSON`, SQL that begins with a comment. What is no command or flag is named here, with what may
//! have been meant.

use argh::{CommandInfoWithArgs, FlagInfo, FlagInfoKind, Optionality, SubCommandInfo};

use crate::error::Error;
use crate::similar::{closest, did_you_mean};

/// Flags whose values are words of ours; people write them in capitals too.
const WORDS: [&str; 6] = [
    "--format",
    "--preset",
    "--scopes",
    "--with",
    "--fail-on",
    "--color",
];

/// Formats that other tools ask for by a flag of their own.
const FORMATS: [&str; 7] = [
    "--json",
    "--csv",
    "--table",
    "--ndjson",
    "--markdown",
    "--sarif",
    "--html",
];

/// The command line as the parser wants it.
///
/// # Errors
/// `Usage` for what is no command or flag.
pub(super) fn normalized(
    cli: &CommandInfoWithArgs,
    arguments: &[String],
) -> Result<Vec<String>, Error> {
    let Some(at) = position_of_command(cli, arguments) else {
        return without_command(cli, arguments);
    };
    let (before, rest) = arguments.split_at(at);
    let (name, after) = rest
        .split_first()
        .map_or(("", rest), |(name, after)| (name.as_str(), after));
    let Some(command) = find(cli, name) else {
        return Err(no_command(cli, name));
    };
    let mut normal = vec![name.to_owned()];
    if before.iter().any(|argument| is_help(argument)) {
        normal.push("--help".to_owned());
        return Ok(normal);
    }
    if before
        .iter()
        .any(|argument| argument == "-V" || argument == "--version")
    {
        return Ok(vec!["--version".to_owned()]);
    }
    // A flag in front of the command belongs to it.
    let mut words = TypedWords {
        flags: command.flags,
        command: name.to_owned(),
        takes_sql: command.positionals.iter().any(|word| word.name == "sql"),
        normal,
        statements: Vec::new(),
    };
    words.add(before, &[])?;
    words.add(after, &command.commands.iter().collect::<Vec<_>>())?;
    Ok(words.with_statements())
}

/// The name of the command in a line, if there is a known one.
pub(super) fn command_in(cli: &CommandInfoWithArgs, arguments: &[String]) -> Option<&'static str> {
    let name = arguments.get(position_of_command(cli, arguments)?)?;
    let known = cli.commands.iter().find(|known| known.name == name);
    known.map(|known| known.name)
}

fn find<'a>(of: &'a CommandInfoWithArgs, name: &str) -> Option<&'a CommandInfoWithArgs> {
    of.commands
        .iter()
        .find(|known| known.name == name)
        .map(|known| &known.command)
}

/// Nothing but flags, or `help`.
fn without_command(cli: &CommandInfoWithArgs, arguments: &[String]) -> Result<Vec<String>, Error> {
    match arguments {
        [word] if word == "help" || word == "version" => Ok(vec![format!("--{word}")]),
        [help, command, ..] if help == "help" => match find(cli, command) {
            Some(_) => Ok(vec![command.clone(), "--help".to_owned()]),
            None => Err(no_command(cli, command)),
        },
        flags => Ok(flags.to_vec()),
    }
}

/// Where the command stands: the first word that is neither a flag nor the value of one.
fn position_of_command(cli: &CommandInfoWithArgs, arguments: &[String]) -> Option<usize> {
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        if !argument.starts_with('-') {
            return (argument != "help" && argument != "version").then_some(at);
        }
        let is_known_option = cli
            .commands
            .iter()
            .flat_map(|known| known.command.flags)
            .chain(cli.flags)
            .any(|flag| takes_value(flag) && is_named(flag, argument));
        at += if is_known_option { 2 } else { 1 };
    }
    None
}

fn is_named(flag: &FlagInfo<'_>, argument: &str) -> bool {
    flag.long == argument
        || flag
            .short
            .is_some_and(|short| argument == format!("-{short}"))
}

fn takes_value(flag: &FlagInfo<'_>) -> bool {
    matches!(flag.kind, FlagInfoKind::Option { .. })
}

fn is_help(argument: &str) -> bool {
    argument == "--help" || argument == "-h"
}

/// The words after a command, one flag at a time.
struct TypedWords {
    flags: &'static [FlagInfo<'static>],
    command: String,
    takes_sql: bool,
    normal: Vec<String>,
    /// SQL that the parser would take for a flag.
    statements: Vec<String>,
}

impl TypedWords {
    /// The words, the statements behind the `--` that ends the flags.
    fn with_statements(mut self) -> Vec<String> {
        if !self.statements.is_empty() {
            let is_end = |word: &String| word == "--";
            let at = self.normal.iter().position(is_end);
            let at = at.unwrap_or_else(|| {
                self.normal.push("--".to_owned());
                self.normal.len() - 1
            });
            self.normal.splice(at + 1..=at, self.statements);
        }
        self.normal
    }

    fn add(&mut self, arguments: &[String], commands: &[&SubCommandInfo]) -> Result<(), Error> {
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--" {
                self.normal.push(argument.clone());
                self.normal.extend(rest.cloned());
                return Ok(());
            }
            if let Some(below) = commands.iter().find(|known| known.name == argument) {
                self.command = format!("{} {argument}", self.command);
                self.normal.push(argument.clone());
                self.flags = below.command.flags;
            } else if self.is_statement(argument) {
                self.statements.push(argument.clone());
            } else if argument.starts_with("--") {
                self.long(argument, &mut rest)?;
            } else if argument.len() > 1 && argument.starts_with('-') {
                self.short(argument, &mut rest)?;
            } else {
                self.normal.push(argument.clone());
            }
        }
        Ok(())
    }

    /// Whether this is SQL that begins with a comment: blanks follow its two dashes, or lines that are no value of a flag.
    fn is_statement(&self, argument: &str) -> bool {
        let Some(comment) = argument.strip_prefix("--").filter(|_| self.takes_sql) else {
            return false;
        };
        let name = argument
            .split(|c: char| c == '=' || c.is_whitespace())
            .next();
        comment.starts_with(char::is_whitespace)
            || comment.contains('\n') && self.flags.iter().all(|flag| Some(flag.long) != name)
    }

    fn long<'b>(
        &mut self,
        argument: &str,
        rest: &mut impl Iterator<Item = &'b String>,
    ) -> Result<(), Error> {
        if is_help(argument) {
            self.normal.push(argument.to_owned());
            return Ok(());
        }
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument, None),
        };
        let Some(flag) = self.flags.iter().find(|flag| flag.long == name) else {
            if FORMATS.contains(&name) && self.flags.iter().any(|flag| flag.long == "--format") {
                let (of, format) = (&self.command, name.trim_start_matches('-'));
                return Err(Error::Usage(format!(
                    "`{name}` is not a flag of {of}; did you mean --format {format}?"
                )));
            }
            let known = self.flags.iter().map(|flag| flag.long);
            return Err(unknown(&format!("flag of {}", self.command), name, known));
        };
        if takes_value(flag) {
            let value = value.map(str::to_owned).or_else(|| rest.next().cloned());
            let value = value.map(|value| in_our_spelling(name, value));
            self.add_values(flag, value);
            return Ok(());
        }
        match value.map(str::to_ascii_lowercase).as_deref() {
            None | Some("true" | "yes" | "1") => self.normal.push(name.to_owned()),
            Some("false" | "no" | "0") => {}
            Some(other) => {
                return Err(Error::Usage(format!(
                    "{name} is a switch: it takes no value such as `{other}`"
                )));
            }
        }
        Ok(())
    }

    /// The flag, once for each word of `--with tokens,audit`.
    fn add_values(&mut self, flag: &FlagInfo<'_>, value: Option<String>) {
        let is_list =
            matches!(flag.optionality, Optionality::Repeating) && WORDS.contains(&flag.long);
        match value {
            Some(words) if is_list => {
                for word in words.split(',') {
                    self.normal.push(flag.long.to_owned());
                    self.normal.push(word.trim().to_owned());
                }
            }
            other => {
                self.normal.push(flag.long.to_owned());
                self.normal.extend(other);
            }
        }
    }

    /// `-vv`, `-qv`, `-oPATH`.
    fn short<'b>(
        &mut self,
        argument: &str,
        rest: &mut impl Iterator<Item = &'b String>,
    ) -> Result<(), Error> {
        for (at, letter) in argument.char_indices().skip(1) {
            let name = format!("-{letter}");
            if is_help(&name) {
                self.normal.push(name);
                continue;
            }
            let Some(flag) = self.flags.iter().find(|flag| flag.short == Some(letter)) else {
                let known = self.flags.iter().map(|flag| flag.long);
                return Err(unknown(
                    &format!("flag of {}", self.command),
                    argument,
                    known,
                ));
            };
            self.normal.push(name);
            if takes_value(flag) {
                let value = argument[at + letter.len_utf8()..].trim_start_matches('=');
                let given = (!value.is_empty()).then(|| value.to_owned());
                self.normal.extend(given.or_else(|| rest.next().cloned()));
                break;
            }
        }
        Ok(())
    }
}

fn in_our_spelling(name: &str, value: String) -> String {
    if WORDS.contains(&name) {
        value.to_ascii_lowercase()
    } else {
        value
    }
}

/// A word that is no command, though it may stand below one, as `label` does below `snapshots`.
fn no_command(cli: &CommandInfoWithArgs, typed: &str) -> Error {
    let is_above = |known: &&SubCommandInfo| find(&known.command, typed).is_some();
    match cli.commands.iter().find(is_above) {
        Some(above) => Error::Usage(format!(
            "`{typed}` is not a command; did you mean {} {typed}?",
            above.name
        )),
        None => unknown(
            "command",
            typed,
            cli.commands.iter().map(|known| known.name),
        ),
    }
}

fn unknown<'a>(what: &str, typed: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known = known.map(|known| (known.to_owned(), String::new()));
    let meant = did_you_mean(&closest(typed, known))
        .map(|meant| format!("; {meant}"))
        .unwrap_or_default();
    Error::Usage(format!("`{typed}` is not a {what}{meant}"))
}
