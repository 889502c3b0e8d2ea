//! What people read: the README, and the documents that it names.

use std::fs;
use std::path::{Path, PathBuf};

/// The README first, then the texts of `docs/`.
pub(crate) fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut docs: Vec<PathBuf> = fs::read_dir(root.join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    docs.sort();
    docs.insert(0, root.join("README.md"));
    docs
}

/// All of them, one after the other, without the cookbook, which has a test of its own.
pub(crate) fn documentation() -> String {
    let texts = documents()
        .into_iter()
        .filter(|path| !path.ends_with("cookbook.md"))
        .map(|path| fs::read_to_string(path).unwrap());
    texts.collect::<Vec<_>>().join("\n")
}

/// The fenced blocks of a language in a text.
pub(crate) fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}
