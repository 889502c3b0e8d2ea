//! The source files as the tests of the architecture read them.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of `src/`.
pub(crate) struct Source {
    /// Inside `src/`, with forward slashes.
    pub(crate) file: String,
    pub(crate) text: String,
}

impl Source {
    /// The part of the program it belongs to: the first folder, or the file.
    pub(crate) fn part(&self) -> &str {
        self.file.split(['/', '.']).next().unwrap_or_default()
    }

    /// The path of its module: empty for the root.
    pub(crate) fn module(&self) -> Vec<String> {
        let path = self.file.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        match path {
            "lib" => Vec::new(),
            path => path.split('/').map(str::to_owned).collect(),
        }
    }

    /// Without comments and line breaks, so that a long `use` list is one piece.
    pub(crate) fn code(&self) -> String {
        self.text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// All of them but `main.rs`, which is a crate of its own.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = rust_files(&root);
    files.retain(|file| file.file_name().is_some_and(|name| name != "main.rs"));
    let source = |path: PathBuf| Source {
        file: path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap(),
    };
    files.into_iter().map(source).collect()
}

/// Every file of Rust below a folder, in order.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}
