//! What stands on the command line already: which command, and which of its flags.

use crate::cli::declared::Declared;
use crate::error::Error;

/// A command line, looked through but not parsed.
pub(super) struct Line<'a> {
    /// All of it but `--config`, which may stand anywhere.
    pub(super) arguments: Vec<String>,
    /// The command that is named, or the program itself.
    pub(super) command: &'a Declared,
    /// How many of the arguments there are up to the name of the command.
    pub(super) end_of_command: usize,
    /// Flags that are given, by their long names.
    pub(super) given: Vec<&'static str>,
    /// `--config`
    pub(super) config: Option<String>,
    /// Help or the version is asked for.
    pub(super) asks_for_help: bool,
}

impl<'a> Line<'a> {
    /// Looks through a command line. What is wrong with it is for the parser to say.
    ///
    /// # Errors
    /// When `--config` names no file.
    pub(super) fn read(arguments: &[String], commands: &'a [Declared]) -> Result<Self, Error> {
        let mut line = Self {
            arguments: Vec::with_capacity(arguments.len()),
            command: &commands[0],
            end_of_command: 0,
            given: Vec::new(),
            config: None,
            asks_for_help: false,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--config" {
                let path = rest.next().filter(|path| !path.is_empty());
                let missing = || Error::Usage("--config needs the path of a file".to_owned());
                line.config = Some(path.ok_or_else(missing)?.clone());
                continue;
            }
            line.arguments.push(argument.clone());
            if argument == "--" {
                break;
            }
            if line.flag(argument) {
                line.arguments.extend(rest.next().cloned());
            } else {
                line.word(argument, commands);
            }
        }
        line.arguments.extend(rest.cloned());
        Ok(line)
    }

    /// Notes a flag; whether a value follows.
    fn flag(&mut self, argument: &str) -> bool {
        let asks = ["--help", "-h", "--version", "-V"];
        self.asks_for_help |= asks.contains(&argument);
        let short = argument
            .strip_prefix('-')
            .filter(|name| name.chars().count() == 1);
        let found = self.command.flags().find(|flag| {
            flag.long == argument
                || flag.short.is_some() && flag.short == short.and_then(|name| name.chars().next())
        });
        if let Some(flag) = found {
            self.given.push(flag.long);
        }
        found.is_some_and(|flag| !Declared::is_switch(flag))
    }

    fn word(&mut self, argument: &str, commands: &'a [Declared]) {
        let below = |command: &&Declared| {
            command.words.split_last() == Some((&argument, &self.command.words[..]))
        };
        if let Some(command) = commands.iter().find(below) {
            self.command = command;
            self.end_of_command = self.arguments.len();
        }
    }
}
