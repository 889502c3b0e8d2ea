//! Completion in bash, from version 3.2 on (macOS).

use std::fmt::Write;

use super::parts::{spellings, with_value};
use crate::cli::declared::{Candidates, Declared};

const FUNCTIONS: &str = r#"# Those of the words that begin as the typed one does.
_harness_access_words() {
    local word
    for word in "$@"; do
        if [[ $word == "$current"* ]]; then COMPREPLY+=("$word"); fi
    done
}

# Names of the database. They are data: nothing in them is expanded.
_harness_access_names() {
    local name
    while IFS= read -r name; do
        if [[ $name == "$current"* ]]; then COMPREPLY+=("$(printf %q "$name")"); fi
    done < <("${COMP_WORDS[0]}" completions --names "$1" ${database:+--db "$database"} 2>/dev/null)
}

_harness_access_files() {
    local name
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
}
"#;

pub(super) fn script(commands: &[Declared]) -> String {
    let mut out = format!("# bash completion of {}\n\n{FUNCTIONS}\n", crate::NAME);
    walk(commands, &mut out);
    values(commands, &mut out);
    words(commands, &mut out);
    let _ = writeln!(out, "complete -F _harness_access {}", crate::NAME);
    out
}

/// Finds the command that is typed, and the database.
fn walk(commands: &[Declared], out: &mut String) {
    let flags = with_value(commands).join("|");
    let _ = write!(
        out,
        r#"_harness_access() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command= database= word i
    COMPREPLY=()
    # --flag=value is three words here.
    if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        case "$word" in
        {flags})
            if [[ ${{COMP_WORDS[i + 1]}} == = ]]; then i=$((i + 1)); fi
            i=$((i + 1))
            if [[ $word == --db && i -lt COMP_CWORD ]]; then database=${{COMP_WORDS[i]/#\~\//$HOME/}}; fi
            ;;
        *)
            case "$command $word" in
"#
    );
    for command in commands.iter().filter(|command| !command.words.is_empty()) {
        let words = command.words.join(" ");
        let parent = command.words[..command.words.len() - 1].join(" ");
        let last = command.words[command.words.len() - 1];
        let _ = writeln!(
            out,
            "            \"{parent} {last}\") command=\"{words}\" ;;"
        );
    }
    out.push_str("            esac\n            ;;\n        esac\n    done\n\n");
}

/// What follows a flag that takes a value.
fn values(commands: &[Declared], out: &mut String) {
    out.push_str("    case \"$command $previous\" in\n");
    for command in commands {
        let words = command.words.join(" ");
        for flag in command.flags() {
            let Some(candidates) = command.candidates(flag) else {
                continue;
            };
            let patterns: Vec<String> = spellings(flag)
                .iter()
                .map(|spelling| format!("\"{words} {spelling}\""))
                .collect();
            let action = action(&candidates).unwrap_or(":".to_owned());
            let _ = writeln!(out, "    {}) {action}; return ;;", patterns.join("|"));
        }
    }
    out.push_str("    esac\n\n");
}

/// Flags, commands and arguments.
fn words(commands: &[Declared], out: &mut String) {
    out.push_str("    case \"$command\" in\n");
    for command in commands {
        let flags: Vec<String> = command.flags().flat_map(spellings).collect();
        let below: Vec<&str> = command
            .info
            .commands
            .iter()
            .map(|below| below.name)
            .collect();
        let _ = writeln!(out, "    \"{}\")", command.words.join(" "));
        let _ = writeln!(
            out,
            "        if [[ $current == -* ]]; then _harness_access_words {}; return; fi",
            flags.join(" ")
        );
        if !below.is_empty() {
            let _ = writeln!(out, "        _harness_access_words {}", below.join(" "));
        }
        if let Some(action) = command.argument().as_ref().and_then(action) {
            let _ = writeln!(out, "        {action}");
        }
        out.push_str("        ;;\n");
    }
    out.push_str("    esac\n}\n\n");
}

fn action(candidates: &Candidates) -> Option<String> {
    match candidates {
        Candidates::Anything => None,
        Candidates::Files => Some("_harness_access_files".to_owned()),
        Candidates::Words(words) => Some(format!("_harness_access_words {}", words.join(" "))),
        Candidates::Names(names) => Some(format!("_harness_access_names {}", names.as_str())),
    }
}
