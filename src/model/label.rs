//! Names that people give to snapshots.

use std::fmt;

use super::SnapshotRef;

/// A name for a snapshot that no other way of naming one could be taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

/// Longer ones make no table readable.
const MOST_CHARACTERS: usize = 100;

impl Label {
    /// Checks a name.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn new(text: &str) -> Result<Self, String> {
        let wrong = if text.is_empty() {
            "is empty"
        } else if text.chars().count() > MOST_CHARACTERS {
            "is longer than 100 characters"
        } else if text.trim() != text {
            "begins or ends with a space"
        } else if text.starts_with('-') {
            "begins with a hyphen and would be taken for a flag"
        } else if text.chars().any(char::is_control) {
            "holds a control character"
        } else if text.contains(['/', '\\', '@']) {
            "holds one of / \\ @ and would be taken for a file"
        } else if text.starts_with("latest~") || is_reference(text) {
            "already means a number, a date or a place in the row of snapshots"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(format!("the label `{text}` {wrong}"))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_reference(text: &str) -> bool {
    !matches!(SnapshotRef::parse(text), SnapshotRef::Label(_))
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn what_could_be_taken_for_something_else_is_no_label() {
        for text in [
            "",
            " a",
            "a ",
            "-a",
            "a\nb",
            "a/b",
            "a@b",
            "7",
            "+7",
            "latest",
            "previous",
            "latest~2",
            "latest~",
            "2026-03-01",
            "2026-03-01T10:00",
            "2026-03",
            "today",
        ] {
            assert!(Label::new(text).is_err(), "{text:?}");
        }
        assert!(Label::new(&"x".repeat(101)).is_err());
        for text in ["audit-2026q1", "Prüfung März", "later", "7th"] {
            assert_eq!(Label::new(text).as_ref().map(Label::as_str), Ok(text));
        }
    }
}
