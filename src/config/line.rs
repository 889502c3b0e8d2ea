//! What stands on the command line already: which command, and which of its flags.

use crate::cli::declared::{Declared, FlagInfo};
use crate::error::Error;

/// A command line, looked through but not parsed.
pub(super) struct Line<'a> {
    /// In the forms that the parser knows.
    pub(super) arguments: Vec<String>,
    /// The command that is named, or the program itself.
    pub(super) command: &'a Declared,
    /// How many of the arguments there are up to the name of the command.
    pub(super) end_of_command: usize,
    /// Flags that are given, by their long names.
    pub(super) given: Vec<&'static str>,
    /// Help or the version is asked for.
    pub(super) asks_for_help: bool,
}

impl<'a> Line<'a> {
    /// Looks through a command line, as typed and as the parser wants it. What is wrong with it is for the parser to say.
    pub(super) fn read(typed: &[String], normal: &[String], commands: &'a [Declared]) -> Self {
        let mut line = Self {
            arguments: normal.to_vec(),
            command: &commands[0],
            end_of_command: 0,
            given: Vec::new(),
            asks_for_help: false,
        };
        let mut rest = normal
            .iter()
            .enumerate()
            .take_while(|(_, argument)| *argument != "--");
        while let Some((at, argument)) = rest.next() {
            let asks = ["--help", "-h", "--version", "-V"];
            line.asks_for_help |= asks.contains(&argument.as_str());
            let flag = line.command.flags().find(|flag| is_named(flag, argument));
            if let Some(flag) = flag {
                line.given.push(flag.long);
                if !Declared::is_switch(flag) {
                    rest.next();
                }
            } else {
                line.word(at, argument, commands);
            }
        }
        line.switched_off(typed);
        line
    }

    fn word(&mut self, at: usize, argument: &str, commands: &'a [Declared]) {
        let below = |command: &&Declared| {
            command.words.split_last() == Some((&argument, &self.command.words[..]))
        };
        if let Some(command) = commands.iter().find(below) {
            self.command = command;
            self.end_of_command = at + 1;
        }
    }

    /// `--quiet=false` is given too, though the parser is not told of it.
    fn switched_off(&mut self, typed: &[String]) {
        for flag in self
            .command
            .flags()
            .filter(|flag| Declared::is_switch(flag))
        {
            let off = format!("{}=", flag.long);
            if typed.iter().any(|argument| argument.starts_with(&off)) {
                self.given.push(flag.long);
            }
        }
    }
}

fn is_named(flag: &FlagInfo<'_>, argument: &str) -> bool {
    let short = flag.short.map(|short| format!("-{short}"));
    flag.long == argument || short.as_deref() == Some(argument)
}

/// The command line without `--config FILE`, which may stand anywhere, and that file.
///
/// # Errors
/// When it names no file.
pub(super) fn without_config(
    arguments: &[String],
    commands: &[Declared],
) -> Result<(Vec<String>, Option<String>), Error> {
    let missing = || Error::Usage("--config needs the path of a file".to_owned());
    let mut others = Vec::with_capacity(arguments.len());
    let mut config = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--config" {
            config = Some(rest.next().ok_or_else(missing)?.clone());
        } else if let Some(path) = argument.strip_prefix("--config=") {
            config = Some(path.to_owned());
        } else {
            others.push(argument.clone());
            let named = |flag: &&FlagInfo<'_>| is_named(flag, argument);
            let flag = commands.iter().flat_map(Declared::flags).find(named);
            if argument == "--" {
                break;
            } else if flag.is_some_and(|flag| !Declared::is_switch(flag)) {
                others.extend(rest.next().cloned());
            }
        }
    }
    others.extend(rest.cloned());
    if config.as_deref() == Some("") {
        return Err(missing());
    }
    Ok((others, config))
}
