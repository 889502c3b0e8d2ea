//! One setting: a flag, its values, and where they come from.

use std::fmt;
use std::path::PathBuf;

use crate::cli::declared::{Candidates, Declared, FlagInfo};
use crate::error::Error;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A variable of this name.
    Environment(String),
    /// This configuration file.
    File(PathBuf),
    /// What the program does unless told otherwise.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The values of a flag for one command, and where they come from. A switch has `true` or `false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) flag: &'static str,
    pub(crate) values: Vec<String>,
    pub(crate) origin: Origin,
    /// It is meant for every command, not for this one.
    pub(super) general: bool,
}

impl Setting {
    /// Whether the command knows this value. `--format csv` for all commands is meant for those that can.
    pub(super) fn suits(&self, command: &Declared) -> bool {
        let flag = command.flag(self.flag);
        match flag.and_then(|flag| command.candidates(flag)) {
            Some(Candidates::Words(words)) => self.values.iter().all(|value| words.contains(value)),
            Some(_) => true,
            None => flag.is_some(),
        }
    }

    /// A value that no command knows is a mistake.
    pub(super) fn suits_any(&self, commands: &[Declared]) -> Result<(), Error> {
        if commands.iter().any(|command| self.suits(command)) {
            return Ok(());
        }
        Err(Error::config(
            format!("{} cannot be {:?}", self.flag, self.values.join(",")),
            format!("it comes from the {}", self.origin),
        ))
    }

    /// The arguments that say the same.
    pub(super) fn as_typed(&self, command: &Declared) -> Vec<String> {
        let switch = command.flag(self.flag).is_some_and(Declared::is_switch);
        let mut words = Vec::new();
        for value in &self.values {
            if !switch {
                words.extend([self.flag.to_owned(), value.clone()]);
            } else if value == "true" {
                words.push(self.flag.to_owned());
            }
        }
        words
    }
}

/// The flags that environment and files can set.
pub(crate) fn settable(command: &Declared) -> impl Iterator<Item = &'static FlagInfo<'static>> {
    let asks = ["--help", "--version", "--config"];
    command
        .flags()
        .filter(move |flag| !asks.contains(&flag.long))
}
