//! The manual page, and that everything made from the declarations names every flag.

use std::collections::BTreeSet;
use std::process::Command;

use harness_access::cli::man;

use crate::support::tools::has;
use crate::support::{Run, TempDir};

fn printed(arguments: &[&str]) -> String {
    Run::new(TempDir::new().path(), arguments).exits(0).stdout
}

/// `--name` of every option that the help of any command shows.
fn flags() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(words) = open.pop() {
        let line: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let help = printed(&line);
        let (_, options) = help.split_once("Options:\n").unwrap();
        let (options, _) = options.split_once("\n\n").unwrap_or((options, ""));
        for line in options.lines().filter(|line| line.starts_with("  -")) {
            let flags = line
                .trim_start()
                .split([' ', ','])
                .take_while(|word| word.starts_with('-') || word.is_empty());
            found.extend(flags.filter(|word| word.len() > 2).map(str::to_owned));
        }
        let (_, commands) = help.split_once("Commands:\n").unwrap_or_default();
        for line in commands.lines().take_while(|line| !line.is_empty()) {
            let name = line[2..].split(' ').next().unwrap();
            if !name.is_empty() {
                open.push([&words[..], &[name.to_owned()]].concat());
            }
        }
    }
    assert!(
        found.contains("--remove") && found.contains("--max-rate"),
        "{found:?}"
    );
    found
}

#[test]
fn the_manual_and_every_script_name_every_flag_of_the_help() {
    let flags = flags();
    for arguments in [
        &["man"][..],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["completions", "nushell"],
    ] {
        let text = printed(arguments).replace('\\', "");
        for flag in &flags {
            let name = flag.trim_start_matches("--");
            let named = [flag.clone(), format!("-l {name} "), format!("Fl -{name}")];
            assert!(
                named.iter().any(|name| text.contains(name)),
                "{flag} is not in {arguments:?}"
            );
        }
    }
}

#[test]
fn mandoc_has_nothing_to_say_about_the_page() {
    if !has("mandoc") {
        return;
    }
    let folder = TempDir::new();
    folder.write("harness-access.1", man::page(Some("2026-11-26")));
    // Whether the pages that it refers to are installed here is no matter.
    let complaints = Command::new("mandoc")
        .args(["-T", "lint", "harness-access.1"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let complaints = String::from_utf8(complaints.stdout).unwrap();
    assert_eq!(complaints, "");
    let page = man::page(None);
    for heading in [
        "NAME",
        "SYNOPSIS",
        "COMMANDS",
        "ENVIRONMENT",
        "EXIT STATUS",
        "EXAMPLES",
    ] {
        assert!(page.contains(&format!("\n.Sh {heading}\n")), "{heading}");
    }
}
