//! What text for people is written to: how wide it is, and whether it shows colour.

/// A terminal, or something that only collects text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Columns; `None` = as many as the text takes.
    pub width: Option<usize>,
    /// Whether it shows colour.
    pub colour: bool,
}

impl Screen {
    /// The text in a style of ECMA-48, or as it is. `text` must be safe for a terminal.
    #[must_use]
    pub fn styled(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// Bold text.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.styled("1", text)
    }
}
