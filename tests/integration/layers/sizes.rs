//! Files and functions that a reader can take in: no file over 450 lines, no function over 60.

use std::path::Path;

use super::sources::rust_files;

const FILE_LINES: usize = 450;
const FUNCTION_LINES: usize = 60;
const FOLDERS: [&str; 4] = ["src", "tests", "benches", "examples"];

/// Longer, but one line after the other says the same kind of thing: tables.
const TABLES: &[&str] = &["src/api/error/words.rs fmt", "src/store/error.rs fmt"];

#[test]
fn files_and_functions_stay_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut long = Vec::new();
    for path in FOLDERS
        .iter()
        .flat_map(|folder| rust_files(&root.join(folder)))
    {
        let file = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        if text.lines().count() > FILE_LINES {
            long.push(file.clone());
        }
        let functions = functions(&text).into_iter();
        let functions = functions.filter(|(_, lines)| *lines > FUNCTION_LINES);
        long.extend(functions.map(|(name, _)| format!("{file} {name}")));
    }
    let gone: Vec<_> = TABLES
        .iter()
        .filter(|name| !long.iter().any(|found| found == *name))
        .collect();
    assert!(gone.is_empty(), "no longer too long: {gone:#?}");
    long.retain(|name| !TABLES.contains(&name.as_str()));
    assert!(long.is_empty(), "too long: {long:#?}");
}

/// Each function with its lines. Formatted code closes a function as far to the left as it opens it.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some((before, after)) = code.split_once("fn ") else {
            continue;
        };
        let is_head = before.is_empty() || before.starts_with("pub") || before.starts_with("const");
        let name = after.split(['(', '<']).next().unwrap_or_default();
        if !is_head || code.ends_with([';', '}']) || name.is_empty() {
            continue;
        }
        let close = format!("{}}}", &line[..line.len() - code.len()]);
        let length = lines[start..].iter().position(|line| *line == close);
        functions.extend(length.map(|length| (name, length + 1)));
    }
    functions
}

#[test]
fn functions_are_measured_from_head_to_closing_brace() {
    let text = "impl A {\n    pub fn one(\n        a: u8,\n    ) {\n        if a {\n        }\n    }\n}\nfn two() {}\nfn three() {\n}\n";
    assert_eq!(functions(text), [("one", 6), ("three", 2)]);
}
