//! Settings: the command line wins over the environment, the environment over the configuration file, and that over the
//! defaults. What is not on the command line is put there before it is parsed, so that one parser reads every value.

mod environment;
mod file;
mod line;
mod setting;

use crate::cli;
use crate::cli::declared::{Declared, FlagInfo, commands};
use crate::connection::Lookup;
use crate::error::Error;

pub(crate) use setting::{Origin, Setting, settable};

use file::{File, Found};
use line::Line;

/// Flags that exclude each other: one on the command line keeps the other of the environment out.
const EXCLUSIVE: [[&str; 2]; 1] = [["--api-key-file", "--api-key"]];

/// The command line with what environment and files add to it.
pub(crate) struct Completed<'a> {
    /// In the forms that the parser knows.
    pub(crate) arguments: Vec<String>,
    /// What the arguments were completed from.
    pub(crate) sources: Sources<'a>,
    /// The command's words.
    words: Vec<&'static str>,
    added: Vec<Setting>,
    /// What was passed over, for people.
    warnings: Vec<String>,
}

/// Commands that print what is part of the program.
const WITHOUT_SETTINGS: [&str; 2] = ["man", "completions"];

/// Completes a command line. One that asks for help or the version stays as it is, whatever the files hold, and so do
/// commands that need no settings.
///
/// # Errors
/// When a file or variable is not what it should be.
pub(crate) fn complete<'a>(arguments: &[String], env: Lookup<'a>) -> Result<Completed<'a>, Error> {
    let commands = commands();
    let (arguments, config) = line::without_config(arguments, &commands)?;
    let line = Line::read(&arguments, &cli::normalized(&arguments)?, &commands);
    let words = line.command.words.clone();
    if line.asks_for_help || needs_none(&line) {
        let sources = Sources {
            env,
            files: Vec::new(),
        };
        return Ok(Completed {
            arguments: line.arguments,
            sources,
            words,
            added: Vec::new(),
            warnings: Vec::new(),
        });
    }
    let Found { files, closed } = File::all(config.as_deref(), env, &commands)?;
    let closed = closed.iter().map(|path| {
        let path = path.display();
        format!("the configuration file {path} may not be read by this user, and counts as absent")
    });
    let mut warnings: Vec<String> = closed.collect();
    let sources = Sources { env, files };
    let looked_up = sources.looked_up(line.command, &line.given)?;
    let passed_over = passed_over(&looked_up, line.command);
    let added = chosen(looked_up, line.command, &line.given, &commands)?;
    warnings.extend(passed_over);
    let mut arguments = line.arguments;
    let rest = arguments.split_off(line.end_of_command);
    for setting in &added {
        arguments.extend(setting.as_typed(line.command));
    }
    arguments.extend(rest);
    Ok(Completed {
        arguments,
        sources,
        words,
        added,
        warnings,
    })
}

/// Completions with `--names` read the database, which a setting may name.
fn needs_none(line: &Line<'_>) -> bool {
    let first = line.command.words.first();
    let asks_database = line
        .arguments
        .iter()
        .any(|word| word.starts_with("--names"));
    first.is_some_and(|first| WITHOUT_SETTINGS.contains(first)) && !asks_database
}

