//! The architecture, enforced: who may use whom, and which crate is whose.

mod circles;
mod sizes;
mod sources;

use std::collections::BTreeSet;

use circles::circles;
use sources::sources;

/// Every part of `src/`, and the other parts it may use.
const PARTS: &[(&str, &[&str])] = &[
    ("characters", &[]),
    ("similar", &[]),
    ("worded", &[]),
    ("model", &["worded"]),
    ("text_file", &[]),
    ("api", &["characters", "model"]),
    ("collect", &["api", "model"]),
    ("store", &["model"]),
    ("access", &["model", "similar"]),
    ("agreed", &["model"]),
    ("diff", &["agreed", "model", "worded"]),
    ("findings", &["agreed", "model"]),
    ("retention", &["model"]),
    ("cookbook", &[]),
    (
        "output",
        &[
            "access",
            "agreed",
            "characters",
            "cookbook",
            "diff",
            "findings",
            "model",
            "retention",
        ],
    ),
    ("unfinished", &[]),
    (
        "export",
        &["access", "error", "model", "output", "store", "unfinished"],
    ),
    (
        "report",
        &[
            "access",
            "characters",
            "diff",
            "error",
            "findings",
            "model",
            "output",
            "store",
        ],
    ),
    ("exit", &[]),
    ("signals", &["exit", "unfinished"]),
    ("error", &["api", "exit", "store"]),
    (
        "cli",
        &["diff", "error", "findings", "model", "similar", "worded"],
    ),
    ("connection", &["api", "cli", "error", "store", "text_file"]),
    ("config", &["cli", "connection", "error", "text_file"]),
    ("logging", &["api", "characters", "connection", "error"]),
    (
        "command",
        &[
            "access",
            "agreed",
            "api",
            "cli",
            "collect",
            "config",
            "connection",
            "cookbook",
            "diff",
            "error",
            "exit",
            "export",
            "findings",
            "model",
            "output",
            "report",
            "retention",
            "signals",
            "similar",
            "store",
            "text_file",
        ],
    ),
    (
        "run",
        &[
            "api", "cli", "command", "config", "error", "exit", "logging", "output", "signals",
        ],
    ),
];

/// Crates that one part keeps to itself.
const OWNED: [(&str, &[&str]); 7] = [
    ("ureq", &["api"]),
    ("serde_json::from_slice", &["api"]), // what comes from outside is decoded in one place
    ("rusqlite", &["store", "export"]),   // a c1z file is a database of another schema
    ("argh", &["cli"]),
    ("env_logger", &["logging"]),
    ("sha2", &["export", "output", "report", "store"]),
    ("zstd", &["export"]),
];

#[test]
fn every_part_uses_only_what_it_may() {
    let mut wrong = Vec::new();
    for (file, part, code) in parts() {
        let Some((_, allowed)) = PARTS.iter().find(|(name, _)| *name == part) else {
            wrong.push(format!(
                "{file}: `{part}` has no place in the table of this test"
            ));
            continue;
        };
        for used in used_parts(&code) {
            if used != part && is_part(&used) && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{file}: `{part}` must not use `{used}`"));
            }
        }
        if code.contains("super::super") {
            wrong.push(format!("{file}: `super::super` hides who is used"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_use_each_other() {
    let circles = circles(&sources());
    assert!(circles.is_empty(), "circles of files: {circles:#?}");
}

#[test]
fn every_crate_has_one_owner() {
    let mut wrong = Vec::new();
    for (file, part, code) in parts() {
        for (name, owners) in OWNED {
            let mentioned =
                code.contains(&format!("{name}::")) || code.contains(&format!("{name}("));
            if mentioned && !owners.contains(&part.as_str()) {
                wrong.push(format!("{file}: {name} is for {owners:?} only"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_names_nothing_that_is_gone() {
    let parts: BTreeSet<String> = parts().into_iter().map(|(_, part, _)| part).collect();
    for (part, allowed) in PARTS {
        for name in [part].into_iter().chain(*allowed) {
            assert!(parts.contains(*name), "{name}");
        }
    }
}

#[test]
fn the_table_for_contributors_is_this_one() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    for (part, allowed) in PARTS {
        let of_part = [format!("| `src/{part}` |"), format!("| `src/{part}.rs` |")];
        let is_row = |line: &&str| of_part.iter().any(|start| line.starts_with(start));
        let row = text.lines().find(is_row).expect(part);
        let told = row.trim_end_matches('|').rsplit('|').next().unwrap().trim();
        let expected = if told.starts_with("everything but ") {
            format!("everything but {}", everything_but(allowed, part))
        } else {
            allowed.join(", ")
        };
        assert_eq!(told, expected, "{part}");
    }
}

/// The parts that one of the upper parts may not use, itself and those above it aside.
fn everything_but(allowed: &[&str], part: &str) -> String {
    let names = PARTS.iter().map(|(name, _)| *name);
    let below = names.take_while(|name| *name != part);
    let kept: BTreeSet<&str> = below.filter(|name| !allowed.contains(name)).collect();
    kept.into_iter().collect::<Vec<_>>().join(", ")
}

#[test]
fn uses_are_found_in_every_form() {
    let code = "use crate::api::x; use crate::{model::{A, B}, store}; pub(in crate::output) fn f() { crate::diff::g() }";
    let found: Vec<String> = used_parts(code).into_iter().collect();
    assert_eq!(found, ["api", "diff", "model", "output", "store"]);
}

fn is_part(name: &str) -> bool {
    PARTS.iter().any(|(part, _)| *part == name)
}

/// Name, part and code of each file but the one that ties all together.
fn parts() -> Vec<(String, String, String)> {
    let mut sources = sources();
    sources.retain(|source| source.part() != "lib");
    sources
        .into_iter()
        .map(|source| (source.file.clone(), source.part().to_owned(), source.code()))
        .collect()
}

/// The names that follow `crate::`, lists of them included.
fn used_parts(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => used.extend(first_word(rest)),
            Some(list) => {
                let mut depth = 0;
                let mut at_start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '}' if depth == 0 => break,
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => at_start = true,
                        _ if at_start && !c.is_whitespace() => {
                            used.extend(first_word(&list[at..]));
                            at_start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    used
}

fn first_word(text: &str) -> Option<String> {
    let word = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()?;
    (!word.is_empty()).then(|| word.to_owned())
}
