//! Completion in fish.

use std::fmt::Write;

use super::parts::{brief, with_value};
use crate::cli::declared::{Candidates, Declared};

/// `FLAGS` is where the flags that take a value are put.
const FUNCTIONS: &str = r#"# Whether the words that are typed so far, without flags and their values, are exactly these commands.
function __harness_access_at
    set -l typed
    set -l skip no
    for word in (commandline -opc)[2..]
        if test $skip = yes
            set skip no
        else if contains -- $word FLAGS
            set skip yes
        else if not string match -q -- '-*' $word
            set -a typed $word
        end
    end
    test (count $argv) -gt 0; or begin
        test (count $typed) -eq 0
        return
    end
    test "$typed[1..$(count $argv)]" = "$argv"
end

# Names of the database, one a line.
function __harness_access_names
    set -l words (commandline -opc)
    set -l at (contains -i -- --db $words)
    if set -q at[1]; and set -q words[(math $at + 1)]
        harness-access completions --names $argv[1] --db (string replace -r '^~/' "$HOME/" -- $words[(math $at + 1)]) 2>/dev/null
    else
        harness-access completions --names $argv[1] 2>/dev/null
    end
end
"#;

pub(super) fn script(commands: &[Declared]) -> String {
    let functions = FUNCTIONS.replace("FLAGS", &with_value(commands).join(" "));
    let mut out = format!("# fish completion of {}\n\n{functions}\n", crate::NAME);
    let _ = writeln!(out, "complete -c {} -f", crate::NAME);
    for command in commands {
        complete(command, &mut out);
    }
    out
}

fn complete(command: &Declared, out: &mut String) {
    let at = |words: &[&str]| [&["__harness_access_at"], words].concat().join(" ");
    let mut here = at(&command.words);
    for below in command
        .info
        .commands
        .iter()
        .filter(|_| !command.words.is_empty())
    {
        let words = [&command.words[..], &[below.name]].concat();
        let _ = write!(here, "; and not {}", at(&words));
    }
    let start = format!("complete -c {} -n '{here}'", crate::NAME);
    for below in &command.info.commands {
        let text = quoted(&brief(below.command.description));
        let _ = writeln!(out, "{start} -f -a {} -d '{text}'", below.name);
    }
    for flag in command.flags() {
        let mut line = start.clone();
        if let Some(short) = flag.short {
            let _ = write!(line, " -s {short}");
        }
        let _ = write!(line, " -l {}", flag.long.trim_start_matches("--"));
        if let Some(candidates) = command.candidates(flag) {
            line.push_str(&value(&candidates));
        }
        let _ = writeln!(out, "{line} -d '{}'", quoted(&brief(flag.description)));
    }
    if let Some(argument) = command.argument() {
        let _ = writeln!(out, "{start}{}", value(&argument).replace(" -x", " -f"));
    }
}

fn value(candidates: &Candidates) -> String {
    match candidates {
        Candidates::Anything => " -x".to_owned(),
        Candidates::Files => " -r -F".to_owned(),
        Candidates::Words(words) => format!(" -x -a '{}'", words.join(" ")),
        Candidates::Names(names) => {
            format!(" -x -a '(__harness_access_names {})'", names.as_str())
        }
    }
}

/// Within single quotes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}
