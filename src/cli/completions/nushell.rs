//! Completion in Nushell: `extern` declarations of the commands.

use std::fmt::Write;

use argh::{FlagInfoKind, Optionality};

use super::parts::brief;
use crate::cli::declared::{Candidates, Declared};
use crate::cli::shell::CompletedNames;

const FUNCTIONS: &str = r#"# Names of the database, which the line may name.
def "nu-complete harness-access names" [kind: string, context: string] {
    let database = ($context | parse --regex '--db[ =](?<path>\S+)' | get path | first 1)
    let more = if ($database | is-empty) { [] } else { [--db ($database.0 | path expand)] }
    ^harness-access completions --names $kind ...$more | complete | get stdout | lines
}
"#;

pub(super) fn script(commands: &[Declared]) -> String {
    let program = crate::NAME;
    let mut out = format!("# Nushell completion of {program}\n\n{FUNCTIONS}");
    for names in CompletedNames::ALL.map(CompletedNames::as_str) {
        let _ = writeln!(
            out,
            "def \"nu-complete {program} {names}\" [context: string] {{ nu-complete {program} names {names} $context }}"
        );
    }
    out.push('\n');
    for command in commands {
        lists(command, &mut out);
        external(command, &mut out);
    }
    out
}

/// The command as it is typed.
fn typed(command: &Declared) -> String {
    [&[crate::NAME], &command.words[..]].concat().join(" ")
}

/// A completer for each flag that takes one of some words.
fn lists(command: &Declared, out: &mut String) {
    let mut list = |name: &str, candidates: Option<Candidates>| {
        if let Some(Candidates::Words(words)) = candidates {
            let completer = format!("nu-complete {} {name}", typed(command));
            let _ = writeln!(out, "def \"{completer}\" [] {{ [{}] }}", words.join(" "));
        }
    };
    for flag in command.flags() {
        list(flag.long.trim_start_matches("--"), command.candidates(flag));
    }
    list("argument", command.argument());
}

fn external(command: &Declared, out: &mut String) {
    let _ = writeln!(out, "# {}", brief(command.info.description));
    let _ = writeln!(out, "export extern \"{}\" [", typed(command));
    for argument in command.info.positionals.iter().filter(|info| !info.hidden) {
        let completer = command
            .argument()
            .map(|candidates| completer(command, "argument", &candidates))
            .unwrap_or_default();
        let name = argument.name.replace([' ', '-'], "_");
        let (before, after) = match argument.optionality {
            Optionality::Required => ("", ""),
            Optionality::Optional => ("", "?"),
            Optionality::Repeating | Optionality::Greedy => ("...", ""),
        };
        let _ = writeln!(out, "    {before}{name}{after}: {completer}");
    }
    for flag in command.flags() {
        let short = flag
            .short
            .map(|short| format!("(-{short})"))
            .unwrap_or_default();
        let value = match (&flag.kind, command.candidates(flag)) {
            (FlagInfoKind::Option { .. }, Some(candidates)) => {
                let name = flag.long.trim_start_matches("--");
                format!(": {}", completer(command, name, &candidates))
            }
            _ => String::new(),
        };
        let text = brief(flag.description);
        let _ = writeln!(out, "    {}{short}{value} # {text}", flag.long);
    }
    out.push_str("]\n\n");
}

/// The type of a value, with what completes it.
fn completer(command: &Declared, name: &str, candidates: &Candidates) -> String {
    match candidates {
        Candidates::Anything => "string".to_owned(),
        Candidates::Files => "path".to_owned(),
        Candidates::Words(_) => format!("string@\"nu-complete {} {name}\"", typed(command)),
        Candidates::Names(names) => {
            format!("string@\"nu-complete {} {}\"", crate::NAME, names.as_str())
        }
    }
}
