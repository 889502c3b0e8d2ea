//! The architecture, enforced: who may use whom, and which crate is whose.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each part of `src/` may use of the others. What is not named here may use everything.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("api", &[]),
    ("collect", &["api", "model"]),
    ("store", &["model"]),
    ("access", &["model"]),
    ("diff", &["model"]),
    ("retention", &["model"]),
    ("findings", &["model"]),
    (
        "output",
        &["access", "diff", "findings", "model", "retention"],
    ),
];

/// Crates that one part keeps to itself.
const OWNED: &[(&str, &[&str])] = &[
    ("ureq::", &["api"]),
    ("rusqlite::", &["store"]),
    ("argh::", &["cli", "findings"]),
    ("env_logger::", &["logging"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code without comments and line breaks, so that a long `use` list is one piece.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join(" ")
}

fn uses(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => {
                used.insert(
                    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                        .next()
                        .unwrap_or("")
                        .to_owned(),
                );
            }
            Some(list) => {
                let list = list.split('}').next().unwrap_or("");
                used.extend(
                    list.split(',')
                        .map(|part| part.trim().split("::").next().unwrap_or("").to_owned()),
                );
            }
        }
    }
    used
}

#[test]
fn every_part_uses_only_what_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let parts: BTreeSet<String> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let first = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let part = first.trim_end_matches(".rs");
        let code = code(&file);
        if let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == part) {
            for used in uses(&code) {
                if parts.contains(&used) && used != part && !allowed.contains(&used.as_str()) {
                    wrong.push(format!(
                        "{}: `{part}` must not use `{used}`",
                        inside.display()
                    ));
                }
            }
        }
        for (name, owners) in OWNED {
            if code.contains(name) && !owners.contains(&part) {
                wrong.push(format!(
                    "{}: {name} belongs to {owners:?}",
                    inside.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
