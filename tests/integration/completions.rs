//! Completion as it works in real shells, which are skipped where they are not installed.

use std::process::Command;

use crate::support::tools::{has, output};
use crate::support::{Run, TempDir, Test};

/// Runs a second zsh in a terminal, where it completes as for a person, and notes what it finds.
const ZSH: &str = r#"
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1='> '; autoload -Uz compinit && compinit -u -D; source ./script; bindkey '^I' complete-word
compadd() { local -a hits; builtin compadd -A hits \"\$@\"; print -rl -- \$hits >> found; builtin compadd \"\$@\" }
: > found; print > ready"
while [[ ! -e ready ]]; do sleep 0.05; done
zpty -w -n shell "$LINE"$'\t'
zpty -w -n shell $'\C-u'"print > done"$'\n'
while [[ ! -e done ]]; do sleep 0.05; done
zpty -d shell
cat found
rm found ready done
"#;

const BASH: &str = r#"
source ./script
read -ra COMP_WORDS <<< "$LINE"
if [[ $LINE == *" " ]]; then COMP_WORDS+=(""); fi
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_harness_access
printf '%s\n' "${COMPREPLY[@]}"
"#;

struct Shell {
    name: &'static str,
    program: &'static str,
    completes: fn(&TempDir, &str) -> Command,
}

const SHELLS: [Shell; 4] = [
    Shell {
        name: "bash",
        program: "bash",
        completes: |_, _| command("bash", &["-c", BASH]),
    },
    Shell {
        name: "zsh",
        program: "zsh",
        completes: |_, _| command("zsh", &["-f", "-c", ZSH]),
    },
    Shell {
        name: "fish",
        program: "fish",
        completes: |_, _| command("fish", &["-c", "source ./script; complete -C $LINE"]),
    },
    Shell {
        name: "nushell",
        program: "nu",
        completes: |folder, line| {
            let source = format!("source ./script\n{line}");
            folder.write("line.nu", &source);
            command(
                "nu",
                &["--ide-complete", &source.len().to_string(), "line.nu"],
            )
        },
    },
];

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// What the shells that are there offer for a line.
fn completed(test: &Test, line: &str) -> Vec<(&'static str, Vec<String>)> {
    let mut found = Vec::new();
    for shell in SHELLS.iter().filter(|shell| has(shell.program)) {
        let script = test.run(&["completions", shell.name]).exits(0).stdout;
        test.folder.write("script", &script);
        let mut command = (shell.completes)(&test.folder, line);
        command.current_dir(test.folder.path()).env("LINE", line);
        command.env("HOME", test.folder.path());
        let answer = output(&mut command);
        found.push((shell.name, offers(shell.name, &answer)));
    }
    found
}

/// The words alone, without what fish and Nushell put around them.
fn offers(shell: &str, answer: &str) -> Vec<String> {
    if shell == "nushell" {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let words = answer["completions"].as_array().unwrap().iter();
        let last = |word: &str| word.rsplit(' ').next().unwrap().to_owned();
        return words.map(|word| last(word.as_str().unwrap())).collect();
    }
    let words = answer.lines().filter_map(|line| line.split('\t').next());
    words.map(str::to_owned).collect()
}

#[track_caller]
fn offers_all(test: &Test, line: &str, expected: &[&str]) {
    for (shell, offered) in completed(test, line) {
        for word in expected {
            assert!(
                offered.iter().any(|one| one == word),
                "{shell}: {line}: {offered:?}"
            );
        }
    }
}

#[test]
fn commands_flags_and_their_words_complete() {
    let test = Test::new();
    offers_all(&test, "harness-access snap", &["snapshots"]);
    offers_all(&test, "harness-access snapshots la", &["label"]);
    offers_all(&test, "harness-access diff --fail", &["--fail-on"]);
    offers_all(
        &test,
        "harness-access diff --format ",
        &["table", "markdown", "github"],
    );
    offers_all(
        &test,
        "harness-access sync --scopes ",
        &["account", "organizations", "all"],
    );
    offers_all(
        &test,
        "harness-access export --format csv --preset ",
        &["matrix", "vanta"],
    );
}

#[test]
fn labels_and_scopes_come_from_the_database() {
    let test = Test::synced();
    test.run(&["snapshots", "label", "latest", "baseline"])
        .exits(0);
    offers_all(
        &test,
        "harness-access who-can any --at ",
        &["baseline", "latest"],
    );
    offers_all(&test, "harness-access who-can any --in ", &["account"]);
    offers_all(&test, "harness-access diff ", &["baseline", "previous"]);
}

#[test]
fn principals_permissions_questions_and_codes_complete() {
    let test = Test::synced();
    for (line, offered) in [
        ("harness-access what-can ", "ada@example.test"),
        ("harness-access who-can ", "core_pipeline_execute"),
        ("harness-access who-can ", "_account_admin"),
        ("harness-access query --name ", "most-roles"),
        ("harness-access findings --code ", "HA001"),
        (
            "harness-access verify --permission ",
            "core_pipeline_execute",
        ),
    ] {
        offers_all(&test, line, &[offered]);
    }
}

#[test]
fn a_label_is_never_run_by_the_shell() {
    let test = Test::synced();
    test.run(&[
        "snapshots",
        "label",
        "latest",
        "$(touch pwned)`touch pwned`",
    ])
    .exits(0);
    for line in ["harness-access who-can any --at ", "harness-access diff "] {
        completed(&test, line);
        assert!(!test.folder.file("pwned").exists(), "{line}");
    }
}

#[test]
fn bash_takes_a_value_after_an_equals_sign() {
    let test = Test::new();
    let script = test.run(&["completions", "bash"]).exits(0).stdout;
    test.folder.write("script", &script);
    let line = "source ./script; COMP_WORDS=(harness-access diff --format = js); COMP_CWORD=4; _harness_access; \
                echo ${COMPREPLY[@]}";
    let mut bash = command("bash", &["-c", line]);
    assert_eq!(output(bash.current_dir(test.folder.path())), "json\n");
}

#[test]
fn a_shell_must_be_named() {
    let folder = TempDir::new();
    Run::new(folder.path(), &["completions"])
        .exits(3)
        .says("bash, zsh, fish or nushell");
}
