//! Completion in zsh.

use std::fmt::Write;

use argh::{FlagInfo, FlagInfoKind};

use super::parts::{brief, spellings};
use crate::cli::declared::{Candidates, Declared};

const FUNCTIONS: &str = r#"# Names of the database; they are data, and quoted where they are put in.
_harness_access_names() {
    local database=${(Q)opt_args[--db]:-}
    local -a found more
    if [[ -n $database ]]; then more=(--db ${database/#\~\//$HOME/}); fi
    found=(${(f)"$(harness-access completions --names $1 $more 2>/dev/null)"})
    compadd -a found
}
"#;

pub(super) fn script(commands: &[Declared]) -> String {
    let mut out = format!("#compdef {}\n\n{FUNCTIONS}\n", crate::NAME);
    for command in commands {
        function(command, &mut out);
    }
    out.push_str(
        r#"if [[ $funcstack[1] == _harness-access ]]; then
    _harness-access "$@"
else
    compdef _harness-access harness-access
fi
"#,
    );
    out
}

fn function_name(words: &[&str]) -> String {
    let mut name = "_harness-access".to_owned();
    for word in words {
        let _ = write!(name, "_{word}");
    }
    name
}

fn function(command: &Declared, out: &mut String) {
    let _ = writeln!(out, "{}() {{", function_name(&command.words));
    out.push_str("    local context state state_descr line\n    typeset -A opt_args\n");
    out.push_str("    _arguments -s -S \\\n");
    for flag in command.flags() {
        let _ = writeln!(out, "        {} \\", option(command, flag));
    }
    if let Some(argument) = command.argument() {
        let action = action(&argument);
        let _ = writeln!(out, "        '*:argument:{action}' \\");
    }
    if command.info.commands.is_empty() {
        out.push_str("        && return 0\n}\n\n");
        return;
    }
    // Arguments and commands at once would hide the commands.
    out.push_str("        '*::command:->command' && return 0\n");
    out.push_str("    [[ $state == command ]] || return 1\n    local -a below\n    below=(\n");
    for below in &command.info.commands {
        let text = quoted(&brief(below.command.description)).replace(':', "\\:");
        let _ = writeln!(out, "        '{}:{text}'", below.name);
    }
    out.push_str("    )\n    if ((CURRENT == 1)); then\n");
    out.push_str("        _describe -t commands command below\n        return\n    fi\n");
    out.push_str("    case $words[1] in\n");
    for below in &command.info.commands {
        let words = [&command.words[..], &[below.name]].concat();
        let _ = writeln!(out, "    {}) {} ;;", below.name, function_name(&words));
    }
    out.push_str("    esac\n}\n\n");
}

/// One specification of `_arguments`.
fn option(command: &Declared, flag: &FlagInfo<'_>) -> String {
    let text = quoted(&brief(flag.description));
    let text = text
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace(':', "\\:");
    let value = command.candidates(flag).map(|candidates| {
        let FlagInfoKind::Option { arg_name } = flag.kind else {
            return String::new();
        };
        format!(":{}:{}", arg_name.replace(':', " "), action(&candidates))
    });
    let value = value.unwrap_or_default();
    let spellings = spellings(flag);
    match (spellings.as_slice(), Declared::repeats(flag)) {
        ([one], false) => format!("'{one}[{text}]{value}'"),
        ([one], true) => format!("'*{one}[{text}]{value}'"),
        (both, _) => format!(
            "'({})'{{{}}}'[{text}]{value}'",
            both.join(" "),
            both.join(",")
        ),
    }
}

fn action(candidates: &Candidates) -> String {
    match candidates {
        Candidates::Anything => " ".to_owned(),
        Candidates::Files => "_files".to_owned(),
        Candidates::Words(words) => format!("({})", words.join(" ")),
        // The space keeps `_arguments` from putting words of its own before the name.
        Candidates::Names(names) => format!(" _harness_access_names {}", names.as_str()),
    }
}

/// Within single quotes.
fn quoted(text: &str) -> String {
    text.replace('\'', "'\\''")
}
