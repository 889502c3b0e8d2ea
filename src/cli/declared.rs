//! The commands as they are declared for the parser, for whatever else tells of them: the manual page, completions and
//! settings.

use argh::{ArgsInfo, CommandInfoWithArgs, FlagInfoKind, FromArgs, Optionality};

pub(crate) use argh::FlagInfo;

use super::Cli;
use super::shell::CompletedNames;

/// A command, with its flags and arguments.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Its words after the program's name, such as `snapshots` and `label`; none for the program itself.
    pub(crate) words: Vec<&'static str>,
    /// What the parser knows of it.
    pub(crate) info: CommandInfoWithArgs,
}

/// What can stand where a value is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Candidates {
    /// Text that nobody can foresee.
    Anything,
    /// One of these words.
    Words(Vec<String>),
    /// The path of a file.
    Files,
    /// A name that the program tells when it is asked.
    Names(CompletedNames),
}

/// Every command, the program itself first, in the order of the help.
pub(crate) fn commands() -> Vec<Declared> {
    let mut found = Vec::new();
    collect(Vec::new(), Cli::get_args_info(), &mut found);
    found
}

fn collect(words: Vec<&'static str>, mut info: CommandInfoWithArgs, found: &mut Vec<Declared>) {
    let below = info.commands.clone();
    info.description = info.description.trim();
    found.push(Declared {
        words: words.clone(),
        info,
    });
    for command in below {
        let mut words = words.clone();
        words.push(command.name);
        collect(words, command.command, found);
    }
}

impl Declared {
    /// The flags that people may see, `--help` among them.
    pub(crate) fn flags(&self) -> impl Iterator<Item = &'static FlagInfo<'static>> {
        self.info.flags.iter().filter(|flag| !flag.hidden)
    }

    /// What can follow a flag; `None` for a switch.
    pub(crate) fn candidates(&self, flag: &FlagInfo<'_>) -> Option<Candidates> {
        let FlagInfoKind::Option { arg_name } = flag.kind else {
            return None;
        };
        Some(match self.accepted(flag.long) {
            Some(words) => Candidates::Words(words),
            None => named(arg_name),
        })
    }

    /// What can stand where an argument of the command stands. Scripts do not count arguments, so there is nothing to
    /// offer where the second one is of another kind than the first.
    pub(crate) fn argument(&self) -> Option<Candidates> {
        let mut arguments = self.info.positionals.iter().filter(|info| !info.hidden);
        let name = arguments.next()?.name.split(' ').next().unwrap_or_default();
        if arguments.any(|other| named(other.name) != named(name)) {
            return Some(Candidates::Anything);
        }
        Some(match self.parsing_fails(&["?"]).as_deref().map(quoted) {
            Some(words) if !words.is_empty() => Candidates::Words(words),
            _ => named(name),
        })
    }

    /// The flag of a long name, also one that only completions use.
    pub(crate) fn flag(&self, long: &str) -> Option<&'static FlagInfo<'static>> {
        self.info.flags.iter().find(|flag| flag.long == long)
    }

    /// Whether a flag stands alone.
    pub(crate) fn is_switch(flag: &FlagInfo<'_>) -> bool {
        matches!(flag.kind, FlagInfoKind::Switch)
    }

    /// Whether a flag may be given more than once, each time with another value.
    pub(crate) fn repeats(flag: &FlagInfo<'_>) -> bool {
        matches!(flag.optionality, Optionality::Repeating)
    }

    /// The words that the parser takes for a flag. It names them when it is given another.
    fn accepted(&self, flag: &str) -> Option<Vec<String>> {
        let words = quoted(&self.parsing_fails(&[flag, "?"])?);
        (!words.is_empty()).then_some(words)
    }

    /// What the parser says to this command with such arguments.
    fn parsing_fails(&self, arguments: &[&str]) -> Option<String> {
        let line: Vec<&str> = self.words.iter().chain(arguments).copied().collect();
        let exit = Cli::from_args(&[crate::NAME], &line).err()?;
        exit.status.is_err().then_some(exit.output)
    }
}

/// What the name of a value stands for.
fn named(name: &str) -> Candidates {
    match name {
        "path" | "folder" => Candidates::Files,
        "snapshot" => Candidates::Names(CompletedNames::Snapshots),
        "scope" => Candidates::Names(CompletedNames::Scopes),
        "principal" => Candidates::Names(CompletedNames::Principals),
        "permission" => Candidates::Names(CompletedNames::Permissions),
        "permission-or-role" => Candidates::Names(CompletedNames::PermissionsAndRoles),
        "question" => Candidates::Names(CompletedNames::Questions),
        "code" => Candidates::Names(CompletedNames::Codes),
        _ => Candidates::Anything,
    }
}

/// The words in quotes after `expected` in a message of the parser.
fn quoted(message: &str) -> Vec<String> {
    let (_, expected) = message.split_once(": expected ").unwrap_or_default();
    let words = expected.split('"').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}