impl Completed<'_> {
    /// What was passed over, in sentences; nothing where the command is to be quiet.
    pub(crate) fn warnings(&self) -> &[String] {
        let quiet = self
            .arguments
            .iter()
            .any(|word| word == "--quiet" || word == "-q");
        if quiet { &[] } else { &self.warnings }
    }

    /// A complaint of the parser, with where the value comes from that it complains about.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let Error::Usage(message) = &error else {
            return error;
        };
        let named =
            |setting: &&Setting| message.contains(&format!("` does not fit {}:", setting.flag));
        match self.added.iter().find(named) {
            Some(setting) => Error::config(
                message.clone(),
                format!("{} comes from the {}", setting.flag, setting.origin),
            ),
            None => error,
        }
    }

    /// A complaint about the value of a flag, with what gave it in the place of the flag that nobody typed.
    pub(crate) fn with_origin(&self, error: Error) -> Error {
        let Error::Config { message, hint } = error else {
            return error;
        };
        let begins = |setting: &&Setting| {
            let rest = message.strip_prefix(setting.flag);
            rest.is_some_and(|rest| rest.starts_with([' ', ':']))
        };
        let message = match self.added.iter().find(begins) {
            Some(setting) => message.replacen(setting.flag, &setting.origin.to_string(), 1),
            None => message,
        };
        Error::Config { message, hint }
    }

    /// What the help of the command says about the environment.
    pub(crate) fn help(&self) -> String {
        let commands = commands();
        let command = commands.iter().find(|command| command.words == self.words);
        command.map(environment::help).unwrap_or_default()
    }
}

/// What can set a flag besides the command line.
pub(crate) struct Sources<'a> {
    env: Lookup<'a>,
    files: Vec<File>,
}

impl Sources<'_> {
    /// What they set for the flags of a command that are not given.
    pub(crate) fn settings(
        &self,
        command: &Declared,
        given: &[&str],
        commands: &[Declared],
    ) -> Result<Vec<Setting>, Error> {
        chosen(self.looked_up(command, given)?, command, given, commands)
    }

    /// All that is set for each flag of a command that is not given.
    fn looked_up(&self, command: &Declared, given: &[&str]) -> Result<Vec<Candidates>, Error> {
        settable(command)
            .filter(|flag| !given.contains(&flag.long))
            .map(|flag| self.candidates(command, flag))
            .collect()
    }

    fn candidates(
        &self,
        command: &Declared,
        flag: &'static FlagInfo<'static>,
    ) -> Result<Candidates, Error> {
        let mut found = environment::settings(command, flag, self.env)?;
        for file in &self.files {
            found.extend(file.settings(command, flag)?);
        }
        Ok(found)
    }
}

/// All that is set for a flag, the nearest to the command line first.
type Candidates = Vec<Setting>;

/// For each flag the nearest value that the command knows.
fn chosen(
    looked_up: Vec<Candidates>,
    command: &Declared,
    given: &[&str],
    commands: &[Declared],
) -> Result<Vec<Setting>, Error> {
    let mut found = Vec::new();
    for candidates in looked_up {
        for setting in candidates {
            if !setting.general || setting.suits(command) {
                found.push(setting);
                break;
            }
            setting.suits_any(commands)?;
        }
    }
    for pair in EXCLUSIVE {
        keep_one(pair, given, &mut found);
    }
    Ok(found)
}

/// Values for all commands that this one does not know, and for which nothing else stands in, in sentences.
fn passed_over(looked_up: &[Candidates], command: &Declared) -> Vec<String> {
    let suits = |setting: &Setting| !setting.general || setting.suits(command);
    let told = looked_up.iter().filter_map(|candidates| {
        let first = candidates.first()?;
        let stands_in = candidates.iter().any(suits);
        (!stands_in).then(|| {
            format!(
                "{} does not know {} {:?} of the {}, and uses its default",
                command.words.join(" "),
                first.flag,
                first.values.join(","),
                first.origin,
            )
        })
    });
    told.collect()
}

/// Of two flags that exclude each other, the one that is set nearer to the command line.
fn keep_one(pair: [&str; 2], given: &[&str], found: &mut Vec<Setting>) {
    let rank = |setting: &Setting| matches!(setting.origin, Origin::File(_));
    let of_pair = found.iter().filter(|setting| pair.contains(&setting.flag));
    let kept = of_pair
        .min_by_key(|setting| rank(setting))
        .map(|setting| setting.flag);
    let typed = pair.iter().any(|flag| given.contains(flag));
    found.retain(|setting| !pair.contains(&setting.flag) || (!typed && Some(setting.flag) == kept));
}
