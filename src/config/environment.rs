//! The environment: every flag has a variable, `HARNESS_ACCESS_` and its name, and one more for a single command.

use std::fmt::Write;

use super::setting::{Origin, Setting, settable};
use crate::cli::declared::{Declared, FlagInfo};
use crate::connection::{Lookup, variable};
use crate::error::Error;

/// Variables of other programs for Harness, whose meaning is the same. The connectors of this family come first.
fn also(flag: &str) -> &'static [&'static str] {
    match flag {
        "--base-url" => &["BATON_BASE_URL", "HARNESS_BASE_URL"],
        "--account-id" => &["BATON_ACCOUNT_ID", "HARNESS_ACCOUNT_ID"],
        "--api-key" => &["BATON_API_KEY", "HARNESS_API_KEY"],
        _ => &[],
    }
}

/// `HARNESS_ACCESS_SYNC_MAX_RATE` of the words `sync` and `--max-rate`.
fn name(words: &[&str]) -> String {
    let mut name = "HARNESS_ACCESS".to_owned();
    for word in words {
        let _ = write!(
            name,
            "_{}",
            word.trim_start_matches("--")
                .replace('-', "_")
                .to_uppercase()
        );
    }
    name
}

/// The variables of a flag, the first that is set counts, and whether it is meant for every command.
fn names(command: &Declared, flag: &str) -> Vec<(String, bool)> {
    let own = name(&[&command.words[..], &[flag]].concat());
    let all = [name(&[flag])].into_iter();
    let others = also(flag).iter().map(|name| (*name).to_owned());
    let mut names = vec![(own, false)];
    names.extend(all.chain(others).map(|name| (name, true)));
    names
}

/// What the variables of a flag say, the first first. An empty one counts as unset.
pub(super) fn settings(
    command: &Declared,
    flag: &'static FlagInfo<'static>,
    env: Lookup<'_>,
) -> Result<Vec<Setting>, Error> {
    let mut found = Vec::new();
    for (name, general) in names(command, flag.long) {
        let Some(value) = variable(env, &name)?.filter(|value| !value.trim().is_empty()) else {
            continue;
        };
        let values = values(flag, &value).ok_or_else(|| {
            Error::config(
                format!("{name} cannot be {value:?}"),
                format!("{} is a switch: set it to true or false", flag.long),
            )
        })?;
        found.push(Setting {
            flag: flag.long,
            values,
            origin: Origin::Environment(name),
            general,
        });
    }
    Ok(found)
}

/// A switch takes yes or no, a flag that may be repeated a list with commas.
fn values(flag: &FlagInfo<'_>, value: &str) -> Option<Vec<String>> {
    if Declared::is_switch(flag) {
        let word = match value.trim().to_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => "true",
            "0" | "false" | "no" | "off" => "false",
            _ => return None,
        };
        return Some(vec![word.to_owned()]);
    }
    if Declared::repeats(flag) {
        return Some(
            value
                .split(',')
                .map(|part| part.trim().to_owned())
                .collect(),
        );
    }
    Some(vec![value.to_owned()])
}

/// What the help of a command says about its variables.
pub(super) fn help(command: &Declared) -> String {
    let mut lines = String::new();
    for flag in settable(command) {
        let names: Vec<String> = names(command, flag.long)
            .into_iter()
            .skip(1)
            .map(|(name, _)| name)
            .collect();
        let _ = write!(lines, "\n  {:<20} {}", flag.long, names.join(", "));
    }
    if lines.is_empty() || command.words.is_empty() {
        return String::new();
    }
    let prefix = name(&command.words);
    format!(
        "\n\nEnvironment, for every command that has the flag ({prefix}_... for this command alone):{lines}"
    )
}
