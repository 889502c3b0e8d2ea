//! What a field of an entry may hold: an exact text, or the beginning of one.

use std::borrow::Cow;

/// An exact text, or one that ends in `*`: everything that begins so. A text that itself ends in `*` is written with a
/// backslash before the star, so that an identifier of a stranger never becomes a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// This text.
    Exactly(String),
    /// Every text with this beginning.
    Beginning(String),
}

impl Pattern {
    /// Reads a field.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.strip_suffix('*') {
            None => Self::Exactly(text.to_owned()),
            Some(beginning) => match beginning.strip_suffix('\\') {
                None => Self::Beginning(beginning.to_owned()),
                Some(exact) => Self::Exactly(format!("{exact}*")),
            },
        }
    }

    /// The field that means exactly a text.
    #[must_use]
    pub fn quoting(text: &str) -> Cow<'_, str> {
        match text.strip_suffix('*') {
            None => Cow::Borrowed(text),
            Some(beginning) => Cow::Owned(format!("{beginning}\\*")),
        }
    }

    /// The text that it is; `None` where others fit as well.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exactly(text) => Some(text),
            Self::Beginning(_) => None,
        }
    }

    /// Whether a text fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exactly(exact) => exact == text,
            Self::Beginning(beginning) => text.starts_with(beginning),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_stands_at_the_end_only() {
        let matches = |pattern, text| Pattern::parse(pattern).matches(text);
        assert!(matches("*", "anything"));
        assert!(matches("org/a/*", "org/a/project/b"));
        assert!(!matches("org/a/*", "org/ab"));
        assert!(!matches("org/*/project/b", "org/a/project/b"));
    }

    #[test]
    fn a_text_that_ends_in_a_star_can_be_meant() {
        for text in ["role/account/x*", "*", "\\*", "a\\\\*", "plain", ""] {
            let pattern = Pattern::parse(&Pattern::quoting(text));
            assert_eq!(pattern, Pattern::Exactly(text.to_owned()));
        }
    }
}
