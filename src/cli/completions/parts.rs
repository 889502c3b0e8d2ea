//! What the scripts of all shells say, each in its own way.

use argh::FlagInfo;

use crate::cli::declared::Declared;

/// `--db` or `-q`, as typed.
pub(super) fn spellings(flag: &FlagInfo<'_>) -> Vec<String> {
    let short = flag.short.map(|short| format!("-{short}"));
    let long = (!flag.long.is_empty()).then(|| flag.long.to_owned());
    short.into_iter().chain(long).collect()
}

/// The flags of any command that take a value, as typed: a word after one of them is no command.
pub(super) fn with_value(commands: &[Declared]) -> Vec<String> {
    let flags = commands.iter().flat_map(Declared::flags);
    let mut found: Vec<String> = flags
        .filter(|flag| matches!(flag.kind, argh::FlagInfoKind::Option { .. }))
        .flat_map(spellings)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The first part of a description: a menu has room for a line.
pub(super) fn brief(description: &str) -> String {
    let line = description.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = [";", ". ", " (", ": "].map(|mark| line.find(mark).unwrap_or(line.len()));
    let end = ends.into_iter().min().unwrap_or(line.len());
    line[..end].to_owned()
}
