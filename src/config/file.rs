//! Configuration files: flags by their names, at the top for every command that has them, in the table of a command for
//! that alone.
//!
//! ```toml
//! db = "/var/lib/harness-access/access.db"
//! [sync]
//! scopes = "all"
//! with = ["tokens"]
//! ```

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::setting::{Origin, Setting, settable};
use crate::cli::declared::{Declared, FlagInfo};
use crate::connection::{Lookup, variable};
use crate::error::Error;
use crate::text_file::{BY_HAND, briefly, read_text};

/// For everybody on this computer.
const SYSTEM: &str = "/etc/harness-access.toml";

/// A file that was read.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    table: Table,
}

/// The files that count.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The first comes first.
    pub(super) files: Vec<File>,
    /// Usual files that this user may not look at.
    pub(super) closed: Vec<PathBuf>,
}

impl File {
    /// The file that is named, by `--config` or `HARNESS_ACCESS_CONFIG`; else those of the user and of the system, as far
    /// as they exist and permissions let them be read. What an earlier one sets, a later one does not change.
    ///
    /// # Errors
    /// When a file cannot be read, or sets what is no flag.
    pub(super) fn all(
        named: Option<&str>,
        env: Lookup<'_>,
        commands: &[Declared],
    ) -> Result<Found, Error> {
        let variable = variable(env, "HARNESS_ACCESS_CONFIG")?.filter(|path| !path.is_empty());
        let mut found = Found::default();
        if let Some(path) = named.map(str::to_owned).or(variable) {
            let path = Path::new(&path);
            let text = read_text(path, BY_HAND).map_err(|error| unreadable(path, &error))?;
            found.files.push(Self::parse(path, &text, commands)?);
            return Ok(found);
        }
        for path in of_user(env)?.into_iter().chain([PathBuf::from(SYSTEM)]) {
            match read_text(&path, BY_HAND) {
                Ok(text) => found.files.push(Self::parse(&path, &text, commands)?),
                Err(error) => match error.kind() {
                    ErrorKind::NotFound | ErrorKind::NotADirectory => {}
                    // A job may run with the HOME of somebody else.
                    ErrorKind::PermissionDenied => found.closed.push(path),
                    _ => return Err(unreadable(&path, &error)),
                },
            }
        }
        Ok(found)
    }

    fn parse(path: &Path, text: &str, commands: &[Declared]) -> Result<Self, Error> {
        let table = text.parse().map_err(|error: toml::de::Error| {
            Error::config(
                format!("{}: {}", path.display(), briefly(&error.to_string())),
                "a configuration file is TOML: `flag = \"value\"`, for one command below `[command]`",
            )
        })?;
        let file = Self {
            path: path.to_owned(),
            table,
        };
        for command in commands {
            file.check(command, commands)?;
        }
        Ok(file)
    }

    /// What the file sets for a flag of a command; its own table comes first.
    pub(super) fn settings(
        &self,
        command: &Declared,
        flag: &'static FlagInfo<'static>,
    ) -> Result<Vec<Setting>, Error> {
        let name = flag.long.trim_start_matches("--");
        let mut found = Vec::new();
        for depth in (0..=command.words.len()).rev() {
            let words = &command.words[..depth];
            let Some(value) = self.at(words).and_then(|table| table.get(name)) else {
                continue;
            };
            // A table at the top that is called like a flag belongs to the command of that name.
            if depth == 0 && value.is_table() {
                continue;
            }
            let values = values(flag, value).ok_or_else(|| self.wrong_type(words, flag, value))?;
            found.push(Setting {
                flag: flag.long,
                values,
                origin: Origin::File(self.path.clone()),
                general: depth == 0,
            });
        }
        Ok(found)
    }

    /// The table of a command; the whole file for the program itself.
    fn at(&self, words: &[&str]) -> Option<&Table> {
        words
            .iter()
            .try_fold(&self.table, |table, word| table.get(*word)?.as_table())
    }

    /// Refuses what no command knows in the table of one.
    fn check(&self, command: &Declared, commands: &[Declared]) -> Result<(), Error> {
        let Some(table) = self.at(&command.words) else {
            return Ok(());
        };
        for (key, value) in table {
            let is_command = command.info.commands.iter().any(|below| below.name == key);
            if is_command && value.is_table() {
                continue;
            }
            let flag = format!("--{key}");
            let below = commands
                .iter()
                .filter(|other| other.words.starts_with(&command.words));
            let known = below.flat_map(settable).find(|known| known.long == flag);
            match known {
                Some(known) if values(known, value).is_some() => {}
                Some(known) => return Err(self.wrong_type(&command.words, known, value)),
                None => return Err(self.unknown(&command.words, key)),
            }
        }
        Ok(())
    }

    fn unknown(&self, words: &[&str], key: &str) -> Error {
        let program = [&[crate::NAME], words].concat().join(" ");
        Error::config(
            format!(
                "{}: `{key}` is not a flag of {program}",
                self.path.display()
            ),
            format!("`{program} --help` shows the flags; leave out the dashes"),
        )
    }

    fn wrong_type(&self, words: &[&str], flag: &FlagInfo<'_>, value: &Value) -> Error {
        let key = [words, &[flag.long.trim_start_matches("--")]]
            .concat()
            .join(".");
        let expected = match (Declared::is_switch(flag), Declared::repeats(flag)) {
            (true, _) => "true or false",
            (false, true) => "a value or a list of values",
            (false, false) => "one value",
        };
        Error::config(
            format!("{}: `{key}` is a {}", self.path.display(), value.type_str()),
            format!("write {expected}"),
        )
    }
}

/// The arguments that a value stands for.
fn values(flag: &FlagInfo<'_>, value: &Value) -> Option<Vec<String>> {
    match (Declared::is_switch(flag), value) {
        (true, Value::Boolean(on)) => Some(vec![on.to_string()]),
        // As `-v -v` says more than `-v`.
        (true, Value::Integer(times @ 0..=9)) => {
            Some((0..*times).map(|_| "true".to_owned()).collect())
        }
        (true, _) => None,
        (_, Value::Array(list)) if Declared::repeats(flag) => list.iter().map(text).collect(),
        (_, value) => Some(vec![text(value)?]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Datetime(time) => Some(time.to_string()),
        _ => None,
    }
}

/// `$XDG_CONFIG_HOME/harness-access/config.toml`; a relative folder there counts as none, as the XDG rules want it.
fn of_user(env: Lookup<'_>) -> Result<Option<PathBuf>, Error> {
    let folder = |name| -> Result<Option<PathBuf>, Error> {
        let folder = variable(env, name)?.map(PathBuf::from);
        Ok(folder.filter(|folder| folder.is_absolute()))
    };
    let configuration = match folder("XDG_CONFIG_HOME")? {
        Some(folder) => Some(folder),
        None => folder("HOME")?.map(|home| home.join(".config")),
    };
    Ok(configuration.map(|folder| folder.join(crate::NAME).join("config.toml")))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::config(
        format!(
            "cannot read the configuration file {}: {error}",
            path.display()
        ),
        "`--config FILE` names another, `--config /dev/null` none",
    )
}
